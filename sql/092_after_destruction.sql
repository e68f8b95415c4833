-- Once the fieldwork side of a wave was destroyed nothing of it comes back, and
-- whoever asks whether it is as the log says is told so; the re-survey asks how a
-- draw stands under its lock, and tells of one sheet so often only.

-- ---- after the destruction ---------------------------------------------------
CREATE FUNCTION field.still_there(p_wave integer) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone date := (SELECT w.destroyed_on FROM plan.wave AS w
        WHERE w.wave = p_wave);
BEGIN
    IF gone IS NOT NULL THEN
        RAISE EXCEPTION 'dữ liệu thực địa đã hủy ngày % (the fieldwork side '
            'was destroyed)', gone USING ERRCODE = '55000';
    END IF;
END
$$;
COMMENT ON FUNCTION field.still_there(integer) IS
    'refuses when the fieldwork side of a wave was destroyed';

-- As before, and it waits for acts on persons and comparisons, which write all
-- rows anew; words of mixed ballots, which a freeze copied, go too.
CREATE OR REPLACE FUNCTION field.destroy(p_wave integer, p_reason text, p_by text)
RETURNS TABLE(what text, n bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w plan.wave;
    today date := (now() AT TIME ZONE 'UTC' + interval '7 hours')::date;
    due date := plan.retention(p_wave);
    t regclass;
    gone bigint;
    responses bigint;
    counts jsonb := '{}';
BEGIN
    PERFORM pg_advisory_xact_lock(7076, p_wave);
    PERFORM pg_advisory_xact_lock(7077, p_wave);
    PERFORM pg_advisory_xact_lock(7004, p_wave);
    PERFORM pg_advisory_xact_lock(7001, p_wave);
    SELECT * INTO w FROM plan.wave WHERE wave = p_wave FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'không có đợt điều tra này (no such wave)'
            USING ERRCODE = '22023';
    ELSIF coalesce(p_reason, '') = '' THEN
        RAISE EXCEPTION 'phải có lý do (a reason is needed)'
            USING ERRCODE = '22023';
    ELSIF w.destroyed_on IS NOT NULL THEN
        RAISE EXCEPTION 'dữ liệu thực địa đã hủy ngày % (destroyed already)',
            w.destroyed_on USING ERRCODE = '55000';
    ELSIF w.state NOT IN ('frozen', 'published') THEN
        RAISE EXCEPTION 'đợt chưa khóa số liệu, hủy thì mất hết (not frozen: '
            'nothing would be left)' USING ERRCODE = '55000';
    ELSIF due IS NULL THEN
        RAISE EXCEPTION 'kế hoạch chưa ghi hạn lưu giữ (the plan has no '
            'retention date: D12)' USING ERRCODE = '55000';
    ELSIF due > today THEN
        RAISE EXCEPTION 'chưa đến hạn lưu giữ % (the retention date is not '
            'reached)', due USING ERRCODE = '55000';
    END IF;
    SELECT count(*) INTO responses FROM field.response AS r
    WHERE r.wave = p_wave;
    FOR t IN SELECT * FROM field.wave_tables() LOOP
        EXECUTE format('DELETE FROM %s WHERE wave = $1', t) USING p_wave;
        GET DIAGNOSTICS gone = ROW_COUNT;
        IF gone > 0 THEN
            counts := counts || jsonb_build_object(t::text, gone);
        END IF;
    END LOOP;
    DELETE FROM ballot.comment WHERE wave = p_wave;
    GET DIAGNOSTICS gone = ROW_COUNT;
    IF gone > 0 THEN
        counts := counts || jsonb_build_object('ballot.comment', gone);
    END IF;
    UPDATE plan.wave SET destroyed_on = today WHERE wave = p_wave;
    PERFORM audit.append(0::smallint, 'retention', p_by, jsonb_build_object(
        'wave', p_wave, 'responses', responses, 'rows', counts,
        'due', due, 'reason', p_reason)::text);
    RETURN QUERY SELECT c.key, c.value::bigint FROM jsonb_each_text(counts)
        AS c ORDER BY c.key;
END
$$;

-- As before, but not of a wave whose sheets were destroyed.
CREATE OR REPLACE FUNCTION field.ledger_reopen(p_wave integer, p_by text, p_role text,
    p_reason text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ev integer;
    was text := field.ledger_take(p_wave, false);
    w_code text;
BEGIN
    PERFORM field.still_there(p_wave);
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

CREATE OR REPLACE FUNCTION roster.take(p_wave integer, p_status text, p_act text,
    p_role text, p_reason text) RETURNS plan.wave
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w plan.wave;
BEGIN
    PERFORM pg_advisory_xact_lock(7076, p_wave);
    SELECT * INTO w FROM plan.wave WHERE wave = p_wave;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'không có đợt điều tra này (no such wave)'
            USING ERRCODE = '22023';
    END IF;
    PERFORM field.still_there(p_wave);
    PERFORM field.ledger_refuse('recheck', p_status, p_act, p_role, p_reason,
        'phúc tra');
    RETURN w;
END
$$;

ALTER FUNCTION field.ledger_verify(integer, text[]) RENAME TO ledger_verify_rows;
REVOKE ALL ON FUNCTION field.ledger_verify_rows(integer, text[]) FROM phieu_server;
CREATE FUNCTION field.ledger_verify(p_wave integer, p_areas text[])
RETURNS TABLE (event integer, words text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM field.still_there(p_wave);
    RETURN QUERY SELECT * FROM field.ledger_verify_rows(p_wave, p_areas);
END
$$;
COMMENT ON FUNCTION field.ledger_verify(integer, text[]) IS
    'what of a ledger is not as history and log say, while it is there';
REVOKE ALL ON FUNCTION field.ledger_verify(integer, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION field.ledger_verify(integer, text[])
    TO phieu_server;

ALTER FUNCTION field.review_verify(integer, text[]) RENAME TO review_verify_rows;
REVOKE ALL ON FUNCTION field.review_verify_rows(integer, text[]) FROM phieu_server;
CREATE FUNCTION field.review_verify(p_wave integer, p_areas text[])
RETURNS TABLE (event integer, words text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM field.still_there(p_wave);
    RETURN QUERY SELECT * FROM field.review_verify_rows(p_wave, p_areas);
END
$$;
COMMENT ON FUNCTION field.review_verify(integer, text[]) IS
    'what of a review is not as history and log say, while it is there';
REVOKE ALL ON FUNCTION field.review_verify(integer, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION field.review_verify(integer, text[])
    TO phieu_server;

ALTER FUNCTION roster.recheck_verify(integer) RENAME TO recheck_verify_rows;
REVOKE ALL ON FUNCTION roster.recheck_verify_rows(integer) FROM phieu_server, phieu_roster;
CREATE FUNCTION roster.recheck_verify(p_wave integer)
RETURNS TABLE (draw integer, words text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM field.still_there(p_wave);
    RETURN QUERY SELECT * FROM roster.recheck_verify_rows(p_wave);
END
$$;
COMMENT ON FUNCTION roster.recheck_verify(integer) IS
    'draws that frame, seed and log do not bear out, while it is there';
REVOKE ALL ON FUNCTION roster.recheck_verify(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION roster.recheck_verify(integer)
    TO phieu_server, phieu_roster;

-- ---- the re-survey -----------------------------------------------------------
-- As before; how the draw stands is read under the lock.
CREATE OR REPLACE FUNCTION roster.recheck_result(p_wave integer, p_by text, p_role text,
    p_areas text[], p_draw integer, p_places text, p_result text,
    p_visitor text, p_day date)
RETURNS TABLE (event integer, moved integer, paper integer, made text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    d roster.draw;
    lines integer[] := roster.places(p_places);
    within text[] := CASE WHEN p_areas IS NOT NULL THEN ARRAY(SELECT u.code
        FROM plan.unit AS u WHERE u.wave = p_wave
            AND u.unit = ANY (field.units_under(p_wave, p_areas))) END;
    today date := (now() AT TIME ZONE 'UTC' + interval '7 hours')::date;
    bad integer;
    n integer;
BEGIN
    PERFORM pg_advisory_xact_lock(7076, p_wave);
    SELECT * INTO d FROM roster.draw AS x
    WHERE x.wave = p_wave AND x.draw = p_draw;
    PERFORM roster.take(p_wave, coalesce(d.status, '-'), 'result', p_role,
        NULL);
    IF p_result NOT IN ('confirmed', 'differs', 'not-found', 'refused') THEN
        RAISE EXCEPTION 'kết quả là confirmed, differs, not-found hoặc '
            'refused, không phải "%" (no such result)', p_result
            USING ERRCODE = '22023';
    ELSIF p_day > today THEN
        RAISE EXCEPTION 'ngày ở tương lai (a day to come)'
            USING ERRCODE = '22023';
    ELSIF p_visitor IS NOT NULL THEN
        PERFORM field.ledger_agent(p_visitor);
    END IF;
    SELECT l INTO bad FROM unnest(lines) AS x (l)
    WHERE NOT EXISTS (SELECT FROM roster.drawn AS r WHERE r.wave = p_wave
        AND r.draw = p_draw AND r.place = x.l
        AND (within IS NULL OR r.unit = ANY (within))) LIMIT 1;
    IF bad IS NOT NULL THEN
        RAISE EXCEPTION 'danh sách không có số thứ tự % (no such line)', bad
            USING ERRCODE = '22023';
    END IF;
    SELECT r.place INTO bad FROM roster.drawn AS r
    WHERE r.wave = p_wave AND r.draw = p_draw AND r.place = ANY (lines)
        AND p_result = 'confirmed' AND p_visitor <> r.agent
        AND r.agent <> '' LIMIT 1;
    IF bad IS NOT NULL THEN
        RAISE EXCEPTION 'số thứ tự %: người khác đến, vậy là "differs" '
            '(somebody else came: that differs)', bad USING ERRCODE = '22023';
    END IF;
    UPDATE roster.drawn AS r SET result = p_result,
        visitor = CASE WHEN p_result IN ('not-found', 'refused') THEN ''
            ELSE coalesce(p_visitor, '') END,
        checked_on = coalesce(p_day, today)
    WHERE r.wave = p_wave AND r.draw = p_draw AND r.place = ANY (lines);
    GET DIAGNOSTICS n = ROW_COUNT;
    PERFORM roster.mix_drawn(p_wave, p_draw);
    PERFORM roster.tell(p_wave, p_draw, 'result', p_by, p_role,
        jsonb_build_object('count', n));
    RETURN QUERY SELECT p_draw, n, NULL::integer, NULL::text;
END
$$;

CREATE OR REPLACE FUNCTION roster.recheck_status(p_wave integer, p_by text, p_role text,
    p_areas text[], p_act text, p_draw integer, p_reason text)
RETURNS TABLE (event integer, moved integer, paper integer, made text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    d roster.draw;
    open_lines integer;
BEGIN
    IF p_act NOT IN ('close', 'reopen') THEN
        RAISE EXCEPTION 'không có việc "%" (no such act)', p_act
            USING ERRCODE = '22023';
    END IF;
    PERFORM pg_advisory_xact_lock(7076, p_wave);
    SELECT * INTO d FROM roster.draw AS x
    WHERE x.wave = p_wave AND x.draw = p_draw;
    IF FOUND AND p_areas IS NOT NULL
        AND NOT coalesce(d.areas <@ p_areas, false) THEN
        d := NULL;
    END IF;
    PERFORM roster.take(p_wave, coalesce(d.status, '-'), p_act, p_role,
        p_reason);
    SELECT count(*) INTO open_lines FROM roster.drawn AS r
    WHERE r.wave = p_wave AND r.draw = p_draw AND r.result IS NULL;
    IF p_act = 'close' AND open_lines > 0 THEN
        RAISE EXCEPTION 'còn % người chưa có kết quả (no result yet)',
            open_lines USING ERRCODE = '55000';
    END IF;
    UPDATE roster.draw AS x SET status = r.next FROM field.sheet_rule AS r
    WHERE x.wave = p_wave AND x.draw = p_draw AND r.of = 'recheck'
        AND r.status = x.status AND r.act = p_act;
    PERFORM roster.tell(p_wave, p_draw, p_act, p_by, p_role,
        jsonb_build_object('reason', coalesce(p_reason, '')));
    RETURN QUERY SELECT p_draw, NULL::integer, NULL::integer, NULL::text;
END
$$;

-- Which answers agree is told of a sheet three times at most: whoever tried
-- option after option would read the sheet.
ALTER TABLE field.recheck_sheet ADD COLUMN times smallint NOT NULL DEFAULT 1
    CHECK (times BETWEEN 1 AND 3);
COMMENT ON COLUMN field.recheck_sheet.times IS
    'How often it was keyed: three times at most';

-- As before; what was withdrawn by its respondent is not compared.
CREATE OR REPLACE FUNCTION field.recheck_compare(p_wave integer, p_by text, p_role text,
    p_areas text[], p_sheet text, p_answers text, p_reason text)
RETURNS TABLE (event integer, moved integer, paper integer, made text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    w plan.wave;
    s record;
    hides record;
    stranger text;
    n integer;
    same integer;
    before integer;
BEGIN
    PERFORM pg_advisory_xact_lock(7077, p_wave);
    PERFORM pg_advisory_xact_lock_shared(7001, p_wave);
    SELECT * INTO w FROM plan.wave WHERE wave = p_wave;
    PERFORM field.ledger_refuse('recheck', CASE WHEN EXISTS (SELECT
            FROM field.recheck_sheet AS x WHERE x.wave = p_wave
                AND x.sheet = p_sheet) THEN 'compared' ELSE '-' END,
        'compare', p_role, p_reason, 'phiếu ' || p_sheet);
    IF w.state NOT IN ('open', 'closed') THEN
        RAISE EXCEPTION 'số liệu đã khóa, không đối chiếu nữa (the wave is '
            'frozen)' USING ERRCODE = '55000';
    END IF;
    SELECT x.times INTO before FROM field.recheck_sheet AS x
    WHERE x.wave = p_wave AND x.sheet = p_sheet;
    IF before >= 3 THEN
        RAISE EXCEPTION 'phiếu % đã đối chiếu % lần, không nhập lại nữa (keyed '
            'so often already)', p_sheet, before USING ERRCODE = '55000';
    END IF;
    SELECT r.response, r.form, r.grp, k.agent, a.code AS agent_code,
        coalesce(t.now_home, r.home, 0) AS home, g.code AS grp_code,
        coalesce(u.code, '') AS unit_code
    INTO s FROM field.response AS r
    JOIN field.agent_key AS k ON k.key = r.key
    JOIN field.agent AS a ON a.agent = k.agent
    JOIN plan.respondent_group AS g ON g.wave = p_wave AND g.grp = r.grp
    LEFT JOIN field.sheet AS t ON t.wave = p_wave AND t.sheet = r.sheet
    LEFT JOIN plan.unit AS u ON u.wave = p_wave
        AND u.unit = coalesce(t.now_home, r.home, 0)
    WHERE r.wave = p_wave AND r.sheet = p_sheet AND r.keying = 1
        AND r.state NOT IN (4, 7) AND (p_areas IS NULL
            OR coalesce(t.now_home, r.home, 0)
                = ANY (field.units_under(p_wave, p_areas)))
    ORDER BY r.counted DESC, r.version DESC, r.response DESC LIMIT 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'phiếu % chưa nhập hoặc không có (no such sheet came '
            'in)', p_sheet USING ERRCODE = '22023';
    END IF;
    SELECT * INTO hides FROM roster.recheck_hides(p_wave, s.grp_code,
        s.unit_code, s.agent_code);
    IF hides.n < hides.wanted THEN
        RAISE EXCEPTION 'trong số người rút được chỉ % người có thể có phiếu '
            'như thế, ít hơn %: đối chiếu sẽ chỉ ra người (too few were drawn '
            'among whom this sheet hides)', hides.n, hides.wanted
            USING ERRCODE = '55000';
    END IF;
    SELECT x.unit INTO stranger
    FROM (SELECT DISTINCT r.unit FROM field.recheck_read(p_wave, s.form,
        p_answers) AS r) AS x
    WHERE NOT EXISTS (SELECT FROM plan.unit AS u
        JOIN field.rating AS f ON f.wave = p_wave
            AND f.response = s.response AND f.unit = u.unit
        WHERE u.wave = p_wave AND u.code = x.unit) LIMIT 1;
    IF stranger IS NOT NULL THEN
        RAISE EXCEPTION 'phiếu này không hỏi về "%" (this sheet does not rate '
            'it)', stranger USING ERRCODE = '22023';
    END IF;
    DELETE FROM field.recheck_rating WHERE wave = p_wave AND sheet = p_sheet;
    DELETE FROM field.recheck_sheet WHERE wave = p_wave AND sheet = p_sheet;
    INSERT INTO field.recheck_rating (wave, sheet, unit, first, again)
    SELECT p_wave, p_sheet, f.unit, f.answers, field.recheck_bytes(p_wave,
        s.form, u.code, p_answers)
    FROM field.rating AS f
    JOIN plan.unit AS u ON u.wave = p_wave AND u.unit = f.unit
    WHERE f.wave = p_wave AND f.response = s.response AND u.code IN (SELECT
        r.unit FROM field.recheck_read(p_wave, s.form, p_answers) AS r);
    SELECT coalesce(sum(c.asked), 0), coalesce(sum(c.same), 0) INTO n, same
    FROM field.recheck_rating AS r
    CROSS JOIN LATERAL field.recheck_counts(r.first, r.again) AS c
    WHERE r.wave = p_wave AND r.sheet = p_sheet;
    IF n = 0 THEN
        RAISE EXCEPTION 'chưa có câu nào hỏi lại so được (nothing to compare)'
            USING ERRCODE = '22023';
    END IF;
    INSERT INTO field.recheck_sheet (wave, sheet, form, grp, home, agent,
        asked, same, times)
    VALUES (p_wave, p_sheet, s.form, s.grp, s.home, s.agent, n, same,
        coalesce(before, 0) + 1);
    PERFORM field.recheck_mix(p_wave);
    PERFORM audit.append(0::smallint, 'recheck', p_by, jsonb_build_object(
        'wave', p_wave, 'act', 'compare', 'role', p_role, 'answers', n,
        'reason', coalesce(p_reason, ''))::text);
    RETURN QUERY SELECT NULL::integer, n, NULL::integer, same || '/' || n;
END
$$;

REVOKE ALL ON FUNCTION field.still_there(integer) FROM PUBLIC;
