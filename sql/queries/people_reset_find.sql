-- $1 hash of the token: whose, while it is good
SELECT a.account, a.login
FROM people.password_reset AS t
JOIN people.account AS a ON a.account = t.account
WHERE t.hash = decode($1, 'hex') AND t.used_at IS NULL
    AND t.expires_at > now() AND a.disabled_at IS NULL;
