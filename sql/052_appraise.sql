-- The index: appraisal, opinions, requests, visits, council, deductions.
-- Nothing here changes what a unit said of itself; what stands in the end is
-- the council's ruling, else the appraisal.
CREATE TABLE assess.appraisal (
    round integer NOT NULL,
    unit integer NOT NULL,
    node integer NOT NULL,
    state text NOT NULL CHECK (state IN ('accepted', 'corrected', 'asked')),
    points numeric(12, 6),
    na boolean NOT NULL DEFAULT false,
    reason text,
    office text COLLATE "C" NOT NULL,
    done_by text NOT NULL,
    done_at timestamptz NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (round, unit, node),
    FOREIGN KEY (round, unit) REFERENCES assess.unit,
    FOREIGN KEY (round, node) REFERENCES assess.node,
    FOREIGN KEY (round, office) REFERENCES assess.office,
    CHECK (CASE state WHEN 'asked' THEN points IS NULL AND NOT na
        ELSE (points IS NOT NULL) <> na END),
    CHECK (state = 'accepted' OR reason <> '')
);
COMMENT ON TABLE assess.appraisal IS
    'What the appraising office says of a unit and criterion';
COMMENT ON COLUMN assess.appraisal.round IS 'Round';
COMMENT ON COLUMN assess.appraisal.unit IS 'Unit';
COMMENT ON COLUMN assess.appraisal.node IS 'Criterion';
COMMENT ON COLUMN assess.appraisal.state IS
    'accepted as the unit says, corrected, or asked for more evidence';
COMMENT ON COLUMN assess.appraisal.points IS
    'Appraised points (điểm thẩm định)';
COMMENT ON COLUMN assess.appraisal.na IS 'The criterion does not apply';
COMMENT ON COLUMN assess.appraisal.reason IS
    'Why, of all but what is accepted';
COMMENT ON COLUMN assess.appraisal.office IS 'The office, lead for it';
COMMENT ON COLUMN assess.appraisal.done_by IS 'Who';
COMMENT ON COLUMN assess.appraisal.done_at IS
    'When; a unit''s days for its opinion begin';
COMMENT ON COLUMN assess.appraisal.version IS
    'Goes up with each change: two people see each other';

CREATE TABLE assess.opinion (
    round integer NOT NULL,
    unit integer NOT NULL,
    node integer NOT NULL,
    appraisal_version integer NOT NULL,
    agrees boolean NOT NULL,
    content text,
    done_by text NOT NULL,
    done_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (round, unit, node, appraisal_version),
    FOREIGN KEY (round, unit, node) REFERENCES assess.appraisal,
    CHECK (agrees OR content <> '')
);
COMMENT ON TABLE assess.opinion IS
    'A unit''s opinion of an appraisal; none by the deadline is agreement';
COMMENT ON COLUMN assess.opinion.round IS 'Round';
COMMENT ON COLUMN assess.opinion.unit IS 'Unit';
COMMENT ON COLUMN assess.opinion.node IS 'Criterion';
COMMENT ON COLUMN assess.opinion.appraisal_version IS
    'Of which appraisal it is';
COMMENT ON COLUMN assess.opinion.agrees IS 'Agreed (thống nhất) or not';
COMMENT ON COLUMN assess.opinion.content IS 'In words';
COMMENT ON COLUMN assess.opinion.done_by IS 'Who';
COMMENT ON COLUMN assess.opinion.done_at IS 'When';

CREATE TABLE assess.request (
    request bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    round integer NOT NULL,
    unit integer NOT NULL,
    node integer,
    kind text NOT NULL CHECK (kind IN ('evidence', 're-evaluation')),
    content text NOT NULL CHECK (content <> ''),
    due date NOT NULL,
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT now(),
    outcome text CHECK (outcome IN ('answered', 'granted', 'refused')),
    answer text,
    answered_by text,
    answered_at timestamptz,
    FOREIGN KEY (round, unit) REFERENCES assess.unit,
    FOREIGN KEY (round, node) REFERENCES assess.node,
    CHECK ((outcome IS NULL) = (answer IS NULL)),
    CHECK (kind = 'evidence' OR outcome <> 'answered')
);
COMMENT ON TABLE assess.request IS
    'Requests: for more evidence by an office, for re-evaluation by a unit';
