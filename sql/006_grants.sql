-- Who sees what.  Nothing is granted to PUBLIC; services get functions and
-- the rooms they need.  tests/test_roles.c tries what each must not do.
DO $$
BEGIN
    EXECUTE pg_catalog.format('REVOKE ALL ON DATABASE %I FROM PUBLIC',
        pg_catalog.current_database());
    EXECUTE pg_catalog.format('GRANT CONNECT ON DATABASE %I TO
        phieu_collector, phieu_server, phieu_analysis, phieu_roster,
        phieu_publish, phieu_auditor, phieu_backup',
        pg_catalog.current_database());
END
$$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA audit FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE ALL ON FUNCTIONS FROM PUBLIC;

GRANT USAGE ON SCHEMA plan TO phieu_collector, phieu_server, phieu_analysis,
    phieu_publish, phieu_auditor, phieu_roster, phieu_backup;
GRANT SELECT ON ALL TABLES IN SCHEMA plan TO phieu_collector, phieu_server,
    phieu_analysis, phieu_publish, phieu_auditor, phieu_backup;

-- Collector: functions only (granted where they are made); never SELECT on
-- answers.
GRANT USAGE ON SCHEMA field TO phieu_collector, phieu_server, phieu_auditor,
    phieu_backup;

-- Server: fieldwork heads for progress and review, never answers at rest
-- except through audited functions; accounts; results.
GRANT SELECT ON field.agent, field.sheet, field.response, field.refusal,
    field.attachment TO phieu_server;
GRANT USAGE ON SCHEMA people TO phieu_server, phieu_backup;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA people TO phieu_server;
GRANT DELETE ON people.session, people.account_role TO phieu_server;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA people TO phieu_server;
GRANT USAGE ON SCHEMA publish TO phieu_server, phieu_publish, phieu_analysis,
    phieu_auditor, phieu_backup;
GRANT SELECT ON ALL TABLES IN SCHEMA publish TO phieu_server, phieu_auditor,
    phieu_analysis, phieu_publish, phieu_backup;

-- Analysis: the frozen side alone.
GRANT USAGE ON SCHEMA frozen TO phieu_analysis, phieu_auditor, phieu_backup;
GRANT SELECT ON ALL TABLES IN SCHEMA frozen TO phieu_analysis, phieu_backup;
GRANT SELECT ON frozen.freeze, frozen.aggregate TO phieu_auditor,
    phieu_publish, phieu_server;
GRANT USAGE ON SCHEMA frozen TO phieu_publish, phieu_server;
GRANT INSERT ON publish.snapshot TO phieu_analysis;
GRANT INSERT ON publish.release, publish.released_cell, publish.component
    TO phieu_publish;

GRANT USAGE ON SCHEMA roster TO phieu_roster, phieu_backup;
GRANT SELECT, INSERT, UPDATE, DELETE ON roster.person TO phieu_roster;

GRANT USAGE ON SCHEMA audit TO phieu_collector, phieu_server, phieu_publish,
    phieu_analysis, phieu_roster, phieu_auditor, phieu_backup;
GRANT SELECT ON ALL TABLES IN SCHEMA audit TO phieu_auditor, phieu_backup;
GRANT EXECUTE ON FUNCTION audit.append(smallint, text, text, text)
    TO phieu_server, phieu_publish, phieu_analysis, phieu_roster;

GRANT SELECT ON ALL TABLES IN SCHEMA field, people, roster TO phieu_backup;
