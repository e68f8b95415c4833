-- The index: improvement.  After a result is published, tasks for the points
-- that units lost: who leads, by when, how much is hoped for, reports, and
-- whether the next round's result has them.  Only published results count here,
-- so that nobody sees points before they are announced.
CREATE TABLE assess.improve_plan (
    round integer PRIMARY KEY REFERENCES assess.round,
    title text NOT NULL CHECK (title <> ''),
    basis text NOT NULL CHECK (basis <> ''),
    report_days integer CHECK (report_days BETWEEN 1 AND 366),
    next_round integer REFERENCES assess.round CHECK (next_round <> round),
    version integer NOT NULL DEFAULT 1,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE assess.improve_plan IS
    'Plan to improve on a round''s result (kế hoạch nâng cao chỉ số)';
COMMENT ON COLUMN assess.improve_plan.round IS
    'Round whose lost points it is about';
COMMENT ON COLUMN assess.improve_plan.title IS 'Its name';
COMMENT ON COLUMN assess.improve_plan.basis IS 'Number and day of the plan';
COMMENT ON COLUMN assess.improve_plan.report_days IS
    'Days from one report to the next, NULL: none asked for';
COMMENT ON COLUMN assess.improve_plan.next_round IS
    'Round whose result says what was gained, NULL: not named yet';
COMMENT ON COLUMN assess.improve_plan.version IS
    'Goes up with each change: two people see each other';
COMMENT ON COLUMN assess.improve_plan.changed_by IS 'Who changed it last';
COMMENT ON COLUMN assess.improve_plan.changed_at IS 'When';

CREATE TABLE assess.improve (
    round integer NOT NULL REFERENCES assess.improve_plan,
    improve integer NOT NULL CHECK (improve > 0),
    unit integer,
    node integer,
    content text NOT NULL CHECK (content <> ''),
    lead_office text COLLATE "C",
    lead_unit integer,
    cooperating text[] NOT NULL DEFAULT '{}',
    due date NOT NULL CHECK (isfinite(due)),
    gain numeric(12, 6) NOT NULL CHECK (gain >= 0 AND gain <> 'NaN'),
    state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned',
        'doing', 'done', 'cancelled')),
    reason text,
    added_by text NOT NULL,
    added_at timestamptz NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (round, improve),
    FOREIGN KEY (round, unit) REFERENCES assess.unit,
    FOREIGN KEY (round, node) REFERENCES assess.node,
    FOREIGN KEY (round, lead_office) REFERENCES assess.office,
    FOREIGN KEY (round, lead_unit) REFERENCES assess.unit,
    CHECK ((lead_office IS NULL) <> (lead_unit IS NULL)),
    CHECK (state <> 'cancelled' OR reason <> '')
);
COMMENT ON TABLE assess.improve IS 'Tasks of the plan, for lost points';
COMMENT ON COLUMN assess.improve.round IS 'Round';
COMMENT ON COLUMN assess.improve.improve IS 'From 1';
COMMENT ON COLUMN assess.improve.unit IS 'Unit, NULL: all of them';
COMMENT ON COLUMN assess.improve.node IS
    'Criterion, or a group with all below it; NULL: the total';
COMMENT ON COLUMN assess.improve.content IS 'What is to be done';
COMMENT ON COLUMN assess.improve.lead_office IS
    'Agency that leads it and reports; or';
COMMENT ON COLUMN assess.improve.lead_unit IS
    'the unit that does so itself';
COMMENT ON COLUMN assess.improve.cooperating IS 'Who cooperates';
COMMENT ON COLUMN assess.improve.due IS 'Last day';
COMMENT ON COLUMN assess.improve.gain IS
    'Points hoped for; 0: to keep what there is';
COMMENT ON COLUMN assess.improve.state IS
    'planned, doing, done or cancelled; overdue comes of due';
COMMENT ON COLUMN assess.improve.reason IS 'Why it was cancelled';
COMMENT ON COLUMN assess.improve.added_by IS 'Who added it';
COMMENT ON COLUMN assess.improve.added_at IS 'When';
COMMENT ON COLUMN assess.improve.version IS
    'Goes up with each change: two people see each other';

