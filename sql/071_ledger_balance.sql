-- The ledger's balance: issued = collected + refused + not met + lost +
-- cancelled + still out, at every level; closing, reopening, the freeze; what
-- an agent may see and do of his own sheets.

-- Where a unit is counted at the level of areas: its highest ancestor below
-- the root that has units below it (a district with its communes), else the
-- root.  NULL: sheets of no unit.
CREATE FUNCTION field.area_of(p_wave integer, p_unit integer) RETURNS integer
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE up AS (
        SELECT u.unit, u.parent, 0 AS step FROM plan.unit AS u
        WHERE u.wave = p_wave AND u.unit = p_unit
        UNION ALL
        SELECT u.unit, u.parent, o.step + 1 FROM up AS o
        JOIN plan.unit AS u ON u.wave = p_wave AND u.unit = o.parent)
    SELECT coalesce(
        (SELECT o.unit FROM up AS o WHERE o.parent IS NOT NULL
            AND EXISTS (SELECT FROM plan.unit AS c
                WHERE c.wave = p_wave AND c.parent = o.unit)
        ORDER BY o.step DESC LIMIT 1),
        (SELECT o.unit FROM up AS o ORDER BY o.step DESC LIMIT 1))
$$;
COMMENT ON FUNCTION field.area_of(integer, integer) IS
    'the area a unit is counted in';

-- A unit and all below it; of the root only what is counted in no area below.
CREATE FUNCTION field.units_counted(p_wave integer, p_code text)
RETURNS integer[] LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(array_agg(u.unit), '{}')
    FROM unnest(field.units_under(p_wave, ARRAY[p_code])) AS u (unit)
    JOIN plan.unit AS top ON top.wave = p_wave AND top.code = p_code
    WHERE top.parent IS NOT NULL
        OR field.area_of(p_wave, u.unit) = top.unit
$$;
COMMENT ON FUNCTION field.units_counted(integer, text) IS
    'units that are counted in an area, as the balance by area counts them';

-- One row a total, form, group, unit, area, office, agent or cell; what is
-- planned has no agent and no office.
CREATE FUNCTION field.ledger_balance(p_wave integer, p_by text,
    p_areas text[], p_agent text, p_area text)
