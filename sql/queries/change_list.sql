-- Who changed what, from, to, why.  $1 round, $2 unit or NULL, $3 criterion or
-- NULL: all.
SELECT to_char(c.done_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    c.done_by, coalesce(u.code, ''), coalesce(n.code, ''), c.what,
    coalesce(c.was, ''), coalesce(c.becomes, ''), coalesce(c.why, '')
FROM assess.change AS c
LEFT JOIN assess.unit AS u ON u.round = c.round AND u.unit = c.unit
LEFT JOIN assess.node AS n ON n.round = c.round AND n.node = c.node
WHERE c.round = $1::integer AND ($2::text IS NULL OR u.code = $2)
    AND ($3::text IS NULL OR n.code = $3)
ORDER BY c.change;