CREATE TABLE assess.improve_report (
    round integer NOT NULL,
    improve integer NOT NULL,
    report integer NOT NULL CHECK (report > 0),
    day date NOT NULL,
    content text NOT NULL CHECK (content <> ''),
    state text NOT NULL CHECK (state IN ('doing', 'done')),
    said_for text COLLATE "C" NOT NULL,
    done_by text NOT NULL,
    done_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (round, improve, report),
    FOREIGN KEY (round, improve) REFERENCES assess.improve
);
COMMENT ON TABLE assess.improve_report IS
    'Reports of those who lead, only added to';
COMMENT ON COLUMN assess.improve_report.round IS 'Round';
COMMENT ON COLUMN assess.improve_report.improve IS 'Task';
COMMENT ON COLUMN assess.improve_report.report IS 'From 1';
COMMENT ON COLUMN assess.improve_report.day IS 'Day it speaks of';
COMMENT ON COLUMN assess.improve_report.content IS 'Progress in words';
COMMENT ON COLUMN assess.improve_report.state IS 'doing or done';
COMMENT ON COLUMN assess.improve_report.said_for IS
    'Office or unit that reports';
COMMENT ON COLUMN assess.improve_report.done_by IS 'Who';
COMMENT ON COLUMN assess.improve_report.done_at IS 'When';

-- ---- points of the published result ---------------------------------------
-- "1.75", "21/20"
CREATE FUNCTION assess.exact(p_text text) RETURNS numeric
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT split_part(p_text, '/', 1)::numeric
        / coalesce(nullif(split_part(p_text, '/', 2), '')::numeric, 1)
$$;
COMMENT ON FUNCTION assess.exact(text) IS
    'a number of a result, written as decimal or fraction';

-- Of the newest release: a row a unit and criterion that was scored, and one a
-- unit for the total (node NULL).  lost: what applied - points + deducted.
CREATE FUNCTION assess.published_points(p_round integer)
RETURNS TABLE (unit integer, node integer, leaf boolean, maximum numeric,
    points numeric, lost numeric)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH units AS MATERIALIZED (
        SELECT u.unit, x.o
        FROM (SELECT r.content::jsonb AS content FROM assess.release AS l
            JOIN assess.result AS r USING (round, result)
            WHERE l.round = p_round ORDER BY l.release DESC LIMIT 1) AS c,
            jsonb_array_elements(c.content -> 'units') AS x (o)
        JOIN assess.unit AS u ON u.round = p_round
            AND u.code = x.o ->> 'code'
    )
    SELECT u.unit, n.node, n.leaf, assess.exact(c.o ->> 'base'),
        assess.exact(c.o ->> 'points'),
        CASE n.effect WHEN 'bonus' THEN 0
            WHEN 'deduction' THEN assess.exact(c.o ->> 'points')
            ELSE assess.exact(c.o ->> 'base')
                - assess.exact(c.o ->> 'points')
                + coalesce(assess.exact(c.o ->> 'deducted'), 0) END
    FROM units AS u, jsonb_array_elements(u.o -> 'criteria') AS c (o)
    JOIN assess.node AS n ON n.round = p_round AND n.code = c.o ->> 'code'
    WHERE c.o ->> 'state' NOT IN ('not-applicable', 'left-out', 'missing')
    UNION ALL
    SELECT u.unit, NULL, false, assess.exact(u.o ->> 'maximum'),
        assess.exact(u.o ->> 'published'),
        assess.exact(u.o ->> 'maximum') - assess.exact(u.o ->> 'published')
    FROM units AS u
$$;
COMMENT ON FUNCTION assess.published_points(integer) IS
    'points and lost points of the newest published result';

-- The lost points of a task: NULL when nothing of it was scored.
CREATE FUNCTION assess.improve_lost(p_round integer, p_unit integer,
    p_node integer) RETURNS numeric
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT sum(lost) FROM assess.published_points(p_round)
    WHERE (p_unit IS NULL OR unit = p_unit)
        AND node IS NOT DISTINCT FROM p_node
