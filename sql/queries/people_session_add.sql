-- $1 hash of the cookie, $2 account, $3 hash of the CSRF token, $4 hours;
-- sessions that have ended go at the same time
WITH ended AS (
    DELETE FROM people.session WHERE expires_at <= now()
)
INSERT INTO people.session (hash, account, csrf_hash, expires_at)
VALUES (decode($1, 'hex'), $2::integer, decode($3, 'hex'),
    now() + make_interval(hours => $4::integer));
