-- $1 login as typed
SELECT people.is_locked($1);
