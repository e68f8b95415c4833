-- Inspections: the acts.  Each gives text: the new version or number, with
-- what is worth telling; NULL: there is none such; '0': the version is another.
-- Each refusal begins with its rule, K20 and on (docs/INSPECT.md).

-- The inspection, locked; a row of NULLs when there is none.
CREATE FUNCTION assess.inspection_lock(p_round integer,
    p_inspection integer) RETURNS assess.inspection
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT * FROM assess.inspection
    WHERE round = p_round AND inspection = p_inspection AND in_force
    FOR UPDATE
$$;
COMMENT ON FUNCTION assess.inspection_lock(integer, integer) IS
    'an inspection of the plan in force, locked';

CREATE FUNCTION assess.need_state(p_inspection integer, p_state text,
    p_wanted text[]) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_state = ANY (p_wanted) THEN
        RETURN;
    END IF;
    RAISE EXCEPTION '%', format(CASE p_state
        WHEN 'cancelled' THEN 'K21 đợt kiểm tra %s đã hủy (inspection %1$s is cancelled)'
        WHEN 'concluded' THEN 'K22 đợt kiểm tra %s đã kết luận (inspection %1$s is concluded)'
        WHEN 'planned' THEN 'K23 đợt kiểm tra %s chưa có ngày: inspect schedule trước (inspection %1$s has no day yet: schedule it)'
        WHEN 'scheduled' THEN 'K24 đợt kiểm tra %s chưa bắt đầu: inspect start trước (inspection %1$s has not begun: start it)'
        ELSE 'K25 đợt kiểm tra %s đã bắt đầu (inspection %1$s has begun)'
        END, p_inspection)
        USING ERRCODE = 'object_not_in_prerequisite_state';
END
$$;
COMMENT ON FUNCTION assess.need_state(integer, text, text[]) IS
    'refuses (55000) an inspection that is in none of the states';

-- A day on which something happened cannot lie ahead.
CREATE FUNCTION assess.need_past(p_day date) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_day > current_date THEN
        RAISE EXCEPTION 'K32 ngày % chưa tới (that day is still to come)', p_day
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
END
$$;
COMMENT ON FUNCTION assess.need_past(date) IS
    'refuses (22023) a day that is still to come';

-- The tail of every act on an inspection: who, when, the version, the
-- history, the log.
CREATE FUNCTION assess.inspect_done(p assess.inspection, p_act text,
    p_node integer, p_was text, p_becomes text, p_why text, p_by text)
RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE assess.inspection SET version = version + 1, changed_by = p_by,
        changed_at = now()
    WHERE round = p.round AND inspection = p.inspection;
    PERFORM assess.changed(p.round, p.unit, p_node, 'inspect-' || p_act
        || ' ' || p.inspection, p_was, p_becomes, p_why, p_by);
    PERFORM assess.note(p.round, 'inspect-' || p_act, p_by,
        jsonb_build_object('inspection', p.inspection, 'unit', p.unit,
        'from', p_was, 'to', p_becomes, 'reason', p_why));
    RETURN (p.version + 1)::text;
END
$$;
COMMENT ON FUNCTION assess.inspect_done(assess.inspection, text, integer,
    text, text, text, text) IS 'ends an act on an inspection; its new version';

