-- Desks that landed together, and what one of them did not know of another:
-- a version made by second keying is no gap in the history of a review; what is
-- locked in the ledger changes by nobody's hand; lists of quality know what was
-- rejected and withdrawn; two who act at once wait for each other in one order.

-- ---- review and second keying ----------------------------------------------
CREATE FUNCTION field.review_between(p_wave integer, p_response bigint,
    p_from integer, p_to integer) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT count(*) FROM field.response_version AS v
    WHERE v.wave = p_wave AND v.response = p_response AND v.version >= p_from
        AND v.version < p_to AND NOT v.content ? 'status'
$$;
COMMENT ON FUNCTION field.review_between(integer, bigint, integer, integer) IS
    'versions of a submission from one to before another not made by review';

-- As before; versions made by settling two keyings stand between those of the
-- review (what is kept of them has no status).
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
    ), history AS MATERIALIZED (
        SELECT m.response, max(m.version) AS top, bool_and(m.was
                = coalesce(m.before, m.was) AND m.version = coalesce(m.seen
                    + 1 + field.review_between(p_wave, m.response, m.seen,
                    m.version - 1), m.version)) AS chained,
            (array_agg(m.now ORDER BY m.version DESC))[1] AS now
        FROM (SELECT x.*, lag(x.now) OVER w AS before,
                lag(x.version) OVER w AS seen
            FROM field.review_move AS x
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
    WHERE v.version <> h.top + field.review_between(p_wave, v.response, h.top,
            v.version) OR NOT h.chained
        OR (v.state <> 4 AND v.status <> h.now)
    ORDER BY 1, 2
$$;

-- As before; a sheet that the ledger locked is unlocked first, as for review.
CREATE OR REPLACE FUNCTION field.second_apply(p_wave integer, p_sheet text,
    p_pair integer, p_by text, p_reason text) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p field.second_pair;
    r field.response;
    d field.second_difference;
    was jsonb;
    answers integer;
    kinds integer;
BEGIN
    SELECT * INTO p FROM field.second_pair AS x WHERE x.wave = p_wave
        AND x.sheet = p_sheet AND x.pair = p_pair;
    SELECT * INTO r FROM field.response AS x WHERE x.wave = p_wave
        AND x.sheet = p_sheet AND x.keying = 1 AND x.counted FOR UPDATE;
    was := field.second_reading(p_wave, r.instance);
    FOR d IN SELECT * FROM field.second_difference AS x
        WHERE x.wave = p_wave AND x.sheet = p_sheet AND x.pair = p_pair
        ORDER BY x.place, x.field
    LOOP
        PERFORM field.second_put(p_wave, r.response, p.second, p.form, d)
        WHERE d.kind <> 'form';
    END LOOP;
    IF field.second_sha(p_wave, r.instance) = p.response_sha THEN
        RETURN false;
    ELSIF EXISTS (SELECT FROM field.sheet AS s WHERE s.wave = p_wave
        AND s.sheet = p_sheet AND s.status = 'locked') THEN
        RAISE EXCEPTION 'phiếu % đã khóa trong sổ, mở khóa trước (locked in '
            'the ledger: unlock it first)', p_sheet USING ERRCODE = '55000';
    ELSIF field.second_lacks(p_wave, r.response, p.form) THEN
        RAISE EXCEPTION 'phiếu %: theo giấy thì thiếu câu trả lời bắt buộc, '
            'phải xét phiếu chứ không sửa được (as the paper has it the sheet '
            'is not valid: judge it)', p_sheet USING ERRCODE = '55000';
    END IF;
    -- Q01, as collector/submission_check.c sees it
    SELECT count(*), count(DISTINCT x.b) INTO answers, kinds
    FROM (SELECT get_byte(a.answers, i) AS b FROM field.rating AS a,
            generate_series(0, length(a.answers) - 1) AS i
        WHERE a.wave = p_wave AND a.response = r.response) AS x
    WHERE x.b BETWEEN 1 AND 200;
    INSERT INTO field.response_version (wave, response, version, content,
        changed_by, reason)
    VALUES (p_wave, r.response, r.version, was, p_by, p_reason);
    UPDATE field.response SET version = r.version + 1,
        flags = (flags & ~1) | (answers >= 5 AND kinds = 1)::integer
    WHERE wave = p_wave AND instance = r.instance;
    UPDATE field.second_pair SET response_version = r.version + 1,
        response_sha = field.second_sha(p_wave, r.instance)
    WHERE wave = p_wave AND sheet = p_sheet AND pair = p_pair;
    RETURN true;
END
$$;

-- Put out for good, as it stands: nobody is to key it again.
CREATE FUNCTION field.second_out(p_wave integer, p_sheet text)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (SELECT FROM field.response AS r WHERE r.wave = p_wave
        AND r.sheet = p_sheet AND r.keying = 1 AND NOT r.counted AND r.held
        AND r.state IN (6, 7))
$$;
COMMENT ON FUNCTION field.second_out(integer, text) IS
    'was the submission that holds a number rejected or withdrawn?';

-- As before; p_not given (to be keyed again by him): nothing that is put out.
CREATE OR REPLACE FUNCTION field.second_pick(p_wave integer, p_areas text[],
    p_from text[], p_to text[], p_draw integer, p_not integer,
    p_count integer) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    sheets text[];
    bad text;
BEGIN
    IF coalesce(p_from, '{}') <> '{}' THEN
        sheets := field.ledger_pick(p_wave, p_areas, NULL, p_from, p_to,
            NULL, NULL, NULL);
        SELECT x.s INTO bad FROM unnest(sheets) AS x (s)
        WHERE NOT EXISTS (SELECT FROM field.second_sheet AS d
            WHERE d.wave = p_wave AND d.sheet = x.s) LIMIT 1;
        IF bad IS NOT NULL THEN
            RAISE EXCEPTION 'phiếu % không có trong mẫu nhập lần hai (not '
                'drawn)', bad USING ERRCODE = '22023';
        END IF;
        SELECT x.s INTO bad FROM unnest(sheets) AS x (s)
        WHERE p_not IS NOT NULL AND field.second_out(p_wave, x.s) LIMIT 1;
        IF bad IS NOT NULL THEN
            RAISE EXCEPTION 'phiếu % đã bị loại hoặc rút lại, không nhập lần '
                'hai (rejected or withdrawn)', bad USING ERRCODE = '55000';
        END IF;
        RETURN sheets;
    END IF;
    sheets := ARRAY(SELECT d.sheet FROM field.second_sheet AS d
        JOIN field.sheet AS s USING (wave, sheet)
        WHERE d.wave = p_wave AND d.status = 'drawn' AND d.draw IS NOT NULL
            AND (p_draw IS NULL OR d.draw = p_draw)
            AND d.first_agent IS DISTINCT FROM p_not
            AND NOT field.second_out(p_wave, d.sheet)
            AND (p_areas IS NULL OR coalesce(s.now_home, s.home)
                = ANY (field.units_under(p_wave, p_areas)))
        ORDER BY d.sheet LIMIT p_count);
    IF sheets = '{}' THEN
        RAISE EXCEPTION 'không còn phiếu nào trong mẫu giao được cho người '
            'này (nothing drawn is left for this agent)'
            USING ERRCODE = '55000';
    END IF;
    RETURN sheets;
END
$$;

-- As before, without what is put out.
CREATE OR REPLACE FUNCTION field.agent_second(p_key integer)
RETURNS TABLE (sheet text, form integer, grp integer, home integer,
    done boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.sheet, s.form, s.grp, coalesce(s.now_home, s.home),
        EXISTS (SELECT FROM field.response AS r
            JOIN field.agent_key AS k ON k.key = r.key
            WHERE r.wave = me.wave AND r.sheet = s.sheet AND r.keying = 2
                AND r.counted AND k.agent = me.agent)
    FROM field.agent_key AS me
    JOIN field.second_sheet AS d ON d.wave = me.wave AND d.agent = me.agent
        AND d.draw IS NOT NULL AND NOT field.second_out(me.wave, d.sheet)
    JOIN field.sheet AS s ON s.wave = d.wave AND s.sheet = d.sheet
    WHERE me.key = p_key AND me.revoked_at IS NULL AND me.expires_at > now()
    ORDER BY s.prefix, s.serial
$$;

-- ---- one sheet among many ----------------------------------------------------
-- Whoever asks for one sheet does not wait for all of the wave: its submissions
-- are found by the indexes first.
CREATE FUNCTION field.review_find(p_wave integer, p_item text)
RETURNS text[] LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(array_agg(x.instance), '{}') FROM (
        SELECT r.instance FROM field.response AS r
        WHERE r.wave = p_wave AND r.instance = p_item
        UNION SELECT r.instance FROM field.response AS r
        WHERE r.wave = p_wave AND r.sheet = upper(p_item) AND r.counted
        UNION SELECT r.instance FROM field.response AS r
        WHERE r.wave = p_wave AND r.sheet = upper(p_item)
            AND NOT r.counted) AS x
$$;
COMMENT ON FUNCTION field.review_find(integer, text) IS
    'submissions by a number or an instanceID';

-- As before, and of p_items alone where they are given.
CREATE FUNCTION field.review_seen(p_wave integer, p_by text, p_role text,
    p_areas text[], p_agent text, p_unit text, p_items text[])
RETURNS SETOF field.review
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    area integer[] := CASE WHEN p_areas IS NOT NULL
        THEN field.units_under(p_wave, p_areas) END;
    below integer[] := CASE WHEN nullif(p_unit, '') IS NOT NULL
        THEN field.units_under(p_wave, ARRAY[p_unit]) END;
    barred integer[] := field.review_barred(p_wave, p_by, p_role);
    own integer[] := CASE WHEN nullif(p_agent, '') IS NOT NULL
        THEN ARRAY(SELECT k.key FROM field.agent_key AS k
            JOIN field.agent AS a USING (agent)
            WHERE k.wave = p_wave AND a.code = p_agent) END;
BEGIN
    IF p_items IS NULL THEN
        RETURN QUERY SELECT * FROM field.review_seen(p_wave, p_by, p_role,
            p_areas, p_agent, p_unit);
        RETURN;
    END IF;
    RETURN QUERY SELECT v.* FROM field.review AS v
    WHERE v.wave = p_wave AND v.keying = 1 AND v.instance = ANY (p_items)
        AND (own IS NULL OR v.key = ANY (own))
        AND (below IS NULL OR v.place = ANY (below))
        AND (area IS NULL OR v.place = ANY (area))
        AND (barred = '{}' OR field.review_within(p_wave, v.response,
            v.place, NULL, barred));
END
$$;
COMMENT ON FUNCTION field.review_seen(integer, text, text, text[], text, text,
    text[]) IS 'submissions within somebody''s reach, of those that are meant';

CREATE OR REPLACE FUNCTION field.review_list(p_wave integer, p_by text, p_role text,
    p_areas text[], p_status text, p_agent text, p_unit text, p_group text,
    p_fault text, p_flag text, p_sheet text, p_from integer, p_count integer)
RETURNS TABLE (item text, sheet text, status text, form text, "group" text,
    unit text, agent text, flags text, faults text, query integer,
    addressee text, words text, replaces text, changed_on date,
    version integer, instance text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN v.sheet IS NOT NULL AND v.state <> 4 AND (v.counted
                OR v.held OR NOT EXISTS (SELECT FROM field.response AS x
                WHERE x.wave = p_wave AND x.sheet = v.sheet
                    AND x.keying = 1 AND x.state <> 4
                    AND x.response <> v.response))
            THEN v.sheet ELSE v.instance END,
        coalesce(v.sheet, ''), v.status, coalesce(f.code, ''),
        coalesce(g.code, ''), coalesce(u.code, ''), coalesce(a.code, ''),
        field.review_flags(v.flags), field.review_codes(v.faults), v.query,
        q.addressee, q.words, v.replaces, (SELECT e.done_on
            FROM field.review_move AS m
            JOIN field.review_event AS e USING (wave, event)
            WHERE m.wave = p_wave AND m.response = v.response
                AND e.act <> 'open' ORDER BY m.event DESC LIMIT 1),
        v.version, v.instance
    FROM field.review_seen(p_wave, p_by, p_role, p_areas, p_agent, p_unit,
        CASE WHEN nullif(p_sheet, '') IS NOT NULL
            THEN field.review_find(p_wave, p_sheet) END) AS v
    LEFT JOIN plan.form AS f ON f.wave = p_wave AND f.form = v.form
    LEFT JOIN plan.respondent_group AS g ON g.wave = p_wave
        AND g.grp = v.grp
    LEFT JOIN plan.unit AS u ON u.wave = p_wave AND u.unit = v.place
    LEFT JOIN field.agent_key AS k ON k.key = v.key
    LEFT JOIN field.agent AS a ON a.agent = k.agent
    LEFT JOIN field.review_query AS q ON q.wave = p_wave
        AND q.query = v.query AND v.status IN ('queried', 'answered')
    WHERE (nullif(p_status, '') IS NULL OR v.status = p_status)
        AND (nullif(p_group, '') IS NULL OR g.code = p_group)
        AND (nullif(p_fault, '') IS NULL OR p_fault = ANY (string_to_array(
            field.review_codes(v.faults), ' ')))
        AND (nullif(p_flag, '') IS NULL OR p_flag = ANY (string_to_array(
            field.review_flags(v.flags), ' ')))
        AND (nullif(p_sheet, '') IS NULL OR v.sheet = upper(p_sheet)
            OR v.instance = p_sheet)
    ORDER BY v.form, v.sheet, v.instance
    OFFSET greatest(coalesce(p_from, 1), 1) - 1
    LIMIT CASE WHEN p_count > 0 THEN p_count END
$$;

CREATE OR REPLACE FUNCTION field.review_history(p_wave integer, p_by text, p_role text,
    p_areas text[], p_item text)
RETURNS TABLE (item text, version integer, event integer, done_on date,
    done_by text, role text, act text, was text, now text, code text,
    reason text, replaces text, differs bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    number text := coalesce((SELECT r.sheet FROM field.response AS r
        WHERE r.wave = p_wave AND r.instance = p_item), upper(p_item));
    area integer[] := CASE WHEN p_areas IS NOT NULL
        THEN field.units_under(p_wave, p_areas) END;
    barred integer[] := field.review_barred(p_wave, p_by, p_role);
BEGIN
    RETURN QUERY
    WITH mine AS (
        SELECT v.* FROM field.review AS v
        WHERE v.wave = p_wave AND v.keying = 1
            AND v.instance = ANY (field.review_find(p_wave, p_item)
                || field.review_find(p_wave, number))
            AND field.review_within(p_wave, v.response, v.place, area,
                barred))
    SELECT m.instance, 1, NULL::integer, NULL::date, coalesce(a.code, ''),
        'agent', 'send', '-', CASE WHEN EXISTS (SELECT
            FROM field.review_move AS x WHERE x.wave = p_wave
                AND x.response = m.response) THEN (SELECT x.was
            FROM field.review_move AS x WHERE x.wave = p_wave
                AND x.response = m.response ORDER BY x.event LIMIT 1)
            ELSE m.status END,
        field.review_codes(m.faults), '', m.replaces,
        CASE WHEN o.response IS NOT NULL THEN (SELECT count(*)
            FROM field.review_fields(p_wave, m.response) AS x
            FULL JOIN field.review_fields(p_wave, o.response) AS y
                ON y.unit = x.unit AND y.question = x.question
            WHERE x.value IS DISTINCT FROM y.value) END
    FROM mine AS m
    LEFT JOIN mine AS o ON o.instance = m.replaces
    LEFT JOIN field.agent_key AS k ON k.key = m.key
    LEFT JOIN field.agent AS a ON a.agent = k.agent
    UNION ALL
    SELECT m.instance, x.version, e.event, e.done_on, e.done_by, e.role,
        e.act, x.was, x.now, e.code, e.reason, NULL, NULL
    FROM mine AS m
    JOIN field.review_move AS x ON x.wave = p_wave
        AND x.response = m.response
    JOIN field.review_event AS e ON e.wave = p_wave AND e.event = x.event
    ORDER BY 1, 3 NULLS FIRST;
END
$$;

-- ---- the ledger ------------------------------------------------------------
-- As before; "locked": a sheet that the ledger locked is not sent again, nor
-- mended, before it is unlocked.
CREATE OR REPLACE FUNCTION field.sheet_fault(p_wave integer, p_key integer,
    p_sheet text, p_keying smallint, p_grp integer, p_home integer)
RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    s record;
BEGIN
    SELECT x.grp, x.home, x.now_home, x.status, x.agent, k.agent AS mine,
        EXISTS (SELECT FROM field.second_stop AS t
            WHERE t.wave = p_wave AND t.agent = k.agent) AS stopped
    INTO s
    FROM field.sheet AS x, field.agent_key AS k
    WHERE x.wave = p_wave AND x.sheet = p_sheet AND k.key = p_key;
    IF NOT FOUND THEN
        RETURN 'unknown';
    ELSIF s.stopped THEN
        RETURN 'stopped';
    ELSIF s.grp IS DISTINCT FROM p_grp
        OR (coalesce(p_home, 0) <> s.home
            AND coalesce(p_home, 0) IS DISTINCT FROM s.now_home) THEN
        RETURN 'cell';
    ELSIF p_keying = 1 THEN
        RETURN CASE WHEN s.agent IS DISTINCT FROM s.mine
            OR s.status IN ('planned', 'void', 'cancelled', 'replaced')
            THEN 'agent' WHEN s.status = 'locked' THEN 'locked' END;
    ELSIF s.mine = coalesce((SELECT k.agent FROM field.response AS r
            JOIN field.agent_key AS k ON k.key = r.key
            WHERE r.wave = p_wave AND r.sheet = p_sheet AND r.keying = 1
                AND r.counted), s.agent) THEN
        RETURN 'first';
    ELSIF EXISTS (SELECT FROM field.second_draw AS d WHERE d.wave = p_wave)
        AND NOT EXISTS (SELECT FROM field.second_sheet AS d
            WHERE d.wave = p_wave AND d.sheet = p_sheet
                AND d.agent = s.mine) THEN
        RETURN 'second';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION field.sheet_fault_words(p_fault text) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('code', CASE WHEN p_fault IN ('unknown', 'locked')
        THEN 'V01' ELSE 'V02' END, 'path', CASE WHEN p_fault IN ('first', 'second')
        THEN '/keying' ELSE '/sheet' END, 'message', CASE p_fault
        WHEN 'unknown' THEN 'no sheet of this number was made'
        WHEN 'agent' THEN 'this sheet was not issued to you'
        WHEN 'first' THEN 'you keyed this sheet first: the second keying is '
            'another agent''s'
        WHEN 'second' THEN 'this sheet was not given to you to be keyed '
            'again'
        WHEN 'stopped' THEN 'your keying is stopped by a decision'
        WHEN 'locked' THEN 'this sheet is locked in the ledger: it must be '
            'unlocked first'
        ELSE 'this sheet was issued for another group or unit' END,
        'message_vi', CASE p_fault
        WHEN 'unknown' THEN 'Số phiếu không có trong sổ phiếu'
        WHEN 'agent' THEN 'Phiếu này không giao cho bạn'
        WHEN 'first' THEN 'Bạn đã nhập phiếu này lần một, lần hai phải do '
            'người khác nhập'
        WHEN 'second' THEN 'Phiếu này không giao cho bạn nhập lần hai'
        WHEN 'stopped' THEN 'Việc nhập phiếu của bạn đang tạm dừng theo '
            'quyết định'
        WHEN 'locked' THEN 'Phiếu này đã khóa trong sổ, phải được mở khóa '
            'trước'
        ELSE 'Phiếu này phát cho đối tượng hoặc đơn vị khác' END)
$$;

-- As before, with the ledger's lock first, as everybody takes it: the row of the
-- wave before it stood crosswise to acts of review.
CREATE OR REPLACE FUNCTION field.ledger_plan(p_wave integer, p_by text, p_role text,
    p_reason text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ev integer;
    cell record;
    n integer := 0;
    w plan.wave;
BEGIN
    PERFORM pg_advisory_xact_lock(7004, p_wave);
    SELECT * INTO w FROM plan.wave WHERE wave = p_wave;
    PERFORM field.ledger_refuse('wave', w.state, 'plan', p_role, p_reason,
        'đợt điều tra');
    IF NOT w.ledger THEN
        UPDATE plan.wave SET ledger = true WHERE wave = p_wave;
        PERFORM pg_notify('phieu_plan', w.code);
    END IF;
    PERFORM field.ledger_take(p_wave, true);
    ev := field.ledger_next(p_wave);
    FOR cell IN SELECT q.grp, q.home, q.planned FROM plan.quota_in_force AS q
        JOIN plan.respondent_group AS g USING (wave, grp)
        WHERE q.wave = p_wave ORDER BY g.form, q.grp, q.home
    LOOP
        n := n + abs(field.ledger_fit(p_wave, ev, cell.grp, cell.home,
            cell.planned, coalesce(nullif(p_reason, ''), 'theo kế hoạch')));
    END LOOP;
    IF n > 0 OR NOT w.ledger THEN
        PERFORM field.ledger_seal(p_wave, ev, 'plan', p_by, p_role, p_reason,
            NULL, false, NULL);
    END IF;
    RETURN n;
END
$$;

-- ---- quality ---------------------------------------------------------------
-- As before; who is assigned everywhere (no unit is named) is so outside any
-- area.
CREATE OR REPLACE FUNCTION field.quality_assign(p_wave integer, p_by text, p_role text,
    p_areas text[], p_agent text, p_from text, p_to text, p_units text,
    p_reason text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    a integer;
    codes text[] := array_remove(regexp_split_to_array(
        coalesce(p_units, ''), '[ ,]+'), '');
    missing text;
    n integer;
BEGIN
    PERFORM pg_advisory_xact_lock(7004, p_wave);
    PERFORM field.quality_open(p_wave);
    PERFORM field.quality_need(p_reason);
    a := field.ledger_agent(p_agent);
    SELECT c INTO missing FROM unnest(codes) AS c
    WHERE NOT EXISTS (SELECT FROM plan.unit AS u
        WHERE u.wave = p_wave AND u.code = c
            AND (p_areas IS NULL OR u.unit
                = ANY (field.units_under(p_wave, p_areas))))
    LIMIT 1;
    IF missing IS NOT NULL OR (p_areas IS NOT NULL AND codes = '{}') THEN
        RAISE EXCEPTION 'không có đơn vị "%" trong địa bàn (no such unit '
            'within your area)', coalesce(missing, '')
            USING ERRCODE = '22023';
    ELSIF p_to::date < p_from::date THEN
        RAISE EXCEPTION 'ngày cuối trước ngày đầu (the last day comes before '
            'the first)' USING ERRCODE = '22023';
    ELSIF p_areas IS NOT NULL AND EXISTS (SELECT FROM field.assignment AS s
        WHERE s.wave = p_wave AND s.agent = a AND s.revision = (SELECT
                max(x.revision) FROM field.assignment AS x
                WHERE x.wave = p_wave AND x.agent = a)
            AND (s.units = '{}' OR NOT (field.units_under(p_wave, s.units)
                <@ field.units_under(p_wave, p_areas)))) THEN
        RAISE EXCEPTION 'điều tra viên còn được giao ngoài địa bàn của bạn '
            '(he is assigned outside your area too)' USING ERRCODE = '42501';
    END IF;
    SELECT coalesce(max(x.revision), 0) + 1 INTO n FROM field.assignment AS x
    WHERE x.wave = p_wave AND x.agent = a;
    INSERT INTO field.assignment (wave, agent, revision, from_day, to_day,
        units, reason, decided_by)
    VALUES (p_wave, a, n, p_from::date, p_to::date, codes, p_reason, p_by);
    PERFORM field.quality_log(p_wave, p_by, p_role, 'assign',
        jsonb_build_object('agent', p_agent, 'from', p_from, 'to', p_to,
            'units', codes, 'reason', p_reason));
    RETURN n;
END
$$;

-- Sheets that are like a flagged one, those alone that lie within an area.
CREATE FUNCTION field.flag_others(p_wave integer, p_others text,
    p_area integer[]) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN p_area IS NULL THEN p_others ELSE (SELECT string_agg(x.s,
            ' ' ORDER BY x.i)
        FROM string_to_table(p_others, ' ') WITH ORDINALITY AS x (s, i)
        CROSS JOIN LATERAL (
            SELECT r.sheet, r.home FROM field.response AS r
            WHERE r.wave = p_wave AND r.sheet = x.s AND r.keying = 1
                AND r.counted
            UNION ALL
            SELECT r.sheet, r.home FROM field.response AS r
            WHERE r.wave = p_wave AND r.instance = x.s AND r.counted) AS o
        LEFT JOIN field.sheet AS t ON t.wave = p_wave AND t.sheet = o.sheet
        WHERE coalesce(t.now_home, o.home, 0) = ANY (p_area)) END
$$;
COMMENT ON FUNCTION field.flag_others(integer, text, integer[]) IS
    'numbers of sheets, those alone that lie within an area';

CREATE OR REPLACE FUNCTION field.quality_flags(p_wave integer, p_by text, p_role text,
    p_areas text[], p_flag text, p_agent text, p_office text, p_unit text,
    p_open boolean, p_far jsonb)
RETURNS TABLE (flag text, sheet text, office text, agent text, form text,
    grp text, unit text, collected date, measure numeric, bound numeric,
    others text, why text, open boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    area integer[] := CASE WHEN p_areas IS NOT NULL
        THEN field.units_under(p_wave, p_areas) END;
BEGIN
    PERFORM field.quality_open(p_wave);
    PERFORM field.quality_log(p_wave, p_by, p_role, 'flags',
        jsonb_build_object('flag', p_flag, 'agent', p_agent, 'office',
            p_office, 'unit', p_unit));
    RETURN QUERY
    SELECT f.flag, f.sheet, g.office, g.code, m.code, r.code,
        coalesce(u.code, ''), f.collected, trim_scale(f.measure),
        trim_scale(f.bound), coalesce(field.flag_others(p_wave, f.others,
            area), ''), f.why, NOT f.settled
    FROM field.flags_all(p_wave, p_far) AS f
    JOIN field.agent AS g ON g.agent = f.agent
    JOIN plan.form AS m ON m.wave = p_wave AND m.form = f.form
    LEFT JOIN plan.respondent_group AS r ON r.wave = p_wave AND r.grp = f.grp
    LEFT JOIN plan.unit AS u ON u.wave = p_wave AND u.unit = f.home
    WHERE (area IS NULL OR f.home = ANY (area))
        AND (p_flag IS NULL OR f.flag = upper(p_flag))
        AND (p_agent IS NULL OR g.code = p_agent)
        AND (p_office IS NULL OR g.office = p_office)
        AND (p_unit IS NULL OR u.code = p_unit)
        AND (NOT coalesce(p_open, false) OR NOT f.settled)
    ORDER BY g.office, g.code, f.flag, f.sheet, f.why;
END
$$;

-- As before; rejected and withdrawn sheets are invalid ones: received = valid +
-- queried + invalid.
CREATE OR REPLACE FUNCTION field.quality_agents(p_wave integer, p_by text, p_role text,
    p_areas text[], p_office text, p_far jsonb)
RETURNS TABLE (office text, agent text, name text, received bigint,
    valid bigint, queried bigint, invalid bigint, q01 bigint, q02 bigint,
    q03 bigint, q04 bigint, q05 bigint, q06 bigint, flagged bigint,
    open bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    area integer[] := CASE WHEN p_areas IS NOT NULL
        THEN field.units_under(p_wave, p_areas) END;
BEGIN
    PERFORM field.quality_open(p_wave);
    PERFORM field.quality_log(p_wave, p_by, p_role, 'agents',
        jsonb_build_object('office', p_office));
    RETURN QUERY
    WITH came AS (
        SELECT k.agent, count(*) AS received,
            count(*) FILTER (WHERE r.state IN (1, 5)) AS valid,
            count(*) FILTER (WHERE r.state = 2) AS queried,
            count(*) FILTER (WHERE r.state IN (3, 6, 7)) AS invalid
        FROM field.response AS r
        JOIN field.agent_key AS k ON k.key = r.key
        LEFT JOIN field.sheet AS s ON s.wave = p_wave AND s.sheet = r.sheet
        WHERE r.wave = p_wave AND r.keying = 1 AND r.state <> 4
            AND (area IS NULL OR coalesce(s.now_home, r.home) = ANY (area))
        GROUP BY k.agent
    ), sign AS (
        SELECT f.agent, count(DISTINCT f.response) FILTER (WHERE f.flag
                = 'Q01') AS q01,
            count(DISTINCT f.response) FILTER (WHERE f.flag = 'Q02') AS q02,
            count(DISTINCT f.response) FILTER (WHERE f.flag = 'Q03') AS q03,
            count(DISTINCT f.response) FILTER (WHERE f.flag = 'Q04') AS q04,
            count(DISTINCT f.response) FILTER (WHERE f.flag = 'Q05') AS q05,
            count(DISTINCT f.response) FILTER (WHERE f.flag = 'Q06') AS q06,
            count(DISTINCT f.response) AS flagged,
            count(DISTINCT f.response) FILTER (WHERE NOT f.settled) AS open
        FROM field.flags_all(p_wave, p_far) AS f
        WHERE area IS NULL OR f.home = ANY (area)
        GROUP BY f.agent)
    SELECT g.office, g.code, g.name, c.received, c.valid, c.queried,
        c.invalid, coalesce(x.q01, 0), coalesce(x.q02, 0),
        coalesce(x.q03, 0), coalesce(x.q04, 0), coalesce(x.q05, 0),
        coalesce(x.q06, 0), coalesce(x.flagged, 0), coalesce(x.open, 0)
    FROM came AS c
    JOIN field.agent AS g USING (agent)
    LEFT JOIN sign AS x USING (agent)
    WHERE p_office IS NULL OR g.office = p_office
    ORDER BY g.office, g.code;
END
$$;

CREATE OR REPLACE FUNCTION field.quality_days(p_wave integer, p_by text, p_role text,
    p_areas text[])
RETURNS TABLE (grp text, unit text, collected date, received bigint,
    valid bigint, queried bigint, invalid bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    area integer[] := CASE WHEN p_areas IS NOT NULL
        THEN field.units_under(p_wave, p_areas) END;
BEGIN
    PERFORM field.quality_open(p_wave);
    PERFORM field.quality_log(p_wave, p_by, p_role, 'days', '{}');
    RETURN QUERY
    SELECT coalesce(g.code, ''), coalesce(u.code, ''), c.collected,
        count(*), count(*) FILTER (WHERE c.state IN (1, 5)),
        count(*) FILTER (WHERE c.state = 2),
        count(*) FILTER (WHERE c.state IN (3, 6, 7))
    FROM (SELECT r.grp, coalesce(s.now_home, r.home, 0) AS home, r.collected,
            r.state
        FROM field.response AS r
        LEFT JOIN field.sheet AS s ON s.wave = p_wave AND s.sheet = r.sheet
        WHERE r.wave = p_wave AND r.keying = 1 AND r.state <> 4) AS c
    LEFT JOIN plan.respondent_group AS g ON g.wave = p_wave AND g.grp = c.grp
    LEFT JOIN plan.unit AS u ON u.wave = p_wave AND u.unit = c.home
    WHERE area IS NULL OR c.home = ANY (area)
    GROUP BY c.grp, g.code, c.home, u.code, c.collected
    ORDER BY c.grp NULLS LAST, c.home, c.collected NULLS LAST;
END
$$;

-- As before; RR1 by sheet: those that count, of all that came in and of those
-- of whom it is known why not.  What was rejected or withdrawn was eligible,
-- and a sheet that was sent three times is one.
CREATE OR REPLACE FUNCTION field.quality_outcomes(p_wave integer, p_by text,
    p_role text, p_areas text[])
RETURNS TABLE (grp text, unit text, planned bigint, issued bigint,
    refused bigint, not_met bigint, moved bigint, lost bigint,
    cancelled bigint, received bigint, valid bigint, queried bigint,
    invalid bigint, set_aside bigint, rr1 numeric)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    area integer[] := CASE WHEN p_areas IS NOT NULL
        THEN field.units_under(p_wave, p_areas) END;
BEGIN
    PERFORM field.quality_open(p_wave);
    PERFORM field.quality_log(p_wave, p_by, p_role, 'outcomes', '{}');
    RETURN QUERY
    WITH part AS (
        SELECT q.grp, q.home, q.planned::bigint AS planned, 0 AS issued,
            '' AS status, 0 AS state, false AS counts, NULL AS came
        FROM plan.quota_in_force AS q WHERE q.wave = p_wave
        UNION ALL
        SELECT s.grp, coalesce(s.now_home, s.home), 0,
            (s.state <> 'planned')::integer, CASE WHEN s.state <> 'planned'
                THEN s.disposition END, 0, false, NULL
        FROM field.sheet AS s WHERE s.wave = p_wave
        UNION ALL
        SELECT r.grp, coalesce(s.now_home, r.home, 0), 0, 0, '', r.state,
            r.counted, CASE WHEN r.state <> 4
                THEN coalesce(r.sheet, r.instance) END
        FROM field.response AS r
        LEFT JOIN field.sheet AS s ON s.wave = p_wave AND s.sheet = r.sheet
        WHERE r.wave = p_wave AND r.keying = 1
    ), cell AS (
        SELECT p.grp, p.home, sum(p.planned)::bigint AS planned,
            sum(p.issued)::bigint AS issued,
            count(*) FILTER (WHERE p.status = 'refused') AS refused,
            count(*) FILTER (WHERE p.status = 'not-met') AS not_met,
            count(*) FILTER (WHERE p.status = 'moved') AS moved,
            count(*) FILTER (WHERE p.status = 'lost') AS lost,
            count(*) FILTER (WHERE p.status IN ('cancelled', 'replaced'))
                AS cancelled,
            count(*) FILTER (WHERE p.state > 0) AS received,
            count(*) FILTER (WHERE p.state IN (1, 5)) AS valid,
            count(*) FILTER (WHERE p.state = 2) AS queried,
            count(*) FILTER (WHERE p.state = 3) AS invalid,
            count(*) FILTER (WHERE p.state IN (4, 6, 7)) AS set_aside,
            count(*) FILTER (WHERE p.counts) AS counting,
            count(DISTINCT p.came) AS came
        FROM part AS p GROUP BY p.grp, p.home)
    SELECT coalesce(g.code, ''), coalesce(u.code, ''), c.planned, c.issued,
        c.refused, c.not_met, c.moved, c.lost, c.cancelled, c.received,
        c.valid, c.queried, c.invalid, c.set_aside,
        round(c.counting / nullif(greatest(c.planned - c.moved, c.came
            + c.refused + c.not_met + c.lost), 0)::numeric, 4)
    FROM cell AS c
    LEFT JOIN plan.respondent_group AS g ON g.wave = p_wave AND g.grp = c.grp
    LEFT JOIN plan.unit AS u ON u.wave = p_wave AND u.unit = c.home
    WHERE area IS NULL OR c.home = ANY (area)
    ORDER BY c.grp NULLS LAST, c.home;
END
$$;

-- As before; a sheet with a flag that counts is told by its flag, and a fault is
-- open no more once its number counts, or was rejected or withdrawn since.
CREATE OR REPLACE FUNCTION field.quality_faults(p_wave integer, p_by text, p_role text,
    p_areas text[], p_office text, p_day text, p_far jsonb)
RETURNS TABLE (part text, office text, agent text, name text, sheet text,
    form text, unit text, code text, place text, why text, received date,
    open boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    area integer[] := CASE WHEN p_areas IS NOT NULL
        THEN field.units_under(p_wave, p_areas) END;
    day date := coalesce(p_day::date,
        (now() AT TIME ZONE 'UTC' + interval '7 hours')::date - 1);
BEGIN
    PERFORM field.quality_open(p_wave);
    PERFORM field.quality_log(p_wave, p_by, p_role, 'faults',
        jsonb_build_object('office', p_office, 'day', day));
    RETURN QUERY
    WITH bad AS (
        SELECT k.agent, coalesce(r.sheet, r.instance) AS sheet, r.form,
            coalesce(s.now_home, r.home, 0) AS home,
            coalesce(x.fault ->> 'code', '?') AS code,
            coalesce(x.fault ->> 'path', '') AS place,
            coalesce(x.fault ->> 'message_vi', x.fault ->> 'message',
                'chờ xem lại') AS why,
            (r.received_at AT TIME ZONE 'UTC' + interval '7 hours')::date
                AS received,
            NOT EXISTS (SELECT FROM field.response AS c
                WHERE c.wave = p_wave AND c.sheet = r.sheet
                    AND c.keying = 1 AND (c.counted OR (c.held
                    AND c.state IN (6, 7)))) AS open
        FROM field.response AS r
        JOIN field.agent_key AS k ON k.key = r.key
        LEFT JOIN field.sheet AS s ON s.wave = p_wave AND s.sheet = r.sheet
        LEFT JOIN LATERAL jsonb_array_elements(CASE
            WHEN jsonb_typeof(r.faults) = 'array' THEN r.faults END)
            AS x (fault) ON true
        WHERE r.wave = p_wave AND r.keying = 1 AND r.state IN (2, 3)
            AND NOT r.counted
        UNION ALL
        SELECT k.agent, '', NULL, 0, q.code, '', 'không đọc được bản gửi',
            q.day, true
        FROM field.quarantine AS q
        JOIN field.agent_key AS k ON k.key = q.key
        WHERE q.wave = p_wave AND q.day = day
        UNION ALL
        SELECT f.agent, f.sheet, f.form, f.home, f.flag, '', f.why
            || coalesce(': ' || nullif(field.flag_others(p_wave, f.others,
                area), ''), ''), f.received, NOT f.settled
        FROM field.flags_all(p_wave, p_far) AS f)
    SELECT CASE WHEN b.received = day THEN 'new' ELSE 'old' END, g.office,
        g.code, g.name, b.sheet, coalesce(m.code, ''), coalesce(u.code, ''),
        b.code, b.place, b.why, b.received, b.open
    FROM bad AS b
    JOIN field.agent AS g ON g.agent = b.agent
    LEFT JOIN plan.form AS m ON m.wave = p_wave AND m.form = b.form
    LEFT JOIN plan.unit AS u ON u.wave = p_wave AND u.unit = b.home
    WHERE (b.received = day OR (b.received < day AND b.open))
        AND (area IS NULL OR b.home = ANY (area))
        AND (p_office IS NULL OR g.office = p_office)
    ORDER BY g.office, 1, g.code, b.sheet, b.code, b.place, b.why;
END
$$;

REVOKE ALL ON FUNCTION field.review_between(integer, bigint, integer, integer),
    field.second_out(integer, text), field.review_find(integer, text),
    field.review_seen(integer, text, text, text[], text, text, text[]),
    field.flag_others(integer, text, integer[]) FROM PUBLIC;
