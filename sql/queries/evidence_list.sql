-- Evidence of a unit.  $1 round, $2 unit.
SELECT e.evidence, coalesce(n.code, ''), e.name, c.type, length(c.bytes),
    encode(e.sha256, 'hex'), coalesce(c.scanned, ''), e.added_by,
    to_char(e.added_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
FROM assess.evidence AS e
JOIN assess.evidence_content AS c USING (sha256)
LEFT JOIN assess.node AS n ON n.round = e.round AND n.node = e.node
WHERE e.round = $1::integer AND e.unit = $2::integer
    AND e.removed_at IS NULL
ORDER BY n.place NULLS FIRST, e.evidence;
