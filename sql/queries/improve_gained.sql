-- What the next published result says of each task.  $1 round, $2 unit or NULL:
-- all, $3 office or NULL: all.
SELECT t.improve AS task, t.lead, t.lead_name, t.unit, t.criterion, t.content,
    trim_scale(t.gain)::text AS gain,
    coalesce(trim_scale(g.points)::text, '') AS points,
    coalesce(trim_scale(g.next_points)::text, '') AS next_points,
    coalesce(trim_scale(g.next_points - g.points)::text, '') AS change,
    g.outcome, t.state
FROM assess.improve_seen($1::integer, $2, $3) AS t
JOIN assess.improve_gained($1::integer) AS g USING (improve)
ORDER BY t.improve;
