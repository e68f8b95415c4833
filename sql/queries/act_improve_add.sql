-- A task.  $1 round, $2 who, $3 words, $4 lead, $5 day, $6 points hoped for, $7
-- unit or NULL: all, $8 criterion or NULL: the total, $9 who cooperates, parted
-- by semicolons.
SELECT assess.improve_add(r.round, u.unit, n.node, $3, $4,
    (SELECT array_agg(btrim(x)) FROM regexp_split_to_table($9, ';') AS x
        WHERE btrim(x) <> ''), $5::date, $6::numeric, $2)
FROM assess.round AS r
LEFT JOIN assess.unit AS u
    ON u.round = r.round AND u.code = $7 AND u.in_force
LEFT JOIN assess.node AS n
    ON n.round = r.round AND n.code = $8 AND n.in_force
WHERE r.round = $1::integer AND ($7::text IS NULL OR u.unit IS NOT NULL)
    AND ($8::text IS NULL OR n.node IS NOT NULL);
