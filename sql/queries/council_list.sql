-- Meetings and what they decided.  $1 round.
SELECT m.meeting, m.body, m.held::text AS held,
    array_to_string(m.present, '; ') AS present,
    coalesce(u.code, '') AS unit, coalesce(n.code, '') AS criterion,
    CASE WHEN l.na THEN 'n/a' ELSE coalesce(trim_scale(l.points)::text, '')
        END AS points, coalesce(l.reason, '') AS reason, m.minutes
FROM assess.meeting AS m
LEFT JOIN assess.ruling AS l USING (round, meeting)
LEFT JOIN assess.unit AS u ON u.round = l.round AND u.unit = l.unit
LEFT JOIN assess.node AS n ON n.round = l.round AND n.node = l.node
WHERE m.round = $1::integer
ORDER BY m.meeting, l.ruling;
