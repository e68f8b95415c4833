-- The wave and its newest plan, locked against another load.
-- $1 code
SELECT w.wave, w.state, v.version, v.content, encode(v.sha256, 'hex'),
    w.destroyed_on IS NOT NULL
        OR EXISTS (SELECT FROM field.response r WHERE r.wave = w.wave)
FROM plan.wave w
LEFT JOIN LATERAL (
    SELECT version, content, sha256 FROM plan.version
    WHERE wave = w.wave ORDER BY version DESC LIMIT 1) v ON true
WHERE w.code = $1
FOR UPDATE OF w;
