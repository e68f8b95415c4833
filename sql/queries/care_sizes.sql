-- Bytes of each of our schemas, with indexes and large values.
SELECT n.nspname, coalesce(sum(pg_catalog.pg_total_relation_size(c.oid)), 0)
FROM pg_catalog.pg_namespace AS n
LEFT JOIN pg_catalog.pg_class AS c
    ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'm')
WHERE n.nspname IN ('plan', 'field', 'frozen', 'people', 'roster', 'audit',
    'publish', 'assess', 'ballot', 'meta')
GROUP BY n.nspname
ORDER BY n.nspname;
