-- Which submission came in which batch, in the order of the batch's tree.
COPY (
    SELECT lane, batch, wave, convert_to(instance, 'UTF8'), sha256
    FROM field.response ORDER BY lane, batch, instance COLLATE "C"
) TO STDOUT (FORMAT binary);
