-- The newest document of a round.  $1 round.
SELECT content FROM assess.version WHERE round = $1::integer
ORDER BY version DESC LIMIT 1;
