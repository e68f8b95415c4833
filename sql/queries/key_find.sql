-- $1 BLAKE2b of an agent's key.
SELECT key, agent, wave, wave_code, forms, homes, seconds_left, revoked,
    binds, device
FROM field.key_find($1::bytea);
