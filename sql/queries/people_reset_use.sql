-- $1 hash of the token: used up, if it was good until now
UPDATE people.password_reset SET used_at = now()
WHERE hash = decode($1, 'hex') AND used_at IS NULL AND expires_at > now()
RETURNING account;
