-- $1 key, $2 role
UPDATE people.api_key SET revoked_at = now()
WHERE key = $1::integer AND role = $2 AND revoked_at IS NULL
RETURNING name;
