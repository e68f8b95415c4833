-- $1 account, $2 role, $3 wave code or NULL: in all, $4 unit code or NULL
DELETE FROM people.account_role
WHERE account = $1::integer AND role = $2
    AND ($3::text IS NULL
        OR wave = (SELECT wave FROM plan.wave WHERE code = $3))
    AND ($4::text IS NULL OR unit = $4)
RETURNING account;
