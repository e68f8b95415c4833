-- Opens a step until a day, or closes it.  $1 round, $2 who, $3 step, $4
-- reason, $5 day or NULL, $6 close.  Neither is refused, as a day long past.
SELECT 't' FROM assess.step_put($1::integer, $3, CASE WHEN $6::boolean
    THEN NULL ELSE coalesce($5::date, '-infinity'::date) END, $4, $2);
