-- The index: rounds of assessment.  A round's document (criteria, kinds,
-- units, rules, offices, calendar, who appraises what) stands whole in
-- assess.version, as a plan's does; the tables beside it are the same facts
-- for keys and people.  Ordinals of units, criteria and offices are given
-- once per round and never reused: the set may be replaced within the year.
CREATE SCHEMA assess;
COMMENT ON SCHEMA assess IS
    'The index: rounds, self-assessment, appraisal, results';

CREATE TABLE assess.round (
    round integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text COLLATE "C" NOT NULL UNIQUE
        CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
    name text NOT NULL,
    year integer NOT NULL CHECK (year BETWEEN 1990 AND 2200),
    wave integer REFERENCES plan.wave,
    trial boolean NOT NULL,
    own_unit boolean NOT NULL DEFAULT false,
    opinion_days integer NOT NULL DEFAULT 0,
    published boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE assess.round IS
    'A year''s assessment of units (kỳ đánh giá)';
COMMENT ON COLUMN assess.round.round IS 'Ordinal, given by the database';
COMMENT ON COLUMN assess.round.code IS 'Code in the document, as ha-nam-2023';
COMMENT ON COLUMN assess.round.name IS 'Name for people';
COMMENT ON COLUMN assess.round.year IS 'The year that is assessed';
COMMENT ON COLUMN assess.round.wave IS
    'Wave whose components are its survey points, NULL: none';
COMMENT ON COLUMN assess.round.trial IS
    'Some basis is an example: said on every output';
COMMENT ON COLUMN assess.round.own_unit IS
    'An appraiser may see his own unit''s self-assessment';
COMMENT ON COLUMN assess.round.opinion_days IS
    'Days for a unit''s opinion on an appraisal; silence is agreement';
COMMENT ON COLUMN assess.round.published IS
    'A result was published: the document stays as it is';
COMMENT ON COLUMN assess.round.created_at IS 'When it was loaded first';

CREATE TABLE assess.version (
    round integer NOT NULL REFERENCES assess.round,
    version integer NOT NULL CHECK (version > 0),
    content text NOT NULL,
    sha256 bytea NOT NULL,
    reason text NOT NULL,
    loaded_by text NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (round, version),
    CHECK (sha256 = pg_catalog.sha256(convert_to(content, 'UTF8')))
);
COMMENT ON TABLE assess.version IS
    'The documents of a round, whole; the newest is in force';
COMMENT ON COLUMN assess.version.round IS 'Round';
COMMENT ON COLUMN assess.version.version IS 'From 1, without gaps';
COMMENT ON COLUMN assess.version.content IS 'Canonical JSON';
COMMENT ON COLUMN assess.version.sha256 IS 'SHA-256 of the content';
COMMENT ON COLUMN assess.version.reason IS 'Why it was loaded';
COMMENT ON COLUMN assess.version.loaded_by IS 'Who loaded it';
COMMENT ON COLUMN assess.version.loaded_at IS 'When';

CREATE TABLE assess.unit (
    round integer NOT NULL REFERENCES assess.round,
    unit integer NOT NULL CHECK (unit > 0),
    code text COLLATE "C" NOT NULL,
    name text NOT NULL,
    kind text COLLATE "C" NOT NULL,
    block text COLLATE "C",
    in_force boolean NOT NULL DEFAULT true,
    PRIMARY KEY (round, unit),
    UNIQUE (round, code)
);
COMMENT ON TABLE assess.unit IS 'Units that are assessed in a round';
COMMENT ON COLUMN assess.unit.round IS 'Round';
COMMENT ON COLUMN assess.unit.unit IS 'Ordinal, never reused';
COMMENT ON COLUMN assess.unit.code IS 'Code in the document';
COMMENT ON COLUMN assess.unit.name IS 'Name';
COMMENT ON COLUMN assess.unit.kind IS 'Kind in the document';
COMMENT ON COLUMN assess.unit.block IS 'Ranked within; NULL: its kind';
COMMENT ON COLUMN assess.unit.in_force IS
    'False: no longer in the newest version';

CREATE TABLE assess.node (
    round integer NOT NULL REFERENCES assess.round,
    node integer NOT NULL CHECK (node > 0),
    code text COLLATE "C" NOT NULL,
    name text NOT NULL,
    parent integer,
    place integer NOT NULL,
    leaf boolean NOT NULL,
    source text NOT NULL CHECK (source IN ('assessed', 'survey',
        'satisfaction', 'external')),
    effect text NOT NULL CHECK (effect IN ('counts', 'bonus', 'deduction')),
    maximum numeric(12, 6) NOT NULL CHECK (maximum >= 0),
    in_force boolean NOT NULL DEFAULT true,
    replaced_by text COLLATE "C",
    PRIMARY KEY (round, node),
    UNIQUE (round, code),
    FOREIGN KEY (round, parent) REFERENCES assess.node (round, node)
        DEFERRABLE INITIALLY DEFERRED
);
COMMENT ON TABLE assess.node IS 'Criteria of a round, a tree';
COMMENT ON COLUMN assess.node.round IS 'Round';
COMMENT ON COLUMN assess.node.node IS 'Ordinal, never reused';
COMMENT ON COLUMN assess.node.code IS 'Code in the document, as 1.2.3';
COMMENT ON COLUMN assess.node.name IS 'Name';
COMMENT ON COLUMN assess.node.parent IS 'The node above, NULL: a field';
COMMENT ON COLUMN assess.node.place IS 'Order printed';
COMMENT ON COLUMN assess.node.leaf IS 'Nothing below it: it is scored';
COMMENT ON COLUMN assess.node.source IS
    'Where a leaf''s points come from; assessed alone is typed by people';
COMMENT ON COLUMN assess.node.effect IS 'Counts, bonus or deduction';
COMMENT ON COLUMN assess.node.maximum IS 'Maximum points';
COMMENT ON COLUMN assess.node.in_force IS
    'False: no longer in the newest version';
COMMENT ON COLUMN assess.node.replaced_by IS
    'Code of the criterion that took its place within the year';

CREATE TABLE assess.office (
    round integer NOT NULL REFERENCES assess.round,
    office text COLLATE "C" NOT NULL,
    name text NOT NULL,
    unit integer,
    in_force boolean NOT NULL DEFAULT true,
    PRIMARY KEY (round, office),
    FOREIGN KEY (round, unit) REFERENCES assess.unit
);
COMMENT ON TABLE assess.office IS
    'Agencies that lead tasks or appraise; some are units themselves';
COMMENT ON COLUMN assess.office.round IS 'Round';
COMMENT ON COLUMN assess.office.office IS 'Code in the document';
COMMENT ON COLUMN assess.office.name IS 'Name';
COMMENT ON COLUMN assess.office.unit IS
    'The unit it is, NULL: it is not assessed';
COMMENT ON COLUMN assess.office.in_force IS
    'False: no longer in the newest version';

-- Who appraises what (Hà Nam V): any node, the most specific wins.  node
-- NULL: everything.
CREATE TABLE assess.assignment (
    round integer NOT NULL,
    office text COLLATE "C" NOT NULL,
    node integer,
    role text NOT NULL CHECK (role IN ('lead', 'cooperating')),
    UNIQUE NULLS NOT DISTINCT (round, office, node),
    FOREIGN KEY (round, office) REFERENCES assess.office,
    FOREIGN KEY (round, node) REFERENCES assess.node
);
COMMENT ON TABLE assess.assignment IS
    'Which office appraises which criteria, of the newest version';
COMMENT ON COLUMN assess.assignment.round IS 'Round';
COMMENT ON COLUMN assess.assignment.office IS 'Office';
COMMENT ON COLUMN assess.assignment.node IS
    'Criterion and all below it, NULL: all criteria';
COMMENT ON COLUMN assess.assignment.role IS
    'lead (chủ trì) or cooperating (phối hợp)';

-- ---- the calendar --------------------------------------------------------
CREATE TABLE assess.task (
    round integer NOT NULL REFERENCES assess.round,
    task text COLLATE "C" NOT NULL,
    place integer NOT NULL,
    title text NOT NULL,
    step text CHECK (step IN ('self-assess', 'appraise', 'council',
        'publish')),
    opens date,
    due date NOT NULL CHECK (due >= opens),
    lead text[] NOT NULL,
    cooperating text[] NOT NULL DEFAULT '{}',
    in_force boolean NOT NULL DEFAULT true,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'doing',
        'done')),
    note text,
    changed_by text,
    changed_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (round, task)
);
COMMENT ON TABLE assess.task IS 'Tasks of the plan with their deadlines';
COMMENT ON COLUMN assess.task.round IS 'Round';
COMMENT ON COLUMN assess.task.task IS 'Code in the document';
COMMENT ON COLUMN assess.task.place IS 'Order printed';
COMMENT ON COLUMN assess.task.title IS 'What is to be done';
COMMENT ON COLUMN assess.task.step IS
    'The step that is open from opens to due, NULL: none';
