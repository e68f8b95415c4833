-- $1 wave's code or NULL: names of devices, never what stands for a password.
SELECT d.login, k.key, a.code, w.code, k.forms::text, k.homes::text,
    to_char(k.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    CASE WHEN k.revoked_at IS NOT NULL THEN 'revoked'
        WHEN k.expires_at <= now() THEN 'expired' ELSE 'valid' END
FROM field.device_login AS d
JOIN field.agent_key AS k USING (key)
JOIN field.agent AS a USING (agent)
JOIN plan.wave AS w USING (wave)
WHERE $1::text IS NULL OR w.code = $1
ORDER BY d.login;
