-- What an agent sees of himself on his page: who he is, what counts for the
-- quotas, what became of each sheet he sent.  Never an answer: not one of
-- these functions reads field.raw, field.rating or field.comment.
--
-- The collector's role holds no SELECT on field.response; each function takes
-- the key's number, which the collector knows from field.key_find, and tells
-- of the sheets of that key's agent in that key's wave alone.

-- His sheets, newest first.  The collector asks in its one thread, so that
-- the list of one agent must not read the sheets of all.
CREATE INDEX response_key ON field.response (key, received_at);

CREATE FUNCTION field.agent_self(p_key integer)
RETURNS TABLE (code text, name text, office text, expires text,
    wave_name text, wave_state text, trial boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT a.code, a.name, a.office,
        to_char(k.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
        w.name, w.state, w.trial
    FROM field.agent_key AS k
    JOIN field.agent AS a ON a.agent = k.agent
    JOIN plan.wave AS w ON w.wave = k.wave
    WHERE k.key = p_key
$$;
COMMENT ON FUNCTION field.agent_self(integer) IS
    'whose key it is: agent, wave and its state, for the agent''s page';

-- today: received since midnight in Vietnam.
CREATE FUNCTION field.agent_counts(p_key integer)
RETURNS TABLE (grp integer, home integer, keying smallint, state smallint,
    counted boolean, n bigint, today bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.grp, r.home, r.keying, r.state, r.counted, count(*),
        count(*) FILTER (WHERE (r.received_at AT TIME ZONE 'UTC'
            + interval '7 hours')::date
            = (now() AT TIME ZONE 'UTC' + interval '7 hours')::date)
    FROM field.agent_key AS me
    JOIN field.agent_key AS k ON k.agent = me.agent AND k.wave = me.wave
    JOIN field.response AS r ON r.key = k.key AND r.wave = me.wave
    WHERE me.key = p_key
    GROUP BY r.grp, r.home, r.keying, r.state, r.counted
$$;
COMMENT ON FUNCTION field.agent_counts(integer) IS
    'how many sheets the key''s agent sent, by group, home and what became of them';

-- p_state NULL: all.  Older than (p_before, p_instance); both NULL: from the
-- newest on.
CREATE FUNCTION field.receipt_list(p_key integer, p_state smallint,
    p_before timestamptz, p_instance text, p_limit integer)
RETURNS TABLE (instance text, sha256 bytea, sheet text, form integer,
    grp integer, home integer, keying smallint, state smallint, flags integer,
    faults text, receipt_key smallint, received text, replaces text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.instance, r.sha256, r.sheet, r.form, r.grp, r.home, r.keying,
        r.state, r.flags, r.faults::text, r.receipt_key,
        to_char(r.received_at AT TIME ZONE 'UTC',
            'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), r.replaces
    FROM field.agent_key AS me
    JOIN field.agent_key AS k ON k.agent = me.agent AND k.wave = me.wave
    JOIN field.response AS r ON r.key = k.key AND r.wave = me.wave
    WHERE me.key = p_key AND (p_state IS NULL OR r.state = p_state)
        AND (p_before IS NULL
            OR (r.received_at, r.instance) < (p_before, p_instance))
    ORDER BY r.received_at DESC, r.instance DESC
    LIMIT p_limit
$$;
COMMENT ON FUNCTION field.receipt_list(integer, smallint, timestamptz, text,
    integer) IS
    'the sheets that the key''s agent sent, with what receipts are made of';

REVOKE ALL ON FUNCTION field.agent_self(integer),
    field.agent_counts(integer), field.receipt_list(integer, smallint,
    timestamptz, text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION field.agent_self(integer),
    field.agent_counts(integer), field.receipt_list(integer, smallint,
    timestamptz, text, integer) TO phieu_collector;
