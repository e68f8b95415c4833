-- Rights on the database itself, as migration 006 sets them: a dump of one
-- database does not hold them.
DO $$
BEGIN
    EXECUTE pg_catalog.format('REVOKE ALL ON DATABASE %I FROM PUBLIC',
        pg_catalog.current_database());
    EXECUTE pg_catalog.format('GRANT CONNECT ON DATABASE %I TO
        phieu_collector, phieu_server, phieu_analysis, phieu_roster,
        phieu_publish, phieu_auditor, phieu_backup, phieu_mixer',
        pg_catalog.current_database());
END
$$;
