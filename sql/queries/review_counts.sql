-- How many submissions of each status.  $1 wave, $2 by whom, $3 role, $4 areas
-- or NULL, $5 agent, $6 unit, each NULL for all
SELECT c.status, c.n
FROM field.review_counts($1::integer, $2, $3, $4::text[], $5, $6) AS c;
