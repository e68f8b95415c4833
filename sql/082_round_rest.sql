-- Rounds of assessment, what was found wanting: plans of inspections loaded
-- while these run, losses of the result that was published, units that were
-- merged, evidence scanned in vain.

-- ---- inspections ------------------------------------------------------------
-- A number stands for one unit for good once anything happened under it, also
-- when it was cancelled or left the plan since: what was found stays with the
-- unit.  Rows are locked, so that an act that runs meanwhile is seen.
CREATE OR REPLACE FUNCTION assess.inspect_keep(p_round integer, p_list jsonb)
RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    i integer;
    v_state text;
BEGIN
    PERFORM FROM assess.inspection WHERE round = p_round
    ORDER BY inspection FOR UPDATE;
    SELECT k.inspection, k.state INTO i, v_state
    FROM assess.inspection AS k
    JOIN assess.unit AS u USING (round, unit)
    LEFT JOIN jsonb_to_recordset(p_list) AS x (number integer, unit text)
        ON x.number = k.inspection
    WHERE k.round = p_round AND k.state <> 'planned'
        AND CASE WHEN k.in_force AND k.state <> 'cancelled'
            THEN u.code IS DISTINCT FROM x.unit
            ELSE u.code <> x.unit END
    ORDER BY 1 LIMIT 1;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF v_state = 'cancelled' THEN
        RAISE EXCEPTION 'K40 đợt kiểm tra % đã hủy, số này là của đơn vị khác: dùng số mới (that number is of another unit, cancelled: take a new one)', i
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RAISE EXCEPTION 'K40 đợt kiểm tra % đã báo cho đơn vị: hủy có lý do, đừng bỏ khỏi kế hoạch (it is told: cancel it)', i
        USING ERRCODE = 'object_not_in_prerequisite_state';
END
$$;

-- ---- improvement ------------------------------------------------------------
-- As before; what was taken from the total is what the published result took,
-- with its reasons, whatever was added or cancelled since.
CREATE OR REPLACE FUNCTION assess.improve_losses(p_round integer)
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
    ), taken AS MATERIALIZED (
        SELECT u.unit, string_agg(d.o ->> 'reason', '; ' ORDER BY d.place)
            AS name, sum(assess.exact(d.o ->> 'points')) AS lost
        FROM (SELECT r.input::jsonb AS input FROM assess.release AS l
            JOIN assess.result AS r USING (round, result)
            WHERE l.round = p_round ORDER BY l.release DESC LIMIT 1) AS c
        CROSS JOIN jsonb_array_elements(c.input -> 'units') AS x (o)
        JOIN assess.unit AS u ON u.round = p_round
            AND u.code = x.o ->> 'code'
        CROSS JOIN jsonb_array_elements(x.o -> 'deductions')
            WITH ORDINALITY AS d (o, place)
        WHERE NOT d.o ? 'criterion'
        GROUP BY u.unit
    ), lost AS (
        SELECT p.unit, p.node, n.name, p.maximum, p.points, p.lost
        FROM assess.published_points(p_round) AS p
        JOIN assess.node AS n ON n.round = p_round AND n.node = p.node
        WHERE p.leaf AND p.lost > 0
        UNION ALL
        SELECT t.unit, NULL, t.name, NULL, NULL, t.lost FROM taken AS t
    )
    SELECT l.unit, l.node, l.name, l.maximum, l.points, l.lost,
        (SELECT count(*)::integer FROM assess.improve AS t
        WHERE t.round = p_round AND t.state <> 'cancelled'
            AND (t.unit IS NULL OR t.unit = l.unit)
            AND (t.node IS NULL OR EXISTS (SELECT FROM up
                WHERE up.node = l.node AND up.above = t.node)))
    FROM lost AS l
$$;

-- The document that the newest published result of a round was made by.
CREATE FUNCTION assess.published_document(p_round integer) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT v.content::jsonb
    FROM assess.release AS l
    JOIN assess.result AS r USING (round, result)
    JOIN assess.version AS v ON v.round = r.round AND v.version = r.version
    WHERE l.round = p_round ORDER BY l.release DESC LIMIT 1
$$;
COMMENT ON FUNCTION assess.published_document(integer) IS
    'the document that the newest published result was made by';

