-- $1 account
UPDATE people.account SET failures = 0, locked_until = NULL
WHERE account = $1::integer;
