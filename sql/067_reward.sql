-- Commendation (khen thưởng): rules as data, what bars a unit, persons whom
-- units name, and lists made from a published result.  A list keeps the
-- release, the result and the rules that it was made by; it is a draft until
-- its decision, and says so when anything below it has changed since.
CREATE TABLE assess.reward_plan (
    round integer NOT NULL REFERENCES assess.round,
    version integer NOT NULL CHECK (version > 0),
    content text NOT NULL,
    sha256 bytea NOT NULL,
    trial boolean NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    loaded_by text NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (round, version),
    CHECK (sha256 = pg_catalog.sha256(convert_to(content, 'UTF8')))
);
COMMENT ON TABLE assess.reward_plan IS
    'Rules of commendation, whole documents; the newest is in force';
COMMENT ON COLUMN assess.reward_plan.round IS 'Round';
COMMENT ON COLUMN assess.reward_plan.version IS 'From 1, without gaps';
COMMENT ON COLUMN assess.reward_plan.content IS
    'Canonical JSON: blocks, rules, what bars';
COMMENT ON COLUMN assess.reward_plan.sha256 IS 'SHA-256 of the content';
COMMENT ON COLUMN assess.reward_plan.trial IS 'Its basis is an example';
COMMENT ON COLUMN assess.reward_plan.reason IS 'Why it was loaded';
COMMENT ON COLUMN assess.reward_plan.loaded_by IS 'Who loaded it';
COMMENT ON COLUMN assess.reward_plan.loaded_at IS 'When';

CREATE TABLE assess.discipline (
    round integer NOT NULL,
    discipline integer NOT NULL CHECK (discipline > 0),
    unit integer NOT NULL,
    what text NOT NULL CHECK (what <> ''),
    source text NOT NULL CHECK (source <> ''),
    held date NOT NULL,
    done_by text NOT NULL,
    done_at timestamptz NOT NULL DEFAULT now(),
    lifted_by text,
    lifted_why text,
    lifted_at timestamptz,
    PRIMARY KEY (round, discipline),
    FOREIGN KEY (round, unit) REFERENCES assess.unit,
    CHECK ((lifted_by IS NULL) = (lifted_why IS NULL))
);
COMMENT ON TABLE assess.discipline IS
    'Discipline (kỷ luật) that bars a unit from commendation';
COMMENT ON COLUMN assess.discipline.round IS 'Round';
COMMENT ON COLUMN assess.discipline.discipline IS 'From 1';
COMMENT ON COLUMN assess.discipline.unit IS 'Unit';
COMMENT ON COLUMN assess.discipline.what IS 'What it is';
COMMENT ON COLUMN assess.discipline.source IS 'Number and date of its decision';
COMMENT ON COLUMN assess.discipline.held IS 'Day of it';
COMMENT ON COLUMN assess.discipline.done_by IS 'Who recorded it';
COMMENT ON COLUMN assess.discipline.done_at IS 'When';
COMMENT ON COLUMN assess.discipline.lifted_by IS 'Who lifted it, NULL: it bars';
COMMENT ON COLUMN assess.discipline.lifted_why IS 'Why it was lifted';
COMMENT ON COLUMN assess.discipline.lifted_at IS 'When it was lifted';

-- Personal data: the council, the secretariat and the unit that named see it.
CREATE TABLE assess.reward_person (
    round integer NOT NULL REFERENCES assess.round,
    person integer NOT NULL CHECK (person > 0),
    unit integer,
    name text NOT NULL CHECK (name <> ''),
    position text NOT NULL CHECK (position <> ''),
    merit text NOT NULL CHECK (merit <> ''),
    decision text,
    done_by text NOT NULL,
    done_at timestamptz NOT NULL DEFAULT now(),
    withdrawn_by text,
    withdrawn_why text,
    withdrawn_at timestamptz,
    PRIMARY KEY (round, person),
    FOREIGN KEY (round, unit) REFERENCES assess.unit,
    CHECK ((withdrawn_by IS NULL) = (withdrawn_why IS NULL))
);
COMMENT ON TABLE assess.reward_person IS
    'Persons named for commendation with their merit';
