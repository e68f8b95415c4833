-- One migrating program at a time; held to the end of the transaction.
-- The number is "phieu" in ASCII.
SELECT pg_catalog.pg_advisory_xact_lock(482788074869);
