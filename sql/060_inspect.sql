-- Inspections (kiểm tra CCHC).  The year's plan is a document of its own beside
-- the round's: its versions stand whole in assess.inspect_plan, the tables
-- are the same facts for keys and people.  What happens in an inspection comes
-- by the acts of 061.
CREATE TABLE assess.inspect_plan (
    round integer NOT NULL REFERENCES assess.round,
    version integer NOT NULL CHECK (version > 0),
    trial boolean NOT NULL,
    documents_days integer NOT NULL CHECK (documents_days BETWEEN 0 AND 60),
    conclusion_days integer CHECK (conclusion_days BETWEEN 0 AND 365),
    content text NOT NULL,
    sha256 bytea NOT NULL,
    reason text NOT NULL,
    loaded_by text NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (round, version),
    CHECK (sha256 = pg_catalog.sha256(convert_to(content, 'UTF8')))
);
COMMENT ON TABLE assess.inspect_plan IS
    'Inspection plans of a round, whole; the newest is in force';
COMMENT ON COLUMN assess.inspect_plan.round IS 'Round';
COMMENT ON COLUMN assess.inspect_plan.version IS 'From 1, without gaps';
COMMENT ON COLUMN assess.inspect_plan.trial IS
    'Some basis is an example: said on every output';
COMMENT ON COLUMN assess.inspect_plan.documents_days IS
    'A unit''s documents are due so many days before the inspection';
COMMENT ON COLUMN assess.inspect_plan.conclusion_days IS
    'Days from the last day to the conclusion, NULL: the plan has none';
COMMENT ON COLUMN assess.inspect_plan.content IS 'Canonical JSON';
COMMENT ON COLUMN assess.inspect_plan.sha256 IS 'SHA-256 of the content';
COMMENT ON COLUMN assess.inspect_plan.reason IS 'Why it was loaded';
COMMENT ON COLUMN assess.inspect_plan.loaded_by IS 'Who loaded it';
COMMENT ON COLUMN assess.inspect_plan.loaded_at IS 'When';

CREATE TABLE assess.team (
    round integer NOT NULL REFERENCES assess.round,
    team text COLLATE "C" NOT NULL,
    name text NOT NULL,
    basis text NOT NULL,
    in_force boolean NOT NULL DEFAULT true,
    PRIMARY KEY (round, team)
);
COMMENT ON TABLE assess.team IS 'Inspection teams (Đoàn kiểm tra)';
COMMENT ON COLUMN assess.team.round IS 'Round';
COMMENT ON COLUMN assess.team.team IS 'Code in the document';
COMMENT ON COLUMN assess.team.name IS 'Name';
COMMENT ON COLUMN assess.team.basis IS 'Decision that set it up, or example';
COMMENT ON COLUMN assess.team.in_force IS
    'False: no longer in the newest version';

CREATE TABLE assess.team_member (
    round integer NOT NULL,
    team text COLLATE "C" NOT NULL,
    place integer NOT NULL,
    name text NOT NULL,
    position text NOT NULL,
    office text COLLATE "C",
    head boolean NOT NULL,
    PRIMARY KEY (round, team, place),
    FOREIGN KEY (round, team) REFERENCES assess.team,
    FOREIGN KEY (round, office) REFERENCES assess.office
);
CREATE UNIQUE INDEX team_head ON assess.team_member (round, team) WHERE head;
COMMENT ON TABLE assess.team_member IS
    'Members of the teams, of the newest version';
COMMENT ON COLUMN assess.team_member.round IS 'Round';
COMMENT ON COLUMN assess.team_member.team IS 'Team';
COMMENT ON COLUMN assess.team_member.place IS 'Order printed';
COMMENT ON COLUMN assess.team_member.name IS 'Name';
COMMENT ON COLUMN assess.team_member.position IS 'Position';
COMMENT ON COLUMN assess.team_member.office IS
    'Office they come from, NULL: none of the round''s';
COMMENT ON COLUMN assess.team_member.head IS 'Head of the team (Trưởng đoàn)';

CREATE TABLE assess.outline (
    round integer NOT NULL REFERENCES assess.round,
    item text COLLATE "C" NOT NULL,
    place integer NOT NULL,
    part text,
    title text NOT NULL,
    asks text[] NOT NULL,
    kinds text[] NOT NULL,
    units text[] NOT NULL,
    in_force boolean NOT NULL DEFAULT true,
    PRIMARY KEY (round, item)
);
COMMENT ON TABLE assess.outline IS
    'The outline of a unit''s report (đề cương báo cáo), a checklist';
