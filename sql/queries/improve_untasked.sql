-- Lost points that no task stands for, largest first.  $1 round, $2 unit or NULL:
-- all, $3 office or NULL: all; an office sees what it appraises.
SELECT u.code AS unit, coalesce(n.code, '') AS criterion, l.name,
    trim_scale(l.lost)::text AS lost
FROM assess.improve_losses($1::integer) AS l
JOIN assess.unit AS u ON u.round = $1::integer AND u.unit = l.unit
LEFT JOIN assess.node AS n ON n.round = $1::integer AND n.node = l.node
WHERE l.tasks = 0 AND ($2::text IS NULL OR u.code = $2)
    AND assess.office_sees($1::integer, $3, l.unit, l.node)
ORDER BY l.lost DESC, u.unit, n.place NULLS LAST;
