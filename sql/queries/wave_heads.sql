-- Waves by opening day, newest first.  $1 code or NULL for all, $2 the only
-- wave a key may see or NULL, $3 limit, $4 offset.  The last column but one
-- counts all that fit; the last: it has a ledger.
SELECT w.wave, w.code, w.name, w.opens, w.closes, w.state, w.trial,
    w.simulated,
    (SELECT max(v.version) FROM plan.version AS v WHERE v.wave = w.wave),
    count(*) OVER (), w.ledger
FROM plan.wave AS w
WHERE ($1::text IS NULL OR w.code = $1)
    AND ($2::integer IS NULL OR w.wave = $2)
ORDER BY w.opens DESC, w.code
LIMIT $3::integer OFFSET $4::integer;
