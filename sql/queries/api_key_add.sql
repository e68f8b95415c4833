-- $1 name, $2 hash, $3 role, $4 wave code or NULL, $5 days it is good for
INSERT INTO people.api_key (name, hash, role, wave, expires_at)
SELECT $1, decode($2, 'hex'), $3,
    (SELECT wave FROM plan.wave WHERE code = $4),
    now() + make_interval(days => $5::integer)
WHERE $4::text IS NULL OR EXISTS (SELECT FROM plan.wave WHERE code = $4)
RETURNING key;
