-- Findings as they stand today.  $1 round, $2 unit, $3 office, $4 criterion,
-- $5 state, $6 inspection; NULL: all.  An office sees those of criteria that it
-- appraises, and of its own unit only when the round says so.
SELECT f.finding, f.inspection, u.code AS unit, coalesce(n.code, '')
    AS criterion, f.content, f.due, f.stands AS state, f.days_late,
    f.responsible, coalesce(f.answer, '') AS answer,
    coalesce(f.evidence, '') AS evidence,
    coalesce(f.remedied_on::text, '') AS remedied_on,
    coalesce(f.reason, '') AS reason, coalesce(i.number, '') AS conclusion,
    f.version
FROM assess.finding_now AS f
JOIN assess.inspection AS i USING (round, inspection)
JOIN assess.unit AS u USING (round, unit)
LEFT JOIN assess.node AS n USING (round, node)
WHERE f.round = $1::integer AND ($2::text IS NULL OR u.code = $2)
    AND ($3::text IS NULL OR f.stands <> 'withdrawn')
    AND assess.office_sees(f.round, $3, i.unit, f.node)
    AND ($4::text IS NULL OR n.code = $4)
    AND ($5::text IS NULL OR f.stands = $5)
    AND ($6::integer IS NULL OR f.inspection = $6::integer)
ORDER BY f.finding;
