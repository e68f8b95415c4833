-- Findings of one inspection, for paper.  $1 round, $2 inspection.
SELECT f.finding, coalesce(n.code, ''), coalesce(n.name, ''), f.content,
    f.due, f.responsible, f.stands, f.days_late, coalesce(f.evidence, ''),
    coalesce(f.remedied_on::text, '')
FROM assess.finding_now AS f
LEFT JOIN assess.node AS n USING (round, node)
WHERE f.round = $1::integer AND f.inspection = $2::integer
    AND f.stands <> 'withdrawn'
ORDER BY f.finding;
