-- Schemas are the walls of DESIGN 5.7 and 5.8: fieldwork and frozen sides
-- apart, the roster apart from both.  Roles own nothing and see only their
-- rooms; grants stand in 006_grants.sql.
DO $$
DECLARE
    r text;
BEGIN
    FOREACH r IN ARRAY ARRAY['phieu_collector', 'phieu_server',
        'phieu_analysis', 'phieu_roster', 'phieu_publish', 'phieu_auditor',
        'phieu_backup']
    LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = r) THEN
            EXECUTE pg_catalog.format('CREATE ROLE %I LOGIN NOSUPERUSER
                NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', r);
        END IF;
    END LOOP;
END
$$;

CREATE SCHEMA plan;
CREATE SCHEMA field;
CREATE SCHEMA frozen;
CREATE SCHEMA people;
CREATE SCHEMA roster;
CREATE SCHEMA audit;
CREATE SCHEMA publish;
