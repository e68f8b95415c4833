-- A document of a round.  $1 round, $2 version or NULL: the newest.
SELECT content FROM assess.version
WHERE round = $1::integer AND ($2::text IS NULL OR version = $2::integer)
ORDER BY version DESC LIMIT 1;