COMMENT ON COLUMN assess.task.opens IS 'First day, NULL: at once';
COMMENT ON COLUMN assess.task.due IS 'Last day';
COMMENT ON COLUMN assess.task.lead IS 'Offices or units that lead it';
COMMENT ON COLUMN assess.task.cooperating IS 'Offices that cooperate';
COMMENT ON COLUMN assess.task.in_force IS
    'False: no longer in the newest version';
COMMENT ON COLUMN assess.task.state IS 'open, doing or done';
COMMENT ON COLUMN assess.task.note IS 'What was said when it changed';
COMMENT ON COLUMN assess.task.changed_by IS 'Who changed its state last';
COMMENT ON COLUMN assess.task.changed_at IS 'When';
COMMENT ON COLUMN assess.task.version IS
    'Goes up with each change: two people see each other';

-- A step after its deadline, or before its day, wants a recorded act.
CREATE TABLE assess.step_act (
    round integer NOT NULL REFERENCES assess.round,
    step text NOT NULL CHECK (step IN ('self-assess', 'appraise', 'council',
        'publish')),
    act integer NOT NULL CHECK (act > 0),
    opens boolean NOT NULL,
    until date,
    reason text NOT NULL CHECK (reason <> ''),
    done_by text NOT NULL,
    done_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (round, step, act),
    CHECK (opens = (until IS NOT NULL))
);
COMMENT ON TABLE assess.step_act IS
    'Steps opened or closed by a person, against the calendar';
