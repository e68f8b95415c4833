-- Targets with what was measured.  $1 round.
SELECT t.target, t.words, coalesce(o.name, t.lead) AS lead,
    coalesce(t.deadline::text, '') AS deadline, t.wanted, t.unit,
    coalesce(t.shown, '') AS measured, t.state, coalesce(t.source, '')
    AS source, coalesce(t.taken::text, '') AS day, t.why AS reason,
    coalesce((SELECT max(v.no) FROM assess.target_value AS v
        WHERE v.round = $1::integer AND v.target = t.target), 0) AS version
FROM assess.target_states($1::integer) AS t
LEFT JOIN assess.office AS o ON o.round = $1::integer AND o.office = t.lead
ORDER BY t.place;
