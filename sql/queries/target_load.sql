-- Targets of a year or their next version, 0: unchanged.  $1 round, $2 text,
-- $3 trial, $4 reason, $5 who.
SELECT assess.target_load($1::integer, $2, $3::boolean, $4, $5);