COMMENT ON COLUMN assess.step_act.round IS 'Round';
COMMENT ON COLUMN assess.step_act.step IS 'Step';
COMMENT ON COLUMN assess.step_act.act IS 'From 1; the newest counts';
COMMENT ON COLUMN assess.step_act.opens IS 'Opened or closed';
COMMENT ON COLUMN assess.step_act.until IS
    'Open to the end of this day; NULL: closed';
COMMENT ON COLUMN assess.step_act.reason IS 'Why';
COMMENT ON COLUMN assess.step_act.done_by IS 'Who';
COMMENT ON COLUMN assess.step_act.done_at IS 'When';

-- 'open'; 'before' or 'past' by the calendar, 'closed' by an act, 'none'
-- when no task has the step.  After an opening act ends the calendar counts
-- again.
CREATE FUNCTION assess.step_state(p_round integer, p_step text)
RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN a.opens AND a.until >= current_date THEN 'open'
        WHEN NOT a.opens THEN 'closed'
        WHEN t.n = 0 THEN 'none'
        WHEN t.first > current_date THEN 'before'
        WHEN t.last < current_date THEN 'past'
        ELSE 'open' END
    FROM (SELECT count(*) AS n,
            min(coalesce(opens, '-infinity'::date)) AS first, max(due) AS last
        FROM assess.task
        WHERE round = p_round AND step = p_step AND in_force) AS t
    LEFT JOIN LATERAL (SELECT opens, until FROM assess.step_act
        WHERE round = p_round AND step = p_step
        ORDER BY act DESC LIMIT 1) AS a ON true
$$;
COMMENT ON FUNCTION assess.step_state(integer, text) IS
    'May the step be taken today: open, before, past, closed, none';

-- The one gate of every act that belongs to a step.
CREATE FUNCTION assess.need_step(p_round integer, p_step text)
RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s text := assess.step_state(p_round, p_step);
BEGIN
    IF s <> 'open' THEN
        RAISE EXCEPTION 'bước "%" không mở (the step is not open: %)', p_step, s
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
END
$$;
COMMENT ON FUNCTION assess.need_step(integer, text) IS
    'refuses (55000) unless the step is open';

-- One entry of the log, in the words of an act.
CREATE FUNCTION assess.note(p_round integer, p_kind text, p_by text,
    p_what jsonb) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT audit.append(0::smallint, 'assess.' || p_kind, p_by,
        (jsonb_build_object('round', p_round) || p_what)::text)
$$;
COMMENT ON FUNCTION assess.note(integer, text, text, jsonb) IS
    'puts an act of a round into the log';

