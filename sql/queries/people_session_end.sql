-- $1 hash of the cookie
DELETE FROM people.session WHERE hash = decode($1, 'hex');
