-- Who changed what, from, to, why.  $1 round, $2 unit or NULL, $3 criterion or
-- NULL: all, $4 office or NULL: all; an office sees what it appraises.
SELECT to_char(c.done_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
        AS at,
    c.done_by, coalesce(u.code, '') AS unit, coalesce(n.code, '') AS criterion,
    c.what, coalesce(c.was, '') AS was, coalesce(c.becomes, '') AS becomes,
    coalesce(c.why, '') AS why
FROM assess.change AS c
LEFT JOIN assess.unit AS u ON u.round = c.round AND u.unit = c.unit
LEFT JOIN assess.node AS n ON n.round = c.round AND n.node = c.node
WHERE c.round = $1::integer AND ($2::text IS NULL OR u.code = $2)
    AND ($3::text IS NULL OR n.code = $3)
    AND assess.office_sees(c.round, $4, c.unit, c.node)
ORDER BY c.change;
