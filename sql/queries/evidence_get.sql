-- A file of evidence.  $1 round, $2 unit, $3 number, $4 office or NULL: it
-- opens that of what it appraises.
SELECT e.name, c.type, c.bytes, encode(e.sha256, 'hex')
FROM assess.evidence AS e
JOIN assess.evidence_content AS c USING (sha256)
WHERE e.round = $1::integer AND e.unit = $2::integer
    AND e.evidence = $3::bigint AND e.removed_at IS NULL
    AND assess.office_sees(e.round, $4, e.unit, e.node);
