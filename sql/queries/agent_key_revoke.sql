-- $1 number of the key; at once and for good.
UPDATE field.agent_key SET revoked_at = coalesce(revoked_at, now())
WHERE key = $1::integer
RETURNING key;