COMMENT ON COLUMN assess.request.request IS 'Number';
COMMENT ON COLUMN assess.request.round IS 'Round';
COMMENT ON COLUMN assess.request.unit IS 'Unit';
COMMENT ON COLUMN assess.request.node IS 'Criterion, NULL: all of it';
COMMENT ON COLUMN assess.request.kind IS 'evidence or re-evaluation';
COMMENT ON COLUMN assess.request.content IS 'What is asked for';
COMMENT ON COLUMN assess.request.due IS 'Day by which it is answered';
COMMENT ON COLUMN assess.request.asked_by IS 'Who asked';
COMMENT ON COLUMN assess.request.asked_at IS 'When';
COMMENT ON COLUMN assess.request.outcome IS
    'answered, granted or refused; NULL: open';
COMMENT ON COLUMN assess.request.answer IS 'The answer in words';
COMMENT ON COLUMN assess.request.answered_by IS 'Who answered';
COMMENT ON COLUMN assess.request.answered_at IS 'When';

CREATE TABLE assess.visit (
    visit bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    round integer NOT NULL,
    unit integer NOT NULL,
    held date NOT NULL,
    team text NOT NULL,
    found text NOT NULL,
    done_by text NOT NULL,
    done_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (round, unit) REFERENCES assess.unit
);
COMMENT ON TABLE assess.visit IS
    'On-site verification of self-assessments (kiểm tra thực tế)';
COMMENT ON COLUMN assess.visit.visit IS 'Number';
COMMENT ON COLUMN assess.visit.round IS 'Round';
COMMENT ON COLUMN assess.visit.unit IS 'Unit';
COMMENT ON COLUMN assess.visit.held IS 'Day';
COMMENT ON COLUMN assess.visit.team IS 'Who went';
COMMENT ON COLUMN assess.visit.found IS 'What was found';
COMMENT ON COLUMN assess.visit.done_by IS 'Who recorded it';
COMMENT ON COLUMN assess.visit.done_at IS 'When';

CREATE TABLE assess.member (
    round integer NOT NULL REFERENCES assess.round,
    body text NOT NULL CHECK (body IN ('council', 'secretariat')),
    name text NOT NULL,
    position text NOT NULL,
    basis text NOT NULL,
    PRIMARY KEY (round, body, name)
);
COMMENT ON TABLE assess.member IS
    'Members of the council (Hội đồng) and the secretariat (Tổ Thư ký)';
COMMENT ON COLUMN assess.member.round IS 'Round';
COMMENT ON COLUMN assess.member.body IS 'council or secretariat';
COMMENT ON COLUMN assess.member.name IS 'Name';
COMMENT ON COLUMN assess.member.position IS
    'As chairman, head of the secretariat';
COMMENT ON COLUMN assess.member.basis IS 'Decision that made them members';

CREATE TABLE assess.meeting (
    round integer NOT NULL REFERENCES assess.round,
    meeting integer NOT NULL CHECK (meeting > 0),
    body text NOT NULL CHECK (body IN ('council', 'secretariat')),
    held date NOT NULL,
    present text[] NOT NULL,
    minutes text NOT NULL CHECK (minutes <> ''),
    done_by text NOT NULL,
    done_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (round, meeting)
);
COMMENT ON TABLE assess.meeting IS 'Meetings and their minutes (biên bản)';
COMMENT ON COLUMN assess.meeting.round IS 'Round';
COMMENT ON COLUMN assess.meeting.meeting IS 'From 1';
COMMENT ON COLUMN assess.meeting.body IS 'council or secretariat';
COMMENT ON COLUMN assess.meeting.held IS 'Day';
COMMENT ON COLUMN assess.meeting.present IS 'Who was there';
COMMENT ON COLUMN assess.meeting.minutes IS 'Minutes';
COMMENT ON COLUMN assess.meeting.done_by IS 'Who recorded it';
COMMENT ON COLUMN assess.meeting.done_at IS 'When';

CREATE TABLE assess.ruling (
    round integer NOT NULL,
    ruling integer NOT NULL CHECK (ruling > 0),
    meeting integer NOT NULL,
    unit integer NOT NULL,
    node integer NOT NULL,
    points numeric(12, 6),
    na boolean NOT NULL DEFAULT false,
    reason text NOT NULL CHECK (reason <> ''),
    done_by text NOT NULL,
    done_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (round, ruling),
    FOREIGN KEY (round, meeting) REFERENCES assess.meeting,
    FOREIGN KEY (round, unit) REFERENCES assess.unit,
    FOREIGN KEY (round, node) REFERENCES assess.node,
    CHECK ((points IS NOT NULL) <> na)
);
COMMENT ON TABLE assess.ruling IS
    'Decisions of the council on an item; the newest stands';
