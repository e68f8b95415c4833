-- The facts of one inspection.  $1 round, $2 inspection.
SELECT r.name, u.name, coalesce(i.form, ''), i.state,
    coalesce(i.first_day::text, ''), coalesce(i.last_day::text, ''),
    coalesce(i.documents_due::text, ''), coalesce(i.documents_on::text, ''),
    coalesce(i.started_on::text, ''), coalesce(i.strengths, ''),
    coalesce(i.causes, ''), coalesce(i.number, ''),
    coalesce(i.concluded_on::text, ''), coalesce(i.conclusion, ''),
    coalesce(t.name, ''), coalesce(t.basis, ''), coalesce(i.team, '')
FROM assess.inspection AS i
JOIN assess.round AS r USING (round)
JOIN assess.unit AS u USING (round, unit)
LEFT JOIN assess.team AS t USING (round, team)
WHERE i.round = $1::integer AND i.inspection = $2::integer AND i.in_force;