$$;
COMMENT ON FUNCTION assess.improve_lost(integer, integer, integer) IS
    'lost points of a unit (NULL: all) on a criterion (NULL: the total)';

-- ---- acts -------------------------------------------------------------------
-- The new version; 0: the version is another; NULL: no such next round.
CREATE FUNCTION assess.improve_plan_put(p_round integer, p_version integer,
    p_title text, p_basis text, p_days integer, p_next text, p_by text)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old assess.improve_plan;
    v_next integer;
    v integer;
BEGIN
    PERFORM FROM assess.round WHERE round = p_round FOR UPDATE;
    IF NOT EXISTS (SELECT FROM assess.release WHERE round = p_round) THEN
        RAISE EXCEPTION 'kỳ chưa công bố kết quả, chưa biết điểm bị mất (no result is published: lost points are not known)'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    IF p_next IS NOT NULL THEN
        SELECT n.round INTO v_next FROM assess.round AS n
        JOIN assess.round AS r ON r.round = p_round AND n.year > r.year
        WHERE n.code = p_next;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'kỳ sau phải là một kỳ của năm sau (the next round is one of a later year): %', p_next
                USING ERRCODE = 'invalid_parameter_value';
        END IF;
    END IF;
    SELECT * INTO old FROM assess.improve_plan WHERE round = p_round;
    IF coalesce(old.version, 0) <> p_version THEN
        RETURN 0;
    END IF;
    INSERT INTO assess.improve_plan AS x (round, title, basis, report_days,
        next_round, changed_by)
    VALUES (p_round, p_title, p_basis, p_days, v_next, p_by)
    ON CONFLICT (round) DO UPDATE SET title = excluded.title,
        basis = excluded.basis, report_days = excluded.report_days,
        next_round = excluded.next_round, changed_by = excluded.changed_by,
        changed_at = now(), version = x.version + 1
    RETURNING version INTO v;
    PERFORM assess.changed(p_round, NULL, NULL, 'improve-plan',
        concat_ws('; ', old.title, old.basis, old.report_days,
            (SELECT code FROM assess.round WHERE round = old.next_round)),
        concat_ws('; ', p_title, p_basis, p_days, p_next), NULL, p_by);
    PERFORM assess.note(p_round, 'improve-plan', p_by, jsonb_build_object(
        'title', p_title, 'basis', p_basis, 'days', p_days, 'next', p_next));
    RETURN v;
END
$$;
COMMENT ON FUNCTION assess.improve_plan_put(integer, integer, text, text,
    integer, text, text) IS
    'names the plan, its reports and the round that shows what was gained';

-- What a task may promise; refuses (22023) the rest.
CREATE FUNCTION assess.improve_check(p_round integer, p_unit integer,
    p_node integer, p_due date, p_gain numeric) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    lost numeric := assess.improve_lost(p_round, p_unit, p_node);
BEGIN
    IF NOT isfinite(p_due) THEN
        RAISE EXCEPTION 'hạn phải là một ngày (a deadline is a day)'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF lost IS NULL THEN
        RAISE EXCEPTION 'kết quả công bố không chấm tiêu chí này cho đơn vị (the published result has no points of it)'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF p_gain < 0 OR p_gain > greatest(lost, 0) THEN
        RAISE EXCEPTION 'điểm tăng dự kiến từ 0 đến số điểm bị mất (points hoped for: 0 to those lost) %', trim_scale(greatest(lost, 0))
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF p_due < current_date THEN
        RAISE EXCEPTION 'hạn hoàn thành đã qua (the deadline is past)'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
END
$$;
COMMENT ON FUNCTION assess.improve_check(integer, integer, integer, date,
    numeric) IS 'refuses a gain above what was lost, and a day that is past';

