-- $1 login.  For signing in and for changing a password.
SELECT account, login, name, must_change, disabled_at IS NOT NULL,
    password_hash
FROM people.account
WHERE login = $1;
