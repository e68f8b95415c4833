-- Alone with the wave: intake holds the shared lock of the same keys.  $1 wave
SELECT pg_advisory_xact_lock(7001, $1::integer);
