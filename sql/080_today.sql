-- Days are those of Việt Nam.  Sessions run in UTC, whose day begins at seven in
-- the morning here: until then the last day of an answer was yesterday, and
-- what happened today was still to come.

CREATE FUNCTION assess.day(p_at timestamptz) RETURNS date
LANGUAGE sql IMMUTABLE
RETURN (p_at AT TIME ZONE 'UTC' + interval '7 hours')::date;
COMMENT ON FUNCTION assess.day(timestamptz) IS 'its day in Việt Nam';

CREATE FUNCTION assess.today() RETURNS date
LANGUAGE sql STABLE
RETURN assess.day(now());
COMMENT ON FUNCTION assess.today() IS 'the day in Việt Nam';

REVOKE ALL ON FUNCTION assess.day(timestamptz), assess.today() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION assess.day(timestamptz), assess.today()
    TO phieu_server, phieu_auditor, phieu_backup;

-- ---- views: days are asked for ---------------------------------------------
CREATE OR REPLACE VIEW assess.finding_now AS
SELECT f.*, CASE WHEN f.state = 'open' AND f.due < assess.today()
        THEN 'overdue' ELSE f.state END AS stands,
    CASE f.state WHEN 'withdrawn' THEN 0
        WHEN 'remedied' THEN greatest(f.remedied_on - f.due, 0)
        WHEN 'answered' THEN greatest(f.answered_on - f.due, 0)
        ELSE greatest(assess.today() - f.due, 0) END AS days_late
FROM assess.finding AS f;

CREATE OR REPLACE VIEW assess.standing AS
SELECT u.round, u.unit, n.node, i.self, coalesce(i.self_na, false) AS self_na,
    i.self_note, coalesce(i.version, 0) AS self_version,
    coalesce(a.state, 'pending') AS state, a.points AS appraised,
    coalesce(a.na, false) AS appraised_na, a.reason, a.office,
    coalesce(a.version, 0) AS version,
    CASE WHEN a.node IS NULL OR a.state = 'asked' THEN 'none'
        WHEN o.agrees THEN 'agrees'
        WHEN NOT o.agrees THEN 'objects'
        WHEN assess.day(a.done_at) + r.opinion_days < assess.today() THEN 'silent'
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

-- ---- functions: their clock is here ----------------------------------------
-- In each of them current_date, and the day of an instant, are Việt Nam's.
ALTER FUNCTION assess.step_state(integer, text)
    SET timezone = 'Asia/Ho_Chi_Minh';
ALTER FUNCTION assess.step_put(integer, text, date, text, text)
    SET timezone = 'Asia/Ho_Chi_Minh';
ALTER FUNCTION assess.opine(integer, integer, integer, integer, boolean, text,
    text)
    SET timezone = 'Asia/Ho_Chi_Minh';
ALTER FUNCTION assess.ask(integer, integer, integer, text, text, date, text)
    SET timezone = 'Asia/Ho_Chi_Minh';
ALTER FUNCTION assess.need_past(date)
    SET timezone = 'Asia/Ho_Chi_Minh';
ALTER FUNCTION assess.inspect_start(integer, integer, integer, date, text)
    SET timezone = 'Asia/Ho_Chi_Minh';
ALTER FUNCTION assess.finding_turn(integer, integer, integer, integer, text,
    text, date, text)
    SET timezone = 'Asia/Ho_Chi_Minh';
ALTER FUNCTION assess.improve_check(integer, integer, integer, date, numeric)
    SET timezone = 'Asia/Ho_Chi_Minh';
ALTER FUNCTION assess.improve_change(integer, integer, integer, text, text,
    text[], date, numeric, text, text)
    SET timezone = 'Asia/Ho_Chi_Minh';
ALTER FUNCTION assess.improve_report(integer, integer, integer, text, text,
    text, date, text, text)
    SET timezone = 'Asia/Ho_Chi_Minh';
ALTER FUNCTION assess.improve_seen(integer, text, text)
    SET timezone = 'Asia/Ho_Chi_Minh';
ALTER FUNCTION assess.target_states(integer)
    SET timezone = 'Asia/Ho_Chi_Minh';
ALTER FUNCTION assess.target_record(integer, text, integer, numeric, text,
    date, text, text)
    SET timezone = 'Asia/Ho_Chi_Minh';

-- The same, and exact numbers are read by the one function.
CREATE OR REPLACE FUNCTION assess.target_measure(p_round integer, p_target text,
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
        taken := assess.day(s.done_at);
        why := 'chưa ghi chỉ số này của năm';
    ELSIF m ->> 'kind' = 'component' THEN
        SELECT c.points_exact, wv.code AS wave, c.release,
            assess.day(p.released_at) AS day INTO w
        FROM plan.wave AS wv
        JOIN LATERAL (SELECT release, released_at FROM publish.release
            WHERE wave = wv.wave ORDER BY release DESC LIMIT 1) AS p ON true
        JOIN publish.component AS c
            ON c.wave = wv.wave AND c.release = p.release
        JOIN plan.unit AS pu ON pu.wave = c.wave AND pu.unit = c.unit
        WHERE wv.wave = r.wave AND pu.code = m ->> 'unit'
            AND c.criterion = m ->> 'criterion';
        got := assess.exact(w.points_exact);
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
        taken := assess.day(l.released_at);
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
            WHEN 'measure' THEN (SELECT assess.exact(CASE
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
DROP FUNCTION assess.number_of(text);
