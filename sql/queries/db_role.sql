-- Who are we, and what would make us unfit to run a service: superuser,
-- past row security, owner (or member of the owner) of our tables.
SELECT r.rolname, r.rolsuper, r.rolbypassrls, EXISTS (
    SELECT FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('plan', 'field', 'frozen', 'people', 'roster',
        'audit', 'publish', 'assess', 'ballot')
        AND pg_has_role(r.oid, c.relowner, 'MEMBER'))
FROM pg_roles AS r
WHERE r.rolname = current_user;
