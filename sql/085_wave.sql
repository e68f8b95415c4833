-- What a whole wave showed, carried through every desk in one test.
--
-- Acts on many sheets looked at every sheet for every sheet: a review of 60 of
-- 1,193 took longer than all the rest of it, and so did looking.  Same answers,
-- by the indexes (response_sheet_counted, response_sheet_other).
-- What a second keying settled is a version too, and no act of review: the
-- history of a sheet that was queried or accepted, and then settled, was said
-- not to lead to its status.  The balance asked for everybody's area whether it was by area or not.

CREATE OR REPLACE FUNCTION field.review_ledger(p_wave integer, p_by text, p_role text,
    p_act text, p_reason text, p_code text, p_responses bigint[])
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ev integer := field.ledger_next(p_wave);
    sheets text[];
    good text[];
    bad text[];
    back text[];
BEGIN
    sheets := ARRAY(SELECT DISTINCT x.sheet FROM field.response AS x
        WHERE x.wave = p_wave AND x.response = ANY (p_responses)
            AND x.keying = 1);
    WITH mine AS MATERIALIZED (
        SELECT r.sheet, bool_or(r.counted) AS counts,
            bool_or(r.counted AND r.state = 5) AS accepted,
            bool_or(r.held AND r.state IN (6, 7)) AS out
        FROM field.response AS r
        WHERE r.wave = p_wave AND r.sheet = ANY (sheets)
            AND r.keying = 1 AND r.state <> 4
        GROUP BY r.sheet
    ), one AS MATERIALIZED (
        SELECT s.sheet, s.status, m.counts, m.accepted, m.out
        FROM mine AS m
        CROSS JOIN LATERAL (SELECT t.sheet, t.status FROM field.sheet AS t
            WHERE t.wave = p_wave AND t.sheet = m.sheet
                AND t.prefix IS NOT NULL OFFSET 0) AS s)
    SELECT array_agg(o.sheet ORDER BY o.sheet) FILTER (WHERE o.accepted
            AND o.status <> 'valid'),
        array_agg(o.sheet ORDER BY o.sheet) FILTER (WHERE o.out
            AND NOT o.counts AND o.status IN ('keyed', 'second-keyed',
                'checked', 'valid')),
        array_agg(o.sheet ORDER BY o.sheet) FILTER (WHERE NOT o.accepted
            AND (o.counts OR NOT o.out) AND o.status IN ('valid', 'invalid'))
    INTO good, bad, back FROM one AS o;
    IF coalesce(good, bad, back) IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM field.ledger_move(p_wave, ev, 'accept', 'system', p_reason,
        coalesce(good, '{}'), NULL, NULL, NULL);
    PERFORM field.ledger_move(p_wave, ev, 'reject', 'system', p_reason,
        coalesce(bad, '{}'), NULL, NULL,
        array_fill(p_code, ARRAY[coalesce(cardinality(bad), 0)]));
    PERFORM field.ledger_move(p_wave, ev, 'undo', 'system', p_reason,
        coalesce(back, '{}'), NULL, NULL, NULL);
    -- the reason stands with the act of review alone
    PERFORM field.ledger_seal(p_wave, ev, p_act, p_by, p_role, NULL, NULL,
        false, NULL);
    RETURN ev;
END
$$;

CREATE OR REPLACE FUNCTION field.ledger_pick(p_wave integer, p_areas text[],
    p_own integer, p_from text[], p_to text[], p_group text, p_unit text,
    p_count integer) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    area integer[] := CASE WHEN p_areas IS NOT NULL
        THEN field.units_under(p_wave, p_areas) END;
    g integer;
    u integer := 0;
    found text[];
    missing text;
