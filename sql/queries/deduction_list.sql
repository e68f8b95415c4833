-- Points taken away.  $1 round, $2 unit or NULL: all.
SELECT d.deduction, u.code AS unit, coalesce(n.code, '') AS criterion,
    trim_scale(d.points)::text AS points, d.reason, d.document, d.done_by,
    coalesce(d.cancelled_why, '') AS cancelled_why
FROM assess.deduction AS d
JOIN assess.unit AS u USING (round, unit)
LEFT JOIN assess.node AS n ON n.round = d.round AND n.node = d.node
WHERE d.round = $1::integer AND ($2::text IS NULL OR u.code = $2)
ORDER BY d.deduction;
