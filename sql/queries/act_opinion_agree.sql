-- A unit's opinion of an appraisal.  $1 round, $2 who, $3 unit, $4 criterion,
-- $5 words or NULL, $6 version seen or NULL.  0: the appraisal is another.
SELECT CASE WHEN s.version = 0 THEN NULL WHEN assess.opine(s.round, s.unit,
    s.node, coalesce($6::integer, s.version), true, $5, $2) THEN 't'
    ELSE '0' END
FROM assess.standing AS s
JOIN assess.unit AS u USING (round, unit)
JOIN assess.node AS n USING (round, node)
WHERE s.round = $1::integer AND u.code = $3 AND n.code = $4;