-- Who leads: an office in force, else a unit in force; refuses (22023) others.
CREATE FUNCTION assess.improve_lead(p_round integer, p_lead text,
    OUT office text, OUT unit integer)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT o.office INTO office FROM assess.office AS o
    WHERE o.round = p_round AND o.office = p_lead AND o.in_force;
    IF office IS NULL THEN
        SELECT u.unit INTO unit FROM assess.unit AS u
        WHERE u.round = p_round AND u.code = p_lead AND u.in_force;
    END IF;
    IF office IS NULL AND unit IS NULL THEN
        RAISE EXCEPTION 'không có cơ quan hay đơn vị này trong kỳ (no such office or unit): %', p_lead
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
END
$$;
COMMENT ON FUNCTION assess.improve_lead(integer, text) IS
    'the office or unit that leads a task';

-- The number.
CREATE FUNCTION assess.improve_add(p_round integer, p_unit integer,
    p_node integer, p_content text, p_lead text, p_with text[], p_due date,
    p_gain numeric, p_by text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l record;
    made integer;
BEGIN
    PERFORM FROM assess.improve_plan WHERE round = p_round FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'chưa có kế hoạch: phieu improve plan (there is no plan yet)'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    PERFORM assess.improve_check(p_round, p_unit, p_node, p_due, p_gain);
    SELECT * INTO l FROM assess.improve_lead(p_round, p_lead);
    INSERT INTO assess.improve (round, improve, unit, node, content,
        lead_office, lead_unit, cooperating, due, gain, added_by)
    SELECT p_round, coalesce(max(improve), 0) + 1, p_unit, p_node, p_content,
        l.office, l.unit, coalesce(p_with, '{}'), p_due, p_gain, p_by
    FROM assess.improve WHERE round = p_round RETURNING improve INTO made;
    PERFORM assess.changed(p_round, p_unit, p_node, 'improve', NULL,
        made || ' planned ' || p_lead || ' ' || p_due, p_content, p_by);
    PERFORM assess.note(p_round, 'improve', p_by, jsonb_build_object('task',
        made, 'unit', p_unit, 'node', p_node, 'content', p_content, 'lead',
        p_lead, 'due', p_due, 'gain', p_gain::text));
    RETURN made;
END
$$;
COMMENT ON FUNCTION assess.improve_add(integer, integer, integer, text, text,
    text[], date, numeric, text) IS 'adds a task for lost points; the number';

-- The task, locked; refuses (55000) one whose state is another.  Its version is
-- -1 when it is not the one that was seen.
CREATE FUNCTION assess.improve_open(p_round integer, p_improve integer,
    p_version integer, p_states text[]) RETURNS assess.improve
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old assess.improve;
BEGIN
    SELECT * INTO old FROM assess.improve
    WHERE round = p_round AND improve = p_improve FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF old.version <> p_version THEN
        old.version := -1;
    ELSIF old.state <> ALL (p_states) THEN
        RAISE EXCEPTION 'nhiệm vụ ở trạng thái "%" (the task is in that state)', old.state
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN old;
END
$$;
COMMENT ON FUNCTION assess.improve_open(integer, integer, integer, text[]) IS
    'a task to be changed, when its version and state allow it';

CREATE FUNCTION assess.improve_told(p_old assess.improve, p_kind text,
    p_becomes text, p_why text, p_by text, p_for jsonb) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT assess.changed(p_old.round, p_old.unit, p_old.node, 'improve',
        p_old.improve || ' ' || p_old.state || ' '
            || coalesce(p_old.lead_office, (SELECT code FROM assess.unit
                WHERE round = p_old.round AND unit = p_old.lead_unit))
            || ' ' || p_old.due || ' ' || trim_scale(p_old.gain),
        p_becomes, p_why, p_by);
    SELECT assess.note(p_old.round, p_kind, p_by, jsonb_build_object(
        'task', p_old.improve, 'becomes', p_becomes, 'why', p_why) || p_for);
$$;
COMMENT ON FUNCTION assess.improve_told(assess.improve, text, text, text,
    text, jsonb) IS 'keeps a change of a task in history and log';

-- The new version; 0: the version is another; NULL: there is none such.
CREATE FUNCTION assess.improve_change(p_round integer, p_improve integer,
    p_version integer, p_content text, p_lead text, p_with text[],
    p_due date, p_gain numeric, p_reason text, p_by text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old assess.improve;
    l record;
    v assess.improve;
BEGIN
    old := assess.improve_open(p_round, p_improve, p_version,
        ARRAY['planned', 'doing']);
    IF old.round IS NULL THEN
        RETURN NULL;
    END IF;
    IF old.version < 0 THEN
        RETURN 0;
    END IF;
    PERFORM assess.improve_check(p_round, old.unit, old.node,
        coalesce(p_due, greatest(old.due, current_date)),
        coalesce(p_gain, old.gain));
    SELECT old.lead_office AS office, old.lead_unit AS unit INTO l;
    IF p_lead IS NOT NULL THEN
        SELECT * INTO l FROM assess.improve_lead(p_round, p_lead);
    END IF;
    UPDATE assess.improve SET content = coalesce(p_content, content),
        lead_office = l.office, lead_unit = l.unit,
        cooperating = coalesce(p_with, cooperating),
        due = coalesce(p_due, due), gain = coalesce(p_gain, gain),
        version = version + 1
    WHERE round = p_round AND improve = p_improve RETURNING * INTO v;
    PERFORM assess.improve_told(old, 'improve', concat_ws(' ', v.improve,
        v.state,
        coalesce(p_lead, l.office, (SELECT code FROM assess.unit
            WHERE round = p_round AND unit = l.unit)), v.due,
        trim_scale(v.gain), 'v' || v.version), p_reason, p_by, '{}');
    RETURN v.version;
END
$$;
COMMENT ON FUNCTION assess.improve_change(integer, integer, integer, text,
    text, text[], date, numeric, text, text) IS
    'changes a task that is not done, with a reason';

-- The same returns.  By the office or unit that leads the task alone.
CREATE FUNCTION assess.improve_report(p_round integer, p_improve integer,
    p_version integer, p_office text, p_unit text, p_state text, p_day date,
    p_content text, p_by text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old assess.improve;
    who text;
    as_unit text;
    n integer;
BEGIN
    old := assess.improve_open(p_round, p_improve, p_version,
        ARRAY['planned', 'doing']);
    IF old.round IS NULL THEN
        RETURN NULL;
    END IF;
    -- an agency that is assessed itself leads as an office and as a unit
    SELECT coalesce(old.lead_office, u.code), u.code INTO who, as_unit
    FROM (SELECT) AS one
    LEFT JOIN assess.office AS o
        ON o.round = p_round AND o.office = old.lead_office
    LEFT JOIN assess.unit AS u ON u.round = p_round
        AND u.unit = coalesce(old.lead_unit, o.unit);
    -- whom the service binds is bound by one of the two: both must fit
    IF (p_office IS NULL AND p_unit IS NULL)
        OR (p_office IS NOT NULL AND old.lead_office IS DISTINCT FROM p_office)
        OR (p_unit IS NOT NULL AND as_unit IS DISTINCT FROM p_unit) THEN
        RAISE EXCEPTION 'chỉ cơ quan chủ trì báo cáo nhiệm vụ này (only who leads the task reports on it)'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF old.version < 0 THEN
        RETURN 0;
    END IF;
    IF p_day > current_date THEN
        RAISE EXCEPTION 'ngày báo cáo chưa tới (the day of the report is to come)'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF p_state NOT IN ('doing', 'done') THEN
        RAISE EXCEPTION 'trạng thái là doing hoặc done (the state is doing or done)'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO assess.improve_report (round, improve, report, day, content,
        state, said_for, done_by)
    SELECT p_round, p_improve, coalesce(max(report), 0) + 1, p_day, p_content,
        p_state, who, p_by
    FROM assess.improve_report WHERE round = p_round AND improve = p_improve
    RETURNING report INTO n;
    UPDATE assess.improve SET state = p_state, version = version + 1
    WHERE round = p_round AND improve = p_improve;
    -- who leads is named, '' where it is none: assess.has_right looks at it
    PERFORM assess.improve_told(old, 'improve-report', concat_ws(' ',
        p_improve, p_state, 'report', n, p_day), p_content, p_by,
        jsonb_build_object('unit', coalesce(as_unit, ''),
            'office', coalesce(old.lead_office, '')));
    RETURN old.version + 1;
END
$$;
COMMENT ON FUNCTION assess.improve_report(integer, integer, integer, text,
    text, text, date, text, text) IS
    'a report of who leads a task, with its state';

-- To cancelled, or back to doing; the same returns.
CREATE FUNCTION assess.improve_turn(p_round integer, p_improve integer,
    p_version integer, p_state text, p_reason text, p_by text)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old assess.improve;
BEGIN
    old := assess.improve_open(p_round, p_improve, p_version,
        CASE p_state WHEN 'cancelled' THEN ARRAY['planned', 'doing']
            ELSE ARRAY['done', 'cancelled'] END);
    IF old.round IS NULL THEN
        RETURN NULL;
    END IF;
    IF old.version < 0 THEN
        RETURN 0;
    END IF;
    UPDATE assess.improve SET state = p_state, version = version + 1,
        reason = CASE p_state WHEN 'cancelled' THEN p_reason END
    WHERE round = p_round AND improve = p_improve;
    PERFORM assess.improve_told(old, 'improve', concat_ws(' ', p_improve,
        p_state), p_reason, p_by, '{}');
    RETURN old.version + 1;
END
$$;
COMMENT ON FUNCTION assess.improve_turn(integer, integer, integer, text, text,
    text) IS 'cancels a task, or takes up one that is done or cancelled';

-- ---- what was gained --------------------------------------------------------
-- Codes of the next round's criteria: by its list of those replaced, else the
-- same code; changed when it is not the same criterion.
CREATE FUNCTION assess.improve_next(p_round integer)
RETURNS TABLE (node integer, next_node integer, changed boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT n.node, m.node, m.name <> n.name OR m.maximum <> n.maximum
        OR m.source <> n.source OR m.effect <> n.effect
    FROM assess.improve_plan AS p
    JOIN assess.node AS n USING (round)
    LEFT JOIN LATERAL (SELECT x ->> 'to' AS code
        FROM assess.version AS v,
            jsonb_array_elements(v.content::jsonb -> 'replaced') AS x
        WHERE v.round = p.next_round AND x ->> 'from' = n.code
            AND v.version = (SELECT max(l.version) FROM assess.version AS l
                WHERE l.round = p.next_round)
        LIMIT 1) AS r ON true
    JOIN assess.node AS m ON m.round = p.next_round AND m.in_force
        AND m.code = coalesce(r.code, n.code)
    WHERE p.round = p_round
$$;
COMMENT ON FUNCTION assess.improve_next(integer) IS
    'which criterion of the next round stands for which of this one';

-- Of each task: points then and next of the units that both results have.
-- outcome: pending (no next result), gone (no such unit or criterion next),
-- changed (another criterion: not compared), gained, partly, not.
CREATE FUNCTION assess.improve_gained(p_round integer)
RETURNS TABLE (improve integer, units integer, points numeric,
    next_points numeric, next_maximum numeric, outcome text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH was AS MATERIALIZED (SELECT * FROM assess.published_points(p_round)),
    plan AS MATERIALIZED (SELECT p.next_round, EXISTS (SELECT
            FROM assess.release WHERE round = p.next_round) AS known
        FROM assess.improve_plan AS p WHERE p.round = p_round),
    then_ AS MATERIALIZED (SELECT x.* FROM plan,
        assess.published_points(plan.next_round) AS x WHERE plan.known),
    links AS MATERIALIZED (SELECT * FROM assess.improve_next(p_round)),
    both_ AS (
        SELECT t.improve, count(*)::integer AS units, sum(w.points) AS points,
            sum(n.points) AS next_points, sum(n.maximum) AS next_maximum,
            bool_or(coalesce(l.changed, false)
                OR n.maximum <> w.maximum) AS changed
        FROM assess.improve AS t
        JOIN was AS w ON (t.unit IS NULL OR w.unit = t.unit)
            AND w.node IS NOT DISTINCT FROM t.node
        JOIN assess.unit AS u ON u.round = p_round AND u.unit = w.unit
        CROSS JOIN plan
        JOIN assess.unit AS v ON v.round = plan.next_round
            AND v.code = u.code
        LEFT JOIN links AS l ON l.node = t.node
        JOIN then_ AS n ON n.unit = v.unit
            AND n.node IS NOT DISTINCT FROM l.next_node
        WHERE t.round = p_round AND (t.node IS NULL) = (l.node IS NULL)
        GROUP BY t.improve
    )
    SELECT t.improve, b.units, b.points, b.next_points, b.next_maximum,
        CASE WHEN NOT plan.known THEN 'pending'
            WHEN b.improve IS NULL THEN 'gone'
            WHEN b.changed THEN 'changed'
            WHEN sign_ * (b.next_points - b.points) >= t.gain THEN 'gained'
            WHEN sign_ * (b.next_points - b.points) > 0 THEN 'partly'
            ELSE 'not' END
    FROM assess.improve AS t
    CROSS JOIN plan
    LEFT JOIN both_ AS b USING (improve)
    LEFT JOIN assess.node AS k ON k.round = t.round AND k.node = t.node
    CROSS JOIN LATERAL (SELECT CASE k.effect WHEN 'deduction' THEN -1
        ELSE 1 END AS sign_) AS s
    WHERE t.round = p_round
$$;
COMMENT ON FUNCTION assess.improve_gained(integer) IS
    'what the next published result says of each task';

-- ---- what people look at ----------------------------------------------------
-- Lost points, one row a unit and criterion that is scored by itself, and one
-- for what was taken from the total; with the tasks that stand for it, for a
-- group above it, for all units.
CREATE FUNCTION assess.improve_losses(p_round integer)
RETURNS TABLE (unit integer, node integer, name text, maximum numeric,
    points numeric, lost numeric, tasks integer)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH RECURSIVE up (node, above) AS (
        SELECT n.node, n.node FROM assess.node AS n
        WHERE n.round = p_round AND n.leaf
        UNION ALL
        SELECT up.node, n.parent FROM up
        JOIN assess.node AS n ON n.round = p_round AND n.node = up.above
        WHERE n.parent IS NOT NULL
    ), lost AS (
        SELECT p.unit, p.node, n.name, p.maximum, p.points, p.lost
        FROM assess.published_points(p_round) AS p
        JOIN assess.node AS n ON n.round = p_round AND n.node = p.node
        WHERE p.leaf AND p.lost > 0
        UNION ALL
        SELECT d.unit, NULL, string_agg(d.reason, '; ' ORDER BY d.deduction),
            NULL, NULL, sum(d.points)
        FROM assess.deduction AS d
        WHERE d.round = p_round AND d.node IS NULL AND d.cancelled_by IS NULL
            AND EXISTS (SELECT FROM assess.release WHERE round = p_round)
        GROUP BY d.unit
    )
    SELECT l.unit, l.node, l.name, l.maximum, l.points, l.lost,
        (SELECT count(*)::integer FROM assess.improve AS t
        WHERE t.round = p_round AND t.state <> 'cancelled'
            AND (t.unit IS NULL OR t.unit = l.unit)
            AND (t.node IS NULL OR EXISTS (SELECT FROM up
                WHERE up.node = l.node AND up.above = t.node)))
    FROM lost AS l
$$;
COMMENT ON FUNCTION assess.improve_losses(integer) IS
    'lost points of the published result and how many tasks stand for each';

-- Tasks as p_unit (its own, those for all, those it leads or helps with) or
-- p_office (leads, cooperates) sees them; NULL: not narrowed.
CREATE FUNCTION assess.improve_seen(p_round integer, p_unit text,
    p_office text)
RETURNS TABLE (improve integer, unit text, unit_name text, criterion text,
    content text, lead text, lead_name text, cooperating text, due date, state text,
    late integer, lost numeric, gain numeric, reported date,
    report_due date, reason text, version integer)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH p AS MATERIALIZED (
        SELECT x.*, u.code FROM assess.published_points(p_round) AS x
        JOIN assess.unit AS u ON u.round = p_round AND u.unit = x.unit
    )
    SELECT t.improve, coalesce(u.code, ''), coalesce(u.name, ''),
        coalesce(n.code, ''), t.content,
        coalesce(t.lead_office, lu.code), coalesce(o.name, lu.name),
        (SELECT string_agg(coalesce(co.name, cu.name, w.word), '; '
            ORDER BY w.place)
        FROM unnest(t.cooperating) WITH ORDINALITY AS w (word, place)
        LEFT JOIN assess.office AS co
            ON co.round = t.round AND co.office = w.word
        LEFT JOIN assess.unit AS cu
            ON cu.round = t.round AND cu.code = w.word), t.due,
        CASE WHEN t.state IN ('planned', 'doing') AND t.due < current_date
            THEN 'overdue' ELSE t.state END,
        CASE WHEN t.state IN ('planned', 'doing')
            THEN greatest(current_date - t.due, 0) ELSE 0 END,
        (SELECT sum(p.lost) FROM p
        WHERE p.node IS NOT DISTINCT FROM t.node
            AND (t.unit IS NULL OR p.unit = t.unit)
            AND (t.unit IS NOT NULL OR p_unit IS NULL OR p.code = p_unit)),
        t.gain, r.day,
        CASE WHEN t.state IN ('planned', 'doing')
            THEN coalesce(r.day, t.added_at::date) + k.report_days END,
        coalesce(t.reason, ''), t.version
    FROM assess.improve AS t
    JOIN assess.improve_plan AS k USING (round)
    LEFT JOIN assess.unit AS u ON u.round = t.round AND u.unit = t.unit
    LEFT JOIN assess.node AS n ON n.round = t.round AND n.node = t.node
    LEFT JOIN assess.office AS o
        ON o.round = t.round AND o.office = t.lead_office
    LEFT JOIN assess.unit AS lu
        ON lu.round = t.round AND lu.unit = t.lead_unit
    LEFT JOIN assess.unit AS ou ON ou.round = t.round AND ou.unit = o.unit
    LEFT JOIN LATERAL (SELECT max(day) AS day FROM assess.improve_report
        WHERE round = t.round AND improve = t.improve) AS r ON true
    WHERE t.round = p_round
        AND (p_unit IS NULL OR t.unit IS NULL
            OR p_unit IN (u.code, lu.code, ou.code)
            OR p_unit = ANY (t.cooperating))
        AND (p_office IS NULL OR t.lead_office = p_office
            OR p_office = ANY (t.cooperating))
$$;
COMMENT ON FUNCTION assess.improve_seen(integer, text, text) IS
    'tasks of the plan as a unit or an office sees them';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA assess FROM PUBLIC;
GRANT SELECT ON assess.improve_plan, assess.improve, assess.improve_report
    TO phieu_server, phieu_auditor, phieu_backup;
GRANT EXECUTE ON FUNCTION
    assess.exact(text),
    assess.published_points(integer),
    assess.improve_lost(integer, integer, integer),
    assess.improve_next(integer),
    assess.improve_losses(integer),
    assess.improve_seen(integer, text, text),
    assess.improve_gained(integer),
    assess.improve_plan_put(integer, integer, text, text, integer, text,
        text),
    assess.improve_add(integer, integer, integer, text, text, text[], date,
        numeric, text),
    assess.improve_change(integer, integer, integer, text, text, text[], date,
        numeric, text, text),
    assess.improve_report(integer, integer, integer, text, text, text, date,
        text, text),
    assess.improve_turn(integer, integer, integer, text, text, text)
    TO phieu_server;
