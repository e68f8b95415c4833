-- The newest version of a wave's plan and its hash.  $1 wave.
SELECT version, encode(sha256, 'hex')
FROM plan.version
WHERE wave = $1::integer
ORDER BY version DESC
LIMIT 1;
