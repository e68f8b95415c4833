-- $1 hash
SELECT key, name, role, coalesce(wave, 0)
FROM people.api_key
WHERE hash = decode($1, 'hex') AND revoked_at IS NULL AND expires_at > now();
