-- $1 hash of the token, $2 account, $3 minutes; older tokens of the account
-- end with it
WITH ended AS (
    UPDATE people.password_reset SET used_at = now()
    WHERE account = $2::integer AND used_at IS NULL
)
INSERT INTO people.password_reset (hash, account, expires_at)
VALUES (decode($1, 'hex'), $2::integer,
    now() + make_interval(mins => $3::integer));
