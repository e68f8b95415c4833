-- $1 agent's code, $2 wave's code, $3 hash of the key, $4 forms and $5 homes
-- by ordinal (NULL: all), $6 days that it works.
INSERT INTO field.agent_key (agent, wave, hash, forms, homes, expires_at)
SELECT a.agent, w.wave, $3::bytea, $4::integer[], $5::integer[],
    now() + $6::integer * interval '1 day'
FROM field.agent AS a, plan.wave AS w
WHERE a.code = $1 AND w.code = $2
RETURNING key;