RETURNS TABLE (code text, name text, planned bigint, slots bigint,
    void bigint, waiting bigint, issued bigint, collected bigint,
    refused bigint, not_met bigint, moved bigint, lost bigint,
    cancelled bigint, replaced bigint, still_out bigint, keyed bigint,
    valid bigint, invalid bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    area integer[] := CASE WHEN p_areas IS NOT NULL
        THEN field.units_under(p_wave, p_areas) END;
    within integer[] := CASE WHEN p_area IS NOT NULL
        THEN field.units_counted(p_wave, p_area) END;
BEGIN
    IF p_by NOT IN ('total', 'form', 'group', 'unit', 'area', 'office',
        'agent', 'cell') THEN
        RAISE EXCEPTION 'không có mức "%" (no such level)', p_by
            USING ERRCODE = '22023';
    END IF;
    RETURN QUERY
    WITH place AS MATERIALIZED (
        SELECT x.home, u.code AS unit, u.name AS unit_name,
            coalesce(a.code, '') AS area, coalesce(a.name, '') AS area_name
        FROM (SELECT coalesce(s.now_home, s.home) AS home
            FROM field.sheet AS s WHERE s.wave = p_wave
            UNION SELECT q.home FROM plan.quota AS q WHERE q.wave = p_wave)
            AS x
        LEFT JOIN plan.unit AS u ON u.wave = p_wave AND u.unit = x.home
        LEFT JOIN plan.unit AS a ON a.wave = p_wave
            AND a.unit = field.area_of(p_wave, x.home)
        WHERE (area IS NULL OR x.home = ANY (area))
            AND (within IS NULL OR x.home = ANY (within))
    ), row AS (
        SELECT s.sheet, s.state, s.status, s.replaced_by, s.grp,
            coalesce(s.now_home, s.home) AS home, g.code AS agent,
            g.name AS agent_name, g.office, 0::bigint AS planned,
            r.instance IS NOT NULL AS counts
        FROM field.sheet AS s
        LEFT JOIN field.agent AS g ON g.agent = s.agent
        LEFT JOIN field.response AS r ON r.wave = p_wave
            AND r.sheet = s.sheet AND r.keying = 1 AND r.counted
        WHERE s.wave = p_wave AND s.prefix IS NOT NULL
            AND (p_agent IS NULL OR g.code = p_agent)
        UNION ALL
        SELECT NULL, NULL, NULL, NULL, q.grp, q.home, NULL, NULL, NULL, q.planned,
            false
        FROM plan.quota_in_force AS q
        WHERE q.wave = p_wave AND q.planned > 0 AND p_agent IS NULL
            AND p_by NOT IN ('agent', 'office')
    ), keyed_row AS (
        SELECT r.*, f.code AS form, f.name AS form_name, g.code AS grp_code,
            g.name AS grp_name, p.unit, p.unit_name, p.area, p.area_name
        FROM row AS r
        JOIN place AS p ON p.home = r.home
        JOIN plan.respondent_group AS g ON g.wave = p_wave AND g.grp = r.grp
        JOIN plan.form AS f ON f.wave = p_wave AND f.form = g.form
    ), named AS (
        SELECT k.*, CASE p_by WHEN 'form' THEN k.form
                WHEN 'group' THEN k.grp_code WHEN 'unit' THEN k.unit
                WHEN 'area' THEN k.area WHEN 'office' THEN k.office
                WHEN 'agent' THEN k.agent
                WHEN 'cell' THEN k.grp_code || '/' || coalesce(k.unit, '')
                ELSE '' END AS key,
            CASE p_by WHEN 'form' THEN k.form_name
                WHEN 'group' THEN k.grp_name WHEN 'unit' THEN k.unit_name
                WHEN 'area' THEN k.area_name WHEN 'office' THEN k.office
                WHEN 'agent' THEN k.agent_name
                WHEN 'cell' THEN k.grp_name || coalesce(', ' || k.unit_name,
                    '') ELSE '' END AS label
        FROM keyed_row AS k)
    SELECT coalesce(k.key, ''), coalesce(min(k.label), ''),
        CASE WHEN p_agent IS NULL AND p_by NOT IN ('agent', 'office')
            THEN sum(k.planned)::bigint END,
        count(*) FILTER (WHERE k.status <> 'void'
            AND k.replaced_by IS NULL),
        count(*) FILTER (WHERE k.status = 'void'),
        count(*) FILTER (WHERE k.status = 'planned'),
        count(*) FILTER (WHERE k.state <> 'planned'),
        count(*) FILTER (WHERE k.status IN ('collected', 'keyed',
            'second-keyed', 'checked', 'valid', 'invalid', 'locked')),
        count(*) FILTER (WHERE k.status = 'refused'),
        count(*) FILTER (WHERE k.status IN ('not-met', 'moved')),
        count(*) FILTER (WHERE k.status = 'moved'),
        count(*) FILTER (WHERE k.status = 'lost'),
        count(*) FILTER (WHERE k.state <> 'planned'
            AND k.status IN ('cancelled', 'replaced')),
        count(*) FILTER (WHERE k.replaced_by IS NOT NULL),
        count(*) FILTER (WHERE k.status IN ('issued', 'left')),
        count(*) FILTER (WHERE k.status IN ('keyed', 'second-keyed',
            'checked', 'valid', 'invalid', 'locked')),
        count(*) FILTER (WHERE k.counts AND k.status IN ('keyed',
            'second-keyed', 'checked', 'valid', 'invalid', 'locked')),
        count(*) FILTER (WHERE NOT k.counts AND k.status IN ('keyed',
            'second-keyed', 'checked', 'valid', 'invalid', 'locked'))
    FROM named AS k
    GROUP BY coalesce(k.key, '')
    ORDER BY coalesce(k.key, '');
END
$$;
COMMENT ON FUNCTION field.ledger_balance(integer, text, text[], text,
    text) IS
    'issued and what became of it, by form, group, unit, area, office, agent';

-- What still stands against closing.  kind: out (issued, not back), unkeyed,
-- contradiction (counts, though said to be lost, refused, … or never issued),
-- empty (keyed, and nothing came in), foreign (counts without being in the
-- ledger), quota (more or fewer sheets than are planned).
CREATE FUNCTION field.ledger_open(p_wave integer, p_areas text[])
RETURNS TABLE (kind text, sheet text, status text, grp text, unit text,
    agent text, changed_on date)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    area integer[] := CASE WHEN p_areas IS NOT NULL
        THEN field.units_under(p_wave, p_areas) END;
BEGIN
    RETURN QUERY
    WITH one AS (
        SELECT CASE
                WHEN s.status IN ('issued', 'left') THEN 'out'
                WHEN s.status = 'collected' THEN 'unkeyed'
                WHEN s.status NOT IN ('keyed', 'second-keyed', 'checked',
                    'valid', 'invalid', 'locked') THEN CASE
                    WHEN r.instance IS NOT NULL THEN 'contradiction' END
                WHEN r.instance IS NULL AND NOT EXISTS (SELECT
                    FROM field.response AS x WHERE x.wave = p_wave
                        AND x.sheet = s.sheet) THEN 'empty' END AS kind,
            s.sheet, s.status, s.grp, coalesce(s.now_home, s.home) AS home,
            s.agent, s.changed_on
        FROM field.sheet AS s
        LEFT JOIN field.response AS r ON r.wave = p_wave
            AND r.sheet = s.sheet AND r.keying = 1 AND r.counted
        WHERE s.wave = p_wave AND s.prefix IS NOT NULL
        UNION ALL
        SELECT 'foreign', r.sheet, '-', r.grp, r.home, k.agent, NULL
        FROM field.response AS r
        LEFT JOIN field.agent_key AS k ON k.key = r.key
        WHERE r.wave = p_wave AND r.counted AND r.keying = 1
            AND NOT EXISTS (SELECT FROM field.sheet AS s
                WHERE s.wave = p_wave AND s.sheet = r.sheet)
        UNION ALL
        SELECT 'quota', '', field.ledger_slots(p_wave, q.grp, q.home)
                || ' ≠ ' || q.planned, q.grp, q.home, NULL, NULL
        FROM plan.quota_in_force AS q
        WHERE q.wave = p_wave
            AND field.ledger_slots(p_wave, q.grp, q.home) <> q.planned)
    SELECT o.kind, o.sheet, o.status, g.code, coalesce(u.code, ''),
        coalesce(a.code, ''), o.changed_on
    FROM one AS o
    LEFT JOIN plan.respondent_group AS g ON g.wave = p_wave
        AND g.grp = o.grp
    LEFT JOIN plan.unit AS u ON u.wave = p_wave AND u.unit = o.home
    LEFT JOIN field.agent AS a ON a.agent = o.agent
    WHERE o.kind IS NOT NULL AND (area IS NULL OR o.home = ANY (area))
    ORDER BY o.kind, o.sheet, g.code, u.code;
END
$$;
COMMENT ON FUNCTION field.ledger_open(integer, text[]) IS
    'what stands against closing a wave''s ledger';

-- What a sheet that was judged by now is: valid or invalid with a code.
CREATE FUNCTION field.ledger_settle(p_wave integer, p_event integer)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    good text[];
    bad text[];
    why text[];
BEGIN
    good := ARRAY(SELECT s.sheet FROM field.sheet AS s
        JOIN field.response AS r ON r.wave = p_wave AND r.sheet = s.sheet
            AND r.keying = 1 AND r.counted
        WHERE s.wave = p_wave AND s.status IN ('keyed', 'second-keyed',
            'checked', 'invalid')
        ORDER BY s.sheet);
    PERFORM field.ledger_move(p_wave, p_event, 'accept', 'system', NULL,
        good, NULL, NULL, NULL);
    SELECT coalesce(array_agg(b.sheet), '{}'), array_agg(b.code) INTO bad, why
    FROM (SELECT DISTINCT ON (s.sheet) s.sheet,
            CASE WHEN r.faults -> 0 ->> 'code' ~ '^V(0[0-9]|1[0-3])$'
                THEN r.faults -> 0 ->> 'code'
                WHEN r.state = 7 THEN 'V13' WHEN r.state = 6 THEN 'V12'
                ELSE 'V00' END AS code
        FROM field.sheet AS s
        LEFT JOIN field.response AS r ON r.wave = p_wave
            AND r.sheet = s.sheet AND r.keying = 1 AND r.state <> 4
        WHERE s.wave = p_wave AND s.status IN ('keyed', 'second-keyed',
            'checked', 'valid')
            AND NOT EXISTS (SELECT FROM field.response AS c
                WHERE c.wave = p_wave AND c.sheet = s.sheet
                    AND c.keying = 1 AND c.counted)
        ORDER BY s.sheet, r.received_at DESC, r.response DESC) AS b;
    PERFORM field.ledger_move(p_wave, p_event, 'reject', 'system', NULL, bad,
        NULL, NULL, why);
END
$$;
COMMENT ON FUNCTION field.ledger_settle(integer, integer) IS
    'accepts and rejects sheets as their submissions stand';

-- Closing locks what is judged.  With anything open it refuses, or with
-- p_override records who closed it nevertheless and why.
CREATE FUNCTION field.ledger_close(p_wave integer, p_by text, p_role text,
    p_reason text, p_override boolean) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ev integer;
    kinds jsonb;
    n integer;
    w_code text;
BEGIN
    PERFORM field.ledger_refuse('wave', field.ledger_take(p_wave, false),
        'close', p_role, p_reason, 'đợt điều tra');
    -- sheets that come in wait, and then find the wave closed
    PERFORM pg_advisory_xact_lock(7001, p_wave);
    PERFORM field.ledger_sync(p_wave);
    SELECT coalesce(sum(o.n), 0), jsonb_object_agg(o.kind, o.n)
    INTO n, kinds FROM (SELECT x.kind, count(*) AS n
        FROM field.ledger_open(p_wave, NULL) AS x GROUP BY x.kind) AS o;
    IF n > 0 AND NOT coalesce(p_override, false) THEN
        RAISE EXCEPTION 'sổ phiếu chưa cân, còn % mục mở, xem danh sách (%, '
            'see the list of what is open)', n, kinds
            USING ERRCODE = '55000';
    ELSIF n > 0 AND coalesce(p_reason, '') = '' THEN
        RAISE EXCEPTION 'khóa khi chưa cân phải có lý do (overriding needs a '
            'reason)' USING ERRCODE = '22023';
    END IF;
    ev := field.ledger_next(p_wave);
    PERFORM field.ledger_settle(p_wave, ev);
    PERFORM field.ledger_move(p_wave, ev, 'lock', 'system', NULL,
        ARRAY(SELECT s.sheet FROM field.sheet AS s
            WHERE s.wave = p_wave AND s.status IN ('valid', 'invalid')),
        NULL, NULL, NULL);
    UPDATE plan.wave SET state = 'closed' WHERE wave = p_wave
    RETURNING code INTO w_code;
    PERFORM field.ledger_seal(p_wave, ev, 'close', p_by, p_role, p_reason,
        NULL, false, jsonb_build_object('open', coalesce(kinds, '{}'),
            'override', n > 0));
    PERFORM pg_notify('phieu_plan', w_code);
    RETURN n;
END
$$;
COMMENT ON FUNCTION field.ledger_close(integer, text, text, text, boolean) IS
    'closes a wave whose ledger balances, or records who overrode it';

-- Late sheets come in only through this.
CREATE FUNCTION field.ledger_reopen(p_wave integer, p_by text, p_role text,
    p_reason text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ev integer;
    was text := field.ledger_take(p_wave, false);
    w_code text;
BEGIN
    PERFORM field.ledger_refuse('wave', was, 'reopen', p_role, p_reason,
        'đợt điều tra');
    PERFORM pg_advisory_xact_lock(7001, p_wave);
    UPDATE plan.wave SET state = 'open' WHERE wave = p_wave
    RETURNING code INTO w_code;
    ev := field.ledger_next(p_wave);
    PERFORM field.ledger_seal(p_wave, ev, 'reopen', p_by, p_role, p_reason,
        NULL, false, jsonb_build_object('was', was));
    PERFORM pg_notify('phieu_plan', w_code);
    RETURN ev;
END
$$;
COMMENT ON FUNCTION field.ledger_reopen(integer, text, text, text) IS
    'opens a closed or frozen wave again, for late sheets and corrections';

-- A wave with a ledger is frozen only when that was closed, and while what it
-- locked is what counts.
CREATE FUNCTION field.ledger_may_freeze(p_wave integer) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w plan.wave;
    n bigint;
BEGIN
    SELECT * INTO w FROM plan.wave WHERE wave = p_wave;
    IF NOT coalesce(w.ledger, false) THEN
        RETURN true;
    ELSIF w.state = 'open' THEN
        RAISE EXCEPTION 'phải khóa sổ phiếu trước (close the ledger first: '
            'phieu ledger close --wave %)', w.code USING ERRCODE = '55000';
    END IF;
    SELECT count(*) INTO n FROM field.sheet AS s
    LEFT JOIN field.response AS r ON r.wave = p_wave AND r.sheet = s.sheet
        AND r.keying = 1 AND r.counted
    WHERE s.wave = p_wave AND s.status = 'locked'
        AND (s.code IS NULL) <> (r.instance IS NOT NULL);
    IF n > 0 THEN
        RAISE EXCEPTION '% phiếu đã khóa mà kết luận đã đổi, mở lại và khóa '
            'lại sổ (judged otherwise since: reopen and close again)', n
            USING ERRCODE = '55000';
    END IF;
    RETURN true;
END
$$;
COMMENT ON FUNCTION field.ledger_may_freeze(integer) IS
    'refuses to freeze a wave whose ledger is open or no longer true';

-- Events whose moves are not what the log says of them; none: all is well.
-- Histories that do not lead to where a sheet stands come as event 0.
CREATE FUNCTION field.ledger_verify(p_wave integer)
RETURNS TABLE (event integer, words text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH said AS (
        SELECT (a.content::jsonb ->> 'event')::integer AS event,
            a.content::jsonb ->> 'digest' AS digest
        FROM audit.entry AS a
        WHERE a.lane = 0 AND a.kind = 'ledger'
            AND (a.content::jsonb ->> 'wave')::integer = p_wave)
    SELECT coalesce(e.event, s.event), CASE
        WHEN e.event IS NULL THEN 'in the log, not in the ledger'
        WHEN s.event IS NULL THEN 'not in the log'
        ELSE 'its moves are not those in the log' END
    FROM (SELECT x.* FROM field.sheet_event AS x WHERE x.wave = p_wave) AS e
    FULL JOIN said AS s ON s.event = e.event
    WHERE e.event IS NULL OR s.event IS NULL
        OR encode(e.digest, 'hex') <> s.digest
        OR field.ledger_digest(p_wave, e.event, e.nonce) <> e.digest
    UNION ALL
    SELECT 0, s.sheet || ': its history does not lead to its status'
    FROM field.sheet AS s
    LEFT JOIN (SELECT m.sheet, count(*) AS n, max(m.version) AS top,
            bool_and(m.was = coalesce(m.before, '-')
                AND m.was_home = coalesce(m.home_before, m.was_home)
                AND coalesce(m.was_agent, 0) = coalesce(m.agent_before, 0))
                AS chained,
            (array_agg(m.now ORDER BY m.version DESC))[1] AS now,
            (array_agg(m.now_agent ORDER BY m.version DESC))[1] AS agent,
            (array_agg(m.now_home ORDER BY m.version DESC))[1] AS home
        FROM (SELECT v.*, lag(v.now) OVER w AS before,
                lag(v.now_agent) OVER w AS agent_before,
                lag(v.now_home) OVER w AS home_before
            FROM field.sheet_move AS v WHERE v.wave = p_wave
            WINDOW w AS (PARTITION BY v.sheet ORDER BY v.version)) AS m
        GROUP BY m.sheet) AS h USING (sheet)
    WHERE s.wave = p_wave AND s.prefix IS NOT NULL
        AND (h.n IS DISTINCT FROM s.version OR h.top <> h.n OR NOT h.chained
            OR h.now <> s.status OR h.agent IS DISTINCT FROM s.agent
            OR h.home <> coalesce(s.now_home, s.home))
    ORDER BY 1, 2
$$;
COMMENT ON FUNCTION field.ledger_verify(integer) IS
    'what of a ledger is not as its history and the log say';

-- ---- an agent's own ------------------------------------------------------
CREATE FUNCTION field.agent_sheets(p_key integer)
RETURNS TABLE (sheet text, form integer, grp integer, home integer,
    status text, version integer, changed_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.sheet, s.form, s.grp, coalesce(s.now_home, s.home), s.status,
        s.version, s.changed_on
    FROM field.agent_key AS me
    JOIN field.sheet AS s ON s.wave = me.wave AND s.agent = me.agent
    WHERE me.key = p_key AND me.revoked_at IS NULL AND me.expires_at > now()
    ORDER BY s.prefix, s.serial
$$;
COMMENT ON FUNCTION field.agent_sheets(integer) IS
    'the sheets that the key''s agent has or had';

-- leave, collect, refuse, miss, move, lose: whatever the rules give agents.
CREATE FUNCTION field.agent_sheet_act(p_key integer, p_act text,
    p_sheets text[], p_reason text, p_version integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me record;
BEGIN
    SELECT k.wave, a.code INTO me FROM field.agent_key AS k
    JOIN field.agent AS a USING (agent)
    WHERE k.key = p_key AND k.revoked_at IS NULL AND k.expires_at > now();
    IF NOT FOUND THEN
        RAISE EXCEPTION 'khóa không còn dùng được (no such key)'
            USING ERRCODE = '42501';
    END IF;
    RETURN (SELECT x.moved FROM field.ledger_act(me.wave, me.code, 'agent',
        NULL, p_act, p_sheets, p_sheets, NULL, NULL, NULL, me.code, p_reason,
        p_version) AS x);
END
$$;
COMMENT ON FUNCTION field.agent_sheet_act(integer, text, text[], text,
    integer) IS 'an agent''s act on his own sheets';

-- ---- who may -------------------------------------------------------------
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA field FROM PUBLIC;
GRANT EXECUTE ON FUNCTION field.ledger_look(integer),
    field.ledger_act(integer, text, text, text[], text, text[], text[], text,
        text, integer, text, text, integer),
    field.ledger_plan(integer, text, text, text),
    field.ledger_replace(integer, text, text, text[], text, text, integer),
    field.ledger_amend(integer, text, text, text, text, integer, text),
    field.ledger_merge(integer, text, text, text, text),
    field.ledger_close(integer, text, text, text, boolean),
    field.ledger_reopen(integer, text, text, text),
    field.ledger_balance(integer, text, text[], text, text),
    field.ledger_open(integer, text[]),
    field.ledger_verify(integer),
    field.units_under(integer, text[]),
    field.units_counted(integer, text),
    field.area_of(integer, integer) TO phieu_server;
GRANT EXECUTE ON FUNCTION field.agent_sheets(integer),
    field.agent_sheet_act(integer, text, text[], text, integer)
    TO phieu_collector;
GRANT SELECT ON field.sheet_rule TO phieu_server, phieu_auditor,
    phieu_backup;
GRANT SELECT ON field.sheet_event, field.sheet_move TO phieu_server,
    phieu_backup;
-- Which acts there were, never which sheets.
GRANT SELECT (wave, event, act, done_by, role, done_on, reason, n, detail,
    digest) ON field.sheet_event TO phieu_auditor;
