-- $1 wave's code or NULL: keys, never their hashes.
SELECT k.key, a.code, w.code, k.forms::text, k.homes::text,
    to_char(k.issued_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    to_char(k.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    CASE WHEN k.revoked_at IS NOT NULL THEN 'revoked'
        WHEN k.expires_at <= now() THEN 'expired'
        WHEN k.bind_until <= now() AND k.device IS NULL THEN 'not used in time'
        WHEN k.bind_until IS NOT NULL AND k.device IS NULL THEN 'waits for a device'
        ELSE 'valid' END,
    coalesce('device login ' || d.login, 'QR for ' || k.device,
        CASE WHEN k.bind_until IS NOT NULL THEN 'QR' ELSE 'any device' END)
FROM field.agent_key AS k
JOIN field.agent AS a USING (agent)
JOIN plan.wave AS w USING (wave)
LEFT JOIN field.device_login AS d USING (key)
WHERE $1::text IS NULL OR w.code = $1
ORDER BY k.key;
