-- Opens a step until a day, closes it with NULL.  $1 round, $2 step, $3 day
-- or NULL, $4 reason, $5 who.
SELECT assess.step_put($1::integer, $2, $3::date, $4, $5);
