-- Ratings of the freeze that freeze_scope.sql has set, in no order.
COPY (
    SELECT unit, form, grp, home, answers
    FROM frozen.rating
    WHERE wave = current_setting('phieu.wave')::integer
        AND freeze_no = current_setting('phieu.freeze')::integer
) TO STDOUT (FORMAT binary);