COMMENT ON COLUMN assess.ruling.round IS 'Round';
COMMENT ON COLUMN assess.ruling.ruling IS 'From 1';
COMMENT ON COLUMN assess.ruling.meeting IS 'The meeting that decided';
COMMENT ON COLUMN assess.ruling.unit IS 'Unit';
COMMENT ON COLUMN assess.ruling.node IS 'Criterion';
COMMENT ON COLUMN assess.ruling.points IS 'Points decided';
COMMENT ON COLUMN assess.ruling.na IS 'Decided not to apply';
COMMENT ON COLUMN assess.ruling.reason IS 'Why';
COMMENT ON COLUMN assess.ruling.done_by IS 'Who recorded it';
COMMENT ON COLUMN assess.ruling.done_at IS 'When';

CREATE TABLE assess.deduction (
    round integer NOT NULL,
    deduction integer NOT NULL CHECK (deduction > 0),
    unit integer NOT NULL,
    node integer,
    points numeric(12, 6) NOT NULL CHECK (points > 0 AND points <> 'NaN'),
    reason text NOT NULL CHECK (reason <> ''),
    document text NOT NULL CHECK (document <> ''),
    done_by text NOT NULL,
    done_at timestamptz NOT NULL DEFAULT now(),
    cancelled_by text,
    cancelled_why text,
    PRIMARY KEY (round, deduction),
    FOREIGN KEY (round, unit) REFERENCES assess.unit,
    FOREIGN KEY (round, node) REFERENCES assess.node,
    CHECK ((cancelled_by IS NULL) = (cancelled_why IS NULL))
);
COMMENT ON TABLE assess.deduction IS
    'Points taken away (điểm bị trừ), with reason and document';
COMMENT ON COLUMN assess.deduction.round IS 'Round';
COMMENT ON COLUMN assess.deduction.deduction IS 'From 1';
COMMENT ON COLUMN assess.deduction.unit IS 'Unit';
COMMENT ON COLUMN assess.deduction.node IS 'Criterion, NULL: on the total';
COMMENT ON COLUMN assess.deduction.points IS 'How many, above 0';
COMMENT ON COLUMN assess.deduction.reason IS 'Why';
COMMENT ON COLUMN assess.deduction.document IS 'Number and date of it';
COMMENT ON COLUMN assess.deduction.done_by IS 'Who';
COMMENT ON COLUMN assess.deduction.done_at IS 'When';
COMMENT ON COLUMN assess.deduction.cancelled_by IS
    'Who cancelled it, NULL: it stands';
COMMENT ON COLUMN assess.deduction.cancelled_why IS 'Why it was cancelled';

CREATE TABLE assess.external_value (
    round integer NOT NULL,
    unit integer NOT NULL,
    node integer NOT NULL,
    value text NOT NULL CHECK (value ~ '^[0-9]+([.][0-9]{1,6})?$'),
    source text NOT NULL CHECK (source <> ''),
    done_by text NOT NULL,
    done_at timestamptz NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (round, unit, node),
    FOREIGN KEY (round, unit) REFERENCES assess.unit,
    FOREIGN KEY (round, node) REFERENCES assess.node
);
COMMENT ON TABLE assess.external_value IS
    'Values of external indices (PAPI, PCI), recorded with their source';
COMMENT ON COLUMN assess.external_value.round IS 'Round';
COMMENT ON COLUMN assess.external_value.unit IS 'Unit';
COMMENT ON COLUMN assess.external_value.node IS 'Criterion, of that source';
COMMENT ON COLUMN assess.external_value.value IS 'As published';
COMMENT ON COLUMN assess.external_value.source IS 'Where it was published';
COMMENT ON COLUMN assess.external_value.done_by IS 'Who recorded it';
COMMENT ON COLUMN assess.external_value.done_at IS 'When';
COMMENT ON COLUMN assess.external_value.version IS
    'Goes up with each change: two people see each other';

