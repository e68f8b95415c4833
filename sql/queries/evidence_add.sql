-- A file of evidence; false: it is there already.  $1 round, $2 unit, $3
-- criterion's code or NULL, $4 name, $5 bytes, $6 type, $7 what the scanner
-- said or NULL, $8 who.  NULL: there is no such criterion.
SELECT CASE WHEN $3::text IS NULL OR n.node IS NOT NULL THEN
    assess.evidence_add($1::integer, $2::integer, n.node, $4, $5::bytea, $6,
        $7, $8) END
FROM (SELECT 1) AS one
LEFT JOIN assess.node AS n
    ON n.round = $1::integer AND n.code = $3 AND n.in_force;
