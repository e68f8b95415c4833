-- Hooks and how their events stand.  $1 wave's code, NULL: of all.
SELECT h.hook, w.code, h.url, array_to_string(h.events, ','),
    CASE WHEN h.removed_at IS NULL THEN 'on' ELSE 'removed' END,
    count(o.event) FILTER (WHERE o.delivered_at IS NULL
        AND o.dead_at IS NULL),
    count(o.delivered_at), count(o.dead_at),
    coalesce(h.last_error, max(o.last_error)
        FILTER (WHERE o.dead_at IS NOT NULL), '')
FROM publish.hook AS h
JOIN plan.wave AS w ON w.wave = h.wave
LEFT JOIN publish.outbox AS o ON o.hook = h.hook
WHERE w.code = coalesce($1, w.code)
GROUP BY h.hook, w.code ORDER BY h.hook;
