-- $1 hash of the cookie; seen_at is written at most once a minute
WITH seen AS (
    UPDATE people.session SET seen_at = now()
    WHERE hash = decode($1, 'hex') AND seen_at < now() - interval '1 minute'
)
SELECT a.account, a.login, a.name, a.must_change, s.csrf_hash
FROM people.session AS s
JOIN people.account AS a ON a.account = s.account
WHERE s.hash = decode($1, 'hex') AND s.expires_at > now()
    AND a.disabled_at IS NULL;
