-- $1 account, $2 Argon2id text, $3 must be changed at the next sign-in
UPDATE people.account
SET password_hash = $2, must_change = $3::boolean, password_at = now(),
    failures = 0, locked_until = NULL
WHERE account = $1::integer;
