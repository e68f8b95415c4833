-- Disciplines of units.  $1 round, $2 unit or NULL: all.
SELECT d.discipline, u.code AS unit, d.what, d.source, d.held::text AS day,
    d.done_by AS by, coalesce(d.lifted_why, '') AS lifted
FROM assess.discipline AS d
JOIN assess.unit AS u USING (round, unit)
WHERE d.round = $1::integer AND ($2::text IS NULL OR u.code = $2)
ORDER BY d.discipline;
