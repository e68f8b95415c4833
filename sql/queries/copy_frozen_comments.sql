-- Comments of the freeze, for the content hash.
-- Sub-selects: a setting is read once, not for each row.
COPY (
    SELECT form, question, unit, comment
    FROM frozen.comment
    WHERE wave = (SELECT current_setting('phieu.wave')::integer)
        AND freeze_no = (SELECT current_setting('phieu.freeze')::integer)
) TO STDOUT (FORMAT binary);
