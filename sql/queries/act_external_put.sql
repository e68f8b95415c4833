-- A value of an external index.  $1 round, $2 who, $3 unit, $4 criterion, $5
-- value, $6 source, $7 version seen or NULL.
SELECT assess.external_put(u.round, u.unit, n.node, coalesce($7::integer,
    (SELECT version FROM assess.external_value AS x WHERE x.round = u.round
        AND x.unit = u.unit AND x.node = n.node), 0), $5, $6, $2)
FROM assess.unit AS u
JOIN assess.node AS n ON n.round = u.round AND n.in_force
WHERE u.round = $1::integer AND u.code = $3 AND u.in_force AND n.code = $4;
