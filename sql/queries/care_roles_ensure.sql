-- The login roles, as migration 001 makes them: a restore needs them before
-- it can give them their rights.
DO $$
DECLARE
    r text;
BEGIN
    FOREACH r IN ARRAY ARRAY['phieu_collector', 'phieu_server',
        'phieu_analysis', 'phieu_roster', 'phieu_publish', 'phieu_auditor',
        'phieu_backup', 'phieu_mixer']
    LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = r) THEN
            EXECUTE pg_catalog.format('CREATE ROLE %I LOGIN NOSUPERUSER
                NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', r);
        END IF;
    END LOOP;
END
$$;
