-- Hooks and how their events stand.  $1 wave's code, $2 round's code; both
-- NULL: of all.
SELECT h.hook, coalesce(w.code, r.code), h.url,
    array_to_string(h.events, ','),
    CASE WHEN h.removed_at IS NULL THEN 'on' ELSE 'removed' END,
    count(o.event) FILTER (WHERE o.delivered_at IS NULL
        AND o.dead_at IS NULL),
    count(o.delivered_at), count(o.dead_at),
    coalesce(h.last_error, max(o.last_error)
        FILTER (WHERE o.dead_at IS NOT NULL), '')
FROM publish.hook AS h
LEFT JOIN plan.wave AS w ON w.wave = h.wave
LEFT JOIN assess.round AS r ON r.round = h.round
LEFT JOIN publish.outbox AS o ON o.hook = h.hook
WHERE ($1::text IS NULL AND $2::text IS NULL) OR w.code = $1 OR r.code = $2
GROUP BY h.hook, w.code, r.code ORDER BY h.hook;
