-- Care of the database itself: every program may ask which migrations were
-- applied; backups read whatever later migrations add; passwords of the
-- login roles are set by one narrow function.
GRANT USAGE ON SCHEMA meta TO phieu_collector, phieu_server, phieu_analysis,
    phieu_roster, phieu_publish, phieu_auditor, phieu_backup;
GRANT SELECT ON meta.migration TO phieu_collector, phieu_server,
    phieu_analysis, phieu_roster, phieu_publish, phieu_auditor, phieu_backup;

ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO phieu_backup;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON SEQUENCES TO phieu_backup;
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO phieu_backup;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA plan, field, frozen, people, roster,
    audit, publish TO phieu_backup;

-- p_verifier is a SCRAM verifier, so that no password travels or is logged.
-- Not a definer's function: only who may alter the role gets through.
CREATE FUNCTION meta.set_role_password(p_role text, p_verifier text)
    RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF p_role NOT IN ('phieu_collector', 'phieu_server', 'phieu_analysis',
        'phieu_roster', 'phieu_publish', 'phieu_auditor', 'phieu_backup')
    THEN
        RAISE invalid_parameter_value USING MESSAGE = 'no role of phieu';
    END IF;
    IF p_verifier NOT LIKE 'SCRAM-SHA-256$%' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'no SCRAM verifier';
    END IF;
    EXECUTE format('ALTER ROLE %I PASSWORD %L', p_role, p_verifier);
END
$$;
COMMENT ON FUNCTION meta.set_role_password(text, text) IS
    'Sets the password of a login role from a SCRAM verifier';