-- ---- the inspection --------------------------------------------------------
-- Tells the days to a unit, or moves them; then a reason is wanted, and when
-- they lie outside of the quarters of the plan.
CREATE FUNCTION assess.inspect_schedule(p_round integer,
    p_inspection integer, p_version integer, p_from date, p_to date,
    p_form text, p_team text, p_reason text, p_by text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    i assess.inspection := assess.inspection_lock(p_round, p_inspection);
    v_form text := coalesce(p_form, i.form);
    v_team text := coalesce(p_team, i.team);
    v_to date := coalesce(p_to, p_from);
    y integer;
    v_due date;
BEGIN
    IF i.version <> coalesce(p_version, i.version) THEN
        RETURN '0';
    ELSIF i.inspection IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM assess.need_state(i.inspection, i.state, '{planned,scheduled}');
    IF v_form IS NULL OR v_form NOT IN ('dossiers', 'on-site') THEN
        RAISE EXCEPTION 'K26 hình thức là dossiers (qua hồ sơ) hoặc on-site (trực tiếp): đợt % (form is dossiers or on-site)', i.inspection
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF NOT EXISTS (SELECT FROM assess.team JOIN assess.team_member AS m
            USING (round, team)
        WHERE round = p_round AND team = v_team AND in_force AND m.head) THEN
        RAISE EXCEPTION 'K27 đợt % cần một đoàn có trong kế hoạch (a team of the plan is wanted)', i.inspection
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM assess.need_others(p_round, i.unit, v_team);
    IF v_to < p_from THEN
        RAISE EXCEPTION 'K31 ngày cuối % trước ngày đầu % (the last day is before the first)', v_to, p_from
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT year INTO y FROM assess.round WHERE round = p_round;
    IF coalesce(p_reason, '') = '' AND (extract(year FROM p_from) <> y
        OR i.quarters <> '{}' AND extract(quarter FROM p_from)
            <> ALL (i.quarters)) THEN
        RAISE EXCEPTION 'K29 ngày % ngoài quý trong kế hoạch: nêu lý do (outside of the quarters of the plan: give a reason)', p_from
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF coalesce(p_reason, '') = '' AND i.state = 'scheduled' THEN
        RAISE EXCEPTION 'K30 đợt % đã báo ngày %: đổi phải nêu lý do (it is told: give a reason to change it)', i.inspection, i.first_day
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT p_from - documents_days INTO v_due FROM assess.inspect_plan
    WHERE round = p_round ORDER BY version DESC LIMIT 1;
    UPDATE assess.inspection SET state = 'scheduled', first_day = p_from,
        last_day = v_to, form = v_form, team = v_team, documents_due = v_due,
        reason = p_reason
    WHERE round = p_round AND inspection = i.inspection;
    RETURN assess.inspect_done(i, 'schedule', NULL, concat_ws(' ',
        i.first_day, i.last_day, i.form, i.team), concat_ws(' ', p_from, v_to,
        v_form, v_team), p_reason, p_by)
        || '; hạn hồ sơ ' || v_due || ' (documents due)';
END
$$;
COMMENT ON FUNCTION assess.inspect_schedule(integer, integer, integer, date,
    date, text, text, text, text) IS
    'tells the days of an inspection, or moves them with a reason';

-- The unit's report and documents came; again: the day is put right.
CREATE FUNCTION assess.inspect_documents(p_round integer,
    p_inspection integer, p_version integer, p_on date, p_text text,
    p_by text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    i assess.inspection := assess.inspection_lock(p_round, p_inspection);
    late integer;
BEGIN
    IF i.version <> coalesce(p_version, i.version) THEN
        RETURN '0';
    ELSIF i.inspection IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM assess.need_state(i.inspection, i.state, '{scheduled,running}');
    PERFORM assess.need_past(p_on);
    UPDATE assess.inspection SET documents_on = p_on
    WHERE round = p_round AND inspection = i.inspection;
    late := p_on - i.documents_due;
    RETURN assess.inspect_done(i, 'documents', NULL, i.documents_on::text,
        p_on::text, p_text, p_by) || CASE WHEN late > 0 THEN '; trễ ' || late
        || ' ngày (days late: ' || late || ')' ELSE '; đúng hạn (in time)' END;
END
$$;
COMMENT ON FUNCTION assess.inspect_documents(integer, integer, integer, date,
    text, text) IS 'a unit''s documents came; says when they are late';

CREATE FUNCTION assess.inspect_start(p_round integer, p_inspection integer,
    p_version integer, p_on date, p_by text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    i assess.inspection := assess.inspection_lock(p_round, p_inspection);
    v_on date := coalesce(p_on, current_date);
BEGIN
    IF i.version <> coalesce(p_version, i.version) THEN
        RETURN '0';
    ELSIF i.inspection IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM assess.need_state(i.inspection, i.state, '{scheduled}');
    PERFORM assess.need_past(v_on);
    PERFORM assess.need_others(p_round, i.unit, i.team);
    IF v_on < i.first_day THEN
        RAISE EXCEPTION 'K33 đợt % đã báo từ ngày %: đổi ngày trước (it is told for that day: move it first)', i.inspection, i.first_day
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    IF i.form = 'dossiers' AND i.documents_on IS NULL THEN
        RAISE EXCEPTION 'K34 đợt % kiểm tra qua hồ sơ mà hồ sơ chưa đến (on dossiers, and none came)', i.inspection
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    UPDATE assess.inspection SET state = 'running', started_on = v_on
    WHERE round = p_round AND inspection = i.inspection;
    RETURN assess.inspect_done(i, 'start', NULL, NULL, v_on::text, NULL, p_by)
        || CASE WHEN i.documents_on IS NULL
            THEN '; hồ sơ chưa đến (no documents yet)' ELSE '' END;
END
$$;
COMMENT ON FUNCTION assess.inspect_start(integer, integer, integer, date,
    text) IS 'an inspection begins';

-- p_version: of the answer, 0 for none yet.
CREATE FUNCTION assess.inspect_answer(p_round integer, p_inspection integer,
    p_version integer, p_item text, p_verdict text, p_text text, p_by text)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    i assess.inspection := assess.inspection_lock(p_round, p_inspection);
    c assess.checklist;
BEGIN
    IF i.inspection IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM assess.need_state(i.inspection, i.state, '{running}');
    SELECT * INTO c FROM assess.checklist
    WHERE round = p_round AND inspection = p_inspection AND item = p_item;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'K35 đề cương không hỏi đơn vị này mục "%" (the outline asks no such item of this unit)', p_item
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF p_verdict NOT IN ('done', 'partly', 'not-done', 'none') THEN
        RAISE EXCEPTION 'K36 đánh giá là done, partly, not-done hoặc none, không phải "%" (no such verdict)', p_verdict
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF c.version <> coalesce(p_version, c.version) THEN
        RETURN '0';
    END IF;
    INSERT INTO assess.inspect_answer AS a (round, inspection, item, verdict,
        content, done_by)
    VALUES (p_round, p_inspection, p_item, p_verdict, p_text, p_by)
    ON CONFLICT (round, inspection, item) DO UPDATE
    SET verdict = excluded.verdict, content = excluded.content,
        done_by = excluded.done_by, done_at = now(), version = a.version + 1;
    PERFORM assess.changed(p_round, i.unit, NULL, 'inspect-answer '
        || p_inspection || ' ' || p_item, c.verdict || ': ' || c.content,
        p_verdict || ': ' || p_text, NULL, p_by);
    PERFORM assess.note(p_round, 'inspect-answer', p_by, jsonb_build_object(
        'inspection', p_inspection, 'item', p_item, 'verdict', p_verdict,
        'text', p_text));
    RETURN (c.version + 1)::text;
END
$$;
COMMENT ON FUNCTION assess.inspect_answer(integer, integer, integer, text,
    text, text, text) IS 'what the team saw of an item of the outline';

-- Words of the draft conclusion; NULL leaves what stands.
CREATE FUNCTION assess.inspect_draft(p_round integer, p_inspection integer,
    p_version integer, p_strengths text, p_causes text, p_by text)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    i assess.inspection := assess.inspection_lock(p_round, p_inspection);
BEGIN
    IF i.version <> coalesce(p_version, i.version) THEN
        RETURN '0';
    ELSIF i.inspection IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM assess.need_state(i.inspection, i.state, '{running}');
    UPDATE assess.inspection SET strengths = coalesce(p_strengths, strengths),
        causes = coalesce(p_causes, causes)
    WHERE round = p_round AND inspection = i.inspection;
    RETURN assess.inspect_done(i, 'draft', NULL, concat_ws(' / ', i.strengths,
        i.causes), concat_ws(' / ', coalesce(p_strengths, i.strengths),
        coalesce(p_causes, i.causes)), NULL, p_by);
END
$$;
COMMENT ON FUNCTION assess.inspect_draft(integer, integer, integer, text,
    text, text) IS 'words of the draft conclusion';

CREATE FUNCTION assess.inspect_conclude(p_round integer,
    p_inspection integer, p_version integer, p_number text, p_on date,
    p_text text, p_by text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    i assess.inspection := assess.inspection_lock(p_round, p_inspection);
    missing text;
BEGIN
    IF i.version <> coalesce(p_version, i.version) THEN
        RETURN '0';
    ELSIF i.inspection IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM assess.need_state(i.inspection, i.state, '{running}');
    PERFORM assess.need_past(p_on);
    IF p_on < i.started_on THEN
        RAISE EXCEPTION 'K37 kết luận trước ngày bắt đầu % (concluded before it began)', i.started_on
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT string_agg(item, ', ' ORDER BY place) INTO missing
    FROM (SELECT item, place FROM assess.checklist WHERE round = p_round
        AND inspection = p_inspection AND verdict IS NULL
        ORDER BY place LIMIT 5) AS m;
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'K38 còn mục đề cương chưa xem (items not answered): %', missing
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    IF EXISTS (SELECT FROM assess.inspection WHERE round = p_round
        AND number = p_number) THEN
        RAISE EXCEPTION 'K39 số kết luận "%" đã dùng (that number is taken)', p_number
            USING ERRCODE = 'unique_violation';
    END IF;
    UPDATE assess.inspection SET state = 'concluded', number = p_number,
        concluded_on = p_on, conclusion = p_text
    WHERE round = p_round AND inspection = i.inspection;
    RETURN assess.inspect_done(i, 'conclude', NULL, NULL, p_number || ' '
        || p_on || ': ' || p_text, NULL, p_by);
END
$$;
COMMENT ON FUNCTION assess.inspect_conclude(integer, integer, integer, text,
    date, text, text) IS 'the conclusion (kết luận), with number and date';

CREATE FUNCTION assess.inspect_cancel(p_round integer, p_inspection integer,
    p_version integer, p_reason text, p_by text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    i assess.inspection := assess.inspection_lock(p_round, p_inspection);
BEGIN
    IF i.version <> coalesce(p_version, i.version) THEN
        RETURN '0';
    ELSIF i.inspection IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM assess.need_state(i.inspection, i.state,
        '{planned,scheduled,running}');
    UPDATE assess.inspection SET state = 'cancelled', reason = p_reason
    WHERE round = p_round AND inspection = i.inspection;
    RETURN assess.inspect_done(i, 'cancel', NULL, i.state, 'cancelled',
        p_reason, p_by);
END
$$;
COMMENT ON FUNCTION assess.inspect_cancel(integer, integer, integer, text,
    text) IS 'cancels an inspection with a reason; its findings stay';

-- ---- findings --------------------------------------------------------------
CREATE FUNCTION assess.finding_add(p_round integer, p_inspection integer,
    p_text text, p_due date, p_responsible text, p_criterion text,
    p_by text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    i assess.inspection;
    k integer;
    made integer;
BEGIN
    PERFORM FROM assess.round WHERE round = p_round FOR UPDATE;
    i := assess.inspection_lock(p_round, p_inspection);
    IF i.inspection IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM assess.need_state(i.inspection, i.state, '{running}');
    IF p_criterion IS NOT NULL THEN
        SELECT node INTO k FROM assess.node
        WHERE round = p_round AND code = p_criterion AND in_force;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'K41 kỳ đánh giá không có tiêu chí "%" (the round has no such criterion)', p_criterion
                USING ERRCODE = 'invalid_parameter_value';
        END IF;
    END IF;
    IF p_due < i.started_on THEN
        RAISE EXCEPTION 'K42 hạn khắc phục % trước ngày kiểm tra % (to be remedied before it was found)', p_due, i.started_on
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO assess.finding (round, finding, inspection, node, content,
        due, responsible, done_by)
    SELECT p_round, coalesce(max(finding), 0) + 1, p_inspection, k, p_text,
        p_due, p_responsible, p_by
    FROM assess.finding WHERE round = p_round RETURNING finding INTO made;
    PERFORM assess.changed(p_round, i.unit, k, 'finding ' || made, NULL,
        'open ' || p_due || ' ' || p_responsible || ': ' || p_text, NULL,
        p_by);
    PERFORM assess.note(p_round, 'finding', p_by, jsonb_build_object(
        'finding', made, 'inspection', p_inspection, 'unit', i.unit, 'node',
        k, 'text', p_text, 'due', p_due, 'responsible', p_responsible));
    RETURN made::text;
END
$$;
COMMENT ON FUNCTION assess.finding_add(integer, integer, text, date, text,
    text, text) IS 'a finding, with its deadline and who answers for it';

-- What happens to a finding: 'answer' by the unit (p_unit its own), 'verify',
-- 'return', 'extend' (p_day the new deadline), 'withdraw'.
CREATE FUNCTION assess.finding_turn(p_round integer, p_finding integer,
    p_version integer, p_unit integer, p_act text, p_text text, p_day date,
    p_by text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    f assess.finding;
    u integer;
    began date;
    v_state text := CASE p_act WHEN 'answer' THEN 'answered'
        WHEN 'verify' THEN 'remedied' WHEN 'withdraw' THEN 'withdrawn'
        ELSE 'open' END;
BEGIN
    SELECT * INTO f FROM assess.finding
    WHERE round = p_round AND finding = p_finding FOR UPDATE;
    SELECT unit, started_on INTO u, began FROM assess.inspection
    WHERE round = p_round AND inspection = f.inspection;
    IF u IS NULL OR u <> coalesce(p_unit, u) THEN
        RETURN NULL;
    END IF;
    IF f.version <> coalesce(p_version, f.version) THEN
        RETURN '0';
    END IF;
    IF f.state IN ('remedied', 'withdrawn') THEN
        RAISE EXCEPTION 'K43 phát hiện % đã xong: % (the finding is closed)', p_finding, f.state
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    IF p_act = 'return' AND f.state <> 'answered' THEN
        RAISE EXCEPTION 'K44 đơn vị chưa trả lời phát hiện % (the unit has not answered it yet)', p_finding
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    IF p_act = 'extend' AND p_day <= f.due THEN
        RAISE EXCEPTION 'K45 hạn mới phải sau hạn cũ % (the new day is after the old one)', f.due
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF p_act = 'verify' THEN
        PERFORM assess.need_past(p_day);
        IF p_day < began THEN
            RAISE EXCEPTION 'K49 ngày khắc phục % trước ngày kiểm tra % (remedied before it was found)', p_day, began
                USING ERRCODE = 'invalid_parameter_value';
        END IF;
    END IF;
    UPDATE assess.finding SET version = version + 1,
        state = CASE p_act WHEN 'extend' THEN f.state ELSE v_state END,
        due = CASE p_act WHEN 'extend' THEN p_day ELSE due END,
        answer = CASE p_act WHEN 'answer' THEN p_text ELSE answer END,
        answered_by = CASE p_act WHEN 'answer' THEN p_by
            ELSE answered_by END,
        answered_on = CASE p_act WHEN 'answer' THEN current_date
            ELSE answered_on END,
        evidence = CASE p_act WHEN 'verify' THEN p_text END,
        remedied_on = CASE p_act WHEN 'verify'
            THEN coalesce(p_day, current_date) END,
        reason = CASE WHEN p_act IN ('return', 'extend', 'withdraw')
            THEN p_text ELSE reason END
    WHERE round = p_round AND finding = p_finding;
    PERFORM assess.changed(p_round, u, f.node, 'finding ' || p_finding,
        concat_ws(' ', f.state, f.due), CASE p_act WHEN 'extend'
            THEN concat_ws(' ', f.state, p_day)
            ELSE concat_ws(' ', v_state, p_day, p_act) END, p_text, p_by);
    PERFORM assess.note(p_round, 'finding-' || p_act, p_by,
        jsonb_build_object('finding', p_finding, 'inspection', f.inspection,
        'unit', u, 'text', p_text, 'day', p_day));
    RETURN (f.version + 1)::text;
END
$$;
COMMENT ON FUNCTION assess.finding_turn(integer, integer, integer, integer,
    text, text, date, text) IS
    'answers, verifies, returns, extends or withdraws a finding';

-- ---- measures --------------------------------------------------------------
CREATE FUNCTION assess.measure_add(p_round integer, p_inspection integer,
    p_to text, p_text text, p_finding integer, p_due date, p_by text)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    i assess.inspection;
    made integer;
BEGIN
    PERFORM FROM assess.round WHERE round = p_round FOR UPDATE;
    i := assess.inspection_lock(p_round, p_inspection);
    IF i.inspection IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM assess.need_state(i.inspection, i.state, '{running,concluded}');
    IF p_finding IS NOT NULL AND NOT EXISTS (SELECT FROM assess.finding
        WHERE round = p_round AND finding = p_finding
            AND inspection = p_inspection) THEN
        RAISE EXCEPTION 'K46 phát hiện % không thuộc đợt kiểm tra % (the finding is of another inspection)', p_finding, p_inspection
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO assess.measure (round, measure, inspection, finding,
        addressee, content, due, done_by)
    SELECT p_round, coalesce(max(measure), 0) + 1, p_inspection, p_finding,
        p_to, p_text, p_due, p_by
    FROM assess.measure WHERE round = p_round RETURNING measure INTO made;
    PERFORM assess.changed(p_round, i.unit, NULL, 'measure ' || made, NULL,
        'recommended ' || p_to || ': ' || p_text, NULL, p_by);
    PERFORM assess.note(p_round, 'measure', p_by, jsonb_build_object(
        'measure', made, 'inspection', p_inspection, 'finding', p_finding,
        'to', p_to, 'text', p_text, 'due', p_due));
    RETURN made::text;
END
$$;
COMMENT ON FUNCTION assess.measure_add(integer, integer, text, text, integer,
    date, text) IS 'recommends a measure to an authority';

CREATE FUNCTION assess.measure_turn(p_round integer, p_measure integer,
    p_version integer, p_state text, p_text text, p_by text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    m assess.measure;
    u integer;
BEGIN
    SELECT * INTO m FROM assess.measure
    WHERE round = p_round AND measure = p_measure FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF m.version <> coalesce(p_version, m.version) THEN
        RETURN '0';
    END IF;
    IF p_state NOT IN ('accepted', 'done', 'refused') THEN
        RAISE EXCEPTION 'K47 trạng thái là accepted, done hoặc refused, không phải "%" (no such state)', p_state
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF m.state IN ('done', 'refused') THEN
        RAISE EXCEPTION 'K48 kiến nghị % đã xong: % (the measure is closed)', p_measure, m.state
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    UPDATE assess.measure SET state = p_state, outcome = p_text,
        version = version + 1
    WHERE round = p_round AND measure = p_measure;
    SELECT unit INTO u FROM assess.inspection
    WHERE round = p_round AND inspection = m.inspection;
    PERFORM assess.changed(p_round, u, NULL, 'measure ' || p_measure,
        m.state, p_state, p_text, p_by);
    PERFORM assess.note(p_round, 'measure-' || p_state, p_by,
        jsonb_build_object('measure', p_measure, 'from', m.state, 'text',
        p_text));
    RETURN (m.version + 1)::text;
END
$$;
COMMENT ON FUNCTION assess.measure_turn(integer, integer, integer, text, text,
    text) IS 'what became of a measure';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA assess FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    assess.inspect_schedule(integer, integer, integer, date, date, text, text,
        text, text),
    assess.inspect_documents(integer, integer, integer, date, text, text),
    assess.inspect_start(integer, integer, integer, date, text),
    assess.inspect_answer(integer, integer, integer, text, text, text, text),
    assess.inspect_draft(integer, integer, integer, text, text, text),
    assess.inspect_conclude(integer, integer, integer, text, date, text,
        text),
    assess.inspect_cancel(integer, integer, integer, text, text),
    assess.finding_add(integer, integer, text, date, text, text, text),
    assess.finding_turn(integer, integer, integer, integer, text, text, date,
        text),
    assess.measure_add(integer, integer, text, text, integer, date, text),
    assess.measure_turn(integer, integer, integer, text, text, text)
    TO phieu_server;