COMMENT ON COLUMN assess.reward_person.round IS 'Round';
COMMENT ON COLUMN assess.reward_person.person IS 'From 1; all that the log has';
COMMENT ON COLUMN assess.reward_person.unit IS
    'The unit that names, NULL: works for the province as a whole';
COMMENT ON COLUMN assess.reward_person.name IS 'Name';
COMMENT ON COLUMN assess.reward_person.position IS 'Position (chức vụ)';
COMMENT ON COLUMN assess.reward_person.merit IS 'Merit (thành tích)';
COMMENT ON COLUMN assess.reward_person.decision IS
    'Paper by which the unit names, NULL: none';
COMMENT ON COLUMN assess.reward_person.done_by IS 'Who recorded it';
COMMENT ON COLUMN assess.reward_person.done_at IS 'When';
COMMENT ON COLUMN assess.reward_person.withdrawn_by IS
    'Who withdrew the name, NULL: it stands';
COMMENT ON COLUMN assess.reward_person.withdrawn_why IS 'Why';
COMMENT ON COLUMN assess.reward_person.withdrawn_at IS 'When';

CREATE TABLE assess.reward_list (
    round integer NOT NULL,
    list integer NOT NULL CHECK (list > 0),
    version integer NOT NULL,
    release integer NOT NULL,
    result integer NOT NULL,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    decision text CHECK (decision <> ''),
    decided_on date,
    decided_by text,
    PRIMARY KEY (round, list),
    FOREIGN KEY (round, version) REFERENCES assess.reward_plan,
    FOREIGN KEY (round, release) REFERENCES assess.release,
    FOREIGN KEY (round, result) REFERENCES assess.result,
    CHECK ((decision IS NULL) = (decided_on IS NULL)
        AND (decision IS NULL) = (decided_by IS NULL))
);
COMMENT ON TABLE assess.reward_list IS
    'Lists of commendation, each made from one published result';
COMMENT ON COLUMN assess.reward_list.round IS 'Round';
COMMENT ON COLUMN assess.reward_list.list IS 'From 1';
COMMENT ON COLUMN assess.reward_list.version IS 'Rules it was made by';
COMMENT ON COLUMN assess.reward_list.release IS 'Release it was made from';
COMMENT ON COLUMN assess.reward_list.result IS 'Result of that release';
COMMENT ON COLUMN assess.reward_list.made_by IS 'Who made it';
COMMENT ON COLUMN assess.reward_list.made_at IS 'When';
COMMENT ON COLUMN assess.reward_list.decision IS
    'Decision of commendation, NULL: a draft';
COMMENT ON COLUMN assess.reward_list.decided_on IS 'Day of the decision';
COMMENT ON COLUMN assess.reward_list.decided_by IS 'Who recorded it';

CREATE TABLE assess.reward_row (
    round integer NOT NULL,
    list integer NOT NULL,
    place integer NOT NULL,
    rule text COLLATE "C" NOT NULL,
    title text NOT NULL,
    unit integer NOT NULL,
    block text,
    rank integer,
    published numeric NOT NULL,
    grade text,
    listed boolean NOT NULL,
    why text NOT NULL,
    PRIMARY KEY (round, list, place),
    FOREIGN KEY (round, list) REFERENCES assess.reward_list,
    FOREIGN KEY (round, unit) REFERENCES assess.unit
);
COMMENT ON TABLE assess.reward_row IS
    'Units of a list by rule, and those kept out with the reason';
COMMENT ON COLUMN assess.reward_row.round IS 'Round';
COMMENT ON COLUMN assess.reward_row.list IS 'List';
COMMENT ON COLUMN assess.reward_row.place IS 'Order printed';
COMMENT ON COLUMN assess.reward_row.rule IS 'Rule, its code';
COMMENT ON COLUMN assess.reward_row.title IS 'What the rule gives';
COMMENT ON COLUMN assess.reward_row.unit IS 'Unit';
COMMENT ON COLUMN assess.reward_row.block IS
    'Its emulation block (khối thi đua), NULL: none';
