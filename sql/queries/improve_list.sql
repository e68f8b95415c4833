-- Tasks by who leads them.  $1 round, $2 unit or NULL: all, $3 office or NULL:
-- all.
SELECT t.improve AS task, t.lead, t.lead_name, t.unit, t.unit_name,
    t.criterion, t.content,
    coalesce(t.cooperating, '') AS cooperating, t.due, t.state,
    coalesce(trim_scale(t.lost)::text, '') AS lost,
    trim_scale(t.gain)::text AS gain, coalesce(t.reported::text, '')
        AS reported, t.reason, t.version
FROM assess.improve_seen($1::integer, $2, $3) AS t
ORDER BY t.lead, t.due, t.improve;
