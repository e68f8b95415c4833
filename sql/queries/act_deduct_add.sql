-- Points taken away.  $1 round, $2 who, $3 unit, $4 points, $5 reason, $6
-- document, $7 criterion or NULL: on the total.
SELECT assess.deduct(u.round, u.unit, n.node, $4::numeric, $5, $6, $2)
FROM assess.unit AS u
LEFT JOIN assess.node AS n
    ON n.round = u.round AND n.code = $7 AND n.in_force
WHERE u.round = $1::integer AND u.code = $3 AND u.in_force
    AND ($7::text IS NULL OR n.node IS NOT NULL);