COMMENT ON COLUMN assess.reward_row.rank IS 'Rank within it, NULL: none';
COMMENT ON COLUMN assess.reward_row.published IS 'Its published total';
COMMENT ON COLUMN assess.reward_row.grade IS 'Its published grade';
COMMENT ON COLUMN assess.reward_row.listed IS 'False: kept out';
COMMENT ON COLUMN assess.reward_row.why IS 'By what it stands there, or not';

CREATE TABLE assess.reward_named (
    round integer NOT NULL,
    list integer NOT NULL,
    person integer NOT NULL,
    rule text COLLATE "C",
    title text,
    listed boolean NOT NULL,
    why text NOT NULL,
    PRIMARY KEY (round, list, person),
    FOREIGN KEY (round, list) REFERENCES assess.reward_list,
    FOREIGN KEY (round, person) REFERENCES assess.reward_person
);
COMMENT ON TABLE assess.reward_named IS 'Persons of a list, and those kept out';
COMMENT ON COLUMN assess.reward_named.round IS 'Round';
COMMENT ON COLUMN assess.reward_named.list IS 'List';
COMMENT ON COLUMN assess.reward_named.person IS 'Person, by number alone';
COMMENT ON COLUMN assess.reward_named.rule IS 'Rule, NULL: no rule fits';
COMMENT ON COLUMN assess.reward_named.title IS 'What the rule gives';
COMMENT ON COLUMN assess.reward_named.listed IS 'False: kept out';
COMMENT ON COLUMN assess.reward_named.why IS 'By what, or why not';

-- ---- loading, what bars, persons -------------------------------------------
CREATE FUNCTION assess.reward_load(p_round integer, p_content text,
    p_trial boolean, p_reason text, p_by text) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last assess.reward_plan;
    digest bytea := sha256(convert_to(p_content, 'UTF8'));
BEGIN
    PERFORM FROM assess.round WHERE round = p_round FOR UPDATE;
    SELECT * INTO last FROM assess.reward_plan WHERE round = p_round
    ORDER BY version DESC LIMIT 1;
    IF last.sha256 = digest THEN
        RETURN 0;
    END IF;
    INSERT INTO assess.reward_plan (round, version, content, sha256, trial,
        reason, loaded_by)
    VALUES (p_round, coalesce(last.version, 0) + 1, p_content, digest,
        p_trial, p_reason, p_by);
    PERFORM assess.note(p_round, 'reward-load', p_by, jsonb_build_object(
        'version', coalesce(last.version, 0) + 1, 'sha256',
        encode(digest, 'hex'), 'reason', p_reason));
    RETURN coalesce(last.version, 0) + 1;
END
$$;
COMMENT ON FUNCTION assess.reward_load(integer, text, boolean, text, text) IS
    'the next version of the rules of commendation; 0: unchanged';

