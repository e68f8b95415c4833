-- Signs of how sheets were answered and brought in (Q01-Q06), agent by agent
-- with the sheets behind them; the daily sheet of faults of a post office;
-- what agents are paid by.  A flag never invalidates: it is a reason to ask.
--
-- Nothing of an answer leaves by these functions: which sheets say the same,
-- never what they say; minutes and days, never times.  Every look stands in
-- the log.  The test of Q06 is made by who calls (analysis/agent_means.c) from
-- counts, means and variances, and comes back as p_far.

-- ---- thresholds ----------------------------------------------------------
CREATE TABLE field.flag_default (
    rule text COLLATE "C" PRIMARY KEY,
    value numeric(12, 4) NOT NULL,
    least numeric(12, 4) NOT NULL,
    most numeric(12, 4) NOT NULL,
    by_form boolean NOT NULL,
    words text NOT NULL,
    place integer GENERATED ALWAYS AS IDENTITY,
    CHECK (value BETWEEN least AND most)
);
COMMENT ON TABLE field.flag_default IS
    'Thresholds of flags until a wave has its own: examples, none official';
COMMENT ON COLUMN field.flag_default.rule IS 'q01-answers';
COMMENT ON COLUMN field.flag_default.value IS 'Until the wave says another';
COMMENT ON COLUMN field.flag_default.least IS 'Lowest that is taken';
COMMENT ON COLUMN field.flag_default.most IS 'Highest that is taken';
COMMENT ON COLUMN field.flag_default.by_form IS
    'True: a form may have its own';
COMMENT ON COLUMN field.flag_default.words IS 'What it means, in Vietnamese';
COMMENT ON COLUMN field.flag_default.place IS 'Order of lists';
INSERT INTO field.flag_default (rule, value, least, most, by_form, words)
VALUES
    ('q01-answers', 5, 2, 10000, true,
        'Q01: số ô trả lời ít nhất để xét một phương án cho mọi ô'),
    ('q02-answers', 10, 2, 10000, true,
        'Q02: số ô trả lời ít nhất để xét phiếu trùng nhau'),
    ('q02-sheets', 3, 2, 10000, true,
        'Q02: số phiếu trùng nhau từ đó là nhiều'),
    ('q03-minutes', 3, 0, 600, true,
        'Q03: số phút ít nhất để trả lời một phiếu điện tử'),
    ('q04-sheets', 60, 1, 100000, false,
        'Q04: số phiếu nhiều nhất của một điều tra viên trong một ngày'),
    ('q05-issued', 0, 0, 1, false,
        'Q05: 1 là xét cả phiếu thu trước ngày giao trong sổ phiếu'),
    ('q06-sheets', 10, 10, 10000, false,
        'Q06: số phiếu ít nhất của mỗi bên khi so sánh'),
    ('q06-p', 0.01, 0.0001, 0.2, false,
        'Q06: mức p (đã hiệu chỉnh Holm) dưới đó mới nêu'),
    ('q06-effect', 0.5, 0, 10, false,
        'Q06: chênh lệch ít nhất, tính bằng độ lệch chuẩn');

CREATE TABLE field.flag_rule (
    wave integer NOT NULL REFERENCES plan.wave,
    rule text COLLATE "C" NOT NULL REFERENCES field.flag_default,
    form text COLLATE "C" NOT NULL DEFAULT '',
    revision integer NOT NULL CHECK (revision > 0),
    value numeric(12, 4) NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    decided_by text NOT NULL,
    decided_on date NOT NULL
        DEFAULT (now() AT TIME ZONE 'UTC' + interval '7 hours')::date,
    PRIMARY KEY (wave, rule, form, revision)
);
COMMENT ON TABLE field.flag_rule IS
    'Thresholds that a wave has of its own; the newest is in force';
COMMENT ON COLUMN field.flag_rule.wave IS 'Wave';
COMMENT ON COLUMN field.flag_rule.rule IS 'Of field.flag_default';
COMMENT ON COLUMN field.flag_rule.form IS 'Code of a form; empty: every form';
COMMENT ON COLUMN field.flag_rule.revision IS 'From 1; old ones stay';
COMMENT ON COLUMN field.flag_rule.value IS 'The threshold';
COMMENT ON COLUMN field.flag_rule.reason IS 'Why';
COMMENT ON COLUMN field.flag_rule.decided_by IS 'Who';
COMMENT ON COLUMN field.flag_rule.decided_on IS 'Day in Vietnam';

CREATE TABLE field.assignment (
    wave integer NOT NULL REFERENCES plan.wave,
    agent integer NOT NULL REFERENCES field.agent,
    revision integer NOT NULL CHECK (revision > 0),
    from_day date,
    to_day date CHECK (to_day >= from_day),
    units text[] NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    decided_by text NOT NULL,
    decided_on date NOT NULL
        DEFAULT (now() AT TIME ZONE 'UTC' + interval '7 hours')::date,
    PRIMARY KEY (wave, agent, revision)
);
COMMENT ON TABLE field.assignment IS
    'Where and on which days an agent works in a wave; the newest is in force';
COMMENT ON COLUMN field.assignment.wave IS 'Wave';
COMMENT ON COLUMN field.assignment.agent IS 'Agent';
COMMENT ON COLUMN field.assignment.revision IS 'From 1; old ones stay';
COMMENT ON COLUMN field.assignment.from_day IS 'First day; NULL: no bound';
COMMENT ON COLUMN field.assignment.to_day IS 'Last day; NULL: no bound';
COMMENT ON COLUMN field.assignment.units IS
    'Codes of units, those below them are in; empty: everywhere';
COMMENT ON COLUMN field.assignment.reason IS 'Why';
COMMENT ON COLUMN field.assignment.decided_by IS 'Who';
COMMENT ON COLUMN field.assignment.decided_on IS 'Day in Vietnam';

CREATE TRIGGER flag_rule_stays BEFORE UPDATE ON field.flag_rule
    FOR EACH ROW EXECUTE FUNCTION field.ledger_stays();
CREATE TRIGGER assignment_stays BEFORE UPDATE ON field.assignment
    FOR EACH ROW EXECUTE FUNCTION field.ledger_stays();