COMMENT ON COLUMN assess.outline.round IS 'Round';
COMMENT ON COLUMN assess.outline.item IS 'Code in the document, as II.3';
COMMENT ON COLUMN assess.outline.place IS 'Order printed';
COMMENT ON COLUMN assess.outline.part IS 'Part it stands under, NULL: none';
COMMENT ON COLUMN assess.outline.title IS 'What is reported';
COMMENT ON COLUMN assess.outline.asks IS 'What is to be told of it';
COMMENT ON COLUMN assess.outline.kinds IS
    'Kinds of unit it is asked of; with units empty too: of all';
COMMENT ON COLUMN assess.outline.units IS 'Units it is asked of, by code';
COMMENT ON COLUMN assess.outline.in_force IS
    'False: no longer in the newest version';

CREATE TABLE assess.inspection (
    round integer NOT NULL REFERENCES assess.round,
    inspection integer NOT NULL CHECK (inspection > 0),
    unit integer NOT NULL,
    quarters integer[] NOT NULL,
    form text CHECK (form IN ('dossiers', 'on-site')),
    team text COLLATE "C",
    note text,
    in_force boolean NOT NULL DEFAULT true,
    state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned',
        'scheduled', 'running', 'concluded', 'cancelled')),
    first_day date CHECK (isfinite(first_day)),
    last_day date CHECK (last_day >= first_day),
    documents_due date CHECK (isfinite(documents_due)),
    documents_on date CHECK (isfinite(documents_on)),
    started_on date CHECK (isfinite(started_on)),
    strengths text,
    causes text,
    number text,
    concluded_on date CHECK (isfinite(concluded_on)),
    conclusion text,
    reason text,
    changed_by text,
    changed_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (round, inspection),
    FOREIGN KEY (round, unit) REFERENCES assess.unit,
    FOREIGN KEY (round, team) REFERENCES assess.team,
    CHECK (state NOT IN ('scheduled', 'running', 'concluded')
        OR documents_due IS NOT NULL AND last_day IS NOT NULL),
    CHECK (state NOT IN ('running', 'concluded') OR started_on IS NOT NULL),
    CHECK ((state = 'concluded') = (number IS NOT NULL)
        AND (number IS NULL) = (concluded_on IS NULL)
        AND (number IS NULL) = (conclusion IS NULL)),
    CHECK (state <> 'cancelled' OR reason <> '')
);
CREATE UNIQUE INDEX inspection_number ON assess.inspection (round, number);
COMMENT ON TABLE assess.inspection IS
    'Inspections of units, planned by quarter, and what became of them';
COMMENT ON COLUMN assess.inspection.round IS 'Round';
COMMENT ON COLUMN assess.inspection.inspection IS 'Number in the plan';
COMMENT ON COLUMN assess.inspection.unit IS 'Unit that is inspected';
COMMENT ON COLUMN assess.inspection.quarters IS
    'Quarters of the year, empty: within the year';
COMMENT ON COLUMN assess.inspection.form IS
    'dossiers (qua hồ sơ, báo cáo), on-site (trực tiếp); NULL: open yet';
COMMENT ON COLUMN assess.inspection.team IS 'Team, NULL: open yet';
COMMENT ON COLUMN assess.inspection.note IS 'Note in the plan';
COMMENT ON COLUMN assess.inspection.in_force IS
    'False: no longer in the newest version';
COMMENT ON COLUMN assess.inspection.state IS
    'planned, scheduled (its days are told), running, concluded, cancelled';
COMMENT ON COLUMN assess.inspection.first_day IS 'First day told';
COMMENT ON COLUMN assess.inspection.last_day IS 'Last day told';
COMMENT ON COLUMN assess.inspection.documents_due IS
    'Last day for the unit''s report and documents';
COMMENT ON COLUMN assess.inspection.documents_on IS
    'Day they came, NULL: not yet';
COMMENT ON COLUMN assess.inspection.started_on IS 'Day it began';
COMMENT ON COLUMN assess.inspection.strengths IS
    'Draft of the conclusion: what is good (ưu điểm)';
COMMENT ON COLUMN assess.inspection.causes IS
    'Draft of the conclusion: causes of what is not';
