-- The year's plan of administrative reform: targets with what was measured,
-- and the series of the province's indices.  A target is defined in the plan's
-- document alone; what is measured comes from a published result of the round,
-- a release of its wave, the series, or was recorded with its source.
CREATE TABLE assess.target_plan (
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
COMMENT ON TABLE assess.target_plan IS
    'Targets of the year (chỉ tiêu), whole documents; the newest is in force';
COMMENT ON COLUMN assess.target_plan.round IS 'Round of the same year';
COMMENT ON COLUMN assess.target_plan.version IS 'From 1, without gaps';
COMMENT ON COLUMN assess.target_plan.content IS 'Canonical JSON';
COMMENT ON COLUMN assess.target_plan.sha256 IS 'SHA-256 of the content';
COMMENT ON COLUMN assess.target_plan.trial IS 'Its basis is an example';
COMMENT ON COLUMN assess.target_plan.reason IS 'Why it was loaded';
COMMENT ON COLUMN assess.target_plan.loaded_by IS 'Who loaded it';
COMMENT ON COLUMN assess.target_plan.loaded_at IS 'When';

CREATE TABLE assess.target_value (
    round integer NOT NULL REFERENCES assess.round,
    target text COLLATE "C" NOT NULL,
    no integer NOT NULL CHECK (no > 0),
    value numeric(18, 6) NOT NULL CHECK (value <> 'NaN'),
    source text NOT NULL CHECK (source <> ''),
    measured_on date NOT NULL,
    reason text,
    done_by text NOT NULL,
    done_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (round, target, no),
    CHECK (no = 1 OR reason <> '')
);
COMMENT ON TABLE assess.target_value IS
    'Measured values of targets that people record; the newest counts';
COMMENT ON COLUMN assess.target_value.round IS 'Round';
COMMENT ON COLUMN assess.target_value.target IS 'Code in the document';
COMMENT ON COLUMN assess.target_value.no IS 'From 1; a correction is the next';
COMMENT ON COLUMN assess.target_value.value IS 'What was measured';
COMMENT ON COLUMN assess.target_value.source IS 'Document it was taken from';
COMMENT ON COLUMN assess.target_value.measured_on IS 'Day of the measuring';
COMMENT ON COLUMN assess.target_value.reason IS 'Why it was corrected';
COMMENT ON COLUMN assess.target_value.done_by IS 'Who recorded it';
COMMENT ON COLUMN assess.target_value.done_at IS 'When';

CREATE TABLE assess.series (
    index_name text COLLATE "C" NOT NULL
        CHECK (index_name IN ('PAR INDEX', 'SIPAS', 'PAPI', 'PCI')),
    year integer NOT NULL CHECK (year BETWEEN 1990 AND 2200),
    no integer NOT NULL CHECK (no > 0),
    points numeric(9, 6) NOT NULL CHECK (points BETWEEN 0 AND 100),
    rank integer CHECK (rank > 0),
    among integer CHECK (among >= rank),
    source text NOT NULL CHECK (source <> ''),
    reason text,
    done_by text NOT NULL,
    done_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (index_name, year, no),
    CHECK (no = 1 OR reason <> '')
);
COMMENT ON TABLE assess.series IS
    'Indices of the province by year, typed with their source';
COMMENT ON COLUMN assess.series.index_name IS 'PAR INDEX, SIPAS, PAPI or PCI';
COMMENT ON COLUMN assess.series.year IS 'The year that was assessed';
COMMENT ON COLUMN assess.series.no IS
    'From 1; a correction is the next, the old stays';
COMMENT ON COLUMN assess.series.points IS 'As published';
COMMENT ON COLUMN assess.series.rank IS 'Among the provinces, NULL: not known';
COMMENT ON COLUMN assess.series.among IS 'How many were ranked';
COMMENT ON COLUMN assess.series.source IS 'Where it was published';
COMMENT ON COLUMN assess.series.reason IS 'Why it was corrected';
COMMENT ON COLUMN assess.series.done_by IS 'Who recorded it';
COMMENT ON COLUMN assess.series.done_at IS 'When';

-- ---- a published result, as tables ----------------------------------------
-- Units of a result: what was published of each.
CREATE FUNCTION assess.result_units(p_round integer, p_result integer)
RETURNS TABLE (code text, name text, kind text, published numeric,
    grade text, rank integer, deduction numeric)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT u ->> 'code', u ->> 'name', u ->> 'kind',
        (u ->> 'published')::numeric, u ->> 'grade',
        (u ->> 'rank')::integer, coalesce(assess.exact(u ->> 'deduction'), 0)
    FROM assess.result AS x,
        jsonb_array_elements(x.content::jsonb -> 'units') AS u
    WHERE x.round = p_round AND x.result = p_result
$$;
COMMENT ON FUNCTION assess.result_units(integer, integer) IS
    'what a result says of each unit';

-- Place of a grade among those of a kind of unit, 1 the best; NULL: it has no
-- such grade.
CREATE FUNCTION assess.grade_place(p_round integer, p_result integer,
    p_kind text, p_grade text) RETURNS integer
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT b.place::integer
    FROM assess.result AS x
    CROSS JOIN LATERAL (SELECT coalesce((SELECT k -> 'bands'
            FROM jsonb_array_elements(x.input::jsonb -> 'kinds') AS k
            WHERE k ->> 'code' = p_kind),
        x.input::jsonb #> '{rules,bands}') AS bands) AS l
    CROSS JOIN LATERAL jsonb_array_elements(l.bands)
        WITH ORDINALITY AS b (band, place)
    WHERE x.round = p_round AND x.result = p_result
        AND b.band ->> 'name' = p_grade
$$;
COMMENT ON FUNCTION assess.grade_place(integer, integer, text, text) IS
    'place of a grade among those of a kind of unit, 1 the best';

-- "34/3", "86.4" as a number.
CREATE FUNCTION assess.number_of(p_text text) RETURNS numeric
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT split_part(p_text, '/', 1)::numeric
        / coalesce(nullif(split_part(p_text, '/', 2), '')::numeric, 1)
$$;
COMMENT ON FUNCTION assess.number_of(text) IS
    'a number written as a decimal or in lowest terms';

-- ---- targets ---------------------------------------------------------------
-- What one target's measure gives.  `got` is the number, or the place of a
-- grade; `shown` what people read; `why` says why there is none.
CREATE FUNCTION assess.target_measure(p_round integer, p_target text,
    m jsonb, OUT got numeric, OUT shown text, OUT source text,
    OUT taken date, OUT why text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r assess.round;
    l assess.release;
    u record;
    t assess.target_value;
    s assess.series;
    w record;
    of_result constant boolean := m ->> 'kind' IN ('total', 'grade', 'rank',
        'points', 'measure', 'share');
BEGIN
    SELECT * INTO r FROM assess.round WHERE round = p_round;
    IF m ->> 'kind' = 'typed' THEN
        SELECT * INTO t FROM assess.target_value AS v
        WHERE v.round = p_round AND v.target = p_target
        ORDER BY v.no DESC LIMIT 1;
        got := t.value;
        source := t.source;
        taken := t.measured_on;
        why := 'chưa ghi số đo';
    ELSIF m ->> 'kind' = 'series' THEN
        SELECT * INTO s FROM assess.series AS v
        WHERE v.index_name = m ->> 'index'
            AND v.year = coalesce((m ->> 'year')::integer, r.year)
        ORDER BY v.no DESC LIMIT 1;
        got := CASE m ->> 'what' WHEN 'rank' THEN s.rank ELSE s.points END;
        source := s.source;
        taken := s.done_at::date;
        why := 'chưa ghi chỉ số này của năm';
    ELSIF m ->> 'kind' = 'component' THEN
        SELECT c.points_exact, wv.code AS wave, c.release,
            p.released_at::date AS day INTO w
        FROM plan.wave AS wv
        JOIN LATERAL (SELECT release, released_at FROM publish.release
            WHERE wave = wv.wave ORDER BY release DESC LIMIT 1) AS p ON true
        JOIN publish.component AS c
            ON c.wave = wv.wave AND c.release = p.release
        JOIN plan.unit AS pu ON pu.wave = c.wave AND pu.unit = c.unit
        WHERE wv.wave = r.wave AND pu.code = m ->> 'unit'
            AND c.criterion = m ->> 'criterion';
        got := assess.number_of(w.points_exact);
        source := w.wave || ', lần công bố ' || w.release;
        taken := w.day;
        why := 'đợt điều tra chưa công bố điểm này';
    ELSIF of_result THEN
        SELECT * INTO l FROM assess.release AS v WHERE v.round = p_round
        ORDER BY v.release DESC LIMIT 1;
        why := 'kỳ đánh giá chưa công bố kết quả';
        IF l.release IS NULL THEN
            RETURN;
        END IF;
        source := 'kết quả số ' || l.result || ', lần công bố ' || l.release
            || ', ' || l.decision;
        taken := l.released_at::date;
        why := 'kết quả không có số này';
        IF m ->> 'kind' = 'share' THEN
            -- of all units asked about, a grade or better
            SELECT 100 * count(*) FILTER (WHERE assess.grade_place(p_round,
                    l.result, v.kind, v.grade) <= assess.grade_place(p_round,
                    l.result, v.kind, m ->> 'grade'))
                    / nullif(count(*), 0)::numeric,
                source || '; ' || count(*) FILTER (WHERE
                    assess.grade_place(p_round, l.result, v.kind, v.grade)
                    <= assess.grade_place(p_round, l.result, v.kind,
                    m ->> 'grade')) || '/' || count(*) || ' đơn vị'
            INTO got, source
            FROM assess.result_units(p_round, l.result) AS v
            WHERE m ->> 'of' IS NULL OR v.kind = m ->> 'of';
        END IF;
        SELECT * INTO u FROM assess.result_units(p_round, l.result) AS v
        WHERE v.code = m ->> 'unit';
        got := CASE m ->> 'kind'
            WHEN 'share' THEN got
            WHEN 'total' THEN u.published
            WHEN 'rank' THEN u.rank
            WHEN 'grade' THEN assess.grade_place(p_round, l.result, u.kind,
                u.grade)
            WHEN 'points' THEN (SELECT (c ->> 'points')::numeric
                FROM assess.result AS x,
                    jsonb_array_elements(x.content::jsonb -> 'units') AS y,
                    jsonb_array_elements(y -> 'criteria') AS c
                WHERE x.round = p_round AND x.result = l.result
                    AND y ->> 'code' = m ->> 'unit'
                    AND c ->> 'code' = m ->> 'criterion'
                    AND c ->> 'state' IN ('scored', 'own-points', 'missing-zero'))
            WHEN 'measure' THEN (SELECT assess.number_of(CASE
                    jsonb_typeof(v.value) WHEN 'string' THEN v.value #>> '{}'
                    ELSE v.value ->> 'value' END)
                FROM assess.result AS x,
                    jsonb_array_elements(x.input::jsonb -> 'units') AS y,
                    jsonb_each(y -> 'values') AS v
                WHERE x.round = p_round AND x.result = l.result
                    AND y ->> 'code' = m ->> 'unit'
                    AND v.key = m ->> 'criterion')
            END;
        IF m ->> 'kind' = 'grade' THEN
            shown := u.grade;
        END IF;
    END IF;
    shown := coalesce(shown, replace(trim_scale(round(got, 6))::text, '.',
        ','));
    IF got IS NOT NULL THEN
        why := NULL;
    ELSE
        source := NULL;
        taken := NULL;
    END IF;
END
$$;
COMMENT ON FUNCTION assess.target_measure(integer, text, jsonb) IS
    'what a target''s measure gives now, or why it gives nothing';

-- Every target of the plan in force: met, not-met or not-measured, never
-- silently.
CREATE FUNCTION assess.target_states(p_round integer)
RETURNS TABLE (place integer, target text, words text, lead text,
    deadline date, wanted text, unit text, shown text, source text,
    taken date, state text, why text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT x.ord::integer, x.t ->> 'code', x.t ->> 'text', x.t ->> 'lead',
        (x.t ->> 'deadline')::date,
        CASE x.t ->> 'compare' WHEN '>=' THEN '≥ ' WHEN '<=' THEN '≤ '
            WHEN '=' THEN '= ' ELSE 'từ mức ' END
            || CASE WHEN x.t ->> 'compare' = 'grade>=' THEN x.t ->> 'value'
                ELSE replace(x.t ->> 'value', '.', ',') END,
        coalesce(x.t ->> 'unit', ''), m.shown, m.source, m.taken,
        CASE WHEN m.got IS NULL OR g.goal IS NULL THEN 'not-measured'
            WHEN CASE x.t ->> 'compare' WHEN '>=' THEN m.got >= g.goal
                WHEN '=' THEN m.got = g.goal
                ELSE m.got <= g.goal END THEN 'met'
            ELSE 'not-met' END,
        concat_ws('; ', CASE WHEN m.got IS NULL THEN m.why
            WHEN g.goal IS NULL THEN 'không có mức xếp loại này' END,
            CASE WHEN (m.got IS NULL OR g.goal IS NULL)
                AND (x.t ->> 'deadline')::date < current_date
            THEN 'đã quá hạn' END)
    FROM assess.target_plan AS p
    CROSS JOIN LATERAL jsonb_array_elements(p.content::jsonb -> 'targets')
        WITH ORDINALITY AS x (t, ord)
    CROSS JOIN LATERAL assess.target_measure(p.round, x.t ->> 'code',
        x.t -> 'measure') AS m
    CROSS JOIN LATERAL (SELECT CASE WHEN x.t ->> 'compare' = 'grade>='
        THEN (SELECT assess.grade_place(p.round, l.result, u.kind,
                x.t ->> 'value')
            FROM (SELECT result FROM assess.release AS r
                WHERE r.round = p.round ORDER BY r.release DESC LIMIT 1) AS l,
                assess.result_units(p.round, l.result) AS u
            WHERE u.code = x.t #>> '{measure,unit}')::numeric
        ELSE (x.t ->> 'value')::numeric END AS goal) AS g
    WHERE p.round = p_round AND p.version = (SELECT max(version)
        FROM assess.target_plan WHERE round = p_round)
    ORDER BY x.ord
$$;
COMMENT ON FUNCTION assess.target_states(integer) IS
    'targets in force with what was measured: met, not-met, not-measured';

CREATE FUNCTION assess.target_load(p_round integer, p_content text,
    p_trial boolean, p_reason text, p_by text) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last assess.target_plan;
    digest bytea := sha256(convert_to(p_content, 'UTF8'));
BEGIN
    PERFORM FROM assess.round WHERE round = p_round FOR UPDATE;
    SELECT * INTO last FROM assess.target_plan WHERE round = p_round
    ORDER BY version DESC LIMIT 1;
    IF last.sha256 = digest THEN
        RETURN 0;
    END IF;
    INSERT INTO assess.target_plan (round, version, content, sha256, trial,
        reason, loaded_by)
    VALUES (p_round, coalesce(last.version, 0) + 1, p_content, digest,
        p_trial, p_reason, p_by);
    PERFORM assess.note(p_round, 'target-load', p_by, jsonb_build_object(
        'version', coalesce(last.version, 0) + 1, 'sha256',
        encode(digest, 'hex'), 'reason', p_reason));
    RETURN coalesce(last.version, 0) + 1;
END
$$;
COMMENT ON FUNCTION assess.target_load(integer, text, boolean, text, text) IS
    'the next version of the year''s targets; 0: unchanged';

-- NULL: there is no such target; 0: somebody recorded another since.
CREATE FUNCTION assess.target_record(p_round integer, p_target text,
    p_version integer, p_value numeric, p_source text, p_day date,
    p_reason text, p_by text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    t jsonb;
    old assess.target_value;
BEGIN
    PERFORM FROM assess.round WHERE round = p_round FOR UPDATE;
    SELECT x INTO t
    FROM (SELECT content FROM assess.target_plan WHERE round = p_round
        ORDER BY version DESC LIMIT 1) AS p,
        jsonb_array_elements(p.content::jsonb -> 'targets') AS x
    WHERE x ->> 'code' = p_target;
    IF t IS NULL THEN
        RETURN NULL;
    END IF;
    IF t #>> '{measure,kind}' <> 'typed' THEN
        RAISE EXCEPTION 'chỉ tiêu này lấy từ kết quả đã công bố, không ai ghi bằng tay (this target is measured from what was published: nobody types it)'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF p_value = 'NaN' OR scale(trim_scale(p_value)) > 6 THEN
        RAISE EXCEPTION 'số đo có nhiều nhất 6 chữ số thập phân (a value has at most 6 decimals)'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF p_day > current_date THEN
        RAISE EXCEPTION 'ngày đo chưa tới (the day of the measuring is to come)'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT * INTO old FROM assess.target_value
    WHERE round = p_round AND target = p_target ORDER BY no DESC LIMIT 1;
    IF p_version IS NOT NULL AND p_version <> coalesce(old.no, 0) THEN
        RETURN 0;
    END IF;
    IF old.no IS NOT NULL AND coalesce(p_reason, '') = '' THEN
        RAISE EXCEPTION 'đã có số đo: đính chính phải có lý do (there is a value already: a correction wants a reason)'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO assess.target_value (round, target, no, value, source,
        measured_on, reason, done_by)
    VALUES (p_round, p_target, coalesce(old.no, 0) + 1, p_value, p_source,
        p_day, p_reason, p_by);
    PERFORM assess.note(p_round, 'target', p_by, jsonb_build_object('target',
        p_target, 'from', old.value::text, 'to', p_value::text, 'source',
        p_source, 'day', p_day, 'reason', p_reason));
    RETURN coalesce(old.no, 0) + 1;
END
$$;
COMMENT ON FUNCTION assess.target_record(integer, text, integer, numeric,
    text, date, text, text) IS
    'records a measured value with its source; corrections keep the old';

CREATE FUNCTION assess.series_put(p_round integer, p_index text,
    p_year integer, p_version integer, p_points numeric, p_rank integer,
    p_among integer, p_source text, p_reason text, p_by text)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old assess.series;
BEGIN
    PERFORM pg_advisory_xact_lock(7004);
    IF p_index NOT IN ('PAR INDEX', 'SIPAS', 'PAPI', 'PCI') THEN
        RAISE EXCEPTION 'chỉ số là PAR INDEX, SIPAS, PAPI hoặc PCI (an index is one of these)'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF scale(trim_scale(p_points)) > 6 THEN
        RAISE EXCEPTION 'điểm có nhiều nhất 6 chữ số thập phân (points have at most 6 decimals)'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    SELECT * INTO old FROM assess.series
    WHERE index_name = p_index AND year = p_year ORDER BY no DESC LIMIT 1;
    IF p_version IS NOT NULL AND p_version <> coalesce(old.no, 0) THEN
        RETURN 0;
    END IF;
    IF old.no IS NOT NULL AND coalesce(p_reason, '') = '' THEN
        RAISE EXCEPTION 'đã có số của năm này: đính chính phải có lý do (there is a value already: a correction wants a reason)'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO assess.series (index_name, year, no, points, rank, among,
        source, reason, done_by)
    VALUES (p_index, p_year, coalesce(old.no, 0) + 1, p_points, p_rank,
        p_among, p_source, p_reason, p_by);
    PERFORM assess.note(p_round, 'series', p_by, jsonb_build_object('index',
        p_index, 'year', p_year, 'from', old.points::text, 'to',
        p_points::text, 'rank', p_rank, 'source', p_source, 'reason',
        p_reason));
    RETURN coalesce(old.no, 0) + 1;
END
$$;
COMMENT ON FUNCTION assess.series_put(integer, text, integer, integer,
    numeric, integer, integer, text, text, text) IS
    'records an index of the province; corrections keep the old';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA assess FROM PUBLIC;
GRANT SELECT ON assess.target_plan, assess.target_value, assess.series
    TO phieu_server, phieu_auditor, phieu_backup;
GRANT EXECUTE ON FUNCTION
    assess.result_units(integer, integer),
    assess.grade_place(integer, integer, text, text),
    assess.number_of(text),
    assess.target_measure(integer, text, jsonb),
    assess.target_states(integer),
    assess.target_record(integer, text, integer, numeric, text, date, text,
        text),
    assess.series_put(integer, text, integer, integer, numeric, integer,
        integer, text, text, text)
    TO phieu_server;