-- ---- who may ---------------------------------------------------------------
-- What an office is for a criterion: 'lead', 'cooperating' or NULL.  The
-- nearest node above (or the criterion itself) that somebody leads decides who
-- leads; whoever cooperates on a node does so on all below it.
CREATE FUNCTION assess.office_role(p_round integer, p_office text,
    p_node integer) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE up (node, parent, depth) AS (
        SELECT node, parent, 0 FROM assess.node
        WHERE round = p_round AND node = p_node
        UNION ALL
        SELECT n.node, n.parent, up.depth + 1
        FROM up JOIN assess.node AS n
            ON n.round = p_round AND n.node = up.parent
    ), named AS (
        SELECT a.office, a.role, coalesce(up.depth, 1000) AS depth
        FROM assess.assignment AS a
        LEFT JOIN up ON up.node = a.node
        WHERE a.round = p_round AND (a.node IS NULL OR up.node IS NOT NULL)
    )
    SELECT CASE
        WHEN p_office = (SELECT office FROM named WHERE role = 'lead'
            ORDER BY depth LIMIT 1) THEN 'lead'
        WHEN EXISTS (SELECT FROM named WHERE role = 'cooperating'
            AND office = p_office) THEN 'cooperating' END
$$;
COMMENT ON FUNCTION assess.office_role(integer, text, integer) IS
    'lead, cooperating or NULL: what an office is for a criterion';

-- The leaf, of source assessed, in force; refuses (22023) any other.
CREATE FUNCTION assess.need_typed(p_round integer, p_node integer,
    p_points numeric) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n assess.node;
BEGIN
    SELECT * INTO n FROM assess.node WHERE round = p_round AND node = p_node
        AND in_force;
    IF NOT FOUND OR NOT n.leaf OR n.source <> 'assessed' THEN
        RAISE EXCEPTION 'tiêu chí này không ai chấm điểm bằng tay (nobody types points for this criterion)'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF p_points < 0 OR p_points > n.maximum THEN
        RAISE EXCEPTION 'điểm phải từ 0 đến (points are from 0 to) %', trim_scale(n.maximum)
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
END
$$;
COMMENT ON FUNCTION assess.need_typed(integer, integer, numeric) IS
    'refuses (22023) points that nobody types, or beyond the maximum';

-- ---- acts ------------------------------------------------------------------
-- The new version; 0: the version is another.  p_version 0: no appraisal yet.
CREATE FUNCTION assess.appraise(p_round integer, p_unit integer,
    p_node integer, p_version integer, p_office text, p_state text,
    p_points numeric, p_na boolean, p_reason text, p_by text)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r assess.round;
    i assess.item;
    old assess.appraisal;
    v_points numeric(12, 6) := p_points;
    v_na boolean := coalesce(p_na, false);
    v integer;
BEGIN
    SELECT * INTO r FROM assess.round WHERE round = p_round;
    PERFORM assess.need_step(p_round, 'appraise');
    PERFORM assess.need_typed(p_round, p_node, p_points);
    IF NOT EXISTS (SELECT FROM assess.self WHERE round = p_round
        AND unit = p_unit AND state = 'submitted') THEN
        RAISE EXCEPTION 'đơn vị chưa nộp bản tự đánh giá (the unit has not handed its self-assessment in)'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    IF assess.office_role(p_round, p_office, p_node) IS DISTINCT FROM 'lead'
    THEN
        RAISE EXCEPTION 'cơ quan này không chủ trì thẩm định tiêu chí (the office does not lead the appraisal of this criterion)'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT r.own_unit AND EXISTS (SELECT FROM assess.office
        WHERE round = p_round AND office = p_office AND unit = p_unit) THEN
        RAISE EXCEPTION 'cơ quan không thẩm định chính mình (an office does not appraise its own unit)'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT * INTO old FROM assess.appraisal
    WHERE round = p_round AND unit = p_unit AND node = p_node FOR UPDATE;
    IF coalesce(old.version, 0) <> p_version THEN
        RETURN 0;
    END IF;
    SELECT * INTO i FROM assess.item
    WHERE round = p_round AND unit = p_unit AND node = p_node;
    IF p_state = 'accepted' THEN
        IF i.self IS NULL AND NOT coalesce(i.self_na, false) THEN
            RAISE EXCEPTION 'đơn vị chưa chấm mục này, hãy điều chỉnh kèm lý do (the unit gave nothing to accept: correct it with a reason)'
                USING ERRCODE = 'invalid_parameter_value';
        END IF;
        v_points := i.self;
        v_na := i.self_na;
    END IF;
    INSERT INTO assess.appraisal AS a (round, unit, node, state, points, na,
        reason, office, done_by)
    VALUES (p_round, p_unit, p_node, p_state, v_points, v_na, p_reason,
        p_office, p_by)
    ON CONFLICT (round, unit, node) DO UPDATE SET state = excluded.state,
        points = excluded.points, na = excluded.na, reason = excluded.reason,
        office = excluded.office, done_by = excluded.done_by,
        done_at = now(), version = a.version + 1
    RETURNING version INTO v;
    PERFORM assess.changed(p_round, p_unit, p_node, 'appraised',
        old.state || coalesce(' ' || old.points::text,
            CASE WHEN old.na THEN ' n/a' ELSE '' END),
        p_state || coalesce(' ' || v_points::text,
            CASE WHEN v_na THEN ' n/a' ELSE '' END), p_reason, p_by);
    PERFORM assess.note(p_round, 'appraise', p_by, jsonb_build_object('unit',
        p_unit, 'node', p_node, 'state', p_state, 'points', v_points::text,
        'na', v_na, 'reason', p_reason, 'office', p_office));
    RETURN v;
