-- Ratings of the freeze that freeze_scope.sql has set, in no order.
-- Sub-selects: a setting is read once, not for each row.
COPY (
    SELECT unit, form, grp, home, answers
    FROM frozen.rating
    WHERE wave = (SELECT current_setting('phieu.wave')::integer)
        AND freeze_no = (SELECT current_setting('phieu.freeze')::integer)
) TO STDOUT (FORMAT binary);
