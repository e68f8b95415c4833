-- Points taken away that stand.  $1 round.
SELECT u.code, coalesce(n.code, ''), trim_scale(d.points)::text, d.reason,
    d.document
FROM assess.deduction AS d
JOIN assess.unit AS u USING (round, unit)
LEFT JOIN assess.node AS n ON n.round = d.round AND n.node = d.node
WHERE d.round = $1::integer AND d.cancelled_by IS NULL
ORDER BY d.deduction;