CREATE FUNCTION assess.discipline_add(p_round integer, p_unit integer,
    p_what text, p_source text, p_held date, p_by text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made integer;
BEGIN
    PERFORM FROM assess.round WHERE round = p_round FOR UPDATE;
    INSERT INTO assess.discipline (round, discipline, unit, what, source,
        held, done_by)
    SELECT p_round, coalesce(max(discipline), 0) + 1, p_unit, p_what,
        p_source, p_held, p_by
    FROM assess.discipline WHERE round = p_round RETURNING discipline
    INTO made;
    PERFORM assess.note(p_round, 'discipline', p_by, jsonb_build_object(
        'discipline', made, 'unit', p_unit, 'what', p_what, 'source',
        p_source, 'day', p_held));
    RETURN made;
END
$$;
COMMENT ON FUNCTION assess.discipline_add(integer, integer, text, text, date,
    text) IS 'records a discipline with its source';

CREATE FUNCTION assess.discipline_lift(p_round integer,
    p_discipline integer, p_why text, p_by text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM assess.round WHERE round = p_round FOR UPDATE;
    UPDATE assess.discipline SET lifted_by = p_by, lifted_why = p_why,
        lifted_at = clock_timestamp()
    WHERE round = p_round AND discipline = p_discipline
        AND lifted_by IS NULL;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM assess.note(p_round, 'discipline-lift', p_by,
        jsonb_build_object('discipline', p_discipline, 'why', p_why));
    RETURN true;
END
$$;
COMMENT ON FUNCTION assess.discipline_lift(integer, integer, text, text) IS
    'lifts a discipline with a reason; false: none stands';

-- The log has the number alone: a name that is withdrawn is not kept there.
CREATE FUNCTION assess.reward_name(p_round integer, p_unit integer,
    p_name text, p_position text, p_merit text, p_decision text, p_by text)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    made integer;
BEGIN
    PERFORM FROM assess.round WHERE round = p_round FOR UPDATE;
    IF EXISTS (SELECT FROM assess.reward_person WHERE round = p_round
        AND unit IS NOT DISTINCT FROM p_unit AND name = p_name
        AND position = p_position AND withdrawn_by IS NULL) THEN
        RAISE EXCEPTION 'người này đã được đề nghị (this person is named already)'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    INSERT INTO assess.reward_person (round, person, unit, name, position,
        merit, decision, done_by)
    SELECT p_round, coalesce(max(person), 0) + 1, p_unit, p_name, p_position,
        p_merit, p_decision, p_by
    FROM assess.reward_person WHERE round = p_round RETURNING person
    INTO made;
    PERFORM assess.note(p_round, 'reward-name', p_by, jsonb_build_object(
        'person', made, 'unit', p_unit));
    RETURN made;
END
$$;
COMMENT ON FUNCTION assess.reward_name(integer, integer, text, text, text,
    text, text) IS 'names a person with position and merit';

CREATE FUNCTION assess.reward_withdraw(p_round integer, p_unit integer,
    p_person integer, p_why text, p_by text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM assess.round WHERE round = p_round FOR UPDATE;
    IF EXISTS (SELECT FROM assess.reward_named AS n
        JOIN assess.reward_list AS l USING (round, list)
        WHERE n.round = p_round AND n.person = p_person AND n.listed
            AND l.decision IS NOT NULL) THEN
        RAISE EXCEPTION 'đã có quyết định khen thưởng người này (the decision is made)'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    UPDATE assess.reward_person SET withdrawn_by = p_by,
        withdrawn_why = p_why, withdrawn_at = now()
    WHERE round = p_round AND person = p_person AND withdrawn_by IS NULL
        AND (p_unit IS NULL OR unit = p_unit);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM assess.note(p_round, 'reward-withdraw', p_by,
        jsonb_build_object('person', p_person));
    RETURN true;
END
$$;
COMMENT ON FUNCTION assess.reward_withdraw(integer, integer, integer, text,
    text) IS 'withdraws a name, of a unit''s own when one is given';

-- ---- a list ----------------------------------------------------------------
-- Units under every rule: who stands there, and who would but for a reason.
-- Ranks are within the emulation block, by the published total.
CREATE FUNCTION assess.reward_units(p_round integer, p_result integer,
    p_rules jsonb)
RETURNS TABLE (ord bigint, rule text, title text, code text, block text,
    rank bigint, published numeric, grade text, listed boolean, why text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH unit AS (
        SELECT v.code, v.kind, v.published, v.grade, b.b ->> 'name' AS block,
            concat_ws('; ',
            CASE WHEN (p_rules #>> '{exclude,deduction}')::boolean
                AND v.deduction > 0
            THEN 'bị trừ ' || replace(trim_scale(v.deduction)::text, '.',
                ',') || ' điểm' END,
            CASE WHEN (p_rules #>> '{exclude,discipline}')::boolean
            THEN (SELECT string_agg('kỷ luật: ' || d.what || ' ('
                    || d.source || ')', '; ' ORDER BY d.discipline)
                FROM assess.discipline AS d
                JOIN assess.unit AS u USING (round, unit)
                WHERE d.round = p_round AND u.code = v.code
                    AND d.lifted_by IS NULL) END) AS barred
        FROM assess.result_units(p_round, p_result) AS v
        LEFT JOIN LATERAL (SELECT x AS b
            FROM jsonb_array_elements(p_rules -> 'blocks') AS x
            WHERE x -> 'units' ? v.code) AS b ON true
        WHERE v.published IS NOT NULL
    ), ranked AS (
        -- a place that a barred unit leaves is empty, or the next moves up
        SELECT u.*, CASE WHEN u.block IS NOT NULL AND (u.barred = ''
                OR p_rules ->> 'vacated' = 'empty')
            THEN (SELECT 1 + count(*) FILTER (WHERE o.published
                    > u.published)
                FROM unit AS o WHERE o.block = u.block AND (o.barred = ''
                    OR p_rules ->> 'vacated' = 'empty')) END AS rank,
            CASE WHEN u.block IS NOT NULL
            THEN (SELECT 1 + count(*) FILTER (WHERE o.published
                    > u.published)
                FROM unit AS o WHERE o.block = u.block) END AS all_rank,
            (SELECT count(*) FROM unit AS o WHERE o.block = u.block
                AND o.published >= u.published AND (o.barred = ''
                OR p_rules ->> 'vacated' = 'empty')) AS not_below
        FROM unit AS u
    ), met AS (
        SELECT x.ord, x.r, u.*,
            (x.r ->> 'first')::bigint AS most,
            CASE WHEN x.r ? 'grade' THEN assess.grade_place(p_round,
                    p_result, u.kind, u.grade)
                    <= assess.grade_place(p_round, p_result, u.kind,
                    x.r ->> 'grade') END AS by_grade
        FROM jsonb_array_elements(p_rules -> 'units') WITH ORDINALITY
            AS x (r, ord)
        CROSS JOIN ranked AS u
    )
    SELECT m.ord, m.r ->> 'code', m.r ->> 'title', m.code, m.block,
        coalesce(m.rank, m.all_rank), m.published, m.grade,
        w.out = '', CASE WHEN w.out <> '' THEN w.out
        ELSE concat_ws('; ', CASE WHEN m.by_grade
            THEN 'xếp loại ' || m.grade END,
            CASE WHEN m.most IS NOT NULL THEN 'hạng ' || m.rank || ' '
                || m.block END) END
    FROM met AS m
    CROSS JOIN LATERAL (SELECT concat_ws('; ', nullif(m.barred, ''),
        CASE WHEN m.published < (m.r ->> 'minimum')::numeric
            THEN 'dưới mức tối thiểu '
                || replace(m.r ->> 'minimum', '.', ',') || ' điểm' END,
        CASE WHEN m.most < m.not_below AND m.rank <= m.most
                AND p_rules ->> 'ties' = 'excluded'
            THEN 'đồng hạng vượt số lượng ' || m.most END) AS out) AS w
    WHERE (NOT m.r ? 'grade' OR m.by_grade)
        AND (m.most IS NULL OR coalesce(m.rank, m.all_rank) <= m.most)
    ORDER BY m.ord, m.block NULLS LAST, m.published DESC, m.code
$$;
COMMENT ON FUNCTION assess.reward_units(integer, integer, jsonb) IS
    'units that the rules of commendation name, and those kept out';

-- Persons by the first rule that fits; those of a unit in the order named.
CREATE FUNCTION assess.reward_persons(p_round integer, p_list integer,
    p_rules jsonb)
RETURNS TABLE (person integer, rule text, title text, listed boolean,
    why text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH fits AS (
        SELECT p.person, p.unit, x.ord, x.r,
            row_number() OVER (PARTITION BY p.person ORDER BY x.ord) AS no
        FROM assess.reward_person AS p
        CROSS JOIN jsonb_array_elements(p_rules -> 'persons')
            WITH ORDINALITY AS x (r, ord)
        WHERE p.round = p_round AND p.withdrawn_by IS NULL
            AND CASE WHEN jsonb_typeof(x.r -> 'of') = 'string'
                THEN p.unit IS NULL
            ELSE p.unit IS NOT NULL AND (SELECT count(DISTINCT w.rule)
                FROM assess.reward_row AS w
                WHERE w.round = p_round AND w.list = p_list
                    AND w.unit = p.unit AND w.listed
                    AND x.r -> 'of' ? w.rule)
                >= CASE WHEN (x.r ->> 'all')::boolean
                    THEN jsonb_array_length(x.r -> 'of') ELSE 1 END END
    ), taken AS (
        SELECT f.*, row_number() OVER (PARTITION BY f.ord, f.unit
            ORDER BY f.person) AS seat
        FROM fits AS f WHERE f.no = 1
    )
    SELECT p.person, t.r ->> 'code', t.r ->> 'title',
        t.person IS NOT NULL AND coalesce(t.seat
            <= (t.r ->> 'most')::bigint, true),
        CASE WHEN t.person IS NULL AND p.unit IS NULL
            THEN 'không có quy tắc cho người tham mưu chung của tỉnh'
        WHEN t.person IS NULL
            THEN 'đơn vị không được khen theo quy tắc nào cho cá nhân'
        WHEN t.seat > (t.r ->> 'most')::bigint
            THEN 'vượt số lượng ' || (t.r ->> 'most')
                || ' người của một đơn vị'
        ELSE coalesce((SELECT string_agg(DISTINCT w.title, '; ')
            FROM assess.reward_row AS w WHERE w.round = p_round
                AND w.list = p_list AND w.unit = p.unit AND w.listed),
            'tham mưu chung của tỉnh') END
    FROM assess.reward_person AS p
    LEFT JOIN taken AS t USING (person)
    WHERE p.round = p_round AND p.withdrawn_by IS NULL
    ORDER BY p.person
$$;
COMMENT ON FUNCTION assess.reward_persons(integer, integer, jsonb) IS
    'persons that the rules of commendation name, and those kept out';

-- The number.  Only from what is published.
CREATE FUNCTION assess.reward_make(p_round integer, p_by text)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p assess.reward_plan;
    l assess.release;
    made integer;
BEGIN
    PERFORM FROM assess.round WHERE round = p_round FOR UPDATE;
    SELECT * INTO p FROM assess.reward_plan WHERE round = p_round
    ORDER BY version DESC LIMIT 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'chưa nạp quy tắc khen thưởng (there are no rules of commendation yet)'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    SELECT * INTO l FROM assess.release WHERE round = p_round
    ORDER BY release DESC LIMIT 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'chưa công bố kết quả, không lập danh sách từ dự thảo (no result is published: no list is made from a draft)'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    SELECT coalesce(max(list), 0) + 1 INTO made FROM assess.reward_list
    WHERE round = p_round;
    INSERT INTO assess.reward_list (round, list, version, release, result,
        made_by)
    VALUES (p_round, made, p.version, l.release, l.result, p_by);
    INSERT INTO assess.reward_row (round, list, place, rule, title, unit,
        block, rank, published, grade, listed, why)
    SELECT p_round, made, row_number() OVER (ORDER BY v.ord,
            v.listed DESC, v.block NULLS LAST, v.published DESC, v.code),
        v.rule, v.title, u.unit, v.block, v.rank::integer, v.published,
        v.grade, v.listed, v.why
    FROM assess.reward_units(p_round, l.result, p.content::jsonb) AS v
    JOIN assess.unit AS u ON u.round = p_round AND u.code = v.code;
    INSERT INTO assess.reward_named (round, list, person, rule, title,
        listed, why)
    SELECT p_round, made, v.person, v.rule, v.title, v.listed, v.why
    FROM assess.reward_persons(p_round, made, p.content::jsonb) AS v;
    PERFORM assess.note(p_round, 'reward-make', p_by, jsonb_build_object(
        'list', made, 'rules', p.version, 'release', l.release, 'result',
        l.result));
    RETURN made;
END
$$;
COMMENT ON FUNCTION assess.reward_make(integer, text) IS
    'makes a list of commendation from the published result';

-- What changed below a list since it was made, in words; '' nothing.
CREATE FUNCTION assess.reward_stale(p_round integer, p_list integer)
RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT concat_ws('; ',
        (SELECT 'kết quả đã đính chính, lần công bố ' || max(r.release)
            FROM assess.release AS r
            WHERE r.round = l.round AND r.release > l.release
            HAVING max(r.release) IS NOT NULL),
        (SELECT 'quy tắc đã đổi, phiên bản ' || max(p.version)
            FROM assess.reward_plan AS p
            WHERE p.round = l.round AND p.version > l.version
            HAVING max(p.version) IS NOT NULL),
        CASE WHEN EXISTS (SELECT FROM assess.discipline AS d
            WHERE d.round = l.round AND (d.done_at > l.made_at
                OR d.lifted_at > l.made_at)) THEN 'kỷ luật đã thay đổi' END,
        CASE WHEN l.decision IS NULL AND EXISTS (SELECT
            FROM assess.reward_person AS p
            WHERE p.round = l.round AND (p.done_at > l.made_at
                OR p.withdrawn_at > l.made_at))
            THEN 'danh sách cá nhân đã thay đổi' END)
    FROM assess.reward_list AS l
    WHERE l.round = p_round AND l.list = p_list
$$;
COMMENT ON FUNCTION assess.reward_stale(integer, integer) IS
    'what a list of commendation is outdated by, in words';

CREATE FUNCTION assess.reward_decide(p_round integer, p_list integer,
    p_decision text, p_day date, p_by text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    l assess.reward_list;
    stale text;
BEGIN
    PERFORM FROM assess.round WHERE round = p_round FOR UPDATE;
    SELECT * INTO l FROM assess.reward_list
    WHERE round = p_round AND list = p_list;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF l.decision IS NOT NULL THEN
        RAISE EXCEPTION 'danh sách đã có quyết định (the list has its decision)'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    stale := assess.reward_stale(p_round, p_list);
    IF stale <> '' THEN
        RAISE EXCEPTION 'danh sách đã lỗi thời, hãy lập lại: % (the list is outdated: make it again)', stale
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    UPDATE assess.reward_list SET decision = p_decision, decided_on = p_day,
        decided_by = p_by WHERE round = p_round AND list = p_list;
    PERFORM assess.note(p_round, 'reward-decide', p_by, jsonb_build_object(
        'list', p_list, 'decision', p_decision, 'day', p_day));
    RETURN true;
END
$$;
COMMENT ON FUNCTION assess.reward_decide(integer, integer, text, date, text)
    IS 'records the decision of a list; one that is outdated is refused';

-- Who may, looked at once more by assess.note (065).
INSERT INTO assess.act_right (kind, role, bound)
SELECT k, r, b FROM (VALUES
    (ARRAY['target', 'series'], 'secretariat', NULL),
    (ARRAY['target', 'series'], 'analyst', NULL),
    (ARRAY['discipline', 'discipline-lift', 'reward-make', 'reward-decide',
        'reward-name', 'reward-withdraw'], 'secretariat', NULL),
    (ARRAY['discipline', 'discipline-lift', 'reward-make', 'reward-decide'],
        'council', NULL),
    (ARRAY['reward-name', 'reward-withdraw'], 'unit', 'unit'))
        AS x (kinds, r, b),
    unnest(x.kinds) AS k;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA assess FROM PUBLIC;
GRANT SELECT ON assess.reward_plan, assess.discipline, assess.reward_list,
    assess.reward_row TO phieu_server, phieu_auditor, phieu_backup;
-- names and merits of people: not for the auditor
GRANT SELECT ON assess.reward_person, assess.reward_named
    TO phieu_server, phieu_backup;
GRANT EXECUTE ON FUNCTION
    assess.discipline_add(integer, integer, text, text, date, text),
    assess.discipline_lift(integer, integer, text, text),
    assess.reward_name(integer, integer, text, text, text, text, text),
    assess.reward_withdraw(integer, integer, integer, text, text),
    assess.reward_make(integer, text),
    assess.reward_stale(integer, integer),
    assess.reward_decide(integer, integer, text, date, text)
    TO phieu_server;
