-- A unit asks to be evaluated again.  $1 round, $2 who, $3 unit, $4 words, $5
-- day, $6 criterion or NULL.
SELECT assess.ask(u.round, u.unit, n.node, 're-evaluation', $4, $5::date, $2)
FROM assess.unit AS u
LEFT JOIN assess.node AS n
    ON n.round = u.round AND n.code = $6 AND n.in_force
WHERE u.round = $1::integer AND u.code = $3 AND u.in_force
    AND ($6::text IS NULL OR n.node IS NOT NULL);
