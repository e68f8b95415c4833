-- What each login role may do with each table, view, sequence and function:
-- letters s i u d t (select, insert, update, delete, truncate), capital S, I,
-- U when it holds for some columns only, U also usage of a sequence; x execute.
SELECT r.rolname, o.name, o.verbs
FROM pg_catalog.pg_roles AS r
CROSS JOIN LATERAL (
    SELECT n.nspname || '.' || c.relname AS name, concat(
        CASE WHEN has_table_privilege(r.oid, c.oid, 'SELECT') THEN 's'
            WHEN c.relkind <> 'S'
                AND has_any_column_privilege(r.oid, c.oid, 'SELECT')
                THEN 'S' END,
        CASE WHEN c.relkind = 'S' THEN NULL
            WHEN has_table_privilege(r.oid, c.oid, 'INSERT') THEN 'i'
            WHEN has_any_column_privilege(r.oid, c.oid, 'INSERT')
                THEN 'I' END,
        CASE WHEN c.relkind = 'S' THEN
                CASE WHEN has_sequence_privilege(r.oid, c.oid, 'USAGE')
                    THEN 'U' END
            WHEN has_table_privilege(r.oid, c.oid, 'UPDATE') THEN 'u'
            WHEN has_any_column_privilege(r.oid, c.oid, 'UPDATE')
                THEN 'U' END,
        CASE WHEN c.relkind <> 'S'
            AND has_table_privilege(r.oid, c.oid, 'DELETE') THEN 'd' END,
        CASE WHEN c.relkind <> 'S'
            AND has_table_privilege(r.oid, c.oid, 'TRUNCATE') THEN 't' END)
        AS verbs
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('plan', 'field', 'frozen', 'people', 'roster',
            'audit', 'publish', 'assess', 'ballot', 'meta')
        AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
        AND has_schema_privilege(r.oid, n.oid, 'USAGE')
    UNION ALL
    SELECT n.nspname || '.' || p.proname || '()', 'x'
    FROM pg_proc AS p
    JOIN pg_namespace AS n ON n.oid = p.pronamespace
    WHERE n.nspname IN ('plan', 'field', 'frozen', 'people', 'roster',
            'audit', 'publish', 'assess', 'ballot', 'meta')
        AND p.prorettype <> 'trigger'::regtype
        AND has_schema_privilege(r.oid, n.oid, 'USAGE')
        AND has_function_privilege(r.oid, p.oid, 'EXECUTE')
) AS o
WHERE r.rolname IN ('phieu_collector', 'phieu_server', 'phieu_analysis',
    'phieu_roster', 'phieu_publish', 'phieu_auditor', 'phieu_backup',
    'phieu_mixer')
    AND o.verbs <> ''
ORDER BY r.rolname COLLATE "C", o.name COLLATE "C";