BEGIN
    IF coalesce(p_from, '{}') <> '{}' THEN
        SELECT x.a INTO missing FROM unnest(p_from || p_to) AS x (a)
        WHERE NOT EXISTS (SELECT FROM field.sheet AS s
            WHERE s.wave = p_wave AND s.sheet = x.a
                AND (area IS NULL OR coalesce(s.now_home, s.home)
                    = ANY (area))
                AND (p_own IS NULL OR s.agent = p_own))
        LIMIT 1;
        IF missing IS NOT NULL THEN
            RAISE EXCEPTION 'không có phiếu % trong sổ (no sheet of this '
                'number)', missing USING ERRCODE = '22023';
        END IF;
        SELECT x.a || '..' || x.b INTO missing
        FROM unnest(p_from, p_to) AS x (a, b)
        JOIN field.sheet AS f ON f.wave = p_wave AND f.sheet = x.a
        JOIN field.sheet AS t ON t.wave = p_wave AND t.sheet = x.b
        WHERE f.prefix <> t.prefix OR f.serial > t.serial
        LIMIT 1;
        IF missing IS NOT NULL THEN
            RAISE EXCEPTION 'dãy số % không đúng: phải cùng mẫu, từ nhỏ đến '
                'lớn (a range is of one form, from low to high)', missing
                USING ERRCODE = '22023';
        END IF;
        RETURN ARRAY(SELECT DISTINCT s.sheet
            FROM (SELECT f.prefix, f.serial AS low, t.serial AS high
                FROM unnest(p_from, p_to) AS x (a, b)
                JOIN field.sheet AS f ON f.wave = p_wave AND f.sheet = x.a
                JOIN field.sheet AS t ON t.wave = p_wave AND t.sheet = x.b)
                AS x
            -- by the index, range by range
            CROSS JOIN LATERAL (SELECT y.* FROM field.sheet AS y
                WHERE y.wave = p_wave AND y.prefix = x.prefix
                    AND y.serial BETWEEN x.low AND x.high OFFSET 0) AS s
            WHERE (area IS NULL OR coalesce(s.now_home, s.home) = ANY (area))
                AND (p_own IS NULL OR s.agent = p_own)
            ORDER BY s.sheet);
    END IF;
    SELECT r.grp INTO g FROM plan.respondent_group AS r
    WHERE r.wave = p_wave AND r.code = p_group;
    IF p_unit IS NOT NULL AND p_unit <> '' THEN
        SELECT x.unit INTO u FROM plan.unit AS x
        WHERE x.wave = p_wave AND x.code = p_unit;
    END IF;
    IF g IS NULL OR u IS NULL OR p_count IS NULL OR p_count < 1 THEN
        RAISE EXCEPTION 'cho số phiếu, hoặc nhóm đối tượng, đơn vị và số '
            'lượng có trong kế hoạch (give sheets, or a group, a unit and a '
            'count of the plan)' USING ERRCODE = '22023';
    END IF;
    found := ARRAY(SELECT s.sheet FROM field.sheet AS s
        WHERE s.wave = p_wave AND s.grp = g
            AND coalesce(s.now_home, s.home) = u AND s.status = 'planned'
            AND (area IS NULL OR coalesce(s.now_home, s.home) = ANY (area))
            AND p_own IS NULL
        ORDER BY s.slot, s.serial LIMIT p_count);
    IF cardinality(found) < p_count THEN
        RAISE EXCEPTION 'chỉ còn % phiếu chưa giao (only so many are left to '
            'issue)', cardinality(found) USING ERRCODE = '55000';
    END IF;
    RETURN found;
END
$$;

