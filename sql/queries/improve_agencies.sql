-- Who leads how much, and how far it is.  $1 round, $2 unit or NULL: all, $3
-- office or NULL: all.
SELECT t.lead, min(t.lead_name) AS lead_name, count(*) AS tasks,
    count(*) FILTER (WHERE t.state = 'planned') AS planned,
    count(*) FILTER (WHERE t.state = 'doing') AS doing,
    count(*) FILTER (WHERE t.state = 'overdue') AS overdue,
    count(*) FILTER (WHERE t.state = 'done') AS done,
    count(*) FILTER (WHERE t.state = 'cancelled') AS cancelled,
    trim_scale(coalesce(sum(t.gain) FILTER (WHERE t.state <> 'cancelled'),
        0))::text AS gain
FROM assess.improve_seen($1::integer, $2, $3) AS t
GROUP BY t.lead ORDER BY t.lead;
