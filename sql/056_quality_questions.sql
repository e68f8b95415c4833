-- Data quality: the rule of a straight line is told by who asks, and questions
-- have their nonresponse.
DROP FUNCTION field.quality(integer, double precision, text);

-- side: agent, home or total.  speed: a sheet is fast below this share of the
-- median time of its form.  A rating is a straight line when its longest run
-- is its asked questions less p_slack, or more, and it has p_least answers, or
-- more: the numbers come from who asks, so that the rule has one home
-- (include/phieu/quality.h).
CREATE FUNCTION field.quality(p_wave integer, p_speed double precision,
    p_slack integer, p_least integer, p_by text)
RETURNS TABLE (side text, code text, name text, received bigint,
    valid bigint, queried bigint, invalid bigint, set_aside bigint,
    refused bigint, not_met bigint, other bigint, not_eligible bigint,
    planned bigint, timed bigint, fast bigint, ratings bigint,
    straight bigint, asked bigint, blank bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM audit.append(0::smallint, 'quality', p_by,
        json_build_object('wave', p_wave)::text);
    RETURN QUERY
    WITH sheet AS (
        SELECT r.response, r.form, k.agent, coalesce(r.home, 0) AS home,
            r.state, CASE WHEN r.ended_at > r.started_at
                THEN extract(epoch FROM r.ended_at - r.started_at) END AS took
        FROM field.response AS r
        LEFT JOIN field.agent_key AS k ON k.key = r.key
        WHERE r.wave = p_wave AND r.keying = 1
    ), typical AS (
        SELECT s.form, percentile_cont(0.5) WITHIN GROUP (ORDER BY s.took)
            AS median
        FROM sheet AS s WHERE s.took IS NOT NULL GROUP BY s.form
    ), answered AS (
        SELECT t.response, count(*) AS ratings,
            count(*) FILTER (WHERE c.given >= p_least
                AND field.longest_run(t.answers) >= c.asked - p_slack)
                AS straight,
            sum(c.asked) AS asked, sum(c.asked - c.given) AS blank
        FROM field.rating AS t
        CROSS JOIN LATERAL (SELECT field.count_bytes(t.answers, 1, 255)
                AS asked, field.count_bytes(t.answers, 1, 200) AS given) AS c
        WHERE t.wave = p_wave GROUP BY t.response
    ), counted AS (
        SELECT CASE WHEN grouping(s.agent) = 0 THEN 'agent'
                WHEN grouping(s.home) = 0 THEN 'home' ELSE 'total' END AS side,
            CASE WHEN grouping(s.agent) = 0 THEN s.agent
                WHEN grouping(s.home) = 0 THEN s.home END AS id,
            count(*) AS received,
            count(*) FILTER (WHERE s.state IN (1, 5)) AS valid,
            count(*) FILTER (WHERE s.state = 2) AS queried,
            count(*) FILTER (WHERE s.state = 3) AS invalid,
            count(*) FILTER (WHERE s.state IN (4, 6, 7)) AS set_aside,
            count(s.took) AS timed,
            count(*) FILTER (WHERE s.took < p_speed * m.median) AS fast,
            coalesce(sum(a.ratings), 0)::bigint AS ratings,
            coalesce(sum(a.straight), 0)::bigint AS straight,
            coalesce(sum(a.asked), 0)::bigint AS asked,
            coalesce(sum(a.blank), 0)::bigint AS blank
        FROM sheet AS s
        LEFT JOIN typical AS m ON m.form = s.form
        LEFT JOIN answered AS a ON a.response = s.response
        GROUP BY GROUPING SETS ((s.agent), (s.home), ())
    ), fate AS (
        SELECT CASE WHEN grouping(s.agent) = 0 THEN 'agent'
                WHEN grouping(s.home) = 0 THEN 'home' ELSE 'total' END AS side,
            CASE WHEN grouping(s.agent) = 0 THEN s.agent
                WHEN grouping(s.home) = 0 THEN s.home END AS id,
            count(*) FILTER (WHERE s.disposition = 'refused') AS refused,
            count(*) FILTER (WHERE s.disposition = 'not-met') AS not_met,
            count(*) FILTER (WHERE s.disposition = 'lost') AS other,
            count(*) FILTER (WHERE s.disposition IN ('moved', 'cancelled'))
                AS not_eligible
        FROM field.sheet AS s WHERE s.wave = p_wave
        GROUP BY GROUPING SETS ((s.agent), (s.home), ())
    ), quota AS (
        SELECT CASE WHEN grouping(q.home) = 0 THEN 'home' ELSE 'total' END
                AS side,
            CASE WHEN grouping(q.home) = 0 THEN q.home END AS id,
            sum(q.planned)::bigint AS planned
        FROM plan.quota_in_force AS q WHERE q.wave = p_wave
        GROUP BY GROUPING SETS ((q.home), ())
    )
    SELECT k.side, coalesce(g.code, u.code), coalesce(g.name, u.name),
        coalesce(c.received, 0), coalesce(c.valid, 0), coalesce(c.queried, 0),
        coalesce(c.invalid, 0), coalesce(c.set_aside, 0),
        coalesce(f.refused, 0), coalesce(f.not_met, 0), coalesce(f.other, 0),
        coalesce(f.not_eligible, 0), coalesce(q.planned, 0),
        coalesce(c.timed, 0), coalesce(c.fast, 0), coalesce(c.ratings, 0),
        coalesce(c.straight, 0), coalesce(c.asked, 0), coalesce(c.blank, 0)
    FROM (SELECT x.side, coalesce(x.id, -1) AS id FROM counted AS x
        UNION SELECT x.side, coalesce(x.id, -1) FROM fate AS x
        UNION SELECT x.side, coalesce(x.id, -1) FROM quota AS x) AS k
    LEFT JOIN counted AS c ON c.side = k.side AND coalesce(c.id, -1) = k.id
    LEFT JOIN fate AS f ON f.side = k.side AND coalesce(f.id, -1) = k.id
    LEFT JOIN quota AS q ON q.side = k.side AND coalesce(q.id, -1) = k.id
    LEFT JOIN field.agent AS g ON k.side = 'agent' AND g.agent = k.id
    LEFT JOIN plan.unit AS u ON k.side = 'home' AND u.wave = p_wave
        AND u.unit = k.id
    ORDER BY 1, 2;
END
$$;
COMMENT ON FUNCTION field.quality(integer, double precision, integer, integer,
    text) IS
    'counts of careless answers and outcomes by agent and by area, logged';
REVOKE ALL ON FUNCTION field.quality(integer, double precision, integer,
    integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION field.quality(integer, double precision, integer,
    integer, text) TO phieu_server;

-- How often each question was put, and what came instead of an answer: counts
-- by form and place of the answer byte, over all sheets of first keying.
CREATE FUNCTION field.quality_questions(p_wave integer, p_by text)
RETURNS TABLE (form integer, slot integer, sheets bigint, asked bigint,
    blank bigint, dont_know bigint, unreadable bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM audit.append(0::smallint, 'quality', p_by,
        json_build_object('wave', p_wave, 'by', 'question')::text);
    RETURN QUERY
    SELECT r.form::integer, i.at, count(DISTINCT r.response), count(*),
        count(*) FILTER (WHERE get_byte(t.answers, i.at) = 255),
        count(*) FILTER (WHERE get_byte(t.answers, i.at) = 254),
        count(*) FILTER (WHERE get_byte(t.answers, i.at) = 253)
    FROM field.response AS r
    JOIN field.rating AS t ON t.wave = r.wave AND t.response = r.response
    CROSS JOIN LATERAL generate_series(0, length(t.answers) - 1) AS i (at)
    WHERE r.wave = p_wave AND r.keying = 1
        AND get_byte(t.answers, i.at) <> 0
    GROUP BY r.form, i.at
    ORDER BY 1, 2;
END
$$;
COMMENT ON FUNCTION field.quality_questions(integer, text) IS
    'counts of what came instead of an answer, by question, logged';
REVOKE ALL ON FUNCTION field.quality_questions(integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION field.quality_questions(integer, text)
    TO phieu_server;
