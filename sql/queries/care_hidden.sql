-- Tables of which row security hides something from whoever asks: with a
-- policy that is not simply true, or with none.  A copy would lack those rows
-- without an error.
SELECT c.oid::regclass::text
FROM pg_catalog.pg_class AS c
WHERE c.relkind IN ('r', 'p') AND row_security_active(c.oid)
    AND (NOT EXISTS (SELECT FROM pg_catalog.pg_policy AS p
            WHERE p.polrelid = c.oid AND p.polpermissive
                AND p.polcmd IN ('r', '*')
                AND p.polroles && ARRAY[0::oid, current_user::regrole::oid]
                AND pg_get_expr(p.polqual, c.oid) = 'true')
        OR EXISTS (SELECT FROM pg_catalog.pg_policy AS p
            WHERE p.polrelid = c.oid AND NOT p.polpermissive
                AND p.polcmd IN ('r', '*')))
ORDER BY 1;