CREATE FUNCTION field.flag_value(p_wave integer, p_rule text, p_form text)
RETURNS numeric LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(
        (SELECT r.value FROM field.flag_rule AS r WHERE r.wave = p_wave
            AND r.rule = p_rule AND r.form = coalesce(p_form, '')
        ORDER BY r.revision DESC LIMIT 1),
        (SELECT r.value FROM field.flag_rule AS r WHERE r.wave = p_wave
            AND r.rule = p_rule AND r.form = ''
        ORDER BY r.revision DESC LIMIT 1),
        (SELECT d.value FROM field.flag_default AS d WHERE d.rule = p_rule))
$$;
COMMENT ON FUNCTION field.flag_value(integer, text, text) IS
    'a threshold in force: of the form, of the wave, or the example';

-- Looking and setting end with the freeze: what needs agents and days is
-- looked at before.
CREATE FUNCTION field.quality_open(p_wave integer) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w plan.wave;
BEGIN
    SELECT * INTO w FROM plan.wave WHERE wave = p_wave;
    IF w.wave IS NULL THEN
        RAISE EXCEPTION 'không có đợt điều tra này (no such wave)'
            USING ERRCODE = '22023';
    ELSIF w.state NOT IN ('open', 'closed') THEN
        RAISE EXCEPTION 'đợt % đã khóa số liệu: chất lượng phiếu xem trước '
            'khi khóa (the wave is frozen; quality is looked at before)',
            w.code USING ERRCODE = '55000';
    END IF;
END
$$;
COMMENT ON FUNCTION field.quality_open(integer) IS
    'refuses a wave whose fieldwork is over';

CREATE FUNCTION field.quality_log(p_wave integer, p_by text, p_role text,
    p_what text, p_detail jsonb) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT audit.append(0::smallint, 'quality', p_by,
        (jsonb_build_object('wave', p_wave, 'what', p_what, 'role', p_role)
            || jsonb_strip_nulls(p_detail))::text)
$$;
COMMENT ON FUNCTION field.quality_log(integer, text, text, text, jsonb) IS
    'the log of a look or an act at the desk of quality';