COMMENT ON COLUMN assess.inspection.number IS 'Number of the conclusion';
COMMENT ON COLUMN assess.inspection.concluded_on IS 'Its date';
COMMENT ON COLUMN assess.inspection.conclusion IS 'Its words';
COMMENT ON COLUMN assess.inspection.reason IS
    'Why it was moved or cancelled last';
COMMENT ON COLUMN assess.inspection.changed_by IS 'Who changed it last';
COMMENT ON COLUMN assess.inspection.changed_at IS 'When';
COMMENT ON COLUMN assess.inspection.version IS
    'Goes up with each change: two people see each other';

CREATE TABLE assess.inspect_answer (
    round integer NOT NULL,
    inspection integer NOT NULL,
    item text COLLATE "C" NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('done', 'partly', 'not-done',
        'none')),
    content text NOT NULL CHECK (content <> ''),
    done_by text NOT NULL,
    done_at timestamptz NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (round, inspection, item),
    FOREIGN KEY (round, inspection) REFERENCES assess.inspection,
    FOREIGN KEY (round, item) REFERENCES assess.outline
);
COMMENT ON TABLE assess.inspect_answer IS
    'What the team saw of each item of the outline';
COMMENT ON COLUMN assess.inspect_answer.round IS 'Round';
COMMENT ON COLUMN assess.inspect_answer.inspection IS 'Inspection';
COMMENT ON COLUMN assess.inspect_answer.item IS 'Item of the outline';
COMMENT ON COLUMN assess.inspect_answer.verdict IS
    'done, partly, not-done; none: nothing of the kind arose';
COMMENT ON COLUMN assess.inspect_answer.content IS 'In words';
COMMENT ON COLUMN assess.inspect_answer.done_by IS 'Who';
COMMENT ON COLUMN assess.inspect_answer.done_at IS 'When';
COMMENT ON COLUMN assess.inspect_answer.version IS
    'Goes up with each change: two people see each other';

CREATE TABLE assess.finding (
    round integer NOT NULL,
    finding integer NOT NULL CHECK (finding > 0),
    inspection integer NOT NULL,
    node integer,
    content text NOT NULL CHECK (content <> ''),
    due date NOT NULL CHECK (isfinite(due)),
    responsible text NOT NULL CHECK (responsible <> ''),
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'answered',
        'remedied', 'withdrawn')),
    answer text,
    answered_by text,
    answered_on date,
    evidence text,
    remedied_on date,
    reason text,
    done_by text NOT NULL,
    done_at timestamptz NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (round, finding),
    FOREIGN KEY (round, inspection) REFERENCES assess.inspection,
    FOREIGN KEY (round, node) REFERENCES assess.node,
    CHECK ((state = 'remedied') = (remedied_on IS NOT NULL)
        AND (remedied_on IS NULL) = (evidence IS NULL)),
    CHECK (state <> 'answered' OR answer <> ''),
    CHECK (state <> 'withdrawn' OR reason <> '')
);
COMMENT ON TABLE assess.finding IS
    'What inspections found wrong (tồn tại, hạn chế), to be remedied by a day';
COMMENT ON COLUMN assess.finding.round IS 'Round';
COMMENT ON COLUMN assess.finding.finding IS 'From 1';
COMMENT ON COLUMN assess.finding.inspection IS 'Inspection that found it';
COMMENT ON COLUMN assess.finding.node IS
    'Criterion it bears on, NULL: none';
COMMENT ON COLUMN assess.finding.content IS 'What was found';
COMMENT ON COLUMN assess.finding.due IS 'Day by which it is remedied';
COMMENT ON COLUMN assess.finding.responsible IS 'Who answers for it';
COMMENT ON COLUMN assess.finding.state IS
    'open, answered by the unit, remedied (seen to be), withdrawn';
COMMENT ON COLUMN assess.finding.answer IS
    'The unit''s last words on how it was remedied';
COMMENT ON COLUMN assess.finding.answered_by IS 'Who answered';
COMMENT ON COLUMN assess.finding.answered_on IS 'Day';
COMMENT ON COLUMN assess.finding.evidence IS
    'What showed that it is remedied';
COMMENT ON COLUMN assess.finding.remedied_on IS 'Day it was';
COMMENT ON COLUMN assess.finding.reason IS
    'Why it was given back, given more time or withdrawn last';