-- As before; the list of those replaced is that of the published result.
CREATE OR REPLACE FUNCTION assess.improve_next(p_round integer)
RETURNS TABLE (node integer, next_node integer, changed boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH next_ AS MATERIALIZED (
        SELECT p.next_round, coalesce(assess.published_document(p.next_round),
            (SELECT v.content::jsonb FROM assess.version AS v
            WHERE v.round = p.next_round ORDER BY v.version DESC LIMIT 1))
            AS document
        FROM assess.improve_plan AS p WHERE p.round = p_round
    )
    SELECT n.node, m.node, m.name <> n.name OR m.maximum <> n.maximum
        OR m.source <> n.source OR m.effect <> n.effect
    FROM next_ AS p
    JOIN assess.node AS n ON n.round = p_round
    LEFT JOIN LATERAL (SELECT x ->> 'to' AS code
        FROM jsonb_array_elements(p.document -> 'replaced') AS x
        WHERE x ->> 'from' = n.code LIMIT 1) AS r ON true
    JOIN assess.node AS m ON m.round = p.next_round AND m.in_force
        AND m.code = coalesce(r.code, n.code)
$$;

-- As before; units follow the list of those merged of the next round's
-- document, and what is of a merged unit is not compared.
CREATE OR REPLACE FUNCTION assess.improve_gained(p_round integer)
RETURNS TABLE (improve integer, units integer, points numeric,
    next_points numeric, next_maximum numeric, outcome text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH was AS MATERIALIZED (SELECT * FROM assess.published_points(p_round)),
    plan AS MATERIALIZED (SELECT p.next_round, EXISTS (SELECT
            FROM assess.release WHERE round = p.next_round) AS known
        FROM assess.improve_plan AS p WHERE p.round = p_round),
    then_ AS MATERIALIZED (SELECT x.* FROM plan,
        assess.published_points(plan.next_round) AS x WHERE plan.known),
    merged AS MATERIALIZED (SELECT x ->> 'from' AS old, x ->> 'to' AS new
        FROM plan, jsonb_array_elements(assess.published_document(
            plan.next_round) -> 'merged') AS x),
    links AS MATERIALIZED (SELECT * FROM assess.improve_next(p_round)),
    pairs AS (
        SELECT t.improve, w.points, n.points AS next_points,
            n.maximum AS next_maximum, coalesce(l.changed, false)
                OR n.maximum <> w.maximum
                OR EXISTS (SELECT FROM merged AS m WHERE m.new = v.code)
                AS changed,
            row_number() OVER (PARTITION BY t.improve, v.unit
                ORDER BY w.unit) AS turn
        FROM assess.improve AS t
        JOIN was AS w ON (t.unit IS NULL OR w.unit = t.unit)
            AND w.node IS NOT DISTINCT FROM t.node
        JOIN assess.unit AS u ON u.round = p_round AND u.unit = w.unit
        CROSS JOIN plan
        JOIN assess.unit AS v ON v.round = plan.next_round
            AND v.code = coalesce((SELECT m.new FROM merged AS m
                WHERE m.old = u.code LIMIT 1), u.code)
        LEFT JOIN links AS l ON l.node = t.node
        JOIN then_ AS n ON n.unit = v.unit
            AND n.node IS NOT DISTINCT FROM l.next_node
        WHERE t.round = p_round AND (t.node IS NULL) = (l.node IS NULL)
    ), both_ AS (
        SELECT p.improve, count(*)::integer AS units, sum(p.points) AS points,
            sum(p.next_points) FILTER (WHERE p.turn = 1) AS next_points,
            sum(p.next_maximum) FILTER (WHERE p.turn = 1) AS next_maximum,
            bool_or(p.changed) AS changed
        FROM pairs AS p GROUP BY p.improve
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

-- ---- evidence ---------------------------------------------------------------
-- Asked before a file is scanned, which may take a minute: may the unit add
-- files now?  Refuses (55000) as assess.self_open does, and changes nothing.
CREATE FUNCTION assess.evidence_open(p_round integer, p_unit integer)
RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s text := coalesce((SELECT state FROM assess.self
        WHERE round = p_round AND unit = p_unit), 'draft');
BEGIN
    IF s = 'submitted' THEN
        RAISE EXCEPTION 'bản tự đánh giá đã nộp, cần được mở lại (the self-assessment is handed in; have it reopened)'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    IF s = 'draft' THEN
        PERFORM assess.need_step(p_round, 'self-assess');
    END IF;
END
$$;
COMMENT ON FUNCTION assess.evidence_open(integer, integer) IS
    'refuses when a unit may not add evidence now';

REVOKE ALL ON FUNCTION assess.published_document(integer),
    assess.evidence_open(integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION assess.evidence_open(integer, integer)
    TO phieu_server;
GRANT EXECUTE ON FUNCTION assess.published_document(integer)
    TO phieu_server, phieu_auditor;
