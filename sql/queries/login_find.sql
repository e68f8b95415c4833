-- $1 a device's name, $2 its password, $3 NULL; or $2 what stands between
-- colons in Digest, $3 the response.
SELECT key, agent, wave, wave_code, forms, homes, seconds_left, revoked,
    binds, device
FROM field.login_find($1, $2, $3);