COMMENT ON COLUMN assess.finding.done_by IS 'Who recorded it';
COMMENT ON COLUMN assess.finding.done_at IS 'When';
COMMENT ON COLUMN assess.finding.version IS
    'Goes up with each change: two people see each other';

CREATE TABLE assess.measure (
    round integer NOT NULL,
    measure integer NOT NULL CHECK (measure > 0),
    inspection integer NOT NULL,
    finding integer,
    addressee text NOT NULL CHECK (addressee <> ''),
    content text NOT NULL CHECK (content <> ''),
    due date CHECK (isfinite(due)),
    state text NOT NULL DEFAULT 'recommended' CHECK (state IN (
        'recommended', 'accepted', 'done', 'refused')),
    outcome text,
    done_by text NOT NULL,
    done_at timestamptz NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (round, measure),
    FOREIGN KEY (round, inspection) REFERENCES assess.inspection,
    FOREIGN KEY (round, finding) REFERENCES assess.finding,
    CHECK (state = 'recommended' OR outcome <> '')
);
COMMENT ON TABLE assess.measure IS
    'Measures recommended (kiến nghị xử lý), to whom, what became of them';
COMMENT ON COLUMN assess.measure.round IS 'Round';
COMMENT ON COLUMN assess.measure.measure IS 'From 1';
COMMENT ON COLUMN assess.measure.inspection IS 'Inspection';
COMMENT ON COLUMN assess.measure.finding IS 'Finding behind it, NULL: none';
COMMENT ON COLUMN assess.measure.addressee IS 'Authority it is put to';
COMMENT ON COLUMN assess.measure.content IS 'What is recommended';
COMMENT ON COLUMN assess.measure.due IS 'Day, NULL: none set';
COMMENT ON COLUMN assess.measure.state IS
    'recommended, accepted, done or refused';
COMMENT ON COLUMN assess.measure.outcome IS 'What was said of it last';
COMMENT ON COLUMN assess.measure.done_by IS 'Who changed it last';
COMMENT ON COLUMN assess.measure.done_at IS 'When it was recommended';
COMMENT ON COLUMN assess.measure.version IS
    'Goes up with each change: two people see each other';

-- ---- what is late ----------------------------------------------------------
-- Items of the outline that a unit is asked, and what the team saw.
CREATE VIEW assess.checklist AS
SELECT i.round, i.inspection, o.item, o.place, o.part, o.title, o.asks,
    a.verdict, a.content, coalesce(a.version, 0) AS version
FROM assess.inspection AS i
JOIN assess.unit AS u USING (round, unit)
JOIN assess.outline AS o ON o.round = i.round AND o.in_force
    AND (o.kinds = '{}' AND o.units = '{}' OR u.kind = ANY (o.kinds)
        OR u.code = ANY (o.units))
LEFT JOIN assess.inspect_answer AS a ON a.round = i.round
    AND a.inspection = i.inspection AND a.item = o.item;
COMMENT ON VIEW assess.checklist IS
    'Items asked in each inspection, and what the team saw of them';
COMMENT ON COLUMN assess.checklist.round IS 'Round';
COMMENT ON COLUMN assess.checklist.inspection IS 'Inspection';
COMMENT ON COLUMN assess.checklist.item IS 'Item of the outline';
COMMENT ON COLUMN assess.checklist.place IS 'Order printed';
COMMENT ON COLUMN assess.checklist.part IS 'Part it stands under';
COMMENT ON COLUMN assess.checklist.title IS 'What is reported';
COMMENT ON COLUMN assess.checklist.asks IS 'What is to be told of it';
COMMENT ON COLUMN assess.checklist.verdict IS 'NULL: not answered yet';
COMMENT ON COLUMN assess.checklist.content IS 'In words';
COMMENT ON COLUMN assess.checklist.version IS 'Of the answer, 0: none';

-- A finding as it stands today: overdue needs no act.
CREATE VIEW assess.finding_now AS
SELECT f.*, CASE WHEN f.state = 'open' AND f.due < current_date
        THEN 'overdue' ELSE f.state END AS stands,
    CASE f.state WHEN 'withdrawn' THEN 0
        WHEN 'remedied' THEN greatest(f.remedied_on - f.due, 0)
        WHEN 'answered' THEN greatest(f.answered_on - f.due, 0)
        ELSE greatest(current_date - f.due, 0) END AS days_late
