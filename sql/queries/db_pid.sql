-- The server process of this connection, as pg_stat_activity knows it.
SELECT pg_backend_pid();
