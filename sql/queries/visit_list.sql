-- On-site verifications.  $1 round, $2 unit or NULL: all.
SELECT v.visit, u.code AS unit, v.held::text AS held, v.team, v.found,
    v.done_by
FROM assess.visit AS v
JOIN assess.unit AS u USING (round, unit)
WHERE v.round = $1::integer AND ($2::text IS NULL OR u.code = $2)
ORDER BY v.visit;
