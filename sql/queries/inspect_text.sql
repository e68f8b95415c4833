-- The newest inspection plan of a round.  $1 round, $2 version or NULL: the
-- newest.
SELECT content, version FROM assess.inspect_plan
WHERE round = $1::integer AND ($2::integer IS NULL OR version = $2::integer)
ORDER BY version DESC LIMIT 1;
