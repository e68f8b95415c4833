-- $1 account, $2 disabled
UPDATE people.account
SET disabled_at = CASE WHEN $2::boolean THEN coalesce(disabled_at, now()) END
WHERE account = $1::integer;
