-- $1 account
SELECT r.role, coalesce(r.wave, 0), w.code, r.unit
FROM people.account_role AS r
LEFT JOIN plan.wave AS w ON w.wave = r.wave
WHERE r.account = $1::integer
ORDER BY r.role, w.code NULLS FIRST, r.unit NULLS FIRST;
