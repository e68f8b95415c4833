-- A file of evidence.  $1 round, $2 unit, $3 number.
SELECT e.name, c.type, c.bytes
FROM assess.evidence AS e
JOIN assess.evidence_content AS c USING (sha256)
WHERE e.round = $1::integer AND e.unit = $2::integer
    AND e.evidence = $3::bigint AND e.removed_at IS NULL;
