-- Checks copy.c on a temporary table trial (number integer, bytes bytea).
COPY (SELECT number, bytes FROM pg_temp.trial ORDER BY number, bytes)
TO STDOUT (FORMAT binary);
