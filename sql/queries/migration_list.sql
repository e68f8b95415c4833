-- What was applied, in order.
SELECT name, encode(sha256, 'hex'), applied_at
FROM meta.migration
ORDER BY name;
