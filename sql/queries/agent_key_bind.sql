-- $1 number of a key, $2 seconds: it must be used first within them, and then
-- belongs to the device that did.
UPDATE field.agent_key
SET bind_until = now() + $2::integer * interval '1 second'
WHERE key = $1::integer
RETURNING key;