CREATE FUNCTION assess.step_put(p_round integer, p_step text,
    p_until date, p_reason text, p_by text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM assess.round WHERE round = p_round FOR UPDATE;
    IF p_until < current_date THEN
        RAISE EXCEPTION 'ngày mở đến đã qua (the day until which it is open is past)'
            USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO assess.step_act (round, step, act, opens, until, reason,
        done_by)
    SELECT p_round, p_step, coalesce(max(act), 0) + 1, p_until IS NOT NULL,
        p_until, p_reason, p_by
    FROM assess.step_act WHERE round = p_round AND step = p_step;
    PERFORM assess.note(p_round, 'step', p_by, jsonb_build_object('step',
        p_step, 'until', p_until, 'reason', p_reason));
END
$$;
COMMENT ON FUNCTION assess.step_put(integer, text, date, text, text) IS
    'opens a step until a day, or closes it (NULL), against the calendar';

-- The new version; NULL: there is no such task, 0: somebody was quicker.
CREATE FUNCTION assess.task_put(p_round integer, p_task text,
    p_version integer, p_state text, p_note text, p_by text)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old assess.task;
BEGIN
    SELECT * INTO old FROM assess.task
    WHERE round = p_round AND task = p_task AND in_force FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF old.version <> p_version THEN
        RETURN 0;
    END IF;
    UPDATE assess.task SET state = p_state, note = p_note,
        changed_by = p_by, changed_at = now(), version = version + 1
    WHERE round = p_round AND task = p_task;
    PERFORM assess.note(p_round, 'task', p_by, jsonb_build_object('task',
        p_task, 'from', old.state, 'to', p_state, 'note', p_note));
    RETURN old.version + 1;
END
$$;
COMMENT ON FUNCTION assess.task_put(integer, text, integer, text, text, text)
    IS 'sets a task''s state; 0 when its version is not the one given';

-- ---- loading --------------------------------------------------------------
-- p_tables: {"own_unit", "opinion_days", "units":[{code,name,kind,block}],
-- "nodes":[{code,name,parent,leaf,source,effect,maximum}], "offices":[{code,
-- name,unit}], "assignments":[{office,node,role}], "tasks":[{code,title,step,
-- opens,due,lead,cooperating}], "replaced":[{from,to}]}, checked by the program.
-- By the owner.  The version, or 0 when the text is the one in force.
CREATE FUNCTION assess.load(p_code text, p_name text, p_year integer,
    p_wave text, p_trial boolean, p_content text, p_tables jsonb,
    p_reason text, p_by text) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r assess.round;
    w integer;
    v integer;
    digest bytea := sha256(convert_to(p_content, 'UTF8'));
BEGIN
    PERFORM pg_advisory_xact_lock(7003);
    IF p_wave IS NOT NULL THEN
        SELECT wave INTO w FROM plan.wave WHERE code = p_wave;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'không có đợt điều tra "%" (there is no such wave)', p_wave
                USING ERRCODE = 'foreign_key_violation';
        END IF;
    END IF;
    SELECT * INTO r FROM assess.round WHERE code = p_code FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO assess.round (code, name, year, wave, trial)
        VALUES (p_code, p_name, p_year, w, p_trial) RETURNING * INTO r;
    END IF;
    SELECT version INTO v FROM assess.version WHERE round = r.round
        AND version = (SELECT max(version) FROM assess.version
            WHERE round = r.round) AND sha256 = digest;
    IF FOUND THEN
        RETURN 0;
    END IF;
    IF r.published THEN
        RAISE EXCEPTION 'kỳ đã công bố, tài liệu giữ nguyên (the round is published: its document stays)'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    UPDATE assess.round SET name = p_name, year = p_year, wave = w,
        trial = p_trial, own_unit = (p_tables ->> 'own_unit')::boolean,
        opinion_days = (p_tables ->> 'opinion_days')::integer
    WHERE round = r.round;
    INSERT INTO assess.version (round, version, content, sha256, reason,
        loaded_by)
    SELECT r.round, coalesce(max(version), 0) + 1, p_content, digest,
        p_reason, p_by
    FROM assess.version WHERE round = r.round RETURNING version INTO v;
    PERFORM assess.load_tables(r.round, p_tables);
    PERFORM assess.note(r.round, 'load', p_by, jsonb_build_object('version',
        v, 'sha256', encode(digest, 'hex'), 'reason', p_reason));
    RETURN v;
END
$$;
COMMENT ON FUNCTION assess.load(text, text, integer, text, boolean, text,
    jsonb, text, text) IS
    'a new round, or the next version of its document; 0: unchanged';

CREATE FUNCTION assess.load_tables(p_round integer, p_tables jsonb)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE assess.unit SET in_force = false WHERE round = p_round;
    INSERT INTO assess.unit AS u (round, unit, code, name, kind, block)
    SELECT p_round, m.top + row_number() OVER (ORDER BY x.ord), x.code,
        x.name, x.kind, x.block
    FROM (SELECT coalesce(max(unit), 0) AS top FROM assess.unit
        WHERE round = p_round) AS m,
        ROWS FROM (jsonb_to_recordset(p_tables -> 'units') AS (code text,
            name text, kind text, block text)) WITH ORDINALITY
            AS x (code, name, kind, block, ord)
    ON CONFLICT (round, code) DO UPDATE SET name = excluded.name,
        kind = excluded.kind, block = excluded.block, in_force = true;

    UPDATE assess.node SET in_force = false WHERE round = p_round;
    INSERT INTO assess.node AS n (round, node, code, name, place, leaf,
        source, effect, maximum)
    SELECT p_round, m.top + row_number() OVER (ORDER BY x.ord), x.code,
        x.name, x.ord, x.leaf, x.source, x.effect, x.maximum
    FROM (SELECT coalesce(max(node), 0) AS top FROM assess.node
        WHERE round = p_round) AS m,
        ROWS FROM (jsonb_to_recordset(p_tables -> 'nodes') AS (code text,
            name text, leaf boolean, source text, effect text,
            maximum numeric)) WITH ORDINALITY
            AS x (code, name, leaf, source, effect, maximum, ord)
    ON CONFLICT (round, code) DO UPDATE SET name = excluded.name,
        place = excluded.place, leaf = excluded.leaf,
        source = excluded.source, effect = excluded.effect,
        maximum = excluded.maximum, in_force = true, replaced_by = NULL;
    UPDATE assess.node AS n SET parent = p.node
    FROM jsonb_to_recordset(p_tables -> 'nodes') AS x (code text,
        parent text)
    LEFT JOIN assess.node AS p ON p.round = p_round AND p.code = x.parent
    WHERE n.round = p_round AND n.code = x.code
        AND n.parent IS DISTINCT FROM p.node;
    UPDATE assess.node AS n SET replaced_by = x."to"
    FROM jsonb_to_recordset(p_tables -> 'replaced') AS x ("from" text,
        "to" text)
    WHERE n.round = p_round AND n.code = x."from" AND NOT n.in_force;

    UPDATE assess.office SET in_force = false WHERE round = p_round;
    INSERT INTO assess.office (round, office, name, unit)
    SELECT p_round, x.code, x.name, u.unit
    FROM jsonb_to_recordset(p_tables -> 'offices') AS x (code text,
        name text, unit text)
    LEFT JOIN assess.unit AS u ON u.round = p_round AND u.code = x.unit
    ON CONFLICT (round, office) DO UPDATE SET name = excluded.name,
        unit = excluded.unit, in_force = true;
    DELETE FROM assess.assignment WHERE round = p_round;
    INSERT INTO assess.assignment (round, office, node, role)
    SELECT p_round, x.office, n.node, x.role
    FROM jsonb_to_recordset(p_tables -> 'assignments') AS x (office text,
        node text, role text)
    LEFT JOIN assess.node AS n ON n.round = p_round AND n.code = x.node;

    UPDATE assess.task SET in_force = false WHERE round = p_round;
    INSERT INTO assess.task (round, task, place, title, step, opens, due,
        lead, cooperating)
    SELECT p_round, x.code, x.ord, x.title, x.step, x.opens, x.due, x.lead,
        coalesce(x.cooperating, '{}')
    FROM ROWS FROM (jsonb_to_recordset(p_tables -> 'tasks') AS (code text,
        title text, step text, opens date, due date, lead text[],
        cooperating text[])) WITH ORDINALITY
        AS x (code, title, step, opens, due, lead, cooperating, ord)
    ON CONFLICT (round, task) DO UPDATE SET place = excluded.place,
        title = excluded.title, step = excluded.step,
        opens = excluded.opens, due = excluded.due, lead = excluded.lead,
        cooperating = excluded.cooperating, in_force = true;
END
$$;
COMMENT ON FUNCTION assess.load_tables(integer, jsonb) IS
    'the tables of a round''s document';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA assess FROM PUBLIC;
GRANT USAGE ON SCHEMA assess TO phieu_server, phieu_auditor, phieu_backup;
GRANT SELECT ON ALL TABLES IN SCHEMA assess TO phieu_server, phieu_auditor,
    phieu_backup;
GRANT EXECUTE ON FUNCTION assess.step_state(integer, text),
    assess.step_put(integer, text, date, text, text),
    assess.task_put(integer, text, integer, text, text, text)
    TO phieu_server;
