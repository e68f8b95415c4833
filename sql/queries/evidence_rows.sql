-- Evidence.  $1 round, $2 unit or NULL: all, $3 office or NULL: all; an office
-- sees that of what it appraises.
SELECT e.evidence, u.code AS unit, coalesce(n.code, '') AS criterion, e.name,
    c.type, length(c.bytes) AS bytes, encode(e.sha256, 'hex') AS sha256,
    coalesce(c.scanned, '') AS scanned, e.added_by,
    to_char(e.added_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
        AS added_at
FROM assess.evidence AS e
JOIN assess.evidence_content AS c USING (sha256)
JOIN assess.unit AS u ON u.round = e.round AND u.unit = e.unit
LEFT JOIN assess.node AS n ON n.round = e.round AND n.node = e.node
WHERE e.round = $1::integer AND ($2::text IS NULL OR u.code = $2)
    AND e.removed_at IS NULL
    AND assess.office_sees(e.round, $3, e.unit, e.node)
ORDER BY u.unit, n.place NULLS FIRST, e.evidence;
