-- The text of a plan.  $1 wave, $2 version.
SELECT content
FROM plan.version
WHERE wave = $1::integer AND version = $2::integer;