CREATE OR REPLACE FUNCTION field.ledger_balance(p_wave integer, p_by text,
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
            AND a.unit = CASE WHEN p_by = 'area'
                THEN field.area_of(p_wave, x.home) END
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

CREATE OR REPLACE FUNCTION field.review_verify(p_wave integer, p_areas text[])
RETURNS TABLE (event integer, words text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH area AS MATERIALIZED (
        SELECT CASE WHEN p_areas IS NOT NULL
            THEN field.units_under(p_wave, p_areas) END AS units
    ), mine AS MATERIALIZED (
        SELECT v.* FROM field.review AS v, area AS x WHERE v.wave = p_wave
            AND (x.units IS NULL OR v.place = ANY (x.units))
    ), said AS (
        SELECT (a.content::jsonb ->> 'event')::integer AS event,
            a.content::jsonb ->> 'digest' AS digest
        FROM audit.entry AS a
        WHERE a.lane = 0 AND a.kind = 'review'
            AND (a.content::jsonb ->> 'wave')::integer = p_wave
    ), happened AS (
        SELECT e.event, encode(e.digest, 'hex') AS digest,
            field.review_digest(e) = e.digest AS same
        FROM field.review_event AS e
        WHERE e.wave = p_wave AND (p_areas IS NULL OR EXISTS (SELECT
            FROM field.review_move AS m JOIN mine USING (response)
            WHERE m.wave = p_wave AND m.event = e.event))
    ), settled AS MATERIALIZED (
        SELECT o.response, o.version FROM field.response_version AS o
        WHERE o.wave = p_wave AND o.content ? 'ratings'
    ), history AS MATERIALIZED (
        SELECT m.response, max(m.version) AS top, bool_and(m.gapless)
            AS chained, (array_agg(m.now ORDER BY m.version DESC))[1] AS now
        FROM (SELECT x.*, x.was = coalesce(lag(x.now) OVER w, x.was)
                AND x.version = coalesce(lag(x.version) OVER w + 1,
                    x.version) AS gapless
            FROM (SELECT y.wave, y.event, y.response, y.was, y.now,
                    y.version - (SELECT count(*) FROM settled AS t
                        WHERE t.response = y.response
                            AND t.version < y.version) AS version
                FROM field.review_move AS y WHERE y.wave = p_wave) AS x
            JOIN field.review_event AS e USING (wave, event)
            WHERE x.wave = p_wave AND e.act <> 'open'
            WINDOW w AS (PARTITION BY x.response ORDER BY x.version)) AS m
        GROUP BY m.response)
    SELECT coalesce(e.event, s.event), CASE
        WHEN e.event IS NULL THEN 'in the log, not in the history'
        WHEN s.event IS NULL THEN 'not in the log'
        ELSE 'it or its moves are not those in the log' END
    FROM happened AS e
    FULL JOIN said AS s ON s.event = e.event
    WHERE (e.event IS NULL AND p_areas IS NULL)
        OR (e.event IS NOT NULL AND (s.event IS NULL
            OR e.digest <> s.digest OR NOT e.same))
    UNION ALL
    SELECT 0, coalesce(v.sheet, v.instance)
        || ': its history does not lead to its status'
    FROM mine AS v
    JOIN history AS h USING (response)
    WHERE v.version - (SELECT count(*) FROM settled AS t
            WHERE t.response = v.response) <> h.top OR NOT h.chained
        OR (v.state <> 4 AND v.status <> h.now)
    ORDER BY 1, 2
$$;

CREATE OR REPLACE FUNCTION field.ledger_sync_sheets(p_wave integer) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    keyed text[];
    twice text[];
    event integer;
BEGIN
    keyed := ARRAY(
        SELECT s.sheet FROM field.sheet AS s
        WHERE s.wave = p_wave AND s.status IN ('issued', 'left', 'collected')
            AND (EXISTS (SELECT FROM field.response AS r
                WHERE r.wave = p_wave AND r.sheet = s.sheet AND r.keying = 1
                    AND r.counted)
                OR EXISTS (SELECT FROM field.response AS r
                    JOIN field.agent_key AS k ON k.key = r.key
                    WHERE r.wave = p_wave AND r.sheet = s.sheet
                        AND NOT r.counted AND r.keying = 1
                        AND r.state IN (1, 2, 3, 5) AND k.agent = s.agent))
        ORDER BY s.sheet);
    IF keyed <> '{}' THEN
        event := field.ledger_next(p_wave);
        PERFORM field.ledger_move(p_wave, event, 'key', 'system', NULL,
            keyed, NULL, NULL, NULL);
        PERFORM field.ledger_seal(p_wave, event, 'key', 'collector',
            'system', NULL, NULL, false, NULL);
    END IF;
    twice := ARRAY(
        SELECT s.sheet FROM field.sheet AS s
        WHERE s.wave = p_wave AND s.status = 'keyed'
            AND EXISTS (SELECT FROM field.response AS r
                WHERE r.wave = p_wave AND r.sheet = s.sheet AND r.keying = 2
                    AND r.counted)
        ORDER BY s.sheet);
    IF twice <> '{}' THEN
        event := field.ledger_next(p_wave);
        PERFORM field.ledger_move(p_wave, event, 'second-key', 'system',
            NULL, twice, NULL, NULL, NULL);
        PERFORM field.ledger_seal(p_wave, event, 'second-key', 'collector',
            'system', NULL, NULL, false, NULL);
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION field.recheck_decide(p_wave integer, p_by text, p_role text,
    p_areas text[], p_number text, p_from text[], p_to text[], p_agent text,
    p_reason text)
RETURNS TABLE (event integer, moved integer, paper integer, made text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    w plan.wave;
    no integer;
    r field.response;
    sheets text[] := '{}';
    items text[] := '{}';
    accepted text[] := '{}';
    ev integer;
BEGIN
    SELECT * INTO w FROM plan.wave WHERE wave = p_wave;
    PERFORM field.ledger_refuse('recheck', '-', 'decide', p_role, p_reason,
        'phúc tra');
    IF w.ledger THEN
        PERFORM field.ledger_take(p_wave, true);
        PERFORM field.ledger_sync(p_wave);
    ELSE
        PERFORM pg_advisory_xact_lock(7004, p_wave);
    END IF;
    no := (SELECT coalesce(max(d.decision), 0) + 1
        FROM field.recheck_decision AS d WHERE d.wave = p_wave);
    FOR r IN SELECT * FROM field.recheck_named(p_wave, p_areas, p_from, p_to,
        p_agent) LOOP
        INSERT INTO field.recheck_decided (wave, decision, sheet, instance,
            state, faults)
        VALUES (p_wave, no, r.sheet, r.instance, r.state, r.faults);
        sheets := sheets || r.sheet;
        items := items || r.instance;
        IF r.state = 5 THEN
            accepted := accepted || r.instance;
        END IF;
    END LOOP;
    IF sheets = '{}' THEN
        RAISE EXCEPTION 'không có phiếu nào đang tính (nothing counts here)'
            USING ERRCODE = '55000';
    END IF;
    INSERT INTO field.recheck_decision (wave, decision, number, reason,
        agent, sheets, decided_by)
    VALUES (p_wave, no, p_number, p_reason, CASE WHEN p_agent IS NOT NULL
        THEN field.ledger_agent(p_agent) END, cardinality(sheets), p_by);
    IF w.ledger THEN
        PERFORM field.recheck_unlock(p_wave, p_by, p_role, sheets, p_reason,
            jsonb_build_object('decision', no, 'number', p_number));
    END IF;
    IF accepted <> '{}' THEN
        PERFORM field.review_do(p_wave, p_by, 'owner', NULL, NULL, 'undo',
            accepted, NULL, p_number || ': ' || p_reason, NULL);
    END IF;
    PERFORM field.review_do(p_wave, p_by, 'owner', NULL, NULL, 'reject',
        items, 'V12', p_number || ': ' || p_reason, NULL);
    IF w.ledger THEN
        ev := field.ledger_next(p_wave) - 1;
    END IF;
    PERFORM audit.append(0::smallint, 'recheck', p_by, jsonb_build_object(
        'wave', p_wave, 'act', 'decide', 'role', p_role, 'decision', no,
        'number', p_number, 'agent', p_agent, 'count', cardinality(sheets),
        'reason', p_reason)::text);
    RETURN QUERY SELECT ev, cardinality(sheets), NULL::integer, no::text;
END
$$;

CREATE OR REPLACE FUNCTION field.recheck_undo(p_wave integer, p_by text, p_role text,
    p_areas text[], p_decision integer, p_number text, p_reason text)
RETURNS TABLE (event integer, moved integer, paper integer, made text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    w plan.wave;
    d field.recheck_decision;
    r record;
    sheets text[] := '{}';
    items text[] := '{}';
    accepted text[] := '{}';
    ev integer;
BEGIN
    SELECT * INTO w FROM plan.wave WHERE wave = p_wave;
    IF w.ledger THEN
        PERFORM field.ledger_take(p_wave, true);
        PERFORM field.ledger_sync(p_wave);
    ELSE
        PERFORM pg_advisory_xact_lock(7004, p_wave);
    END IF;
    SELECT * INTO d FROM field.recheck_decision AS x
    WHERE x.wave = p_wave AND x.decision = p_decision;
    PERFORM field.ledger_refuse('recheck', coalesce(d.status, '-'), 'undo',
        p_role, p_reason, 'quyết định ' || coalesce(p_decision::text, ''));
    FOR r IN SELECT x.*, n.state AS now, n.faults -> 0 ->> 'code' AS code,
            coalesce(t.now_home, n.home, 0) AS place
        FROM field.recheck_decided AS x
        JOIN field.response AS n ON n.wave = p_wave
            AND n.instance = x.instance
        LEFT JOIN field.sheet AS t ON t.wave = p_wave AND t.sheet = x.sheet
        WHERE x.wave = p_wave AND x.decision = p_decision
        ORDER BY x.sheet LOOP
        IF r.now <> 6 OR r.code IS DISTINCT FROM 'V12' THEN
            RAISE EXCEPTION 'phiếu % đã được kết luận khác sau quyết định '
                '(judged otherwise since)', r.sheet USING ERRCODE = '55000';
        ELSIF p_areas IS NOT NULL
            AND r.place <> ALL (field.units_under(p_wave, p_areas)) THEN
            RAISE EXCEPTION 'quyết định có phiếu ngoài địa bàn của bạn (not '
                'all of it lies in your area)' USING ERRCODE = '42501';
        END IF;
        sheets := sheets || r.sheet;
        items := items || r.instance;
        IF r.state = 5 THEN
            accepted := accepted || r.instance;
        END IF;
    END LOOP;
    UPDATE field.recheck_decision AS x SET status = 'undone',
        undone_number = p_number, undone_by = p_by, undone_reason = p_reason,
        undone_on = (now() AT TIME ZONE 'UTC' + interval '7 hours')::date
    WHERE x.wave = p_wave AND x.decision = p_decision;
    IF w.ledger THEN
        PERFORM field.recheck_unlock(p_wave, p_by, p_role, sheets, p_reason,
            jsonb_build_object('decision', p_decision, 'undone_by',
                p_number));
    END IF;
    PERFORM field.review_do(p_wave, p_by, 'owner', NULL, NULL, 'undo', items,
        NULL, p_number || ': ' || p_reason, NULL);
    IF accepted <> '{}' THEN
        PERFORM field.review_do(p_wave, p_by, 'owner', NULL, NULL, 'accept',
            accepted, NULL, p_number || ': ' || p_reason, NULL);
    END IF;
    IF w.ledger THEN
        ev := field.ledger_next(p_wave) - 1;
    END IF;
    PERFORM audit.append(0::smallint, 'recheck', p_by, jsonb_build_object(
        'wave', p_wave, 'act', 'undo', 'role', p_role, 'decision',
        p_decision, 'number', p_number, 'count', cardinality(sheets),
        'reason', p_reason)::text);
    RETURN QUERY SELECT ev, cardinality(sheets), NULL::integer,
        p_decision::text;
END
$$;
