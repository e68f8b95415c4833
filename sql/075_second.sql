-- Second keying (nhập lần hai): a drawn share of the sheets that came in is
-- keyed again from the paper by another agent, who is told numbers only; the
-- two readings are compared field by field, a third person settles what
-- differs, and what was wrong counts against whoever keyed it.
--
-- The sheet that counts stays the one of the first keying, with the settled
-- answers as a new version of it; the bytes of both stay as they came.
--
-- Answers lie in field.second_difference alone: no service reads that table,
-- only the functions here, and each opening of it stands in the log.

-- A drawn sheet (pair of readings), and under open and closed, the states of
-- a wave's ledger, what is decided of the whole.
INSERT INTO field.sheet_rule (of, status, act, next, roles, reason) VALUES
    ('pair', 'open', 'draw', 'open', '{post-supervisor,analyst}', false),
    ('pair', 'open', 'rule', 'open', '{analyst}', true),
    ('pair', 'open', 'decide', 'open', '{analyst}', true),
    ('pair', 'open', 'lift', 'open', '{analyst}', true),
    ('pair', 'open', 'keep', 'open', '{analyst}', true),
    ('pair', 'closed', 'keep', 'closed', '{analyst}', true),
    ('pair', '-', 'select', 'drawn', '{system}', false),
    ('pair', '-', 'match', 'same', '{system}', false),
    ('pair', '-', 'differ', 'differs', '{system}', false),
    ('pair', 'drawn', 'assign', 'assigned', '{post-supervisor,analyst}',
        false),
    ('pair', 'drawn', 'match', 'same', '{system}', false),
    ('pair', 'drawn', 'differ', 'differs', '{system}', false),
    ('pair', 'assigned', 'assign', 'assigned', '{post-supervisor,analyst}',
        true),
    ('pair', 'assigned', 'withdraw', 'drawn', '{post-supervisor,analyst}',
        true),
    ('pair', 'assigned', 'match', 'same', '{system}', false),
    ('pair', 'assigned', 'differ', 'differs', '{system}', false),
    ('pair', 'same', 'match', 'same', '{system}', false),
    ('pair', 'same', 'differ', 'differs', '{system}', false),
    ('pair', 'differs', 'resolve', 'resolved', '{post-supervisor}', true),
    ('pair', 'differs', 'match', 'same', '{system}', false),
    ('pair', 'differs', 'differ', 'differs', '{system}', false),
    ('pair', 'resolved', 'reopen', 'differs', '{post-supervisor}', true),
    ('pair', 'resolved', 'match', 'same', '{system}', false),
    ('pair', 'resolved', 'differ', 'differs', '{system}', false);

-- ---- what is kept --------------------------------------------------------
CREATE TABLE field.second_draw (
    wave integer NOT NULL REFERENCES plan.wave,
    draw integer NOT NULL CHECK (draw > 0),
    event integer NOT NULL,
    stratum text NOT NULL CHECK (stratum IN ('total', 'agent', 'form',
        'area', 'office')),
    only_code text,
    form text,
    share numeric CHECK (share > 0 AND share <= 100),
    number integer CHECK (number > 0),
    seed text NOT NULL,
    method text NOT NULL,
    program text NOT NULL,
    frame text[] NOT NULL,
    frame_sha256 bytea NOT NULL CHECK (length(frame_sha256) = 32),
    drawn integer NOT NULL,
    PRIMARY KEY (wave, draw),
    FOREIGN KEY (wave, event) REFERENCES field.sheet_event
        DEFERRABLE INITIALLY DEFERRED
);
COMMENT ON TABLE field.second_draw IS
    'Draws of sheets to be keyed again; a new draw is a new row';
COMMENT ON COLUMN field.second_draw.wave IS 'Wave';
COMMENT ON COLUMN field.second_draw.draw IS 'From 1, without gaps';
COMMENT ON COLUMN field.second_draw.event IS
    'The act: who, which day, why (field.sheet_event)';
COMMENT ON COLUMN field.second_draw.stratum IS
    'Drawn within each agent, form, area or office, or of all';
COMMENT ON COLUMN field.second_draw.only_code IS
    'Only this agent, form, area or office; NULL: all';
COMMENT ON COLUMN field.second_draw.form IS 'Only this form; NULL: all';
COMMENT ON COLUMN field.second_draw.share IS
    'Percent of each stratum, rounded up; NULL where a number was asked';
COMMENT ON COLUMN field.second_draw.number IS
    'Sheets of each stratum; NULL where a share was asked';
COMMENT ON COLUMN field.second_draw.seed IS 'Seed of the draw';
COMMENT ON COLUMN field.second_draw.method IS
    'How it was drawn: docs/SECOND.md';
COMMENT ON COLUMN field.second_draw.program IS
    'Last migration of the program that drew it, with the start of its SHA-256';
COMMENT ON COLUMN field.second_draw.frame IS
    'The lines it was drawn from, stratum|sheet|first agent, in order';
COMMENT ON COLUMN field.second_draw.frame_sha256 IS
    'SHA-256 of those lines, each with its LF';
COMMENT ON COLUMN field.second_draw.drawn IS 'How many sheets were drawn';

