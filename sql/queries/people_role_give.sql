-- $1 account, $2 role, $3 wave code or NULL, $4 unit code or NULL, $5 by whom
INSERT INTO people.account_role (account, role, wave, unit, given_by)
SELECT $1::integer, $2, (SELECT wave FROM plan.wave WHERE code = $3), $4, $5
WHERE $3::text IS NULL OR EXISTS (SELECT FROM plan.wave WHERE code = $3)
ON CONFLICT DO NOTHING
RETURNING account;