FROM assess.finding AS f;
COMMENT ON VIEW assess.finding_now IS
    'Findings with what they are today: overdue by itself';
COMMENT ON COLUMN assess.finding_now.round IS 'Round';
COMMENT ON COLUMN assess.finding_now.finding IS 'From 1';
COMMENT ON COLUMN assess.finding_now.inspection IS 'Inspection';
COMMENT ON COLUMN assess.finding_now.node IS 'Criterion, NULL: none';
COMMENT ON COLUMN assess.finding_now.content IS 'What was found';
COMMENT ON COLUMN assess.finding_now.due IS 'Day by which it is remedied';
COMMENT ON COLUMN assess.finding_now.responsible IS 'Who answers for it';
COMMENT ON COLUMN assess.finding_now.state IS 'As an act left it';
COMMENT ON COLUMN assess.finding_now.answer IS 'The unit''s last words';
COMMENT ON COLUMN assess.finding_now.answered_by IS 'Who answered';
COMMENT ON COLUMN assess.finding_now.answered_on IS 'Day';
COMMENT ON COLUMN assess.finding_now.evidence IS 'What showed the remedy';
COMMENT ON COLUMN assess.finding_now.remedied_on IS 'Day of the remedy';
COMMENT ON COLUMN assess.finding_now.reason IS 'Why it changed last';
COMMENT ON COLUMN assess.finding_now.done_by IS 'Who recorded it';
COMMENT ON COLUMN assess.finding_now.done_at IS 'When';
COMMENT ON COLUMN assess.finding_now.version IS 'Goes up with each change';
COMMENT ON COLUMN assess.finding_now.stands IS
    'open, overdue, answered, remedied or withdrawn, today';
COMMENT ON COLUMN assess.finding_now.days_late IS
    'Days past its due day, 0: none';

