-- Keeps ballots from being written anew while a copy is made: a table that
-- is emptied and filled again would look empty to a copy that began before.
SELECT pg_advisory_lock_shared(7006, 0);
