-- The whole log in the order of its chains.
COPY (
    SELECT lane, seq, convert_to(at, 'UTF8'), convert_to(kind, 'UTF8'),
        convert_to(actor, 'UTF8'), convert_to(content, 'UTF8'), prev, hash
    FROM audit.entry ORDER BY lane, seq
) TO STDOUT (FORMAT binary);