CREATE FUNCTION field.quality_need(p_reason text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF coalesce(p_reason, '') = '' THEN
        RAISE EXCEPTION 'phải có lý do (needs a reason)'
            USING ERRCODE = '22023';
    END IF;
END
$$;
COMMENT ON FUNCTION field.quality_need(text) IS 'refuses an act without reason';

CREATE FUNCTION field.quality_rule(p_wave integer, p_by text, p_role text,
    p_rule text, p_value text, p_form text, p_reason text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    d field.flag_default;
    v numeric;
    n integer;
BEGIN
    PERFORM pg_advisory_xact_lock(7004, p_wave);
    PERFORM field.quality_open(p_wave);
    PERFORM field.quality_need(p_reason);
    SELECT * INTO d FROM field.flag_default WHERE rule = p_rule;
    IF d.rule IS NULL THEN
        RAISE EXCEPTION 'không có ngưỡng "%" (no such rule)', p_rule
            USING ERRCODE = '22023';
    ELSIF coalesce(p_form, '') <> '' AND (NOT d.by_form OR NOT EXISTS (SELECT
        FROM plan.form AS f WHERE f.wave = p_wave AND f.code = p_form)) THEN
        RAISE EXCEPTION 'ngưỡng % không đặt riêng cho mẫu "%" (not of such a '
            'form)', p_rule, p_form USING ERRCODE = '22023';
    ELSIF p_value !~ '^[0-9]{1,7}([.][0-9]{1,4})?$' THEN
        RAISE EXCEPTION 'ngưỡng là số thập phân, dấu chấm, tối đa 4 chữ số '
            'lẻ (a decimal number)' USING ERRCODE = '22023';
    END IF;
    v := p_value::numeric;
    IF v NOT BETWEEN d.least AND d.most THEN
        RAISE EXCEPTION '% phải từ % đến % (must lie between)', p_rule,
            trim_scale(d.least), trim_scale(d.most) USING ERRCODE = '22023';
    END IF;
    SELECT coalesce(max(r.revision), 0) + 1 INTO n FROM field.flag_rule AS r
    WHERE r.wave = p_wave AND r.rule = p_rule
        AND r.form = coalesce(p_form, '');
    INSERT INTO field.flag_rule (wave, rule, form, revision, value, reason,
        decided_by)
    VALUES (p_wave, p_rule, coalesce(p_form, ''), n, v, p_reason, p_by);
    PERFORM field.quality_log(p_wave, p_by, p_role, 'rule',
        jsonb_build_object('rule', p_rule, 'form', p_form, 'value',
            trim_scale(v), 'reason', p_reason));
    RETURN n;
END
$$;
COMMENT ON FUNCTION field.quality_rule(integer, text, text, text, text, text,
    text) IS 'sets a threshold of a wave, the old one stays';

-- Units: codes with commas between; whoever has an area assigns within it.
CREATE FUNCTION field.quality_assign(p_wave integer, p_by text, p_role text,
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
            AND NOT (field.units_under(p_wave, s.units)
                <@ field.units_under(p_wave, p_areas))) THEN
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
COMMENT ON FUNCTION field.quality_assign(integer, text, text, text[], text,
    text, text, text, text) IS
    'says where and on which days an agent works, the old stays';

-- ---- flags ---------------------------------------------------------------
-- What Q06 is tested by: of each agent's counted sheets of a form in a unit
-- how many, mean and variance (n - 1) of a sheet's own mean coefficient, where
-- at least two agents have enough of them.
CREATE FUNCTION field.flag_means(p_wave integer)
RETURNS TABLE (form integer, home integer, agent integer, n bigint,
    mean double precision, variance double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET jit = off AS $$
#variable_conflict use_column
DECLARE
    -- coefficients by form, slot and option; an array is read in place, a
    -- join over every answer would be sorted on disk
    worth double precision[];
    slots integer;
    least numeric := field.flag_value(p_wave, 'q06-sheets', '');
BEGIN
    SELECT max(q.slot) + 1 INTO slots FROM plan.question AS q
    WHERE q.wave = p_wave;
    SELECT array_agg(coalesce(o.coefficient, 'NaN')::double precision
        ORDER BY f.form, s.slot, b.ordinal) INTO worth
    FROM generate_series(1, (SELECT max(x.form) FROM plan.form AS x
            WHERE x.wave = p_wave)) AS f (form)
    CROSS JOIN generate_series(0, slots - 1) AS s (slot)
    CROSS JOIN generate_series(1, 200) AS b (ordinal)
    LEFT JOIN plan.question AS q ON q.wave = p_wave AND q.form = f.form
        AND q.slot = s.slot
    LEFT JOIN plan.option AS o ON o.wave = p_wave AND o.form = q.form
        AND o.question = q.question AND o.ordinal = b.ordinal;
    RETURN QUERY
    WITH sheet AS MATERIALIZED (
        SELECT r.response, r.form, coalesce(s.now_home, r.home, 0) AS home,
            k.agent
        FROM field.response AS r
        JOIN field.agent_key AS k ON k.key = r.key
        LEFT JOIN field.sheet AS s ON s.wave = p_wave AND s.sheet = r.sheet
        WHERE r.wave = p_wave AND r.keying = 1 AND r.counted
            AND r.form IS NOT NULL
    ), met AS MATERIALIZED (
        SELECT x.form, x.home
        FROM (SELECT c.form, c.home, c.agent, count(*) AS n FROM sheet AS c
            GROUP BY c.form, c.home, c.agent) AS x
        GROUP BY x.form, x.home
        HAVING count(*) > 1 AND max(x.n) >= least
    ), part AS (
        SELECT t.response, sum(v.total) AS total, sum(v.n) AS n
        FROM field.rating AS t
        JOIN field.response AS r ON r.wave = p_wave
            AND r.response = t.response
        CROSS JOIN LATERAL (SELECT sum(w.x) AS total, count(*) AS n
            FROM (SELECT CASE WHEN get_byte(t.answers, i) BETWEEN 1 AND 200
                    THEN worth[((r.form - 1) * slots + i) * 200
                        + get_byte(t.answers, i)] ELSE 'NaN' END AS x
                FROM generate_series(0, length(t.answers) - 1) AS i) AS w
            WHERE w.x <> 'NaN') AS v
        WHERE t.wave = p_wave AND r.keying = 1 AND r.counted
        GROUP BY t.response
    ), one AS (
        SELECT c.form, c.home, c.agent, p.total / p.n AS m
        FROM sheet AS c
        JOIN met USING (form, home)
        JOIN part AS p USING (response)
        WHERE p.n > 0)
    SELECT o.form, o.home, o.agent, count(*), avg(o.m),
        coalesce(var_samp(o.m), 0)
    FROM one AS o GROUP BY o.form, o.home, o.agent
    ORDER BY o.form, o.home, o.agent;
END
$$;
COMMENT ON FUNCTION field.flag_means(integer) IS
    'counts, means and variances by form, unit and agent, for the test of Q06';

-- What an answer byte is when it is none: not put, unreadable, don't know,
-- blank.
CREATE FUNCTION field.no_answers() RETURNS bytea
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT '\x00fdfeff'::bytea
$$;
COMMENT ON FUNCTION field.no_answers() IS 'bytes that stand for no answer';

-- Every flag of every counted sheet of first keying.
CREATE FUNCTION field.flags_all(p_wave integer, p_far jsonb)
RETURNS TABLE (flag text, response bigint, sheet text, agent integer,
    form integer, grp integer, home integer, collected date, received date,
    settled boolean, measure numeric, bound numeric, others text, why text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
    SET jit = off AS $$
    WITH rule AS MATERIALIZED (
        SELECT f.form, field.flag_value(p_wave, 'q01-answers', f.code)
                AS q01,
            field.flag_value(p_wave, 'q02-answers', f.code) AS q02,
            field.flag_value(p_wave, 'q02-sheets', f.code) AS q02_sheets,
            field.flag_value(p_wave, 'q03-minutes', f.code) AS q03
        FROM plan.form AS f WHERE f.wave = p_wave
    ), wide AS MATERIALIZED (
        SELECT field.flag_value(p_wave, 'q04-sheets', '') AS q04,
            field.flag_value(p_wave, 'q05-issued', '') AS q05
    ), sheet AS MATERIALIZED (
        SELECT r.response, coalesce(r.sheet, r.instance) AS sheet, k.agent,
            r.form, r.grp, coalesce(r.home, 0) AS printed,
            coalesce(s.now_home, r.home, 0) AS home, r.collected,
            (r.received_at AT TIME ZONE 'UTC' + interval '7 hours')::date
                AS received,
            r.state = 5 OR coalesce(s.status IN ('checked', 'locked'), false)
                AS settled,
            CASE WHEN r.ended_at >= r.started_at
                THEN extract(epoch FROM r.ended_at - r.started_at) / 60 END
                AS minutes
        FROM field.response AS r
        JOIN field.agent_key AS k ON k.key = r.key
        LEFT JOIN field.sheet AS s ON s.wave = p_wave AND s.sheet = r.sheet
        WHERE r.wave = p_wave AND r.keying = 1 AND r.counted
            AND r.form IS NOT NULL
    ), vector AS MATERIALIZED (
        -- btrim of everything but one option leaves nothing of a line
        SELECT s.response, s.agent, s.form, s.sheet, sha256(v.v) AS mark,
            CASE WHEN btrim(v.v, field.no_answers() || substr(h.head, 1, 1))
                = '' THEN field.count_bytes(v.v, 1, 200) END AS line
        FROM sheet AS s
        JOIN (SELECT t.response, string_agg(t.answers, ''::bytea
                ORDER BY t.unit) AS v
            FROM field.rating AS t WHERE t.wave = p_wave
            GROUP BY t.response) AS v USING (response)
        CROSS JOIN LATERAL (SELECT ltrim(v.v, field.no_answers()) AS head)
            AS h
        WHERE length(h.head) > 0
    ), alike AS MATERIALIZED (
        SELECT x.agent, x.form, x.mark, x.n, x.sheets, (SELECT sum(
                field.count_bytes(t.answers, 1, 200))
            FROM field.rating AS t
            WHERE t.wave = p_wave AND t.response = x.one) AS cells
        FROM (SELECT v.agent, v.form, v.mark, count(*)::integer AS n,
                (array_agg(v.sheet ORDER BY v.sheet))[1:9] AS sheets,
                min(v.response) AS one
            FROM vector AS v GROUP BY v.agent, v.form, v.mark
            HAVING count(*) > 1) AS x
        JOIN rule AS u ON u.form = x.form AND x.n >= u.q02_sheets
    ), far AS (
        SELECT f.* FROM jsonb_to_recordset(coalesce(p_far, '[]')) AS f
            (form integer, home integer, agent integer, n integer,
            mean numeric, n_others integer, mean_others numeric, t numeric,
            p numeric, effect numeric, bound numeric)
    ), given AS (
        SELECT a.agent, a.from_day, a.to_day, CASE WHEN a.units <> '{}'
            THEN field.units_under(p_wave, a.units) END AS units
        FROM (SELECT DISTINCT ON (x.agent) x.* FROM field.assignment AS x
            WHERE x.wave = p_wave ORDER BY x.agent, x.revision DESC) AS a
    ), issue AS (
        SELECT m.sheet, m.now_agent AS agent, min(e.done_on) AS day
        FROM field.sheet_move AS m
        JOIN field.sheet_event AS e USING (wave, event)
        WHERE m.wave = p_wave AND m.was_agent IS DISTINCT FROM m.now_agent
            AND (SELECT w.q05 FROM wide AS w) = 1
        GROUP BY m.sheet, m.now_agent
    ), busy AS (
        SELECT s.agent, s.collected, count(*) AS n FROM sheet AS s
        WHERE s.collected IS NOT NULL
        GROUP BY s.agent, s.collected
        HAVING count(*) > (SELECT w.q04 FROM wide AS w)
    ), found AS (
        SELECT 'Q01' AS flag, v.response, v.line::numeric AS measure,
            u.q01 AS bound, NULL AS others,
            v.line || ' ô đều một phương án' AS why
        FROM vector AS v JOIN rule AS u USING (form) WHERE v.line >= u.q01
        UNION ALL
        SELECT 'Q02', v.response, a.n, u.q02_sheets,
            array_to_string((array_remove(a.sheets, v.sheet))[1:8], ' ')
                || CASE WHEN a.n > 9 THEN ' …' ELSE '' END,
            'cả ' || a.cells || ' ô trùng với ' || a.n - 1 || ' phiếu khác'
        FROM alike AS a
        JOIN rule AS u ON u.form = a.form AND a.cells >= u.q02
        JOIN vector AS v ON v.agent = a.agent AND v.form = a.form
            AND v.mark = a.mark
        UNION ALL
        SELECT 'Q03', s.response, round(s.minutes, 1), u.q03, NULL,
            'trả lời trong ' || replace(round(s.minutes, 1)::text, '.', ',')
            || ' phút, ngưỡng ' || replace(trim_scale(u.q03)::text, '.', ',')
        FROM sheet AS s JOIN rule AS u USING (form) WHERE s.minutes < u.q03
        UNION ALL
        SELECT 'Q04', s.response, b.n, w.q04, NULL, 'ngày '
            || to_char(b.collected, 'DD/MM/YYYY') || ' thu ' || b.n
            || ' phiếu, ngưỡng ' || trim_scale(w.q04)
        FROM busy AS b JOIN sheet AS s USING (agent, collected), wide AS w
        UNION ALL
        SELECT 'Q05', s.response, NULL, NULL, NULL, concat_ws('; ',
            CASE WHEN s.collected < g.from_day OR s.collected > g.to_day
                THEN 'thu ngày ' || to_char(s.collected, 'DD/MM/YYYY')
                || ', ngoài thời gian được giao' END,
            CASE WHEN s.home <> 0 AND NOT s.home = ANY (g.units)
                AND NOT s.printed = ANY (g.units)
                THEN 'đơn vị ngoài địa bàn được giao' END)
        FROM sheet AS s JOIN given AS g USING (agent)
        WHERE s.collected < g.from_day OR s.collected > g.to_day
            OR (s.home <> 0 AND NOT s.home = ANY (g.units)
                AND NOT s.printed = ANY (g.units))
        UNION ALL
        SELECT 'Q05', s.response, NULL, NULL, NULL, 'thu ngày '
            || to_char(s.collected, 'DD/MM/YYYY') || ', trước ngày giao '
            || to_char(i.day, 'DD/MM/YYYY')
        FROM sheet AS s JOIN issue AS i USING (sheet, agent)
        WHERE s.collected < i.day
        UNION ALL
        SELECT 'Q06', s.response, f.p, f.bound, NULL, replace(
            'trung bình ' || f.mean || ' (' || f.n || ' phiếu), người khác '
            || f.mean_others || ' (' || f.n_others || '), t = ' || f.t
            || ', p ≤ ' || f.p || ', chênh ' || f.effect
            || ' độ lệch chuẩn', '.', ',')
        FROM far AS f JOIN sheet AS s USING (form, home, agent))
    SELECT f.flag, s.response, s.sheet, s.agent, s.form, s.grp, s.home,
        s.collected, s.received, s.settled, f.measure, f.bound, f.others,
        f.why
    FROM found AS f JOIN sheet AS s USING (response)
$$;
COMMENT ON FUNCTION field.flags_all(integer, jsonb) IS
    'flags Q01-Q06 of a wave''s counted sheets, each with its measure';

-- p_far: what of the test of Q06 is to be said, by who calls.
CREATE FUNCTION field.quality_flags(p_wave integer, p_by text, p_role text,
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
        trim_scale(f.bound), coalesce(f.others, ''), f.why, NOT f.settled
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
COMMENT ON FUNCTION field.quality_flags(integer, text, text, text[], text,
    text, text, text, boolean, jsonb) IS
    'flagged sheets with what flags them, logged';

CREATE FUNCTION field.quality_agents(p_wave integer, p_by text, p_role text,
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
            count(*) FILTER (WHERE r.state = 3) AS invalid
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
COMMENT ON FUNCTION field.quality_agents(integer, text, text, text[], text,
    jsonb) IS 'sheets of each agent and how many of them have which flag';

-- ---- the daily sheet of faults -------------------------------------------
-- part: new, what came in on the day; old, what came earlier and is open.
-- A fault is open while nothing counts of its sheet; a flag until its sheet
-- is checked or accepted.  p_day NULL: yesterday.
CREATE FUNCTION field.quality_faults(p_wave integer, p_by text, p_role text,
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
                    AND c.keying = 1 AND c.counted AND c.state <> 2) AS open
        FROM field.response AS r
        JOIN field.agent_key AS k ON k.key = r.key
        LEFT JOIN field.sheet AS s ON s.wave = p_wave AND s.sheet = r.sheet
        LEFT JOIN LATERAL jsonb_array_elements(CASE
            WHEN jsonb_typeof(r.faults) = 'array' THEN r.faults END)
            AS x (fault) ON true
        WHERE r.wave = p_wave AND r.keying = 1 AND r.state IN (2, 3)
        UNION ALL
        SELECT k.agent, '', NULL, 0, q.code, '', 'không đọc được bản gửi',
            q.day, true
        FROM field.quarantine AS q
        JOIN field.agent_key AS k ON k.key = q.key
        WHERE q.wave = p_wave AND q.day = day
        UNION ALL
        SELECT f.agent, f.sheet, f.form, f.home, f.flag, '', f.why
            || CASE WHEN f.others <> '' THEN ': ' || f.others ELSE '' END,
            f.received, NOT f.settled
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
COMMENT ON FUNCTION field.quality_faults(integer, text, text, text[], text,
    text, jsonb) IS
    'what came in with faults on a day, and what is open of earlier days';

-- ---- fieldwork without answers -------------------------------------------
-- By group and unit: outcomes and the response rate RR1 (AAPOR, Standard
-- Definitions, 9th edition 2016, p. 61): valid ones of those that were
-- eligible, what is planned and unknown being eligible.
CREATE FUNCTION field.quality_outcomes(p_wave integer, p_by text,
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
            '' AS status, 0 AS state
        FROM plan.quota_in_force AS q WHERE q.wave = p_wave
        UNION ALL
        SELECT s.grp, coalesce(s.now_home, s.home), 0,
            (s.state <> 'planned')::integer, CASE WHEN s.state <> 'planned'
                THEN s.disposition END, 0
        FROM field.sheet AS s WHERE s.wave = p_wave
        UNION ALL
        SELECT r.grp, coalesce(s.now_home, r.home, 0), 0, 0, '', r.state
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
            count(*) FILTER (WHERE p.state IN (4, 6, 7)) AS set_aside
        FROM part AS p GROUP BY p.grp, p.home)
    SELECT coalesce(g.code, ''), coalesce(u.code, ''), c.planned, c.issued,
        c.refused, c.not_met, c.moved, c.lost, c.cancelled, c.received,
        c.valid, c.queried, c.invalid, c.set_aside,
        round(c.valid / nullif(greatest(c.planned - c.moved, c.valid
            + c.queried + c.invalid + c.refused + c.not_met + c.lost), 0)
            ::numeric, 4)
    FROM cell AS c
    LEFT JOIN plan.respondent_group AS g ON g.wave = p_wave AND g.grp = c.grp
    LEFT JOIN plan.unit AS u ON u.wave = p_wave AND u.unit = c.home
    WHERE area IS NULL OR c.home = ANY (area)
    ORDER BY c.grp NULLS LAST, c.home;
END
$$;
COMMENT ON FUNCTION field.quality_outcomes(integer, text, text, text[]) IS
    'outcomes and response rates by group and unit';

CREATE FUNCTION field.quality_days(p_wave integer, p_by text, p_role text,
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
        count(*) FILTER (WHERE c.state = 3)
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
COMMENT ON FUNCTION field.quality_days(integer, text, text, text[]) IS
    'sheets by group, unit and day of collecting; nothing finer';

CREATE FUNCTION field.quality_codes(p_wave integer, p_by text, p_role text,
    p_areas text[])
RETURNS TABLE (form text, grp text, code text, sheets bigint, faults bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    area integer[] := CASE WHEN p_areas IS NOT NULL
        THEN field.units_under(p_wave, p_areas) END;
BEGIN
    PERFORM field.quality_open(p_wave);
    PERFORM field.quality_log(p_wave, p_by, p_role, 'codes', '{}');
    RETURN QUERY
    SELECT coalesce(m.code, ''), coalesce(g.code, ''), x.fault ->> 'code',
        count(DISTINCT r.response), count(*)
    FROM field.response AS r
    CROSS JOIN LATERAL jsonb_array_elements(CASE
        WHEN jsonb_typeof(r.faults) = 'array' THEN r.faults END)
        AS x (fault)
    LEFT JOIN field.sheet AS s ON s.wave = p_wave AND s.sheet = r.sheet
    LEFT JOIN plan.form AS m ON m.wave = p_wave AND m.form = r.form
    LEFT JOIN plan.respondent_group AS g ON g.wave = p_wave AND g.grp = r.grp
    WHERE r.wave = p_wave AND r.keying = 1 AND r.state = 3
        AND (area IS NULL OR coalesce(s.now_home, r.home) = ANY (area))
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3;
END
$$;
COMMENT ON FUNCTION field.quality_codes(integer, text, text, text[]) IS
    'validity codes of invalid sheets by form and group';

-- ---- what agents are paid by ---------------------------------------------
CREATE TABLE field.pay_rate (
    wave integer NOT NULL REFERENCES plan.wave,
    form text COLLATE "C" NOT NULL,
    item text COLLATE "C" NOT NULL
        CHECK (item IN ('issued', 'collected', 'valid', 'rechecked')),
    revision integer NOT NULL CHECK (revision > 0),
    dong numeric(14, 2) NOT NULL CHECK (dong >= 0),
    reason text NOT NULL CHECK (reason <> ''),
    decided_by text NOT NULL,
    decided_on date NOT NULL
        DEFAULT (now() AT TIME ZONE 'UTC' + interval '7 hours')::date,
    PRIMARY KEY (wave, form, item, revision)
);
COMMENT ON TABLE field.pay_rate IS
    'What a sheet is paid, as typed in; the newest is in force';
COMMENT ON COLUMN field.pay_rate.wave IS 'Wave';
COMMENT ON COLUMN field.pay_rate.form IS 'Code of the form';
COMMENT ON COLUMN field.pay_rate.item IS
    'issued, collected, valid or rechecked: what is counted';
COMMENT ON COLUMN field.pay_rate.revision IS 'From 1; old ones stay';
COMMENT ON COLUMN field.pay_rate.dong IS 'Đồng a sheet, exact';
COMMENT ON COLUMN field.pay_rate.reason IS 'Why: the decision it rests on';
COMMENT ON COLUMN field.pay_rate.decided_by IS 'Who';
COMMENT ON COLUMN field.pay_rate.decided_on IS 'Day in Vietnam';

CREATE TABLE field.payment_set (
    wave integer NOT NULL REFERENCES plan.wave,
    freeze_no integer NOT NULL,
    rows integer NOT NULL,
    amount numeric(20, 2) NOT NULL,
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    frozen_on date NOT NULL
        DEFAULT (now() AT TIME ZONE 'UTC' + interval '7 hours')::date,
    PRIMARY KEY (wave, freeze_no)
);
COMMENT ON TABLE field.payment_set IS
    'Payment basis as each freeze kept it; never changed';
COMMENT ON COLUMN field.payment_set.wave IS 'Wave';
COMMENT ON COLUMN field.payment_set.freeze_no IS 'Freeze it was kept with';
COMMENT ON COLUMN field.payment_set.rows IS 'Rows of field.payment';
COMMENT ON COLUMN field.payment_set.amount IS 'Their sum in đồng';
COMMENT ON COLUMN field.payment_set.sha256 IS
    'Of the rows in their order, a line each';
COMMENT ON COLUMN field.payment_set.frozen_on IS 'Day in Vietnam';

CREATE TABLE field.payment (
    wave integer NOT NULL,
    freeze_no integer NOT NULL,
    place integer NOT NULL,
    office text NOT NULL,
    agent text COLLATE "C" NOT NULL,
    name text NOT NULL,
    form text COLLATE "C" NOT NULL,
    issued bigint,
    collected bigint NOT NULL,
    valid bigint NOT NULL,
    rechecked bigint NOT NULL,
    rate_issued numeric(14, 2),
    rate_collected numeric(14, 2),
    rate_valid numeric(14, 2),
    rate_rechecked numeric(14, 2),
    amount numeric(20, 2) NOT NULL,
    PRIMARY KEY (wave, freeze_no, place),
    FOREIGN KEY (wave, freeze_no) REFERENCES field.payment_set
);
COMMENT ON TABLE field.payment IS
    'Counts, rates and amount by agent and form, copied by a freeze';
COMMENT ON COLUMN field.payment.wave IS 'Wave';
COMMENT ON COLUMN field.payment.freeze_no IS 'Freeze';
COMMENT ON COLUMN field.payment.place IS 'Order within it';
COMMENT ON COLUMN field.payment.office IS 'Post office';
COMMENT ON COLUMN field.payment.agent IS 'Code of the agent';
COMMENT ON COLUMN field.payment.name IS 'Name of the agent, as of then';
COMMENT ON COLUMN field.payment.form IS 'Code of the form';
COMMENT ON COLUMN field.payment.issued IS
    'Sheets issued to the agent; NULL: the wave has no ledger';
COMMENT ON COLUMN field.payment.collected IS 'Sheets brought back filled in';
COMMENT ON COLUMN field.payment.valid IS 'Of them those that count';
COMMENT ON COLUMN field.payment.rechecked IS 'Of them those re-surveyed';
COMMENT ON COLUMN field.payment.rate_issued IS 'Đồng a sheet issued';
COMMENT ON COLUMN field.payment.rate_collected IS 'Đồng a sheet collected';
COMMENT ON COLUMN field.payment.rate_valid IS 'Đồng a valid sheet';
COMMENT ON COLUMN field.payment.rate_rechecked IS 'Đồng a sheet re-surveyed';
COMMENT ON COLUMN field.payment.amount IS 'Counts times rates, in đồng';

CREATE TRIGGER pay_rate_stays BEFORE UPDATE ON field.pay_rate
    FOR EACH ROW EXECUTE FUNCTION field.ledger_stays();
CREATE TRIGGER payment_stays BEFORE UPDATE ON field.payment
    FOR EACH ROW EXECUTE FUNCTION field.ledger_stays();
CREATE TRIGGER payment_set_stays BEFORE UPDATE ON field.payment_set
    FOR EACH ROW EXECUTE FUNCTION field.ledger_stays();

CREATE FUNCTION field.pay_rate_set(p_wave integer, p_by text, p_role text,
    p_form text, p_item text, p_dong text, p_reason text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n integer;
BEGIN
    PERFORM pg_advisory_xact_lock(7004, p_wave);
    PERFORM field.quality_need(p_reason);
    IF NOT EXISTS (SELECT FROM plan.form AS f WHERE f.wave = p_wave
        AND f.code = p_form) THEN
        RAISE EXCEPTION 'kế hoạch không có mẫu "%" (no such form)', p_form
            USING ERRCODE = '22023';
    ELSIF p_item NOT IN ('issued', 'collected', 'valid', 'rechecked') THEN
        RAISE EXCEPTION 'khoản là issued, collected, valid hoặc rechecked '
            '(one of these)' USING ERRCODE = '22023';
    ELSIF p_dong !~ '^[0-9]{1,12}([.][0-9]{1,2})?$' THEN
        RAISE EXCEPTION 'đơn giá là số đồng, tối đa 2 chữ số lẻ sau dấu chấm '
            '(a decimal number of đồng)' USING ERRCODE = '22023';
    END IF;
    SELECT coalesce(max(r.revision), 0) + 1 INTO n FROM field.pay_rate AS r
    WHERE r.wave = p_wave AND r.form = p_form AND r.item = p_item;
    INSERT INTO field.pay_rate (wave, form, item, revision, dong, reason,
        decided_by)
    VALUES (p_wave, p_form, p_item, n, p_dong::numeric, p_reason, p_by);
    PERFORM field.quality_log(p_wave, p_by, p_role, 'rate',
        jsonb_build_object('form', p_form, 'item', p_item, 'dong', p_dong,
            'reason', p_reason));
    RETURN n;
END
$$;
COMMENT ON FUNCTION field.pay_rate_set(integer, text, text, text, text, text,
    text) IS 'types in what a sheet is paid, the old rate stays';

CREATE FUNCTION field.pay_rate_of(p_wave integer, p_form text, p_item text)
RETURNS numeric LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.dong FROM field.pay_rate AS r
    WHERE r.wave = p_wave AND r.form = p_form AND r.item = p_item
    ORDER BY r.revision DESC LIMIT 1
$$;
COMMENT ON FUNCTION field.pay_rate_of(integer, text, text) IS
    'what a sheet is paid now; NULL: nothing was typed in';

-- Sheets of each agent that were re-surveyed (phúc tra).
CREATE FUNCTION field.recheck_counts(p_wave integer)
RETURNS TABLE (agent integer, form integer, n bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    -- of the re-survey; a database without one counts none
    IF to_regclass('field.recheck_sheet') IS NOT NULL THEN
        RETURN QUERY SELECT s.agent, s.form, count(*)
        FROM field.recheck_sheet AS s WHERE s.wave = p_wave
        GROUP BY s.agent, s.form;
    END IF;
END
$$;
COMMENT ON FUNCTION field.recheck_counts(integer) IS
    'how many sheets of each agent and form were re-surveyed';

-- By agent and form, as it stands now.  With a ledger by who holds the sheet;
-- without one by who sent it, and how many were issued is not known.
CREATE FUNCTION field.pay_counts(p_wave integer)
RETURNS TABLE (agent integer, form integer, issued bigint, collected bigint,
    valid bigint, rechecked bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH w AS (SELECT x.ledger FROM plan.wave AS x WHERE x.wave = p_wave),
    sheet AS (
        SELECT s.agent, s.form, (s.state <> 'planned')::integer AS issued,
            (s.status IN ('collected', 'keyed', 'second-keyed', 'checked',
                'valid', 'invalid', 'locked'))::integer AS collected,
            (r.instance IS NOT NULL AND s.status IN ('keyed',
                'second-keyed', 'checked', 'valid', 'invalid', 'locked'))
                ::integer AS valid
        FROM field.sheet AS s
        LEFT JOIN field.response AS r ON r.wave = p_wave
            AND r.sheet = s.sheet AND r.keying = 1 AND r.counted
        WHERE s.wave = p_wave AND s.agent IS NOT NULL
            AND (SELECT w.ledger FROM w)
        UNION ALL
        SELECT x.agent, x.form, NULL, 1, x.valid::integer
        FROM (SELECT k.agent, r.form, bool_or(r.counted) AS valid
            FROM field.response AS r
            JOIN field.agent_key AS k ON k.key = r.key
            WHERE r.wave = p_wave AND r.keying = 1 AND r.state <> 4
                AND r.form IS NOT NULL AND NOT (SELECT w.ledger FROM w)
            GROUP BY k.agent, r.form, coalesce(r.sheet, r.instance)) AS x)
    SELECT s.agent, s.form, sum(s.issued), sum(s.collected), sum(s.valid),
        coalesce(max(c.n), 0)
    FROM sheet AS s
    LEFT JOIN field.recheck_counts(p_wave) AS c USING (agent, form)
    GROUP BY s.agent, s.form
$$;

CREATE FUNCTION field.payment_now(p_wave integer)
RETURNS TABLE (place integer, office text, agent text, name text, form text,
    issued bigint, collected bigint, valid bigint, rechecked bigint,
    rate_issued numeric, rate_collected numeric, rate_valid numeric,
    rate_rechecked numeric, amount numeric)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT row_number() OVER (ORDER BY g.office, g.code, f.code,
            f.form)::integer,
        g.office, g.code, g.name, f.code, c.issued, c.collected, c.valid,
        c.rechecked, r.issued, r.collected, r.valid, r.rechecked,
        coalesce(c.issued * r.issued, 0)
            + coalesce(c.collected * r.collected, 0)
            + coalesce(c.valid * r.valid, 0)
            + coalesce(c.rechecked * r.rechecked, 0)
    FROM field.pay_counts(p_wave) AS c
    JOIN field.agent AS g USING (agent)
    JOIN plan.form AS f ON f.wave = p_wave AND f.form = c.form
    CROSS JOIN LATERAL (SELECT
        field.pay_rate_of(p_wave, f.code, 'issued') AS issued,
        field.pay_rate_of(p_wave, f.code, 'collected') AS collected,
        field.pay_rate_of(p_wave, f.code, 'valid') AS valid,
        field.pay_rate_of(p_wave, f.code, 'rechecked') AS rechecked) AS r
$$;

CREATE FUNCTION field.payment_digest(p_wave integer, p_freeze integer)
RETURNS bytea LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT sha256(convert_to(coalesce(string_agg(jsonb_build_array(p.place,
        p.office, p.agent, p.name, p.form, p.issued, p.collected, p.valid,
        p.rechecked, p.rate_issued, p.rate_collected, p.rate_valid,
        p.rate_rechecked, p.amount)::text, E'\n' ORDER BY p.place), ''),
        'UTF8'))
    FROM field.payment AS p
    WHERE p.wave = p_wave AND p.freeze_no = p_freeze
$$;
COMMENT ON FUNCTION field.payment_digest(integer, integer) IS
    'digest of a payment basis as a freeze kept it';

-- Within the transaction of a freeze, by the owner.
CREATE FUNCTION field.payment_freeze(p_wave integer, p_freeze integer)
RETURNS bytea LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    digest bytea;
BEGIN
    SET CONSTRAINTS ALL DEFERRED;
    CREATE TEMP TABLE payment_kept ON COMMIT DROP AS
    SELECT * FROM field.payment_now(p_wave);
    INSERT INTO field.payment_set (wave, freeze_no, rows, amount, sha256)
    SELECT p_wave, p_freeze, count(*), coalesce(sum(k.amount), 0),
        sha256(convert_to(coalesce(string_agg(jsonb_build_array(k.place,
            k.office, k.agent, k.name, k.form, k.issued, k.collected,
            k.valid, k.rechecked, k.rate_issued, k.rate_collected,
            k.rate_valid, k.rate_rechecked, k.amount::numeric(20, 2))::text,
            E'\n' ORDER BY k.place), ''), 'UTF8'))
    FROM pg_temp.payment_kept AS k
    RETURNING sha256 INTO digest;
    INSERT INTO field.payment
    SELECT p_wave, p_freeze, k.* FROM pg_temp.payment_kept AS k;
    IF field.payment_digest(p_wave, p_freeze) <> digest THEN
        RAISE EXCEPTION 'the payment basis is not what was counted'
            USING ERRCODE = 'XX000';
    END IF;
    RETURN digest;
END
$$;
COMMENT ON FUNCTION field.payment_freeze(integer, integer) IS
    'keeps the payment basis with a freeze';

-- p_freeze NULL: as the last freeze kept it, when the wave is frozen; else as
-- it stands now.  Rows of agents, sums of offices, the sum of all.
CREATE FUNCTION field.payment_list(p_wave integer, p_by text, p_role text,
    p_areas text[], p_office text, p_freeze integer)
RETURNS TABLE (level text, office text, agent text, name text, form text,
    issued bigint, collected bigint, valid bigint, rechecked bigint,
    rate_issued numeric, rate_collected numeric, rate_valid numeric,
    rate_rechecked numeric, amount numeric, freeze_no integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    no integer := p_freeze;
BEGIN
    IF p_areas IS NOT NULL THEN
        RAISE EXCEPTION 'bảng thanh toán là của cả đợt, ngoài địa bàn của '
            'bạn (it is of the whole wave)' USING ERRCODE = '42501';
    ELSIF no IS NULL THEN
        SELECT max(s.freeze_no) INTO no FROM field.payment_set AS s
        JOIN plan.wave AS w USING (wave)
        WHERE s.wave = p_wave AND w.state IN ('frozen', 'published');
    ELSIF NOT EXISTS (SELECT FROM field.payment_set AS s
        WHERE s.wave = p_wave AND s.freeze_no = no) THEN
        RAISE EXCEPTION 'không có lần khóa số % (no such freeze)', no
            USING ERRCODE = '22023';
    END IF;
    IF no IS NULL THEN
        PERFORM field.ledger_look(p_wave);
    END IF;
    PERFORM field.quality_log(p_wave, p_by, p_role, 'payment',
        jsonb_build_object('office', p_office, 'freeze', no));
    RETURN QUERY
    WITH row AS (
        SELECT p.place, p.office, p.agent, p.name, p.form, p.issued,
            p.collected, p.valid, p.rechecked, p.rate_issued,
            p.rate_collected, p.rate_valid, p.rate_rechecked, p.amount
        FROM field.payment AS p
        WHERE p.wave = p_wave AND p.freeze_no = no
        UNION ALL
        SELECT n.* FROM field.payment_now(p_wave) AS n WHERE no IS NULL
    ), mine AS (
        SELECT * FROM row AS r WHERE p_office IS NULL OR r.office = p_office
    ), told AS (
        SELECT 'agent' AS level, m.office, m.agent, m.name, m.form, m.issued,
            m.collected, m.valid, m.rechecked, m.rate_issued,
            m.rate_collected, m.rate_valid, m.rate_rechecked,
            m.amount::numeric(20, 2) AS amount, 0 AS last, m.place
        FROM mine AS m
        UNION ALL
        SELECT 'office', m.office, '', '', '', sum(m.issued)::bigint,
            sum(m.collected)::bigint, sum(m.valid)::bigint,
            sum(m.rechecked)::bigint, NULL, NULL, NULL, NULL,
            sum(m.amount)::numeric(20, 2), 0, max(m.place) + 1
        FROM mine AS m GROUP BY m.office
        UNION ALL
        SELECT 'all', '', '', '', '', sum(m.issued)::bigint,
            coalesce(sum(m.collected), 0)::bigint,
            coalesce(sum(m.valid), 0)::bigint,
            coalesce(sum(m.rechecked), 0)::bigint, NULL, NULL, NULL, NULL,
            coalesce(sum(m.amount), 0)::numeric(20, 2), 1, 0
        FROM mine AS m)
    SELECT t.level, t.office, t.agent, t.name, t.form, t.issued, t.collected,
        t.valid, t.rechecked, t.rate_issued, t.rate_collected, t.rate_valid,
        t.rate_rechecked, t.amount, no
    FROM told AS t
    ORDER BY t.last, t.office, t.level = 'office', t.place;
END
$$;
COMMENT ON FUNCTION field.payment_list(integer, text, text, text[], text,
    integer) IS 'payment basis of agents, now or as a freeze kept it, logged';

-- holds: the rows still have the digest that was kept with them.
CREATE FUNCTION field.payment_sets(p_wave integer)
RETURNS TABLE (freeze_no integer, frozen_on date, rows integer, amount numeric,
    sha256 text, holds boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.freeze_no, s.frozen_on, s.rows, s.amount,
        encode(s.sha256, 'hex'),
        s.sha256 = field.payment_digest(p_wave, s.freeze_no)
    FROM field.payment_set AS s WHERE s.wave = p_wave
    ORDER BY s.freeze_no
$$;
COMMENT ON FUNCTION field.payment_sets(integer) IS
    'payment bases that freezes kept, and whether their rows still hold';

COMMENT ON FUNCTION field.pay_counts(integer) IS
    'sheets issued, collected, valid and re-surveyed by agent and form, now';
COMMENT ON FUNCTION field.payment_now(integer) IS
    'payment basis by agent and form as it stands now';

-- ---- who may -------------------------------------------------------------
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA field FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    field.quality_rule(integer, text, text, text, text, text, text),
    field.quality_assign(integer, text, text, text[], text, text, text, text,
        text),
    field.flag_means(integer), field.flag_value(integer, text, text),
    field.quality_flags(integer, text, text, text[], text, text, text, text,
        boolean, jsonb),
    field.quality_agents(integer, text, text, text[], text, jsonb),
    field.quality_faults(integer, text, text, text[], text, text, jsonb),
    field.quality_outcomes(integer, text, text, text[]),
    field.quality_days(integer, text, text, text[]),
    field.quality_codes(integer, text, text, text[]),
    field.pay_rate_set(integer, text, text, text, text, text, text),
    field.payment_list(integer, text, text, text[], text, integer),
    field.payment_sets(integer) TO phieu_server;
GRANT SELECT ON field.flag_default, field.flag_rule, field.assignment,
    field.pay_rate TO phieu_server, phieu_backup;
GRANT SELECT ON field.payment_set, field.payment TO phieu_backup;
GRANT SELECT ON SEQUENCE field.flag_default_place_seq TO phieu_backup;
