-- Checks copy.c on a temporary table trial (number integer, bytes bytea).
COPY pg_temp.trial FROM STDIN (FORMAT binary);