-- Nobody inspects his own unit.
CREATE FUNCTION assess.need_others(p_round integer, p_unit integer,
    p_team text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who text;
    of_unit text;
BEGIN
    SELECT m.name, u.name INTO who, of_unit
    FROM assess.team_member AS m
    JOIN assess.office AS o USING (round, office)
    JOIN assess.unit AS u USING (round, unit)
    WHERE m.round = p_round AND m.team = p_team AND o.unit = p_unit
    ORDER BY m.place LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'K28 "%" là người của %: không kiểm tra đơn vị mình, đổi đoàn (nobody inspects his own unit)', who, of_unit
            USING ERRCODE = 'insufficient_privilege';
    END IF;
END
$$;
COMMENT ON FUNCTION assess.need_others(integer, integer, text) IS
    'refuses (42501) a team with a member of the unit';

-- ---- loading ---------------------------------------------------------------
-- p_tables as inspect_tables() writes it, checked by the program.  By the
-- owner.  The version, or 0 when the text is the one in force.
CREATE FUNCTION assess.inspect_load(p_round integer, p_trial boolean,
    p_content text, p_tables jsonb, p_reason text, p_by text)
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last assess.inspect_plan;
    digest bytea := sha256(convert_to(p_content, 'UTF8'));
BEGIN
    PERFORM FROM assess.round WHERE round = p_round FOR UPDATE;
    SELECT * INTO last FROM assess.inspect_plan WHERE round = p_round
    ORDER BY version DESC LIMIT 1;
    IF last.sha256 = digest THEN
        RETURN 0;
    END IF;
    PERFORM assess.inspect_keep(p_round, p_tables -> 'inspections');
    INSERT INTO assess.inspect_plan (round, version, trial, documents_days,
        conclusion_days, content, sha256, reason, loaded_by)
    VALUES (p_round, coalesce(last.version, 0) + 1, p_trial,
        (p_tables ->> 'documents_days')::integer,
        (p_tables ->> 'conclusion_days')::integer, p_content, digest,
        p_reason, p_by);
    PERFORM assess.inspect_tables(p_round, p_tables);
    PERFORM assess.need_others(p_round, unit, team) FROM assess.inspection
    WHERE round = p_round AND in_force AND state <> 'cancelled'
        AND state <> 'concluded';
    PERFORM assess.note(p_round, 'inspect-load', p_by, jsonb_build_object(
        'version', coalesce(last.version, 0) + 1, 'sha256', encode(digest,
        'hex'), 'reason', p_reason));
    RETURN coalesce(last.version, 0) + 1;
END
$$;
COMMENT ON FUNCTION assess.inspect_load(integer, boolean, text, jsonb, text,
    text) IS 'the next version of a round''s inspection plan; 0: unchanged';

-- What has been told to a unit cannot leave the plan: it is cancelled, with a
-- reason.
CREATE FUNCTION assess.inspect_keep(p_round integer, p_list jsonb)
RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    i integer;
BEGIN
    SELECT k.inspection INTO i
    FROM assess.inspection AS k
    JOIN assess.unit AS u USING (round, unit)
    LEFT JOIN jsonb_to_recordset(p_list) AS x (number integer, unit text)
        ON x.number = k.inspection
    WHERE k.round = p_round AND k.in_force
        AND k.state IN ('scheduled', 'running', 'concluded')
        AND u.code IS DISTINCT FROM x.unit
    ORDER BY 1 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'K40 đợt kiểm tra % đã báo cho đơn vị: hủy có lý do, đừng bỏ khỏi kế hoạch (it is told: cancel it)', i
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
END
$$;
COMMENT ON FUNCTION assess.inspect_keep(integer, jsonb) IS
    'refuses (55000) a plan that drops or turns an inspection under way';

CREATE FUNCTION assess.inspect_tables(p_round integer, p_tables jsonb)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE assess.team SET in_force = false WHERE round = p_round;
    INSERT INTO assess.team (round, team, name, basis)
    SELECT p_round, x.code, x.name, x.basis
    FROM jsonb_to_recordset(p_tables -> 'teams') AS x (code text, name text,
        basis text)
    ON CONFLICT (round, team) DO UPDATE SET name = excluded.name,
        basis = excluded.basis, in_force = true;
    DELETE FROM assess.team_member WHERE round = p_round;
    INSERT INTO assess.team_member (round, team, place, name, position,
        office, head)
    SELECT p_round, t.code, m.ord, m.name, m.position, m.office, m.head
    FROM jsonb_to_recordset(p_tables -> 'teams') AS t (code text,
        members jsonb)
    CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(t.members) AS (name text,
        position text, office text, head boolean)) WITH ORDINALITY
        AS m (name, position, office, head, ord);

    UPDATE assess.outline SET in_force = false WHERE round = p_round;
    INSERT INTO assess.outline (round, item, place, part, title, asks, kinds,
        units)
    SELECT p_round, x.code, x.ord, x.part, x.title, x.asks, x.kinds, x.units
    FROM ROWS FROM (jsonb_to_recordset(p_tables -> 'outline') AS (code text,
        part text, title text, asks text[], kinds text[], units text[]))
        WITH ORDINALITY AS x (code, part, title, asks, kinds, units, ord)
    ON CONFLICT (round, item) DO UPDATE SET place = excluded.place,
        part = excluded.part, title = excluded.title, asks = excluded.asks,
        kinds = excluded.kinds, units = excluded.units, in_force = true;

    UPDATE assess.inspection SET in_force = false WHERE round = p_round;
    INSERT INTO assess.inspection AS i (round, inspection, unit, quarters,
        form, team, note)
    SELECT p_round, x.number, u.unit, x.quarters, x.form, x.team, x.note
    FROM jsonb_to_recordset(p_tables -> 'inspections') AS x (number integer,
        unit text, quarters integer[], form text, team text, note text)
    JOIN assess.unit AS u ON u.round = p_round AND u.code = x.unit
    ON CONFLICT (round, inspection) DO UPDATE SET unit = excluded.unit,
        quarters = excluded.quarters, note = excluded.note,
        form = CASE i.state WHEN 'planned' THEN excluded.form
            ELSE coalesce(excluded.form, i.form) END,
        team = CASE i.state WHEN 'planned' THEN excluded.team
            ELSE coalesce(excluded.team, i.team) END,
        version = i.version + 1, in_force = true;
END
$$;
COMMENT ON FUNCTION assess.inspect_tables(integer, jsonb) IS
    'the tables of an inspection plan';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA assess FROM PUBLIC;
GRANT SELECT ON assess.inspect_plan, assess.team, assess.team_member,
    assess.outline, assess.inspection, assess.inspect_answer, assess.finding,
    assess.measure TO phieu_server, phieu_auditor, phieu_backup;
GRANT SELECT ON assess.checklist, assess.finding_now
    TO phieu_server, phieu_auditor;
