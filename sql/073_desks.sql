-- Desks of a wave: rules for more than sheets and waves; of the ledger's acts
-- the log says no more than the ledger itself promises.
--
-- What the log says of an act on sheets (issue, leave, refuse, …): that it was
-- done, by whom, in which role, on which day, how many sheets, and a keyed
-- digest.  Not when: days re-identify less than times (DESIGN 5.7), and event
-- numbers would lead from a time in the log to the day's sheets.  Not why: a
-- reason may name a respondent, and the log outlives the fieldwork side.  The
-- digest covers both, so that whoever still holds the fieldwork side proves
-- them.  Acts on the wave (plan, amend, merge, close, reopen) concern nobody in
-- particular and are answered for in public: their reason and what they were
-- about stay in the log (DESIGN 5.5).

ALTER TABLE field.sheet_rule DROP CONSTRAINT sheet_rule_of_check,
    ADD CONSTRAINT sheet_rule_of_check CHECK (of IN ('sheet', 'wave',
        'response', 'pair', 'recheck', 'campaign'));
COMMENT ON COLUMN field.sheet_rule.of IS
    'sheet, wave, response (review), pair (second keying), recheck, campaign';

-- ---- the log, by days ------------------------------------------------------
-- audit.append with the moment said by the caller; NULL: now.
CREATE FUNCTION audit.append_at(p_lane smallint, p_kind text, p_actor text,
    p_content text, p_at text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    head audit.lane;
    moment text;
    digest bytea;
BEGIN
    IF p_lane <> 0 AND NOT pg_has_role(session_user, current_user, 'MEMBER')
    THEN
        RAISE insufficient_privilege
            USING MESSAGE = 'acts of people stand in lane 0';
    END IF;
    IF position('|' IN p_kind || p_actor || coalesce(p_at, '')) > 0 THEN
        RAISE check_violation
            USING MESSAGE = 'kind and actor of an entry hold no bar';
    END IF;
    SELECT * INTO head FROM audit.lane WHERE lane = p_lane FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO audit.lane (lane) VALUES (p_lane) ON CONFLICT DO NOTHING;
        SELECT * INTO head FROM audit.lane WHERE lane = p_lane FOR UPDATE;
    END IF;
    -- after the lock: times within a lane go one way
    moment := coalesce(p_at, to_char(clock_timestamp() AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'));
    digest := sha256(head.hash || convert_to(p_lane || '|' || head.seq + 1
        || '|' || moment || '|' || p_kind || '|' || p_actor || '|'
        || p_content, 'UTF8'));
    INSERT INTO audit.entry
    VALUES (p_lane, head.seq + 1, moment, p_kind, p_actor, p_content,
        head.hash, digest);
    UPDATE audit.lane SET seq = head.seq + 1, hash = digest
    WHERE lane = p_lane;
    RETURN head.seq + 1;
END
$$;
COMMENT ON FUNCTION audit.append_at(smallint, text, text, text, text) IS
    'an entry of the log with a moment, or a day, said by the caller';
REVOKE ALL ON FUNCTION audit.append_at(smallint, text, text, text, text)
    FROM PUBLIC;

CREATE OR REPLACE FUNCTION audit.append(p_lane smallint, p_kind text,
    p_actor text, p_content text) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT audit.append_at(p_lane, p_kind, p_actor, p_content, NULL)
$$;

COMMENT ON COLUMN audit.entry.at IS
    'Moment in UTC; of acts on sheets the day in Vietnam, no more';

-- ---- what an event's digest covers -----------------------------------------
ALTER TABLE field.sheet_event ADD COLUMN sealed smallint NOT NULL DEFAULT 1;
COMMENT ON COLUMN field.sheet_event.sealed IS
    'What the digest covers: 1 its moves; 2 who, day, reason and detail too';

CREATE FUNCTION field.ledger_digest_of(p_event field.sheet_event)
RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE p_event.sealed
        WHEN 1 THEN field.ledger_digest(p_event.wave, p_event.event,
            p_event.nonce)
        ELSE sha256(p_event.nonce || convert_to(jsonb_build_array(
                p_event.act, p_event.done_by, p_event.role, p_event.done_on,
                p_event.reason, p_event.agent, p_event.paper, p_event.n,
                p_event.detail)::text, 'UTF8')
            || field.ledger_digest(p_event.wave, p_event.event,
                p_event.nonce)) END
$$;
COMMENT ON FUNCTION field.ledger_digest_of(field.sheet_event) IS
    'digest of an event and its moves, as it stands in the log';

-- A sheet's event is entered by its day.
CREATE OR REPLACE FUNCTION field.ledger_seal(p_wave integer, p_event integer,
    p_act text, p_by text, p_role text, p_reason text, p_agent integer,
    p_has_paper boolean, p_detail jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ev field.sheet_event;
    of_wave boolean := EXISTS (SELECT FROM field.sheet_rule AS r
        WHERE r.of = 'wave' AND r.act = p_act);
    entry jsonb;
BEGIN
    ev.wave := p_wave;
    ev.event := p_event;
    ev.act := p_act;
    ev.done_by := p_by;
    ev.role := p_role;
    ev.done_on := (now() AT TIME ZONE 'UTC' + interval '7 hours')::date;
    ev.reason := coalesce(p_reason, '');
    ev.agent := p_agent;
    IF p_has_paper THEN
        ev.paper := (SELECT coalesce(max(e.paper), 0) + 1
            FROM field.sheet_event AS e WHERE e.wave = p_wave);
    END IF;
    ev.n := (SELECT count(*) FROM field.sheet_move AS m
        WHERE m.wave = p_wave AND m.event = p_event);
    ev.detail := p_detail;
    ev.nonce := uuid_send(gen_random_uuid());
    ev.sealed := 2;
    ev.digest := field.ledger_digest_of(ev);
    INSERT INTO field.sheet_event SELECT ev.*;
    entry := jsonb_build_object('wave', p_wave, 'event', p_event, 'act',
        p_act, 'role', p_role, 'count', ev.n, 'digest',
        encode(ev.digest, 'hex'));
    IF of_wave THEN
        entry := entry || jsonb_build_object('reason', ev.reason, 'detail',
            p_detail);
    END IF;
    PERFORM audit.append_at(0::smallint, 'ledger', p_by, entry::text,
        CASE WHEN NOT of_wave THEN ev.done_on::text END);
END
$$;

-- ---- verifying, within an area ----------------------------------------------
-- p_areas NULL: all of it; else the sheets of those areas, and the events that
-- moved any of them.  An entry of the log without an event belongs to no area:
-- it is told to those who see everything.
DROP FUNCTION field.ledger_verify(integer);
CREATE FUNCTION field.ledger_verify(p_wave integer, p_areas text[])
RETURNS TABLE (event integer, words text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH area AS MATERIALIZED (
        SELECT CASE WHEN p_areas IS NOT NULL
            THEN field.units_under(p_wave, p_areas) END AS units
    ), said AS (
        SELECT (a.content::jsonb ->> 'event')::integer AS event,
            a.content::jsonb ->> 'digest' AS digest
        FROM audit.entry AS a
        WHERE a.lane = 0 AND a.kind = 'ledger'
            AND (a.content::jsonb ->> 'wave')::integer = p_wave
    ), happened AS (
        SELECT e.event, encode(e.digest, 'hex') AS digest,
            field.ledger_digest_of(e) = e.digest AS same
        FROM field.sheet_event AS e, area AS x
        WHERE e.wave = p_wave AND (x.units IS NULL OR EXISTS (SELECT
            FROM field.sheet_move AS m
            WHERE m.wave = p_wave AND m.event = e.event
                AND (m.now_home = ANY (x.units)
                    OR m.was_home = ANY (x.units))))
    ), history AS MATERIALIZED (
        SELECT m.sheet, count(*) AS n, max(m.version) AS top,
            bool_and(m.was = coalesce(m.before, '-')
                AND m.was_home = coalesce(m.home_before, m.was_home)
                AND coalesce(m.was_agent, 0) = coalesce(m.agent_before, 0))
                AS chained,
            (array_agg(m.now ORDER BY m.version DESC))[1] AS now,
            (array_agg(m.now_agent ORDER BY m.version DESC))[1] AS agent,
            (array_agg(m.now_home ORDER BY m.version DESC))[1] AS home
        FROM (SELECT v.*, lag(v.now) OVER w AS before,
                lag(v.now_agent) OVER w AS agent_before,
                lag(v.now_home) OVER w AS home_before
            FROM field.sheet_move AS v WHERE v.wave = p_wave
            WINDOW w AS (PARTITION BY v.sheet ORDER BY v.version)) AS m
        GROUP BY m.sheet)
    SELECT coalesce(e.event, s.event), CASE
        WHEN e.event IS NULL THEN 'in the log, not in the ledger'
        WHEN s.event IS NULL THEN 'not in the log'
        ELSE 'it or its moves are not those in the log' END
    FROM happened AS e
    FULL JOIN said AS s ON s.event = e.event
    WHERE (e.event IS NULL AND p_areas IS NULL)
        OR (e.event IS NOT NULL AND (s.event IS NULL
            OR e.digest <> s.digest OR NOT e.same))
    UNION ALL
    SELECT 0, s.sheet || ': its history does not lead to its status'
    FROM field.sheet AS s
    LEFT JOIN history AS h USING (sheet)
    WHERE s.wave = p_wave AND s.prefix IS NOT NULL
        AND (p_areas IS NULL OR coalesce(s.now_home, s.home)
            = ANY ((SELECT x.units FROM area AS x)::integer[]))
        AND (h.n IS DISTINCT FROM s.version OR h.top <> h.n OR NOT h.chained
            OR h.now <> s.status OR h.agent IS DISTINCT FROM s.agent
            OR h.home <> coalesce(s.now_home, s.home))
    ORDER BY 1, 2
$$;
COMMENT ON FUNCTION field.ledger_verify(integer, text[]) IS
    'what of a ledger, or of an area''s sheets, is not as history and log say';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA field FROM PUBLIC;
GRANT EXECUTE ON FUNCTION field.ledger_verify(integer, text[])
    TO phieu_server;