END
$$;
COMMENT ON FUNCTION assess.appraise(integer, integer, integer, integer, text,
    text, numeric, boolean, text, text) IS
    'an office''s appraisal of an item; 0: the version is another';

-- A unit's opinion while its days last.  False: the appraisal is another now.
CREATE FUNCTION assess.opine(p_round integer, p_unit integer,
    p_node integer, p_version integer, p_agrees boolean, p_text text,
    p_by text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    a assess.appraisal;
    last date;
BEGIN
    SELECT * INTO a FROM assess.appraisal
    WHERE round = p_round AND unit = p_unit AND node = p_node FOR UPDATE;
    IF NOT FOUND OR a.version <> p_version THEN
        RETURN false;
    END IF;
    SELECT a.done_at::date + opinion_days INTO last FROM assess.round
    WHERE round = p_round;
    IF last < current_date THEN
        RAISE EXCEPTION 'hết hạn nêu ý kiến ngày %, im lặng là thống nhất (the days for an opinion ended: silence is agreement)', last
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    INSERT INTO assess.opinion AS o (round, unit, node, appraisal_version,
        agrees, content, done_by)
    VALUES (p_round, p_unit, p_node, p_version, p_agrees, p_text, p_by)
    ON CONFLICT (round, unit, node, appraisal_version) DO UPDATE
    SET agrees = excluded.agrees, content = excluded.content,
        done_by = excluded.done_by, done_at = now();
    PERFORM assess.changed(p_round, p_unit, p_node, 'opinion', NULL,
        CASE WHEN p_agrees THEN 'agrees' ELSE 'objects' END, p_text, p_by);
    PERFORM assess.note(p_round, 'opinion', p_by, jsonb_build_object('unit',
        p_unit, 'node', p_node, 'agrees', p_agrees, 'text', p_text));
    RETURN true;
END
$$;
COMMENT ON FUNCTION assess.opine(integer, integer, integer, integer, boolean,
    text, text) IS 'a unit''s opinion of an appraisal; false: it changed';

CREATE FUNCTION assess.ask(p_round integer, p_unit integer, p_node integer,
    p_kind text, p_text text, p_due date, p_by text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    IF p_due < current_date THEN
        RAISE EXCEPTION 'ngày hạn trả lời đã qua (the day for the answer is past)'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO assess.request (round, unit, node, kind, content, due,
        asked_by)
    VALUES (p_round, p_unit, p_node, p_kind, p_text, p_due, p_by)
    RETURNING request INTO made;
    PERFORM assess.note(p_round, 'request', p_by, jsonb_build_object(
        'request', made, 'unit', p_unit, 'node', p_node, 'kind', p_kind,
        'text', p_text, 'due', p_due));
    RETURN made;
END
$$;
COMMENT ON FUNCTION assess.ask(integer, integer, integer, text, text, date,
    text) IS 'asks for evidence or for re-evaluation, with a deadline';

CREATE FUNCTION assess.answer(p_request bigint, p_outcome text, p_text text,
    p_by text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old assess.request;
BEGIN
    SELECT * INTO old FROM assess.request WHERE request = p_request
    FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF old.outcome IS NOT NULL THEN
        RAISE EXCEPTION 'đề nghị đã được trả lời (the request is answered already)'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    UPDATE assess.request SET outcome = p_outcome, answer = p_text,
        answered_by = p_by, answered_at = now() WHERE request = p_request;
    PERFORM assess.changed(old.round, old.unit, old.node, 'request', 'open',
        p_outcome, p_text, p_by);
    PERFORM assess.note(old.round, 'answer', p_by, jsonb_build_object(
        'request', p_request, 'outcome', p_outcome, 'text', p_text));
    RETURN true;
END
$$;
COMMENT ON FUNCTION assess.answer(bigint, text, text, text) IS
    'answers a request once; false: there is none such';

CREATE FUNCTION assess.visit_add(p_round integer, p_unit integer,
    p_held date, p_team text, p_found text, p_by text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    INSERT INTO assess.visit (round, unit, held, team, found, done_by)
    VALUES (p_round, p_unit, p_held, p_team, p_found, p_by)
    RETURNING visit INTO made;
    PERFORM assess.note(p_round, 'visit', p_by, jsonb_build_object('visit',
        made, 'unit', p_unit, 'held', p_held, 'team', p_team, 'found',
        p_found));
    RETURN made;
END
$$;
COMMENT ON FUNCTION assess.visit_add(integer, integer, date, text, text, text)
    IS 'records an on-site verification';

CREATE FUNCTION assess.member_put(p_round integer, p_body text, p_name text,
    p_position text, p_basis text, p_by text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_position IS NULL THEN
        DELETE FROM assess.member
        WHERE round = p_round AND body = p_body AND name = p_name;
    ELSE
        INSERT INTO assess.member (round, body, name, position, basis)
        VALUES (p_round, p_body, p_name, p_position, p_basis)
        ON CONFLICT (round, body, name) DO UPDATE
        SET position = excluded.position, basis = excluded.basis;
    END IF;
    PERFORM assess.note(p_round, 'member', p_by, jsonb_build_object('body',
        p_body, 'name', p_name, 'position', p_position, 'basis', p_basis));
END
$$;
COMMENT ON FUNCTION assess.member_put(integer, text, text, text, text, text)
    IS 'makes a member of a body; position NULL: no longer';

CREATE FUNCTION assess.meeting_add(p_round integer, p_body text,
    p_held date, p_present text[], p_minutes text, p_by text)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    stranger text;
    made integer;
BEGIN
    PERFORM FROM assess.round WHERE round = p_round FOR UPDATE;
    SELECT p.name INTO stranger FROM unnest(p_present) AS p (name)
    WHERE NOT EXISTS (SELECT FROM assess.member AS m
        WHERE m.round = p_round AND m.body = p_body AND m.name = p.name)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '"%" không phải thành viên (is no member of the body)', stranger
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO assess.meeting (round, meeting, body, held, present, minutes,
        done_by)
    SELECT p_round, coalesce(max(meeting), 0) + 1, p_body, p_held, p_present,
        p_minutes, p_by
    FROM assess.meeting WHERE round = p_round RETURNING meeting INTO made;
    PERFORM assess.note(p_round, 'meeting', p_by, jsonb_build_object(
        'meeting', made, 'body', p_body, 'held', p_held, 'sha256',
        encode(sha256(convert_to(p_minutes, 'UTF8')), 'hex')));
    RETURN made;
END
$$;
COMMENT ON FUNCTION assess.meeting_add(integer, text, date, text[], text,
    text) IS 'records a meeting with its minutes; the number';

CREATE FUNCTION assess.rule(p_round integer, p_meeting integer,
    p_unit integer, p_node integer, p_points numeric, p_na boolean,
    p_reason text, p_by text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    was text;
    made integer;
BEGIN
    PERFORM FROM assess.round WHERE round = p_round FOR UPDATE;
    PERFORM assess.need_step(p_round, 'council');
    PERFORM assess.need_typed(p_round, p_node, p_points);
    IF NOT EXISTS (SELECT FROM assess.meeting WHERE round = p_round
        AND meeting = p_meeting AND body = 'council') THEN
        RAISE EXCEPTION 'kết luận phải thuộc một cuộc họp Hội đồng (a ruling belongs to a meeting of the council)'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT coalesce(points::text, CASE WHEN na THEN 'n/a' END) INTO was
    FROM assess.standing WHERE round = p_round AND unit = p_unit
        AND node = p_node;
    INSERT INTO assess.ruling (round, ruling, meeting, unit, node, points, na,
        reason, done_by)
    SELECT p_round, coalesce(max(ruling), 0) + 1, p_meeting, p_unit, p_node,
        p_points, coalesce(p_na, false), p_reason, p_by
    FROM assess.ruling WHERE round = p_round RETURNING ruling INTO made;
    PERFORM assess.changed(p_round, p_unit, p_node, 'ruled', was,
        coalesce(p_points::numeric(12, 6)::text, 'n/a'), p_reason, p_by);
    PERFORM assess.note(p_round, 'rule', p_by, jsonb_build_object('ruling',
        made, 'meeting', p_meeting, 'unit', p_unit, 'node', p_node,
        'points', p_points::text, 'na', p_na, 'reason', p_reason));
    RETURN made;
END
$$;
COMMENT ON FUNCTION assess.rule(integer, integer, integer, integer, numeric,
    boolean, text, text) IS 'a decision of the council on an item';

CREATE FUNCTION assess.deduct(p_round integer, p_unit integer,
    p_node integer, p_points numeric, p_reason text, p_document text,
    p_by text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made integer;
BEGIN
    PERFORM FROM assess.round WHERE round = p_round AND NOT published
    FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'kỳ đã công bố (the round is published)'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    IF p_points <= 0 THEN
        RAISE EXCEPTION 'điểm trừ phải lớn hơn 0 (points taken away are above 0)'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO assess.deduction (round, deduction, unit, node, points,
        reason, document, done_by)
    SELECT p_round, coalesce(max(deduction), 0) + 1, p_unit, p_node, p_points,
        p_reason, p_document, p_by
    FROM assess.deduction WHERE round = p_round RETURNING deduction INTO made;
    PERFORM assess.changed(p_round, p_unit, p_node, 'deduction', NULL,
        p_points::numeric(12, 6)::text, p_reason, p_by);
    PERFORM assess.note(p_round, 'deduct', p_by, jsonb_build_object(
        'deduction', made, 'unit', p_unit, 'node', p_node, 'points',
        p_points::text, 'reason', p_reason, 'document', p_document));
    RETURN made;
END
$$;
COMMENT ON FUNCTION assess.deduct(integer, integer, integer, numeric, text,
    text, text) IS 'takes points away, with reason and document';

CREATE FUNCTION assess.deduct_cancel(p_round integer, p_deduction integer,
    p_why text, p_by text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old assess.deduction;
BEGIN
    UPDATE assess.deduction SET cancelled_by = p_by, cancelled_why = p_why
    WHERE round = p_round AND deduction = p_deduction
        AND cancelled_by IS NULL RETURNING * INTO old;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM assess.changed(p_round, old.unit, old.node, 'deduction',
        old.points::text, NULL, p_why, p_by);
    PERFORM assess.note(p_round, 'deduct-cancel', p_by, jsonb_build_object(
        'deduction', p_deduction, 'reason', p_why));
    RETURN true;
END
$$;
COMMENT ON FUNCTION assess.deduct_cancel(integer, integer, text, text) IS
    'cancels a deduction with a reason; false: none stands';

CREATE FUNCTION assess.external_put(p_round integer, p_unit integer,
    p_node integer, p_version integer, p_value text, p_source text,
    p_by text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old assess.external_value;
    v integer;
BEGIN
    IF NOT EXISTS (SELECT FROM assess.node WHERE round = p_round
        AND node = p_node AND in_force AND source = 'external') THEN
        RAISE EXCEPTION 'không phải tiêu chí của chỉ số bên ngoài (no criterion of an external index)'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT * INTO old FROM assess.external_value
    WHERE round = p_round AND unit = p_unit AND node = p_node FOR UPDATE;
    IF coalesce(old.version, 0) <> p_version THEN
        RETURN 0;
    END IF;
    INSERT INTO assess.external_value AS x (round, unit, node, value, source,
        done_by)
    VALUES (p_round, p_unit, p_node, p_value, p_source, p_by)
    ON CONFLICT (round, unit, node) DO UPDATE SET value = excluded.value,
        source = excluded.source, done_by = excluded.done_by,
        done_at = now(), version = x.version + 1
    RETURNING version INTO v;
    PERFORM assess.changed(p_round, p_unit, p_node, 'external', old.value,
        p_value, p_source, p_by);
    PERFORM assess.note(p_round, 'external', p_by, jsonb_build_object('unit',
        p_unit, 'node', p_node, 'value', p_value, 'source', p_source));
    RETURN v;
END
$$;
COMMENT ON FUNCTION assess.external_put(integer, integer, integer, integer,
    text, text, text) IS
    'records a value of an external index; 0: the version is another';

-- What stands of every unit and criterion that people score.
CREATE VIEW assess.standing AS
SELECT u.round, u.unit, n.node, i.self, coalesce(i.self_na, false) AS self_na,
    i.self_note, coalesce(i.version, 0) AS self_version,
    coalesce(a.state, 'pending') AS state, a.points AS appraised,
    coalesce(a.na, false) AS appraised_na, a.reason, a.office,
    coalesce(a.version, 0) AS version,
    CASE WHEN a.node IS NULL OR a.state = 'asked' THEN 'none'
        WHEN o.agrees THEN 'agrees'
        WHEN NOT o.agrees THEN 'objects'
        WHEN a.done_at::date + r.opinion_days < current_date THEN 'silent'
        ELSE 'open' END AS opinion, o.content AS opinion_text,
    l.ruling, l.reason AS ruling_reason,
    CASE WHEN l.ruling IS NULL THEN a.points ELSE l.points END AS points,
    CASE WHEN l.ruling IS NULL THEN coalesce(a.na, false)
        ELSE l.na END AS na
FROM assess.round AS r
JOIN assess.unit AS u ON u.round = r.round AND u.in_force
JOIN assess.node AS n ON n.round = r.round AND n.in_force AND n.leaf
    AND n.source = 'assessed'
LEFT JOIN assess.item AS i
    ON i.round = u.round AND i.unit = u.unit AND i.node = n.node
LEFT JOIN assess.appraisal AS a
    ON a.round = u.round AND a.unit = u.unit AND a.node = n.node
LEFT JOIN assess.opinion AS o
    ON o.round = u.round AND o.unit = u.unit AND o.node = n.node
        AND o.appraisal_version = a.version
LEFT JOIN LATERAL (SELECT ruling, points, na, reason FROM assess.ruling
    WHERE round = u.round AND unit = u.unit AND node = n.node
    ORDER BY ruling DESC LIMIT 1) AS l ON true;
COMMENT ON VIEW assess.standing IS
    'Own points, appraisal, opinion, ruling and what counts, by unit and criterion';
COMMENT ON COLUMN assess.standing.round IS 'Round';
COMMENT ON COLUMN assess.standing.unit IS 'Unit';
COMMENT ON COLUMN assess.standing.node IS 'Criterion';
COMMENT ON COLUMN assess.standing.self IS 'Points the unit gives itself';
COMMENT ON COLUMN assess.standing.self_na IS 'The unit says that it does not apply';
COMMENT ON COLUMN assess.standing.self_note IS 'The unit''s note';
COMMENT ON COLUMN assess.standing.self_version IS 'Version of the unit''s item, 0: none';
COMMENT ON COLUMN assess.standing.state IS 'pending, accepted, corrected or asked';
COMMENT ON COLUMN assess.standing.appraised IS 'Appraised points';
COMMENT ON COLUMN assess.standing.appraised_na IS 'Appraised not to apply';
COMMENT ON COLUMN assess.standing.reason IS 'The appraiser''s reason';
COMMENT ON COLUMN assess.standing.office IS 'The appraising office';
COMMENT ON COLUMN assess.standing.version IS 'Version of the appraisal, 0: none';
COMMENT ON COLUMN assess.standing.opinion IS 'none, open, agrees, objects, or silent: the days are over';
COMMENT ON COLUMN assess.standing.opinion_text IS 'The unit''s words';
COMMENT ON COLUMN assess.standing.ruling IS 'The council''s ruling, NULL: none';
COMMENT ON COLUMN assess.standing.ruling_reason IS 'Its reason';
COMMENT ON COLUMN assess.standing.points IS 'What counts: the ruling, else the appraisal';
COMMENT ON COLUMN assess.standing.na IS 'The same: it does not apply';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA assess FROM PUBLIC;
GRANT SELECT ON assess.appraisal, assess.opinion, assess.request,
    assess.visit, assess.member, assess.meeting, assess.ruling,
    assess.deduction, assess.external_value
    TO phieu_server, phieu_auditor, phieu_backup;
GRANT SELECT ON assess.standing TO phieu_server, phieu_auditor;
GRANT EXECUTE ON FUNCTION
    assess.office_role(integer, text, integer),
    assess.appraise(integer, integer, integer, integer, text, text, numeric,
        boolean, text, text),
    assess.opine(integer, integer, integer, integer, boolean, text, text),
    assess.ask(integer, integer, integer, text, text, date, text),
    assess.answer(bigint, text, text, text),
    assess.visit_add(integer, integer, date, text, text, text),
    assess.member_put(integer, text, text, text, text, text),
    assess.meeting_add(integer, text, date, text[], text, text),
    assess.rule(integer, integer, integer, integer, numeric, boolean, text,
        text),
    assess.deduct(integer, integer, integer, numeric, text, text, text),
    assess.deduct_cancel(integer, integer, text, text),
    assess.external_put(integer, integer, integer, integer, text, text, text)
    TO phieu_server;
