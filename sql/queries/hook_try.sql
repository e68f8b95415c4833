-- An event made up to try a hook, in the columns of hook_take.sql; it is in
-- no outbox.  $1 hook.
SELECT 0, e.id, 'hook.test', h.url, h.secret, jsonb_strip_nulls(
        jsonb_build_object('id', e.id, 'kind', 'hook.test', 'wave', w.code,
        'round', r.code, 'at', now()))::text, 0, 0
FROM publish.hook AS h
LEFT JOIN plan.wave AS w ON w.wave = h.wave
LEFT JOIN assess.round AS r ON r.round = h.round
CROSS JOIN (SELECT gen_random_uuid() AS id) AS e
WHERE h.hook = $1::integer AND h.removed_at IS NULL;
