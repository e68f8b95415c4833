-- Comments of the freeze, for the content hash.
COPY (
    SELECT form, question, unit, comment
    FROM frozen.comment
    WHERE wave = current_setting('phieu.wave')::integer
        AND freeze_no = current_setting('phieu.freeze')::integer
) TO STDOUT (FORMAT binary);
