-- $1 account, $2 hash of the cookie that stays, or NULL
DELETE FROM people.session
WHERE account = $1::integer
    AND ($2::text IS NULL OR hash <> decode($2, 'hex'));
