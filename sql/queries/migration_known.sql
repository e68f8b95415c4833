-- Does the bookkeeping exist?
SELECT pg_catalog.to_regclass('meta.migration') IS NOT NULL;
