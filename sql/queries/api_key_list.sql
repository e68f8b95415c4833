-- $1 role
SELECT k.key, k.name, coalesce(w.code, ''),
    to_char(k.issued_at AT TIME ZONE 'UTC' + interval '7 hours', 'YYYY-MM-DD'),
    to_char(k.expires_at AT TIME ZONE 'UTC' + interval '7 hours', 'YYYY-MM-DD'),
    CASE WHEN k.revoked_at IS NOT NULL THEN 'revoked'
        WHEN k.expires_at <= now() THEN 'expired' ELSE 'active' END
FROM people.api_key AS k
LEFT JOIN plan.wave AS w ON w.wave = k.wave
WHERE k.role = $1
ORDER BY k.key;
