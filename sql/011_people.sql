-- Failed sign-ins count for names that do not exist as they do for those that
-- do: a lock-out must not tell which is which.  Only a hash of the typed name
-- is kept: people type their password into the wrong field.
CREATE TABLE people.unknown_login (
    hash bytea PRIMARY KEY CHECK (length(hash) = 32),
    failures integer NOT NULL,
    locked_until timestamptz,
    tried_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE people.unknown_login IS
    'Failed sign-ins of names without an account, forgotten after a day';
COMMENT ON COLUMN people.unknown_login.hash IS
    'SHA-256 of the typed name';
COMMENT ON COLUMN people.unknown_login.failures IS
    'Failed sign-ins since the last lock';
COMMENT ON COLUMN people.unknown_login.locked_until IS
    'Locked after too many failures, until';
COMMENT ON COLUMN people.unknown_login.tried_at IS
    'The last try';
GRANT SELECT, INSERT, UPDATE, DELETE ON people.unknown_login TO phieu_server;

CREATE FUNCTION people.note_failure(p_login text, p_failures integer,
    p_minutes integer) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    UPDATE people.account AS a
    SET failures = CASE WHEN a.locked_until <= now() THEN 1
            ELSE a.failures + 1 END,
        locked_until = CASE
            WHEN a.locked_until > now() THEN a.locked_until
            WHEN a.locked_until IS NULL AND a.failures + 1 >= p_failures
                THEN now() + make_interval(mins => p_minutes) END
    WHERE a.login = p_login;
    IF FOUND THEN
        RETURN;
    END IF;
    DELETE FROM people.unknown_login
    WHERE tried_at < now() - interval '1 day';
    INSERT INTO people.unknown_login AS u (hash, failures)
    VALUES (sha256(convert_to(p_login, 'UTF8')), 1)
    ON CONFLICT (hash) DO UPDATE
    SET tried_at = now(),
        failures = CASE WHEN u.locked_until <= now() THEN 1
            ELSE u.failures + 1 END,
        locked_until = CASE
            WHEN u.locked_until > now() THEN u.locked_until
            WHEN u.locked_until IS NULL AND u.failures + 1 >= p_failures
                THEN now() + make_interval(mins => p_minutes) END;
END
$$;
COMMENT ON FUNCTION people.note_failure(text, integer, integer) IS
    'Counts a failed sign-in and locks after too many';

CREATE FUNCTION people.is_locked(p_login text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    SELECT EXISTS (SELECT FROM people.account
            WHERE login = p_login AND locked_until > now())
        OR EXISTS (SELECT FROM people.unknown_login
            WHERE hash = sha256(convert_to(p_login, 'UTF8'))
                AND locked_until > now())
$$;
COMMENT ON FUNCTION people.is_locked(text) IS
    'Is signing in with this name locked now?';
REVOKE ALL ON FUNCTION people.note_failure(text, integer, integer),
    people.is_locked(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION people.note_failure(text, integer, integer),
    people.is_locked(text) TO phieu_server;
CREATE INDEX session_account ON people.session (account);