CREATE TABLE field.second_sheet (
    wave integer NOT NULL REFERENCES plan.wave,
    sheet text COLLATE "C" NOT NULL,
    draw integer,
    first_agent integer REFERENCES field.agent,
    agent integer REFERENCES field.agent,
    status text COLLATE "C" NOT NULL CHECK (status IN ('drawn', 'assigned',
        'same', 'differs', 'resolved')),
    pair integer NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 1,
    changed_on date NOT NULL
        DEFAULT (now() AT TIME ZONE 'UTC' + interval '7 hours')::date,
    PRIMARY KEY (wave, sheet),
    FOREIGN KEY (wave, draw) REFERENCES field.second_draw
        DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX second_sheet_agent ON field.second_sheet (wave, agent);
COMMENT ON TABLE field.second_sheet IS
    'Sheets that were drawn to be keyed again, or were so unasked';
COMMENT ON COLUMN field.second_sheet.wave IS 'Wave';
COMMENT ON COLUMN field.second_sheet.sheet IS 'Number of the sheet';
COMMENT ON COLUMN field.second_sheet.draw IS
    'The draw; NULL: keyed twice without one, and not in the rates';
COMMENT ON COLUMN field.second_sheet.first_agent IS 'Who keyed it first';
COMMENT ON COLUMN field.second_sheet.agent IS
    'Who is to key it again, or did; NULL: not assigned';
COMMENT ON COLUMN field.second_sheet.status IS
    'drawn, assigned; keyed twice: same, differs, resolved';
COMMENT ON COLUMN field.second_sheet.pair IS
    'The comparison in force; 0: none yet';
COMMENT ON COLUMN field.second_sheet.version IS
    'Goes up with each change: two people see each other';
COMMENT ON COLUMN field.second_sheet.changed_on IS
    'Day of the last change, in Vietnam; never a time';

CREATE TABLE field.second_pair (
    wave integer NOT NULL,
    sheet text COLLATE "C" NOT NULL,
    pair integer NOT NULL CHECK (pair > 0),
    response bigint NOT NULL,
    response_version integer NOT NULL,
    response_sha bytea NOT NULL,
    second bigint NOT NULL,
    second_version integer NOT NULL,
    second_sha bytea NOT NULL,
    first_agent integer NOT NULL,
    second_agent integer NOT NULL,
    form integer NOT NULL,
    compared jsonb NOT NULL,
    fields integer NOT NULL,
    PRIMARY KEY (wave, sheet, pair),
    FOREIGN KEY (wave, sheet) REFERENCES field.second_sheet
);
COMMENT ON TABLE field.second_pair IS
    'Comparisons of two readings of a sheet; a changed reading is compared anew';
COMMENT ON COLUMN field.second_pair.wave IS 'Wave';
COMMENT ON COLUMN field.second_pair.sheet IS 'Number of the sheet';
COMMENT ON COLUMN field.second_pair.pair IS 'From 1; the last is in force';
COMMENT ON COLUMN field.second_pair.response IS 'First reading';
COMMENT ON COLUMN field.second_pair.response_version IS
    'Its version when last looked at';
COMMENT ON COLUMN field.second_pair.response_sha IS
    'SHA-256 of what it says; with its version, whether it must be compared anew';
COMMENT ON COLUMN field.second_pair.second IS 'Second reading';
COMMENT ON COLUMN field.second_pair.second_version IS
    'Its version when last looked at';
COMMENT ON COLUMN field.second_pair.second_sha IS 'SHA-256 of what it says';
COMMENT ON COLUMN field.second_pair.first_agent IS 'Who keyed the first';
COMMENT ON COLUMN field.second_pair.second_agent IS 'Who keyed the second';
COMMENT ON COLUMN field.second_pair.form IS 'Form of the first reading';
COMMENT ON COLUMN field.second_pair.compared IS
    'How many fields were compared, by question; not what they say';
COMMENT ON COLUMN field.second_pair.fields IS 'How many fields in all';

CREATE TABLE field.second_difference (
    wave integer NOT NULL,
    sheet text COLLATE "C" NOT NULL,
    pair integer NOT NULL,
    field text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    unit integer,
    question text COLLATE "C" NOT NULL,
    one text NOT NULL,
    two text NOT NULL,
    place integer NOT NULL,
    take text CHECK (take IN ('first', 'second', 'typed')),
    value text,
    reason text,
    resolved_by text,
    resolved_on date,
    event integer,
    PRIMARY KEY (wave, sheet, pair, field),
    FOREIGN KEY (wave, sheet, pair) REFERENCES field.second_pair
        DEFERRABLE INITIALLY DEFERRED,
    CHECK ((take IS NULL) = (value IS NULL)
        AND (take IS NULL) = (resolved_by IS NULL))
);
COMMENT ON TABLE field.second_difference IS
    'Fields that two readings of a sheet read otherwise: answers';
COMMENT ON COLUMN field.second_difference.wave IS 'Wave';
COMMENT ON COLUMN field.second_difference.sheet IS 'Number of the sheet';
COMMENT ON COLUMN field.second_difference.pair IS 'The comparison';
COMMENT ON COLUMN field.second_difference.field IS
    'unit/question, @profile/field, @collected, @comment, @unit/unit, @form';
COMMENT ON COLUMN field.second_difference.kind IS
    'slot, multiple, number, text, profile, collected, comment, unit, form';
COMMENT ON COLUMN field.second_difference.unit IS 'Rated unit, of an answer';
COMMENT ON COLUMN field.second_difference.question IS
    'Question, or what else the rates count it under';
COMMENT ON COLUMN field.second_difference.one IS
    'First reading; . blank, - do not know, * unreadable, ~ not asked';
COMMENT ON COLUMN field.second_difference.two IS 'Second reading';
COMMENT ON COLUMN field.second_difference.place IS 'Order on the paper';
COMMENT ON COLUMN field.second_difference.take IS
    'first, second or typed from the paper; NULL: not settled';
COMMENT ON COLUMN field.second_difference.value IS 'What the paper says';
COMMENT ON COLUMN field.second_difference.reason IS 'Why';
COMMENT ON COLUMN field.second_difference.resolved_by IS 'Who settled it';
COMMENT ON COLUMN field.second_difference.resolved_on IS
    'Day in Vietnam; never a time';
COMMENT ON COLUMN field.second_difference.event IS 'The act';

CREATE TABLE field.second_opened (
    wave integer NOT NULL REFERENCES plan.wave,
    opened bigint GENERATED ALWAYS AS IDENTITY,
    opened_by text NOT NULL,
    role text NOT NULL,
    opened_on date NOT NULL
        DEFAULT (now() AT TIME ZONE 'UTC' + interval '7 hours')::date,
    sheets text[] NOT NULL,
    PRIMARY KEY (wave, opened)
);
COMMENT ON TABLE field.second_opened IS
    'Who looked at which sheets'' differing answers';
COMMENT ON COLUMN field.second_opened.wave IS 'Wave';
COMMENT ON COLUMN field.second_opened.opened IS 'Running number';
COMMENT ON COLUMN field.second_opened.opened_by IS 'Who';
COMMENT ON COLUMN field.second_opened.role IS 'In which role';
COMMENT ON COLUMN field.second_opened.opened_on IS
    'Day in Vietnam; never a time';
COMMENT ON COLUMN field.second_opened.sheets IS 'Numbers of the sheets';

CREATE TABLE field.second_rule (
    wave integer NOT NULL REFERENCES plan.wave,
    rule integer NOT NULL CHECK (rule > 0),
    event integer NOT NULL,
    maximum numeric CHECK (maximum >= 0 AND maximum <= 100),
    least integer NOT NULL DEFAULT 1 CHECK (least > 0),
    accept integer CHECK (accept >= 0),
    level numeric NOT NULL DEFAULT 95 CHECK (level > 0 AND level < 100),
    unresolved text NOT NULL CHECK (unresolved IN ('refuse', 'first')),
    PRIMARY KEY (wave, rule),
    CHECK (accept IS NULL OR maximum IS NULL)
);
COMMENT ON TABLE field.second_rule IS
    'Acceptance rules of a wave; the last is in force, none: no verdict';
COMMENT ON COLUMN field.second_rule.wave IS 'Wave';
COMMENT ON COLUMN field.second_rule.rule IS 'From 1, without gaps';
COMMENT ON COLUMN field.second_rule.event IS 'The act';
COMMENT ON COLUMN field.second_rule.maximum IS
    'Highest share of wrong fields, percent, judged by the exact interval';
COMMENT ON COLUMN field.second_rule.least IS
    'Fields that must be compared before anything is said';
COMMENT ON COLUMN field.second_rule.accept IS
    'Acceptance number: so many wrong fields at most';
COMMENT ON COLUMN field.second_rule.level IS
    'Level of the intervals, percent';
COMMENT ON COLUMN field.second_rule.unresolved IS
    'What differs and is not settled: refuse to close and freeze, or first: the first keying stands';

CREATE TABLE field.second_decision (
    wave integer NOT NULL REFERENCES plan.wave,
    decision integer NOT NULL CHECK (decision > 0),
    event integer NOT NULL,
    agent integer NOT NULL REFERENCES field.agent,
    verdict text NOT NULL CHECK (verdict IN ('accept', 'stop', 'rekey',
        'lift')),
    rule integer,
    fields bigint NOT NULL,
    errors bigint NOT NULL,
    draw integer,
    PRIMARY KEY (wave, decision)
);
COMMENT ON TABLE field.second_decision IS
    'What people decided of agents by their rates; nothing else stops anybody';
COMMENT ON COLUMN field.second_decision.wave IS 'Wave';
COMMENT ON COLUMN field.second_decision.decision IS 'From 1, without gaps';
COMMENT ON COLUMN field.second_decision.event IS 'The act: who, why';
COMMENT ON COLUMN field.second_decision.agent IS 'Of whom';
COMMENT ON COLUMN field.second_decision.verdict IS
    'accept, stop, rekey (key all of his again), lift (a stop)';
COMMENT ON COLUMN field.second_decision.rule IS 'Rule in force then';
COMMENT ON COLUMN field.second_decision.fields IS
    'His fields that were judged by then';
COMMENT ON COLUMN field.second_decision.errors IS 'Those keyed wrongly';
COMMENT ON COLUMN field.second_decision.draw IS 'The draw of a rekey';

CREATE TABLE field.second_stop (
    wave integer NOT NULL REFERENCES plan.wave,
    agent integer NOT NULL REFERENCES field.agent,
    decision integer NOT NULL,
    PRIMARY KEY (wave, agent)
);
COMMENT ON TABLE field.second_stop IS
    'Agents that a decision stopped: no sheets, no keying, until lifted';
COMMENT ON COLUMN field.second_stop.wave IS 'Wave';
COMMENT ON COLUMN field.second_stop.agent IS 'Who';
COMMENT ON COLUMN field.second_stop.decision IS 'By which decision';

CREATE TRIGGER second_draw_stays BEFORE UPDATE ON field.second_draw
    FOR EACH ROW EXECUTE FUNCTION field.ledger_stays();
CREATE TRIGGER second_rule_stays BEFORE UPDATE ON field.second_rule
    FOR EACH ROW EXECUTE FUNCTION field.ledger_stays();
CREATE TRIGGER second_decision_stays BEFORE UPDATE ON field.second_decision
    FOR EACH ROW EXECUTE FUNCTION field.ledger_stays();
CREATE TRIGGER second_opened_stays BEFORE UPDATE ON field.second_opened
    FOR EACH ROW EXECUTE FUNCTION field.ledger_stays();

ALTER TABLE field.second_difference ENABLE ROW LEVEL SECURITY;
CREATE POLICY backup_all ON field.second_difference FOR SELECT
    TO phieu_backup USING (true);
GRANT SELECT ON field.second_draw, field.second_sheet, field.second_pair,
    field.second_difference, field.second_opened, field.second_opened_opened_seq,
    field.second_rule, field.second_decision, field.second_stop
    TO phieu_backup;

-- ---- reading two readings ------------------------------------------------
-- The form as the newest plan has it; NULL when that has it no more.
CREATE FUNCTION field.second_form(p_wave integer, p_form integer)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT x.form
    FROM plan.form AS f
    JOIN LATERAL (SELECT v.content::jsonb AS doc FROM plan.version AS v
        WHERE v.wave = p_wave ORDER BY v.version DESC LIMIT 1) AS p ON true
    JOIN LATERAL jsonb_array_elements(p.doc -> 'forms') AS x (form)
        ON x.form ->> 'code' = f.code AND x.form ->> 'version' = f.version
    WHERE f.wave = p_wave AND f.form = p_form
$$;
COMMENT ON FUNCTION field.second_form(integer, integer) IS
    'a form as the plan''s document has it';

-- Texts are the same when they differ in spaces, case and composition alone.
CREATE FUNCTION field.second_text(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(lower(btrim(regexp_replace(normalize(p_text, NFC),
        '\s+', ' ', 'g'))), '')
$$;
COMMENT ON FUNCTION field.second_text(text) IS
    'a text as two keyings of it are compared';

-- An answer byte as it is typed.
CREATE FUNCTION field.second_mark(p_wave integer, p_form integer,
    p_question integer, p_byte integer) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE p_byte WHEN 0 THEN '~' WHEN 253 THEN '*' WHEN 254 THEN '-'
        WHEN 255 THEN '.' ELSE (SELECT o.code FROM plan.option AS o
            WHERE o.wave = p_wave AND o.form = p_form
                AND o.question = p_question AND o.ordinal = p_byte) END
$$;
COMMENT ON FUNCTION field.second_mark(integer, integer, integer, integer) IS
    'an answer byte as it is typed: option, . blank, - no opinion, * unreadable';

-- What a reading says, as one hash.
CREATE FUNCTION field.second_sha(p_wave integer, p_instance text)
RETURNS bytea LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT sha256(convert_to(concat_ws('|', r.form, coalesce(r.collected::text,
        ''), coalesce(r.profile::text, ''), (SELECT string_agg(a.unit || ':'
            || encode(a.answers, 'hex') || coalesce(a.extra::text, ''), ','
            ORDER BY a.unit) FROM field.rating AS a WHERE a.wave = p_wave
                AND a.response = r.response), coalesce((SELECT c.comment
            FROM field.comment AS c WHERE c.wave = p_wave
                AND c.response = r.response), '')), 'UTF8'))
    FROM field.response AS r
    WHERE r.wave = p_wave AND r.instance = p_instance
$$;
COMMENT ON FUNCTION field.second_sha(integer, text) IS
    'hash of what a reading says';

-- Every field of two readings of a sheet, in the order of the paper.  What
-- neither was asked is not compared; of a unit that only one has, the unit is
-- one field.
CREATE FUNCTION field.second_fields(p_wave integer, p_one bigint,
    p_two bigint, p_form integer, p_other_form integer, p_day date,
    p_other_day date, p_profile jsonb, p_other_profile jsonb)
RETURNS TABLE (place integer, field text, kind text, unit integer,
    question text, one text, two text, same boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH f AS MATERIALIZED (
        SELECT field.second_form(p_wave, p_form) AS doc
    ), profile AS (
        SELECT k.code, min(k.place) AS place
        FROM (SELECT x.p ->> 'code' AS code, x.n AS place
            FROM f, jsonb_array_elements(f.doc -> 'profile')
                WITH ORDINALITY AS x (p, n)
            UNION ALL SELECT jsonb_object_keys(p_profile), 500
            UNION ALL SELECT jsonb_object_keys(p_other_profile), 500) AS k
        GROUP BY k.code
    ), one AS MATERIALIZED (
        SELECT a.unit, a.answers, coalesce(a.extra, '{}') AS extra
        FROM field.rating AS a
        WHERE a.wave = p_wave AND a.response = p_one
    ), two AS MATERIALIZED (
        SELECT a.unit, a.answers, coalesce(a.extra, '{}') AS extra
        FROM field.rating AS a
        WHERE a.wave = p_wave AND a.response = p_two
    ), asked AS MATERIALIZED (
        SELECT q.question, q.code, q.type, q.slot
        FROM plan.question AS q
        WHERE q.wave = p_wave AND q.form = p_form
            AND (q.slot IS NOT NULL OR NOT EXISTS (SELECT
                FROM f, jsonb_array_elements(f.doc -> 'questions') AS d (q)
                WHERE d.q ->> 'code' = q.code
                    AND d.q -> 'asked' = 'false'::jsonb))
    ), cell AS (
        SELECT 10000 + o.unit * 1000 + q.question AS place,
            u.code || '/' || q.code AS field,
            CASE WHEN q.slot IS NOT NULL THEN 'slot' ELSE q.type END AS kind,
            o.unit, q.code AS question, q.question AS number, q.slot,
            CASE WHEN q.slot < length(o.answers)
                THEN get_byte(o.answers, q.slot) ELSE 0 END AS b1,
            CASE WHEN q.slot < length(t.answers)
                THEN get_byte(t.answers, q.slot) ELSE 0 END AS b2,
            o.extra -> q.code AS e1, t.extra -> q.code AS e2
        FROM one AS o
        JOIN two AS t ON t.unit = o.unit
        JOIN plan.unit AS u ON u.wave = p_wave AND u.unit = o.unit
        CROSS JOIN asked AS q
        WHERE p_form = p_other_form
    ), said AS (
        SELECT c.place, c.field, c.kind, c.unit, c.question,
            CASE WHEN c.b1 = c.b2 THEN '' ELSE
                field.second_mark(p_wave, p_form, c.number, c.b1) END AS one,
            CASE WHEN c.b1 = c.b2 THEN '' ELSE
                field.second_mark(p_wave, p_form, c.number, c.b2) END AS two,
            c.b1 = c.b2 AS same
        FROM cell AS c
        WHERE c.kind = 'slot' AND NOT (c.b1 = 0 AND c.b2 = 0)
        UNION ALL
        SELECT c.place, c.field, c.kind, c.unit, c.question, v.one, v.two,
            CASE c.kind WHEN 'text' THEN field.second_text(v.one)
                = field.second_text(v.two) ELSE v.one = v.two END
        FROM cell AS c, LATERAL (SELECT
            coalesce(CASE jsonb_typeof(c.e1) WHEN 'array' THEN (SELECT
                string_agg(i.v, ',' ORDER BY i.n) FROM
                jsonb_array_elements_text(c.e1) WITH ORDINALITY AS i (v, n))
                ELSE c.e1 #>> '{}' END, '.') AS one,
            coalesce(CASE jsonb_typeof(c.e2) WHEN 'array' THEN (SELECT
                string_agg(i.v, ',' ORDER BY i.n) FROM
                jsonb_array_elements_text(c.e2) WITH ORDINALITY AS i (v, n))
                ELSE c.e2 #>> '{}' END, '.') AS two) AS v
        WHERE c.kind <> 'slot'
        UNION ALL
        SELECT 1, '@form', 'form', NULL, '@form', a.code || ' '
            || a.version, b.code || ' ' || b.version, false
        FROM plan.form AS a, plan.form AS b
        WHERE a.wave = p_wave AND a.form = p_form AND b.wave = p_wave
            AND b.form = p_other_form AND p_form <> p_other_form
        UNION ALL
        SELECT 2, '@collected', 'collected', NULL, '@collected',
            coalesce(p_day::text, '.'), coalesce(p_other_day::text, '.'),
            p_day IS NOT DISTINCT FROM p_other_day
        UNION ALL
        SELECT 10 + p.place::integer, '@profile/' || p.code, 'profile', NULL,
            '@profile/' || p.code, coalesce(p_profile ->> p.code, '.'),
            coalesce(p_other_profile ->> p.code, '.'),
            p_profile ->> p.code IS NOT DISTINCT FROM
                p_other_profile ->> p.code
        FROM profile AS p
        UNION ALL
        SELECT 9000, '@unit/' || u.code, 'unit', x.unit, '@unit',
            CASE WHEN x.has_one THEN 'x' ELSE '.' END,
            CASE WHEN x.has_two THEN 'x' ELSE '.' END, false
        FROM (SELECT coalesce(o.unit, t.unit) AS unit, o.unit IS NOT NULL
                AS has_one, t.unit IS NOT NULL AS has_two
            FROM one AS o FULL JOIN two AS t ON t.unit = o.unit) AS x
        JOIN plan.unit AS u ON u.wave = p_wave AND u.unit = x.unit
        WHERE x.has_one <> x.has_two
        UNION ALL
        SELECT 2000000000, '@comment', 'comment', NULL, '@comment',
            coalesce(c.one, '.'), coalesce(c.two, '.'),
            field.second_text(c.one) = field.second_text(c.two)
        FROM (SELECT (SELECT x.comment FROM field.comment AS x
                WHERE x.wave = p_wave AND x.response = p_one) AS one,
            (SELECT x.comment FROM field.comment AS x
                WHERE x.wave = p_wave AND x.response = p_two) AS two) AS c)
    SELECT s.place, s.field, s.kind, s.unit, s.question, s.one, s.two, s.same
    FROM said AS s
$$;
COMMENT ON FUNCTION field.second_fields(integer, bigint, bigint, integer,
    integer, date, date, jsonb, jsonb) IS
    'every field of two readings of a sheet, and whether they say the same';

-- ---- what came in twice --------------------------------------------------
-- Moves a drawn sheet by the table of rules.
CREATE FUNCTION field.second_move(p_wave integer, p_sheet text, p_act text,
    p_role text, p_reason text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    was text;
BEGIN
    SELECT s.status INTO was FROM field.second_sheet AS s
    WHERE s.wave = p_wave AND s.sheet = p_sheet FOR UPDATE;
    PERFORM field.ledger_refuse('pair', was, p_act, p_role, p_reason,
        'phiếu ' || p_sheet);
    UPDATE field.second_sheet AS s SET status = r.next,
        version = s.version + 1,
        changed_on = (now() AT TIME ZONE 'UTC' + interval '7 hours')::date
    FROM field.sheet_rule AS r
    WHERE s.wave = p_wave AND s.sheet = p_sheet AND r.of = 'pair'
        AND r.status = was AND r.act = p_act;
END
$$;
COMMENT ON FUNCTION field.second_move(integer, text, text, text, text) IS
    'moves a drawn sheet by the table of rules';

-- Compares two readings.  What was settled of the comparison before stays
-- settled where the second reading still says the same and the first says
-- what was settled.
CREATE FUNCTION field.second_compare(p_wave integer, p_sheet text,
    p_one field.response, p_two field.response, p_first_agent integer,
    p_second_agent integer) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    was field.second_sheet;
    open integer;
    settled integer;
BEGIN
    SELECT * INTO was FROM field.second_sheet
    WHERE wave = p_wave AND sheet = p_sheet FOR UPDATE;
    WITH seen AS MATERIALIZED (
        SELECT * FROM field.second_fields(p_wave, p_one.response,
            p_two.response, p_one.form, p_two.form, p_one.collected,
            p_two.collected, coalesce(p_one.profile, '{}'),
            coalesce(p_two.profile, '{}'))
    ), before AS MATERIALIZED (
        SELECT * FROM field.second_difference AS d WHERE d.wave = p_wave
            AND d.sheet = p_sheet AND d.pair = was.pair
            AND d.take IS NOT NULL
    ), pair AS (
        INSERT INTO field.second_pair (wave, sheet, pair, response,
            response_version, response_sha, second, second_version,
            second_sha, first_agent, second_agent, form, compared, fields)
        SELECT p_wave, p_sheet, was.pair + 1, p_one.response, p_one.version,
            field.second_sha(p_wave, p_one.instance), p_two.response,
            p_two.version, field.second_sha(p_wave, p_two.instance),
            p_first_agent, p_second_agent, p_one.form,
            coalesce(jsonb_object_agg(q.question, q.n), '{}'),
            coalesce(sum(q.n), 0)
        FROM (SELECT s.question, count(*) AS n FROM seen AS s
            GROUP BY s.question) AS q)
    INSERT INTO field.second_difference (wave, sheet, pair, field, kind,
        unit, question, one, two, place, take, value, reason, resolved_by,
        resolved_on, event)
    SELECT p_wave, p_sheet, was.pair + 1, s.field, s.kind, s.unit,
        s.question, coalesce(d.one, s.one), s.two, s.place, d.take, d.value,
        d.reason, d.resolved_by, d.resolved_on, d.event
    FROM seen AS s
    LEFT JOIN before AS d ON d.field = s.field AND d.two = s.two
        AND d.value = s.one
    WHERE NOT s.same
    UNION ALL
    -- settled for the second reading: both now say the same, and yet the
    -- first agent was wrong
    SELECT p_wave, p_sheet, was.pair + 1, d.field, d.kind, d.unit,
        d.question, d.one, d.two, d.place, d.take, d.value, d.reason,
        d.resolved_by, d.resolved_on, d.event
    FROM before AS d
    JOIN seen AS s ON s.field = d.field AND s.same
    WHERE d.take <> 'first';
    SELECT count(*) FILTER (WHERE d.take IS NULL), count(d.take)
    INTO open, settled
    FROM field.second_difference AS d
    WHERE d.wave = p_wave AND d.sheet = p_sheet AND d.pair = was.pair + 1;
    UPDATE field.second_sheet SET pair = was.pair + 1,
        first_agent = p_first_agent, agent = p_second_agent
    WHERE wave = p_wave AND sheet = p_sheet;
    IF open > 0 OR settled = 0 OR was.status <> 'resolved' THEN
        PERFORM field.second_move(p_wave, p_sheet, CASE
            WHEN open + settled = 0 THEN 'match' ELSE 'differ' END, 'system',
            NULL);
    END IF;
END
$$;
COMMENT ON FUNCTION field.second_compare(integer, text, field.response,
    field.response, integer, integer) IS
    'compares two readings of a sheet and keeps what differs';

-- Whoever looks or acts first has what came in compared.  The caller holds
-- the wave.
CREATE FUNCTION field.second_sync(p_wave integer) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    x record;
BEGIN
    FOR x IN SELECT r AS one, s AS two, k.agent AS first_agent,
            l.agent AS second_agent, p.pair, p.response_sha, p.second_sha
        FROM field.response AS s
        JOIN field.response AS r ON r.wave = p_wave AND r.sheet = s.sheet
            AND r.keying = 1 AND r.counted
        JOIN field.agent_key AS k ON k.key = r.key
        JOIN field.agent_key AS l ON l.key = s.key
        LEFT JOIN field.second_sheet AS d ON d.wave = p_wave
            AND d.sheet = s.sheet
        LEFT JOIN field.second_pair AS p ON p.wave = p_wave
            AND p.sheet = s.sheet AND p.pair = d.pair
        WHERE s.wave = p_wave AND s.keying = 2 AND s.counted
            AND k.agent <> l.agent
            AND (p.pair IS NULL OR p.response <> r.response
                OR p.second <> s.response OR p.response_version <> r.version
                OR p.second_version <> s.version)
        ORDER BY s.sheet
    LOOP
        IF x.pair IS NOT NULL AND x.response_sha = field.second_sha(p_wave,
                (x.one).instance)
            AND x.second_sha = field.second_sha(p_wave, (x.two).instance)
        THEN
            UPDATE field.second_pair SET response = (x.one).response,
                response_version = (x.one).version,
                second = (x.two).response, second_version = (x.two).version
            WHERE wave = p_wave AND sheet = (x.one).sheet AND pair = x.pair;
            CONTINUE;
        END IF;
        INSERT INTO field.second_sheet (wave, sheet, first_agent, agent,
            status)
        VALUES (p_wave, (x.one).sheet, x.first_agent, x.second_agent,
            'drawn')
        ON CONFLICT DO NOTHING;
        PERFORM field.second_compare(p_wave, (x.one).sheet, x.one, x.two,
            x.first_agent, x.second_agent);
    END LOOP;
END
$$;
COMMENT ON FUNCTION field.second_sync(integer) IS
    'compares what came in twice since anybody looked';

CREATE FUNCTION field.second_look(p_wave integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    has boolean := field.ledger_look(p_wave);
BEGIN
    IF has AND field.ledger_take(p_wave, false) IN ('open', 'closed') THEN
        PERFORM field.second_sync(p_wave);
    END IF;
    RETURN has;
END
$$;
COMMENT ON FUNCTION field.second_look(integer) IS
    'brings the ledger and the comparisons up to date; has the wave a ledger?';

-- Before every act: the wave, its ledger and the comparisons.
CREATE FUNCTION field.second_take(p_wave integer, p_act text, p_role text,
    p_reason text, p_whole boolean) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w_state text := field.ledger_take(p_wave, NOT p_whole);
BEGIN
    IF p_whole THEN
        PERFORM field.ledger_refuse('pair', w_state, p_act, p_role, p_reason,
            'đợt điều tra');
    END IF;
    IF w_state = 'open' THEN
        PERFORM field.ledger_sync(p_wave);
    END IF;
    PERFORM field.second_sync(p_wave);
END
$$;
COMMENT ON FUNCTION field.second_take(integer, text, text, text, boolean) IS
    'takes a wave for an act of second keying, refuses by the table of rules';

-- ---- drawing -------------------------------------------------------------
-- Sheets that may be drawn: keyed, counting, not drawn before.  The lines
-- that are hashed, in their order.
CREATE FUNCTION field.second_frame(p_wave integer, p_areas text[],
    p_stratum text, p_only text, p_form text)
RETURNS TABLE (line text, stratum text, sheet text, agent integer)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT x.stratum || '|' || x.sheet || '|' || x.agent_code, x.stratum,
        x.sheet, x.agent
    FROM (SELECT s.sheet, a.agent, a.code AS agent_code, CASE p_stratum
                WHEN 'agent' THEN a.code WHEN 'form' THEN f.code
                WHEN 'office' THEN a.office
                WHEN 'area' THEN coalesce((SELECT u.code FROM plan.unit AS u
                    WHERE u.wave = p_wave AND u.unit = field.area_of(p_wave,
                        coalesce(s.now_home, s.home))), '')
                ELSE '' END COLLATE "C" AS stratum
        FROM field.sheet AS s
        JOIN field.response AS r ON r.wave = p_wave AND r.sheet = s.sheet
            AND r.keying = 1 AND r.counted
        JOIN field.agent_key AS k ON k.key = r.key
        JOIN field.agent AS a ON a.agent = k.agent
        JOIN plan.form AS f ON f.wave = p_wave AND f.form = r.form
        WHERE s.wave = p_wave AND s.prefix IS NOT NULL
            AND s.status IN ('keyed', 'second-keyed', 'checked', 'valid')
            AND (p_form IS NULL OR f.code = p_form)
            AND (p_areas IS NULL OR coalesce(s.now_home, s.home)
                = ANY (field.units_under(p_wave, p_areas)))
            AND NOT EXISTS (SELECT FROM field.second_sheet AS d
                WHERE d.wave = p_wave AND d.sheet = s.sheet)) AS x
    WHERE p_only IS NULL OR x.stratum = p_only
    ORDER BY x.stratum, x.sheet
$$;
COMMENT ON FUNCTION field.second_frame(integer, text[], text, text, text) IS
    'the sheets a draw is from, by stratum';

-- The state of the project's own generator (collector/simulate_random.c) for
-- a seed, a purpose and a number: the draw takes the lowest of each stratum.
CREATE FUNCTION field.second_key(p_seed text, p_frame bytea, p_i bigint)
RETURNS bytea LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT sha256(convert_to(p_seed, 'UTF8') || '\x00'
        || convert_to('second ' || encode(p_frame, 'hex'), 'UTF8') || '\x00'
        || set_byte(set_byte(set_byte(set_byte(decode('0000000000000000',
            'hex'), 0, (p_i & 255)::integer), 1, (p_i >> 8 & 255)::integer),
            2, (p_i >> 16 & 255)::integer), 3, (p_i >> 24 & 255)::integer))
$$;
COMMENT ON FUNCTION field.second_key(text, bytea, bigint) IS
    'what orders a frame: the generator''s state of seed, frame and line';

CREATE FUNCTION field.second_drawn(p_wave integer, p_event integer,
    p_areas text[], p_stratum text, p_only text, p_form text,
    p_share numeric, p_number integer, p_seed text)
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    lines text[];
    hash bytea;
    no integer := (SELECT coalesce(max(d.draw), 0) + 1
        FROM field.second_draw AS d WHERE d.wave = p_wave);
    n integer;
BEGIN
    lines := ARRAY(SELECT f.line FROM field.second_frame(p_wave, p_areas,
        p_stratum, p_only, p_form) AS f);
    IF lines = '{}' THEN
        RAISE EXCEPTION 'không có phiếu nào đã nhập mà chưa rút (no sheet '
            'to draw from)' USING ERRCODE = '55000';
    END IF;
    hash := sha256(convert_to(array_to_string(lines, E'\n') || E'\n',
        'UTF8'));
    INSERT INTO field.second_sheet (wave, sheet, draw, first_agent, status)
    SELECT p_wave, y.sheet, no, y.agent, 'drawn'
    FROM (SELECT x.sheet, x.agent, row_number() OVER (PARTITION BY x.stratum
                ORDER BY field.second_key(p_seed, hash, x.i)) AS place,
            count(*) OVER (PARTITION BY x.stratum) AS size
        FROM (SELECT f.*, row_number() OVER (ORDER BY f.stratum, f.sheet) - 1
                AS i
            FROM field.second_frame(p_wave, p_areas, p_stratum, p_only,
                p_form) AS f) AS x) AS y
    WHERE y.place <= coalesce(p_number, ceil(y.size * p_share / 100));
    GET DIAGNOSTICS n = ROW_COUNT;
    INSERT INTO field.second_draw (wave, draw, event, stratum, only_code,
        form, share, number, seed, method, program, frame, frame_sha256,
        drawn)
    SELECT p_wave, no, p_event, p_stratum, p_only, p_form, p_share, p_number,
        p_seed, 'sha256-lowest-1', m.name || ' '
            || left(encode(m.sha256, 'hex'), 12), lines, hash, n
    FROM meta.migration AS m ORDER BY m.name DESC LIMIT 1;
    RETURN no;
END
$$;
COMMENT ON FUNCTION field.second_drawn(integer, integer, text[], text, text,
    text, numeric, integer, text) IS
    'draws a share or number of each stratum and writes it down';

-- Is he one who may key these again?  Never the agent who keyed it first,
-- never one who is stopped.
CREATE FUNCTION field.second_fit(p_wave integer, p_agent text,
    p_sheets text[]) RETURNS integer
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    him integer := field.ledger_agent(p_agent);
    bad text;
BEGIN
    IF EXISTS (SELECT FROM field.second_stop AS t WHERE t.wave = p_wave
        AND t.agent = him) THEN
        RAISE EXCEPTION 'điều tra viên % đang bị dừng nhập (stopped by a '
            'decision)', p_agent USING ERRCODE = '55000';
    END IF;
    SELECT s.sheet INTO bad FROM field.second_sheet AS s
    WHERE s.wave = p_wave AND s.sheet = ANY (p_sheets)
        AND s.first_agent = him ORDER BY s.sheet LIMIT 1;
    IF bad IS NOT NULL THEN
        RAISE EXCEPTION 'phiếu %: % đã nhập lần một, phải giao người khác '
            '(keyed first by the same agent)', bad, p_agent
            USING ERRCODE = '22023';
    END IF;
    RETURN him;
END
$$;
COMMENT ON FUNCTION field.second_fit(integer, text, text[]) IS
    'refuses the agent who keyed a sheet first, or is stopped';

CREATE FUNCTION field.second_give(p_wave integer, p_sheets text[],
    p_agent integer, p_act text, p_role text, p_reason text) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    x text;
BEGIN
    FOREACH x IN ARRAY p_sheets LOOP
        PERFORM field.second_move(p_wave, x, p_act, p_role, p_reason);
    END LOOP;
    UPDATE field.second_sheet SET agent = p_agent
    WHERE wave = p_wave AND sheet = ANY (p_sheets);
    RETURN cardinality(p_sheets);
END
$$;
COMMENT ON FUNCTION field.second_give(integer, text[], integer, text, text,
    text) IS 'gives drawn sheets to an agent, or to none';

-- `phieu second draw`: gives event, sheets drawn, number of the draw.
CREATE FUNCTION field.second_draw(p_wave integer, p_by text, p_role text,
    p_areas text[], p_stratum text, p_only text, p_form text,
    p_share text, p_number integer, p_seed text, p_agent text,
    p_reason text)
RETURNS TABLE (event integer, moved integer, made text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    ev integer;
    no integer;
    d field.second_draw;
    sheets text[];
BEGIN
    PERFORM field.second_take(p_wave, 'draw', p_role, p_reason, true);
    IF p_stratum NOT IN ('total', 'agent', 'form', 'area', 'office')
        OR (p_share IS NULL) = (p_number IS NULL) OR p_number < 1
        OR p_share !~ '^[0-9]{1,3}(\.[0-9]{1,3})?$'
        OR length(p_seed) > 200 THEN
        RAISE EXCEPTION 'cho tỷ lệ phần trăm hoặc số phiếu, theo total, '
            'agent, form, area, office (give a share in percent or a number)'
            USING ERRCODE = '22023';
    ELSIF p_share IS NOT NULL AND p_share::numeric NOT BETWEEN 0.001 AND 100
    THEN
        RAISE EXCEPTION 'tỷ lệ từ 0.001 đến 100 (a share of 0.001 to 100)'
            USING ERRCODE = '22023';
    ELSIF p_only IS NOT NULL AND p_stratum = 'total' THEN
        RAISE EXCEPTION 'chọn riêng phải theo agent, form, area hoặc office '
            '(only goes with agent, form, area or office)'
            USING ERRCODE = '22023';
    END IF;
    ev := field.ledger_next(p_wave);
    no := field.second_drawn(p_wave, ev, p_areas, p_stratum, p_only, p_form,
        p_share::numeric, p_number, coalesce(nullif(p_seed, ''),
            encode(uuid_send(gen_random_uuid()), 'hex')));
    SELECT * INTO d FROM field.second_draw AS x
    WHERE x.wave = p_wave AND x.draw = no;
    IF p_agent IS NOT NULL THEN
        sheets := ARRAY(SELECT s.sheet FROM field.second_sheet AS s
            WHERE s.wave = p_wave AND s.draw = no ORDER BY s.sheet);
        PERFORM field.second_give(p_wave, sheets, field.second_fit(p_wave,
            p_agent, sheets), 'assign', p_role, p_reason);
    END IF;
    PERFORM field.ledger_seal(p_wave, ev, 'second-draw', p_by, p_role,
        p_reason, CASE WHEN p_agent IS NOT NULL
            THEN field.ledger_agent(p_agent) END, false,
        field.second_draw_said(d));
    PERFORM field.second_log(p_wave, ev, 'draw', p_by, p_role, p_reason,
        field.second_draw_said(d));
    RETURN QUERY SELECT ev, d.drawn, d.draw::text;
END
$$;
COMMENT ON FUNCTION field.second_draw(integer, text, text, text[], text,
    text, text, text, integer, text, text, text) IS
    'draws sheets to be keyed again: seed, frame and program are kept';

-- Draws, rules and decisions are answered for in public: what they were
-- stands in the log beside the event.  They name no sheet.
CREATE FUNCTION field.second_log(p_wave integer, p_event integer, p_act text,
    p_by text, p_role text, p_reason text, p_detail jsonb) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT audit.append(0::smallint, 'second', p_by, (jsonb_build_object(
        'wave', p_wave, 'event', p_event, 'act', p_act, 'role', p_role,
        'reason', coalesce(p_reason, '')) || coalesce(p_detail, '{}'))::text)
$$;
COMMENT ON FUNCTION field.second_log(integer, integer, text, text, text, text,
    jsonb) IS 'what the log says of a draw, a rule, a decision';

CREATE FUNCTION field.second_draw_said(d field.second_draw) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('draw', d.draw, 'by', d.stratum, 'share',
        d.share::text, 'number', d.number, 'seed', d.seed, 'frame',
        cardinality(d.frame), 'frame_sha256', encode(d.frame_sha256, 'hex'),
        'drawn', d.drawn, 'method', d.method, 'program', d.program)
$$;
COMMENT ON FUNCTION field.second_draw_said(field.second_draw) IS
    'what the log says of a draw: no sheet, no agent';

-- Numbers named, or all (or the first p_count) of a draw that nobody has; of
-- those only what this agent did not key himself.
CREATE FUNCTION field.second_pick(p_wave integer, p_areas text[],
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
        RETURN sheets;
    END IF;
    sheets := ARRAY(SELECT d.sheet FROM field.second_sheet AS d
        JOIN field.sheet AS s USING (wave, sheet)
        WHERE d.wave = p_wave AND d.status = 'drawn' AND d.draw IS NOT NULL
            AND (p_draw IS NULL OR d.draw = p_draw)
            AND d.first_agent IS DISTINCT FROM p_not
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
COMMENT ON FUNCTION field.second_pick(integer, text[], text[], text[],
    integer, integer, integer) IS 'the drawn sheets that are meant';

CREATE FUNCTION field.second_assign(p_wave integer, p_by text, p_role text,
    p_areas text[], p_agent text, p_from text[], p_to text[],
    p_draw integer, p_count integer, p_reason text)
RETURNS TABLE (event integer, moved integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    ev integer;
    n integer;
    him integer;
    sheets text[];
BEGIN
    PERFORM field.second_take(p_wave, 'assign', p_role, p_reason, false);
    him := field.ledger_agent(p_agent);
    sheets := field.second_pick(p_wave, p_areas, p_from, p_to, p_draw, him,
        p_count);
    PERFORM field.second_fit(p_wave, p_agent, sheets);
    ev := field.ledger_next(p_wave);
    n := field.second_give(p_wave, sheets, him, 'assign', p_role, p_reason);
    PERFORM field.ledger_seal(p_wave, ev, 'second-assign', p_by, p_role,
        p_reason, him, false, jsonb_build_object('sheets', n));
    RETURN QUERY SELECT ev, n;
END
$$;
COMMENT ON FUNCTION field.second_assign(integer, text, text, text[], text,
    text[], text[], integer, integer, text) IS
    'gives drawn sheets to an agent who did not key them';

CREATE FUNCTION field.second_withdraw(p_wave integer, p_by text, p_role text,
    p_areas text[], p_from text[], p_to text[], p_reason text)
RETURNS TABLE (event integer, moved integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    ev integer;
    n integer;
BEGIN
    PERFORM field.second_take(p_wave, 'withdraw', p_role, p_reason, false);
    ev := field.ledger_next(p_wave);
    n := field.second_give(p_wave, field.second_pick(p_wave, p_areas, p_from,
        p_to, NULL, NULL, NULL), NULL, 'withdraw', p_role, p_reason);
    PERFORM field.ledger_seal(p_wave, ev, 'second-withdraw', p_by, p_role,
        p_reason, NULL, false, jsonb_build_object('sheets', n));
    RETURN QUERY SELECT ev, n;
END
$$;
COMMENT ON FUNCTION field.second_withdraw(integer, text, text, text[],
    text[], text[], text) IS
    'takes drawn sheets back from whom they were given to';

-- ---- settling ------------------------------------------------------------
-- What somebody typed from the paper, as it is kept; NULL: it is none.
CREATE FUNCTION field.second_typed(p_wave integer, p_form integer,
    p_kind text, p_question text, p_value text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    doc jsonb := field.second_form(p_wave, p_form);
    q jsonb := (SELECT x.q FROM jsonb_array_elements(doc -> 'questions')
        AS x (q) WHERE x.q ->> 'code' = p_question);
    own plan.question;
    codes text[];
    day date;
BEGIN
    SELECT * INTO own FROM plan.question AS x
    WHERE x.wave = p_wave AND x.form = p_form AND x.code = p_question;
    codes := ARRAY(SELECT o.code FROM plan.option AS o WHERE o.wave = p_wave
        AND o.form = p_form AND o.question = own.question
        ORDER BY o.ordinal);
    IF p_value = '.' AND p_kind IN ('slot', 'multiple', 'number', 'text',
        'collected', 'comment') THEN
        RETURN p_value;
    END IF;
    RETURN CASE p_kind
        WHEN 'slot' THEN CASE WHEN p_value IN ('-', '*')
            OR p_value = ANY (codes) THEN p_value END
        WHEN 'multiple' THEN CASE WHEN NOT EXISTS (SELECT FROM
                string_to_table(p_value, ',') AS x (c)
                WHERE btrim(x.c) <> ALL (codes))
            THEN (SELECT string_agg(c.c, ',' ORDER BY c.n)
                FROM unnest(codes) WITH ORDINALITY AS c (c, n)
                WHERE c.c IN (SELECT btrim(x.c) FROM
                    string_to_table(p_value, ',') AS x (c))) END
        WHEN 'number' THEN CASE WHEN p_value ~ '^-?[0-9]{1,12}(\.[0-9]{1,6})?$'
            AND p_value::numeric >= coalesce((q ->> 'min')::numeric, '-infinity')
            AND p_value::numeric <= coalesce((q ->> 'max')::numeric, 'infinity')
            AND scale(trim_scale(p_value::numeric))
                <= coalesce((q ->> 'decimals')::integer, 6)
            THEN trim_scale(p_value::numeric)::text END
        WHEN 'text' THEN CASE WHEN octet_length(normalize(p_value, NFC))
            <= coalesce((q ->> 'max_bytes')::integer, 8192)
            THEN normalize(p_value, NFC) END
        WHEN 'comment' THEN CASE WHEN octet_length(p_value) <= 8192
            THEN normalize(p_value, NFC) END
        WHEN 'profile' THEN (SELECT CASE WHEN p_value = '.' THEN CASE
                    WHEN x.p -> 'required' = 'true'::jsonb THEN NULL
                    ELSE p_value END
                ELSE (SELECT o.o ->> 'code'
                    FROM jsonb_array_elements(x.p -> 'options') AS o (o)
                    WHERE o.o ->> 'code' = p_value
                        AND o.o -> 'retired' IS DISTINCT FROM 'true'::jsonb)
                END
            FROM jsonb_array_elements(doc -> 'profile') AS x (p)
            WHERE '@profile/' || (x.p ->> 'code') = p_question)
        WHEN 'collected' THEN (SELECT p_value::date::text FROM plan.wave AS w
            WHERE w.wave = p_wave
                AND p_value ~ '^[0-9]{4}-[01][0-9]-[0-3][0-9]$'
                AND p_value::date BETWEEN w.opens AND w.closes
                AND p_value::date <= (now() AT TIME ZONE 'UTC'
                    + interval '7 hours')::date) END;
EXCEPTION WHEN datetime_field_overflow THEN
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION field.second_typed(integer, integer, text, text, text) IS
    'a value typed from the paper as it is kept; NULL: not one of this field';

-- A reading as jsonb, for the versions of a response.
CREATE FUNCTION field.second_reading(p_wave integer, p_instance text)
RETURNS jsonb LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('state', r.state, 'counted', r.counted,
        'flags', r.flags, 'faults', r.faults, 'collected', r.collected,
        'profile', r.profile, 'comment', (SELECT c.comment
            FROM field.comment AS c WHERE c.wave = p_wave
                AND c.response = r.response),
        'ratings', (SELECT jsonb_agg(jsonb_build_object('unit', a.unit,
            'answers', encode(a.answers, 'hex'), 'extra', a.extra)
            ORDER BY a.unit) FROM field.rating AS a
            WHERE a.wave = p_wave AND a.response = r.response))
    FROM field.response AS r
    WHERE r.wave = p_wave AND r.instance = p_instance
$$;
COMMENT ON FUNCTION field.second_reading(integer, text) IS
    'what a response says, before it is changed';

-- Fewer answers than the wave asks of a valid sheet (D2, D3, required)?
CREATE FUNCTION field.second_lacks(p_wave integer, p_response bigint,
    p_form integer) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH d AS MATERIALIZED (
        SELECT v.content::jsonb -> 'decisions' AS doc
        FROM plan.version AS v WHERE v.wave = p_wave
        ORDER BY v.version DESC LIMIT 1
    ), q AS MATERIALIZED (
        SELECT q.code, q.slot, coalesce(x.q -> 'required' = 'true'::jsonb,
            false) AS required
        FROM plan.question AS q
        LEFT JOIN jsonb_array_elements(field.second_form(p_wave, p_form)
            -> 'questions') AS x (q) ON x.q ->> 'code' = q.code
        WHERE q.wave = p_wave AND q.form = p_form
            AND x.q -> 'asked' IS DISTINCT FROM 'false'::jsonb
    ), c AS (
        SELECT a.unit, q.slot, q.required, CASE
                WHEN q.slot IS NULL THEN coalesce(a.extra, '{}') ? q.code
                ELSE get_byte(a.answers, q.slot) <> 255 END AS there,
            q.slot IS NOT NULL AND get_byte(a.answers, q.slot)
                NOT IN (253, 255) AS given
        FROM field.rating AS a CROSS JOIN q
        WHERE a.wave = p_wave AND a.response = p_response
    )
    SELECT EXISTS (SELECT FROM c, d WHERE NOT c.there AND (c.required
            OR (c.slot IS NOT NULL AND d.doc #>> '{D3,blank}' = 'invalid')))
        OR EXISTS (SELECT FROM d, (SELECT count(*) FILTER (WHERE c.given)
                    AS given, count(*) AS put
                FROM c WHERE c.slot IS NOT NULL GROUP BY c.unit) AS u
            WHERE CASE d.doc #>> '{D2,minimum}'
                WHEN 'all' THEN u.given < u.put
                WHEN 'percent' THEN u.given * 100 <
                    (d.doc #>> '{D2,percent}')::numeric * u.put
                ELSE false END)
$$;
COMMENT ON FUNCTION field.second_lacks(integer, bigint, integer) IS
    'has a reading too few answers to be valid?';

-- Writes one settled field into the reading that counts.
CREATE FUNCTION field.second_put(p_wave integer, p_response bigint,
    p_second bigint, p_form integer, d field.second_difference)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    q plan.question;
BEGIN
    SELECT * INTO q FROM plan.question AS x WHERE x.wave = p_wave
        AND x.form = p_form AND x.code = d.question;
    IF d.kind = 'slot' THEN
        UPDATE field.rating SET answers = set_byte(answers, q.slot,
            CASE d.value WHEN '~' THEN 0 WHEN '*' THEN 253 WHEN '-' THEN 254
                WHEN '.' THEN 255 ELSE (SELECT o.ordinal
                    FROM plan.option AS o WHERE o.wave = p_wave
                        AND o.form = p_form AND o.question = q.question
                        AND o.code = d.value) END)
        WHERE wave = p_wave AND response = p_response AND unit = d.unit;
    ELSIF d.kind IN ('multiple', 'number', 'text') THEN
        UPDATE field.rating SET extra = nullif(CASE WHEN d.value = '.'
            THEN coalesce(extra, '{}') - d.question
            ELSE coalesce(extra, '{}') || jsonb_build_object(d.question,
                CASE d.kind WHEN 'multiple'
                    THEN to_jsonb(string_to_array(d.value, ','))
                    ELSE to_jsonb(d.value) END) END, '{}'::jsonb)
        WHERE wave = p_wave AND response = p_response AND unit = d.unit;
    ELSIF d.kind = 'profile' THEN
        UPDATE field.response SET profile = CASE WHEN d.value = '.'
            THEN profile - substr(d.question, 10)
            ELSE profile || jsonb_build_object(substr(d.question, 10),
                d.value) END
        WHERE wave = p_wave AND sheet = d.sheet AND response = p_response;
    ELSIF d.kind = 'collected' THEN
        UPDATE field.response SET collected = nullif(d.value, '.')::date
        WHERE wave = p_wave AND sheet = d.sheet AND response = p_response;
    ELSIF d.kind = 'comment' THEN
        DELETE FROM field.comment
        WHERE wave = p_wave AND response = p_response;
        INSERT INTO field.comment (wave, response, comment)
        SELECT p_wave, p_response, d.value WHERE d.value <> '.';
    ELSIF d.kind = 'unit' THEN
        DELETE FROM field.rating WHERE wave = p_wave
            AND response = p_response AND unit = d.unit;
        INSERT INTO field.rating
        SELECT p_wave, p_response, a.unit, a.answers, a.extra
        FROM field.rating AS a WHERE a.wave = p_wave
            AND a.response = p_second AND a.unit = d.unit AND d.value = 'x';
    END IF;
END
$$;
COMMENT ON FUNCTION field.second_put(integer, bigint, bigint, integer,
    field.second_difference) IS
    'writes one settled field into the reading that counts';

-- All of a sheet is settled: the reading that counts becomes what the paper
-- says, as a new version.
CREATE FUNCTION field.second_apply(p_wave integer, p_sheet text,
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
COMMENT ON FUNCTION field.second_apply(integer, text, integer, text, text) IS
    'makes the settled answers the new version of what counts';

-- `phieu second resolve`: one field, or @all of a sheet as one of the
-- readings has them.  Never by one of the two agents.
CREATE FUNCTION field.second_resolve(p_wave integer, p_by text, p_role text,
    p_areas text[], p_sheet text, p_field text, p_take text, p_value text,
    p_reason text, p_version integer)
RETURNS TABLE (event integer, moved integer, made text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    ev integer;
    s field.second_sheet;
    d record;
    typed text;
    n integer;
    left_open integer;
BEGIN
    PERFORM field.second_take(p_wave, 'resolve', p_role, p_reason, false);
    PERFORM field.ledger_pick(p_wave, p_areas, NULL, ARRAY[p_sheet],
        ARRAY[p_sheet], NULL, NULL, NULL);
    SELECT * INTO s FROM field.second_sheet AS x
    WHERE x.wave = p_wave AND x.sheet = p_sheet FOR UPDATE;
    IF s.sheet IS NULL THEN
        RAISE EXCEPTION 'phiếu % chưa nhập lần hai (not keyed twice)',
            p_sheet USING ERRCODE = '22023';
    END IF;
    PERFORM field.ledger_refuse('pair', s.status, 'resolve', p_role,
        p_reason, 'phiếu ' || p_sheet);
    IF s.version <> p_version THEN
        RAISE EXCEPTION 'người khác vừa sửa phiếu này, xem lại (somebody '
            'changed it since: look again)' USING ERRCODE = '55000';
    ELSIF field.second_is_one(p_by, s.first_agent, s.agent) THEN
        RAISE EXCEPTION 'người nhập lần một, lần hai không được giải quyết '
            '(not by one of the two who keyed it)' USING ERRCODE = '42501';
    ELSIF NOT EXISTS (SELECT FROM field.response AS r WHERE r.wave = p_wave
        AND r.sheet = p_sheet AND r.keying = 1 AND r.counted) THEN
        RAISE EXCEPTION 'phiếu % không còn được tính (counts no more)',
            p_sheet USING ERRCODE = '55000';
    ELSIF p_take NOT IN ('first', 'second', 'typed')
        OR (p_take = 'typed') <> (p_value IS NOT NULL)
        OR (p_take = 'typed' AND p_field = '@all') THEN
        RAISE EXCEPTION 'chọn first, second, hoặc typed với giá trị của một '
            'câu (first, second, or typed with a value)'
            USING ERRCODE = '22023';
    END IF;
    SELECT x.*, p.form INTO d FROM field.second_difference AS x
    JOIN field.second_pair AS p USING (wave, sheet, pair)
    WHERE x.wave = p_wave AND x.sheet = p_sheet AND x.pair = s.pair
        AND x.field = p_field;
    IF p_field <> '@all' AND d.field IS NULL THEN
        RAISE EXCEPTION 'phiếu % không khác nhau ở "%" (no such difference)',
            p_sheet, p_field USING ERRCODE = '22023';
    ELSIF d.take IS NOT NULL THEN
        RAISE EXCEPTION '"%" đã giải quyết (settled already)', p_field
            USING ERRCODE = '55000';
    ELSIF p_take <> 'first' AND EXISTS (SELECT
        FROM field.second_difference AS x WHERE x.wave = p_wave
            AND x.sheet = p_sheet AND x.pair = s.pair AND x.take IS NULL
            AND (x.kind = 'form' OR (x.kind = 'unit' AND p_take = 'typed'))
            AND p_field IN (x.field, '@all')) THEN
        RAISE EXCEPTION 'mẫu phiếu khác nhau: chỉ giữ lần một, hoặc nhập lại '
            '(another form: keep the first, or key it anew)'
            USING ERRCODE = '22023';
    ELSIF p_take = 'typed' THEN
        typed := field.second_typed(p_wave, d.form, d.kind, d.question,
            p_value);
        IF typed IS NULL THEN
            RAISE EXCEPTION '"%" không phải câu trả lời của % (no answer of '
                'this field)', p_value, p_field USING ERRCODE = '22023';
        END IF;
    END IF;
    ev := field.ledger_next(p_wave);
    UPDATE field.second_difference AS x SET
        take = CASE WHEN p_take = 'typed' AND typed = x.one THEN 'first'
            WHEN p_take = 'typed' AND typed = x.two THEN 'second'
            ELSE p_take END,
        value = CASE p_take WHEN 'first' THEN x.one WHEN 'second' THEN x.two
            ELSE typed END,
        reason = p_reason, resolved_by = p_by, event = ev,
        resolved_on = (now() AT TIME ZONE 'UTC' + interval '7 hours')::date
    WHERE x.wave = p_wave AND x.sheet = p_sheet AND x.pair = s.pair
        AND x.take IS NULL AND p_field IN (x.field, '@all');
    GET DIAGNOSTICS n = ROW_COUNT;
    SELECT count(*) INTO left_open FROM field.second_difference AS x
    WHERE x.wave = p_wave AND x.sheet = p_sheet AND x.pair = s.pair
        AND x.take IS NULL;
    IF left_open = 0 THEN
        PERFORM field.second_move(p_wave, p_sheet, 'resolve', p_role,
            p_reason);
        PERFORM field.second_apply(p_wave, p_sheet, s.pair, p_by, p_reason);
    ELSE
        UPDATE field.second_sheet SET version = version + 1
        WHERE wave = p_wave AND sheet = p_sheet;
    END IF;
    PERFORM field.ledger_seal(p_wave, ev, 'second-resolve', p_by, p_role,
        p_reason, NULL, false, jsonb_build_object('fields', n, 'open',
            left_open));
    RETURN QUERY SELECT ev, n, left_open::text;
END
$$;
COMMENT ON FUNCTION field.second_resolve(integer, text, text, text[], text,
    text, text, text, text, integer) IS
    'settles what two readings of a sheet read otherwise';

-- Is this person one of two agents?  By his name for signing in.
CREATE FUNCTION field.second_is_one(p_by text, p_one integer, p_two integer)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (SELECT FROM field.agent AS a
        WHERE a.agent IN (p_one, p_two) AND lower(a.code) = lower(p_by))
$$;
COMMENT ON FUNCTION field.second_is_one(text, integer, integer) IS
    'is this login one of two agents?';

-- Settled wrongly: what was settled is open again, the old stays as it was.
CREATE FUNCTION field.second_reopen(p_wave integer, p_by text, p_role text,
    p_areas text[], p_sheet text, p_reason text)
RETURNS TABLE (event integer, moved integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    ev integer;
    s field.second_sheet;
BEGIN
    PERFORM field.second_take(p_wave, 'reopen', p_role, p_reason, false);
    PERFORM field.ledger_pick(p_wave, p_areas, NULL, ARRAY[p_sheet],
        ARRAY[p_sheet], NULL, NULL, NULL);
    SELECT * INTO s FROM field.second_sheet AS x
    WHERE x.wave = p_wave AND x.sheet = p_sheet;
    IF s.sheet IS NULL THEN
        RAISE EXCEPTION 'phiếu % chưa nhập lần hai (not keyed twice)',
            p_sheet USING ERRCODE = '22023';
    ELSIF field.second_is_one(p_by, s.first_agent, s.agent) THEN
        RAISE EXCEPTION 'người nhập lần một, lần hai không được giải quyết '
            '(not by one of the two who keyed it)' USING ERRCODE = '42501';
    END IF;
    PERFORM field.second_move(p_wave, p_sheet, 'reopen', p_role, p_reason);
    ev := field.ledger_next(p_wave);
    INSERT INTO field.second_pair
    SELECT p_wave, p_sheet, s.pair + 1, p.response, p.response_version,
        p.response_sha, p.second, p.second_version, p.second_sha,
        p.first_agent, p.second_agent, p.form, p.compared, p.fields
    FROM field.second_pair AS p
    WHERE p.wave = p_wave AND p.sheet = p_sheet AND p.pair = s.pair;
    INSERT INTO field.second_difference (wave, sheet, pair, field, kind,
        unit, question, one, two, place)
    SELECT p_wave, p_sheet, s.pair + 1, d.field, d.kind, d.unit, d.question,
        d.one, d.two, d.place
    FROM field.second_difference AS d
    WHERE d.wave = p_wave AND d.sheet = p_sheet AND d.pair = s.pair;
    UPDATE field.second_sheet SET pair = s.pair + 1
    WHERE wave = p_wave AND sheet = p_sheet;
    PERFORM field.ledger_seal(p_wave, ev, 'second-reopen', p_by, p_role,
        p_reason, NULL, false, NULL);
    RETURN QUERY SELECT ev, 1;
END
$$;
COMMENT ON FUNCTION field.second_reopen(integer, text, text, text[], text,
    text) IS 'opens again what was settled of a sheet';

-- Opening the answers that differ: the fields in the order of the paper.  Of
-- one sheet also what is settled.  Who keyed a sheet does not see it.
CREATE FUNCTION field.second_differences(p_wave integer, p_by text,
    p_role text, p_areas text[], p_sheet text)
RETURNS TABLE (sheet text, version integer, draw integer, first_agent text,
    second_agent text, field text, unit text, question text, kind text,
    one text, two text, one_words text, two_words text, take text,
    value text, reason text, resolved_by text, resolved_on date)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    area integer[] := CASE WHEN p_areas IS NOT NULL
        THEN field.units_under(p_wave, p_areas) END;
    sheets text[];
    no bigint;
BEGIN
    sheets := ARRAY(SELECT d.sheet FROM field.second_sheet AS d
        JOIN field.sheet AS s USING (wave, sheet)
        JOIN field.response AS r ON r.wave = p_wave AND r.sheet = d.sheet
            AND r.keying = 1 AND r.counted
        WHERE d.wave = p_wave AND d.pair > 0
            AND CASE WHEN p_sheet IS NULL THEN d.status = 'differs'
                ELSE d.sheet = p_sheet END
            AND (area IS NULL OR coalesce(s.now_home, s.home) = ANY (area))
            AND NOT field.second_is_one(p_by, d.first_agent, d.agent)
        ORDER BY d.sheet);
    IF sheets = '{}' THEN
        RETURN;
    END IF;
    INSERT INTO field.second_opened (wave, opened_by, role, sheets)
    VALUES (p_wave, p_by, p_role, sheets) RETURNING opened INTO no;
    PERFORM audit.append(0::smallint, 'second.open', p_by, jsonb_build_object(
        'wave', p_wave, 'role', p_role, 'opened', no, 'count',
        cardinality(sheets))::text);
    RETURN QUERY
    SELECT s.sheet, s.version, s.draw, a.code, b.code, d.field,
        coalesce(u.name, ''), coalesce(q.text, CASE d.kind
            WHEN 'profile' THEN substr(d.question, 10)
            WHEN 'collected' THEN 'Ngày thu' WHEN 'comment' THEN 'Ý kiến'
            WHEN 'unit' THEN 'Đơn vị được đánh giá'
            WHEN 'form' THEN 'Mẫu phiếu' ELSE d.question END),
        d.kind, d.one, d.two,
        field.second_words(p_wave, p.form, d.kind, d.question, d.one),
        field.second_words(p_wave, p.form, d.kind, d.question, d.two),
        d.take, d.value, d.reason, d.resolved_by, d.resolved_on
    FROM field.second_sheet AS s
    JOIN field.second_pair AS p ON p.wave = p_wave AND p.sheet = s.sheet
        AND p.pair = s.pair
    JOIN field.second_difference AS d ON d.wave = p_wave
        AND d.sheet = s.sheet AND d.pair = s.pair
    LEFT JOIN field.agent AS a ON a.agent = s.first_agent
    LEFT JOIN field.agent AS b ON b.agent = s.agent
    LEFT JOIN plan.unit AS u ON u.wave = p_wave AND u.unit = d.unit
    LEFT JOIN plan.question AS q ON q.wave = p_wave AND q.form = p.form
        AND q.code = d.question
    WHERE s.wave = p_wave AND s.sheet = ANY (sheets)
    ORDER BY s.sheet, d.place, d.field;
END
$$;
COMMENT ON FUNCTION field.second_differences(integer, text, text, text[],
    text) IS
    'opens the answers that two readings read otherwise; stands in the log';

CREATE FUNCTION field.second_words(p_wave integer, p_form integer,
    p_kind text, p_question text, p_value text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN p_kind = 'unit' THEN CASE p_value WHEN 'x' THEN 'có'
            ELSE 'không' END
        WHEN p_value = '.' THEN 'để trống'
        WHEN p_kind = 'slot' THEN CASE p_value WHEN '-' THEN 'không biết'
            WHEN '*' THEN 'không đọc được' WHEN '~' THEN 'không hỏi'
            ELSE coalesce((SELECT o.label FROM plan.option AS o
                JOIN plan.question AS q USING (wave, form, question)
                WHERE o.wave = p_wave AND o.form = p_form
                    AND q.code = p_question AND o.code = p_value), p_value)
            END
        ELSE p_value END
$$;
COMMENT ON FUNCTION field.second_words(integer, integer, text, text, text) IS
    'a value as people read it';

-- ---- rates ---------------------------------------------------------------
-- Sheets, fields compared, differing, not settled and keyed wrongly, of what
-- was drawn, by total, agent, form, question or office.  A field that is not
-- settled is in nobody's rate.
CREATE FUNCTION field.second_counts(p_wave integer, p_areas text[],
    p_by text, p_keying integer, p_draw integer)
RETURNS TABLE (code text, name text, sheets bigint, fields bigint,
    differ bigint, unresolved bigint, errors bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    area integer[] := CASE WHEN p_areas IS NOT NULL
        THEN field.units_under(p_wave, p_areas) END;
BEGIN
    IF p_by NOT IN ('total', 'agent', 'form', 'question', 'office')
        OR p_keying NOT IN (1, 2) THEN
        RAISE EXCEPTION 'theo total, agent, form, question hoặc office, lần '
            'nhập 1 hoặc 2 (no such level or keying)'
            USING ERRCODE = '22023';
    END IF;
    RETURN QUERY
    WITH pair AS MATERIALIZED (
        SELECT p.*, a.code AS agent, a.name AS agent_name, a.office,
            f.code AS form_code, f.name AS form_name
        FROM field.second_sheet AS d
        JOIN field.second_pair AS p USING (wave, sheet, pair)
        JOIN field.sheet AS s USING (wave, sheet)
        JOIN field.agent AS a ON a.agent = CASE p_keying WHEN 1
            THEN p.first_agent ELSE p.second_agent END
        JOIN plan.form AS f ON f.wave = p_wave AND f.form = p.form
        WHERE d.wave = p_wave AND d.draw IS NOT NULL
            AND (p_draw IS NULL OR d.draw = p_draw)
            AND (area IS NULL OR coalesce(s.now_home, s.home) = ANY (area))
            AND EXISTS (SELECT FROM field.response AS r
                WHERE r.wave = p_wave AND r.sheet = d.sheet
                    AND r.keying = 1 AND r.counted)
    ), wrong AS (
        SELECT d.sheet, d.question, count(*) AS differ,
            count(*) FILTER (WHERE d.take IS NULL) AS unresolved,
            count(*) FILTER (WHERE d.take <> CASE p_keying WHEN 1
                THEN 'first' ELSE 'second' END) AS errors
        FROM pair AS p
        JOIN field.second_difference AS d USING (wave, sheet, pair)
        GROUP BY d.sheet, d.question
    ), cell AS (
        SELECT p.sheet, CASE p_by WHEN 'agent' THEN p.agent
                WHEN 'form' THEN p.form_code WHEN 'office' THEN p.office
                WHEN 'question' THEN p.form_code || '/' || q.question
                ELSE '' END AS key,
            CASE p_by WHEN 'agent' THEN p.agent_name
                WHEN 'form' THEN p.form_name WHEN 'office' THEN p.office
                WHEN 'question' THEN coalesce((SELECT x.text
                    FROM plan.question AS x WHERE x.wave = p_wave
                        AND x.form = p.form AND x.code = q.question), '')
                ELSE '' END AS label,
            q.n::bigint AS n, w.differ, w.unresolved, w.errors
        FROM pair AS p
        CROSS JOIN LATERAL jsonb_each_text(p.compared) AS q (question, n)
        LEFT JOIN wrong AS w ON w.sheet = p.sheet
            AND w.question = q.question)
    SELECT c.key, min(c.label), count(DISTINCT c.sheet),
        coalesce(sum(c.n), 0)::bigint, coalesce(sum(c.differ), 0)::bigint,
        coalesce(sum(c.unresolved), 0)::bigint,
        coalesce(sum(c.errors), 0)::bigint
    FROM cell AS c GROUP BY c.key ORDER BY c.key COLLATE "C";
END
$$;
COMMENT ON FUNCTION field.second_counts(integer, text[], text, integer,
    integer) IS 'fields compared and keyed wrongly, of what was drawn';

-- ---- rules and decisions -------------------------------------------------
CREATE FUNCTION field.second_rule_put(p_wave integer, p_by text, p_role text,
    p_act text, p_maximum text, p_least integer, p_accept integer,
    p_level text, p_unresolved text, p_reason text)
RETURNS TABLE (event integer, made text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    ev integer;
    old field.second_rule;
    r field.second_rule;
BEGIN
    PERFORM field.second_take(p_wave, p_act, p_role, p_reason, true);
    SELECT * INTO old FROM field.second_rule AS x WHERE x.wave = p_wave
    ORDER BY x.rule DESC LIMIT 1;
    r := old;
    r.wave := p_wave;
    r.rule := coalesce(old.rule, 0) + 1;
    r.unresolved := coalesce(p_unresolved, old.unresolved, 'refuse');
    r.level := coalesce(old.level, 95);
    r.least := coalesce(old.least, 1);
    IF p_act = 'rule' THEN
        IF (p_maximum IS NOT NULL AND p_accept IS NOT NULL)
            OR NOT p_maximum ~ '^[0-9]{1,3}(\.[0-9]{1,4})?$'
            OR NOT p_level ~ '^[0-9]{1,2}(\.[0-9]{1,4})?$'
            OR p_least < 1 OR p_accept < 0 OR p_maximum::numeric > 100
            OR p_level::numeric <= 0 THEN
            RAISE EXCEPTION 'cho tỷ lệ sai cao nhất (phần trăm) hoặc số ô sai '
                'chấp nhận, không cả hai; số ô ít nhất từ 1 (a maximum share '
                'or an acceptance number, not both)' USING ERRCODE = '22023';
        END IF;
        r.maximum := p_maximum::numeric;
        r.accept := p_accept;
        r.least := coalesce(p_least, 1);
        r.level := coalesce(p_level::numeric, 95);
    ELSIF r.unresolved NOT IN ('refuse', 'first') OR p_unresolved IS NULL THEN
        RAISE EXCEPTION 'chọn refuse hoặc first (refuse or first)'
            USING ERRCODE = '22023';
    END IF;
    ev := field.ledger_next(p_wave);
    r.event := ev;
    INSERT INTO field.second_rule SELECT r.*;
    PERFORM field.ledger_seal(p_wave, ev, 'second-' || p_act, p_by, p_role,
        p_reason, NULL, false, to_jsonb(r) - 'wave' - 'event');
    PERFORM field.second_log(p_wave, ev, p_act, p_by, p_role, p_reason,
        to_jsonb(r) - 'wave' - 'event');
    RETURN QUERY SELECT ev, r.rule::text;
END
$$;
COMMENT ON FUNCTION field.second_rule_put(integer, text, text, text, text,
    integer, integer, text, text, text) IS
    'sets the acceptance rule of a wave, or what is done with the unsettled';

CREATE FUNCTION field.second_decide(p_wave integer, p_by text, p_role text,
    p_act text, p_agent text, p_verdict text, p_reason text)
RETURNS TABLE (event integer, moved integer, made text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    ev integer;
    him integer := field.ledger_agent(p_agent);
    no integer;
    c record;
    again integer;
    n integer := 0;
    said jsonb;
BEGIN
    PERFORM field.second_take(p_wave, p_act, p_role, p_reason, true);
    IF p_act = 'lift' THEN
        p_verdict := 'lift';
    END IF;
    IF p_verdict NOT IN ('accept', 'stop', 'rekey')
        AND p_act <> 'lift' THEN
        RAISE EXCEPTION 'kết luận là accept, stop hoặc rekey (accept, stop '
            'or rekey)' USING ERRCODE = '22023';
    ELSIF (p_act = 'lift') <> EXISTS (SELECT FROM field.second_stop AS t
            WHERE t.wave = p_wave AND t.agent = him)
        AND p_verdict IN ('lift', 'stop') THEN
        RAISE EXCEPTION 'điều tra viên % % (stopped already, or not)',
            p_agent, CASE p_act WHEN 'lift' THEN 'không bị dừng'
                ELSE 'đã bị dừng' END USING ERRCODE = '55000';
    END IF;
    ev := field.ledger_next(p_wave);
    SELECT x.* INTO c FROM field.second_counts(p_wave, NULL, 'agent', 1,
        NULL) AS x WHERE x.code = p_agent;
    no := (SELECT coalesce(max(x.decision), 0) + 1
        FROM field.second_decision AS x WHERE x.wave = p_wave);
    IF p_verdict = 'rekey' AND EXISTS (SELECT FROM field.second_frame(p_wave,
        NULL, 'agent', p_agent, NULL) AS f) THEN
        again := field.second_drawn(p_wave, ev, NULL, 'agent', p_agent, NULL,
            100, NULL, encode(uuid_send(gen_random_uuid()), 'hex'));
        SELECT d.drawn, field.second_draw_said(d) INTO n, said
        FROM field.second_draw AS d
        WHERE d.wave = p_wave AND d.draw = again;
    END IF;
    INSERT INTO field.second_decision (wave, decision, event, agent,
        verdict, rule, fields, errors, draw)
    VALUES (p_wave, no, ev, him, p_verdict, (SELECT max(x.rule)
        FROM field.second_rule AS x WHERE x.wave = p_wave),
        coalesce(c.fields - c.unresolved, 0), coalesce(c.errors, 0), again);
    IF p_verdict = 'stop' THEN
        INSERT INTO field.second_stop VALUES (p_wave, him, no);
    ELSIF p_verdict = 'lift' THEN
        DELETE FROM field.second_stop WHERE wave = p_wave AND agent = him;
    END IF;
    said := jsonb_build_object('decision', no, 'verdict', p_verdict, 'fields',
        coalesce(c.fields - c.unresolved, 0), 'errors', coalesce(c.errors, 0),
        'draw', said);
    PERFORM field.ledger_seal(p_wave, ev, 'second-' || p_act, p_by, p_role,
        p_reason, him, false, said);
    PERFORM field.second_log(p_wave, ev, p_act, p_by, p_role, p_reason,
        said || jsonb_build_object('agent', p_agent));
    RETURN QUERY SELECT ev, n, no::text;
END
$$;
COMMENT ON FUNCTION field.second_decide(integer, text, text, text, text,
    text, text) IS
    'a person''s decision on an agent: accept, stop, key all again, lift';

-- A stopped agent gets no sheet, whoever hands it over and how.
CREATE FUNCTION field.second_stops() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM field.second_stop AS t
        WHERE t.wave = NEW.wave AND t.agent = NEW.agent) THEN
        RAISE EXCEPTION 'điều tra viên % đang bị dừng, không giao phiếu '
            '(stopped by a decision: no sheets)', (SELECT a.code
                FROM field.agent AS a WHERE a.agent = NEW.agent)
            USING ERRCODE = '55000';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION field.second_stops() IS
    'refuses sheets to an agent whom a decision stopped';
CREATE TRIGGER sheet_agent_stopped BEFORE UPDATE OF agent ON field.sheet
    FOR EACH ROW WHEN (NEW.agent IS NOT NULL
        AND NEW.agent IS DISTINCT FROM OLD.agent)
    EXECUTE FUNCTION field.second_stops();

-- ---- the ledger: sync, open, freeze --------------------------------------
ALTER FUNCTION field.ledger_sync(integer) RENAME TO ledger_sync_sheets;
CREATE FUNCTION field.ledger_sync(p_wave integer) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM field.ledger_sync_sheets(p_wave);
    PERFORM field.second_sync(p_wave);
END
$$;
COMMENT ON FUNCTION field.ledger_sync(integer) IS
    'moves the sheets whose submissions came in, compares those keyed twice';

-- What of second keying still wants something, of sheets that count.
CREATE FUNCTION field.second_left(p_wave integer)
RETURNS TABLE (kind text, sheet text, status text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE d.status WHEN 'differs' THEN 'differs' ELSE 'second' END,
        d.sheet, d.status
    FROM field.second_sheet AS d
    JOIN field.response AS r ON r.wave = p_wave AND r.sheet = d.sheet
        AND r.keying = 1 AND r.counted
    WHERE d.wave = p_wave AND d.status IN ('drawn', 'assigned', 'differs')
        AND coalesce((SELECT x.unresolved FROM field.second_rule AS x
            WHERE x.wave = p_wave ORDER BY x.rule DESC LIMIT 1), 'refuse')
            = 'refuse'
$$;
COMMENT ON FUNCTION field.second_left(integer) IS
    'drawn sheets that were not keyed again, or differ and are not settled';

ALTER FUNCTION field.ledger_open(integer, text[]) RENAME TO ledger_open_sheets;
CREATE FUNCTION field.ledger_open(p_wave integer, p_areas text[])
RETURNS TABLE (kind text, sheet text, status text, grp text, unit text,
    agent text, changed_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT o.* FROM field.ledger_open_sheets(p_wave, p_areas) AS o
    UNION ALL
    (SELECT l.kind, l.sheet, l.status, g.code, coalesce(u.code, ''),
        coalesce(a.code, ''), d.changed_on
    FROM field.second_left(p_wave) AS l
    JOIN field.second_sheet AS d ON d.wave = p_wave AND d.sheet = l.sheet
    JOIN field.sheet AS s ON s.wave = p_wave AND s.sheet = l.sheet
    JOIN plan.respondent_group AS g ON g.wave = p_wave AND g.grp = s.grp
    LEFT JOIN plan.unit AS u ON u.wave = p_wave
        AND u.unit = coalesce(s.now_home, s.home)
    LEFT JOIN field.agent AS a ON a.agent = d.agent
    WHERE p_areas IS NULL OR coalesce(s.now_home, s.home)
        = ANY (field.units_under(p_wave, p_areas))
    ORDER BY l.kind, l.sheet)
$$;
COMMENT ON FUNCTION field.ledger_open(integer, text[]) IS
    'what stands against closing a wave''s ledger, second keying included';

ALTER FUNCTION field.ledger_may_freeze(integer) RENAME TO ledger_may_freeze_sheets;
CREATE FUNCTION field.ledger_may_freeze(p_wave integer) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n bigint := (SELECT count(*) FROM field.second_left(p_wave) AS l
        WHERE l.kind = 'differs');
BEGIN
    IF n > 0 THEN
        RAISE EXCEPTION '% phiếu nhập hai lần còn khác nhau, giải quyết hoặc '
            'quyết định giữ lần một (not settled: phieu second resolve, or '
            'phieu second keep --unresolved first)', n
            USING ERRCODE = '55000';
    END IF;
    RETURN field.ledger_may_freeze_sheets(p_wave);
END
$$;
COMMENT ON FUNCTION field.ledger_may_freeze(integer) IS
    'refuses to freeze a wave whose ledger is open or no longer true, or whose two keyings differ';

-- ---- the way in ----------------------------------------------------------
-- 'first': a second keying by the agent of the first.  'second': not drawn,
-- or drawn for another.  'stopped': by a decision.  In a wave that never drew,
-- anybody but the first agent may key a sheet again.
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
            THEN 'agent' END;
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
COMMENT ON FUNCTION field.sheet_fault(integer, integer, text, smallint,
    integer, integer) IS
    'what the ledger has against a submission with this number';

-- The words for it.
CREATE FUNCTION field.sheet_fault_words(p_fault text) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_build_object('code', CASE p_fault WHEN 'unknown' THEN 'V01'
        ELSE 'V02' END, 'path', CASE WHEN p_fault IN ('first', 'second')
        THEN '/keying' ELSE '/sheet' END, 'message', CASE p_fault
        WHEN 'unknown' THEN 'no sheet of this number was made'
        WHEN 'agent' THEN 'this sheet was not issued to you'
        WHEN 'first' THEN 'you keyed this sheet first: the second keying is '
            'another agent''s'
        WHEN 'second' THEN 'this sheet was not given to you to be keyed '
            'again'
        WHEN 'stopped' THEN 'your keying is stopped by a decision'
        ELSE 'this sheet was issued for another group or unit' END,
        'message_vi', CASE p_fault
        WHEN 'unknown' THEN 'Số phiếu không có trong sổ phiếu'
        WHEN 'agent' THEN 'Phiếu này không giao cho bạn'
        WHEN 'first' THEN 'Bạn đã nhập phiếu này lần một, lần hai phải do '
            'người khác nhập'
        WHEN 'second' THEN 'Phiếu này không giao cho bạn nhập lần hai'
        WHEN 'stopped' THEN 'Việc nhập phiếu của bạn đang tạm dừng theo '
            'quyết định'
        ELSE 'Phiếu này phát cho đối tượng hoặc đơn vị khác' END)
$$;
COMMENT ON FUNCTION field.sheet_fault_words(text) IS
    'the fault of a submission that the ledger is against';

CREATE OR REPLACE FUNCTION field.intake(
    p_wave integer, p_lane smallint, p_receipt_key smallint, p_reused jsonb,
    p_root text,
    p_key integer[], p_instance text[], p_sha bytea[], p_bytes bytea[],
    p_state smallint[], p_form integer[], p_grp integer[], p_home integer[],
    p_sheet text[], p_keying smallint[], p_collected date[],
    p_started timestamptz[], p_ended timestamptz[], p_device text[],
    p_way smallint[], p_flags integer[], p_faults jsonb[],
    p_profile jsonb[], p_simulated boolean[], p_replaces text[],
    p_comment text[],
    r_of integer[], r_unit integer[], r_answers bytea[], r_extra jsonb[])
RETURNS TABLE (ord integer, outcome smallint, state smallint, flags integer,
    faults text, receipt_key smallint, replaced boolean)
LANGUAGE plpgsql SECURITY DEFINER AS $$
#variable_conflict use_column
DECLARE
    w record;
    bad integer[] := '{}';
    fault text;
    said jsonb;
BEGIN
    IF current_setting('search_path') <> 'pg_catalog, pg_temp' THEN
        RAISE insufficient_privilege
            USING MESSAGE = 'search_path is not pg_catalog, pg_temp';
    END IF;
    PERFORM pg_advisory_xact_lock_shared(7001, p_wave);
    SELECT x.ledger, x.state INTO w FROM plan.wave AS x
    WHERE x.wave = p_wave;
    IF w.ledger AND w.state = 'closed' THEN
        -- Who lost the answer while the wave closed still gets it.
        RETURN QUERY SELECT u.ord::integer,
            CASE WHEN r.instance IS NULL THEN 5 ELSE 2 END::smallint,
            r.state, r.flags, r.faults::text, r.receipt_key, false
        FROM unnest(p_key, p_instance, p_sha)
            WITH ORDINALITY AS u (key, instance, sha, ord)
        LEFT JOIN field.response AS r
            ON r.wave = p_wave AND r.instance = u.instance
            AND r.sha256 = u.sha
            AND EXISTS (SELECT FROM field.agent_key AS k
                WHERE k.key = u.key AND k.wave = p_wave
                    AND k.revoked_at IS NULL AND k.expires_at > now());
        RETURN;
    END IF;
    IF w.ledger THEN
        FOR i IN 1 .. cardinality(p_instance) LOOP
            CONTINUE WHEN p_state[i] = 3;
            fault := field.sheet_fault(p_wave, p_key[i], p_sheet[i],
                p_keying[i], p_grp[i], p_home[i]);
            CONTINUE WHEN fault IS NULL;
            said := field.sheet_fault_words(fault);
            p_state[i] := 3;
            p_faults[i] := jsonb_build_array(said)
                || coalesce(p_faults[i], '[]');
            bad := bad || i;
        END LOOP;
    END IF;
    IF bad = '{}' THEN
        RETURN QUERY SELECT * FROM field.intake_any(p_wave, p_lane,
            p_receipt_key, p_reused, p_root, p_key, p_instance, p_sha,
            p_bytes, p_state, p_form, p_grp, p_home, p_sheet, p_keying,
            p_collected, p_started, p_ended, p_device, p_way, p_flags,
            p_faults, p_profile, p_simulated, p_replaces, p_comment, r_of,
            r_unit, r_answers, r_extra);
        RETURN;
    END IF;
    RETURN QUERY
    WITH done AS MATERIALIZED (
        SELECT * FROM field.intake_any(p_wave, p_lane, p_receipt_key,
            p_reused, p_root, p_key, p_instance, p_sha, p_bytes, p_state,
            p_form, p_grp, p_home, p_sheet, p_keying, p_collected, p_started,
            p_ended, p_device, p_way, p_flags, p_faults, p_profile,
            p_simulated, p_replaces, p_comment, r_of, r_unit, r_answers,
            r_extra))
    SELECT * FROM done
    UNION ALL
    SELECT b.i, 1::smallint, 3::smallint, p_flags[b.i],
        p_faults[b.i]::text, p_receipt_key, false
    FROM unnest(bad) AS b (i)
    WHERE b.i NOT IN (SELECT d.ord FROM done AS d);
END
$$;

-- ---- the second agent's own list -----------------------------------------
-- What he needs to find the paper and to key it, and nothing that was read
-- from it.  `done`: he has sent it.
CREATE FUNCTION field.agent_second(p_key integer)
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
        AND d.draw IS NOT NULL
    JOIN field.sheet AS s ON s.wave = d.wave AND s.sheet = d.sheet
    WHERE me.key = p_key AND me.revoked_at IS NULL AND me.expires_at > now()
    ORDER BY s.prefix, s.serial
$$;
COMMENT ON FUNCTION field.agent_second(integer) IS
    'the sheets that the key''s agent is to key again: numbers, no answers';

-- ---- who may -------------------------------------------------------------
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA field FROM PUBLIC;
GRANT EXECUTE ON FUNCTION field.second_look(integer),
    field.second_draw(integer, text, text, text[], text, text, text, text,
        integer, text, text, text),
    field.second_assign(integer, text, text, text[], text, text[], text[],
        integer, integer, text),
    field.second_withdraw(integer, text, text, text[], text[], text[], text),
    field.second_resolve(integer, text, text, text[], text, text, text, text,
        text, integer),
    field.second_reopen(integer, text, text, text[], text, text),
    field.second_differences(integer, text, text, text[], text),
    field.second_counts(integer, text[], text, integer, integer),
    field.second_rule_put(integer, text, text, text, text, integer, integer,
        text, text, text),
    field.second_decide(integer, text, text, text, text, text, text),
    field.second_key(text, bytea, bigint),
    field.ledger_open(integer, text[]) TO phieu_server;
REVOKE ALL ON FUNCTION field.ledger_open_sheets(integer, text[])
    FROM phieu_server;
GRANT EXECUTE ON FUNCTION field.agent_second(integer) TO phieu_collector;
GRANT SELECT ON field.second_draw, field.second_sheet, field.second_opened,
    field.second_rule, field.second_decision, field.second_stop
    TO phieu_server;
-- Which draws, rules and decisions there were, never which sheets.
GRANT SELECT (wave, draw, event, stratum, share, number, seed, method,
    program, frame_sha256, drawn) ON field.second_draw TO phieu_auditor;
GRANT SELECT ON field.second_rule TO phieu_auditor;
