-- The lean ways of intake, leaner: what 010_intake.sql says of them holds.
-- PostgreSQL spends most of a short write not on rows but on beginning and
-- ending each statement, so that all rows of a batch, its entry in the log and
-- the head of its lane are written by one; and a CHECK is read and compiled
-- anew by every statement that writes its table.

-- The parts of a hashed text hold no bar: asked where a caller gives them.
-- The functions of intake give constants, and phieu audit verify looks at
-- every entry, whoever wrote it.
ALTER TABLE audit.entry DROP CONSTRAINT entry_parts;

CREATE OR REPLACE FUNCTION audit.append(p_lane smallint, p_kind text,
    p_actor text, p_content text) RETURNS bigint
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
    IF position('|' IN p_kind || p_actor) > 0 THEN
        RAISE check_violation
            USING MESSAGE = 'kind and actor of an entry hold no bar';
    END IF;
    SELECT * INTO head FROM audit.lane WHERE lane = p_lane FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO audit.lane (lane) VALUES (p_lane) ON CONFLICT DO NOTHING;
        SELECT * INTO head FROM audit.lane WHERE lane = p_lane FOR UPDATE;
    END IF;
    -- after the lock: times within a lane go one way
    moment := to_char(clock_timestamp() AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
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

-- Of a column of one element, which is the same for all rows, the step to the
-- next row is 0.
CREATE OR REPLACE FUNCTION field.intake_plain(
    p_wave integer, p_lane smallint, p_receipt_key smallint, p_root text,
    p_key integer[], p_instance text[], p_sha bytea[], p_bytes bytea[],
    p_state smallint[], p_form integer[], p_grp integer[], p_home integer[],
    p_sheet text[], p_keying smallint[], p_collected date[],
    p_started timestamptz[], p_ended timestamptz[], p_device text[],
    p_way smallint[], p_flags integer[], p_faults jsonb[],
    p_profile jsonb[], p_simulated boolean[], p_comment text[],
    r_of integer[], r_unit integer[], r_answers bytea[], r_extra jsonb[])
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    n integer := cardinality(p_instance);
    ids bigint[];
    content text := '{"wave":' || p_wave || ',"count":' || n || ',"root":"'
        || p_root || '"}';
    s_collected integer := (cardinality(p_collected) > 1)::integer;
    s_device integer := (cardinality(p_device) > 1)::integer;
    s_ended integer := (cardinality(p_ended) > 1)::integer;
    s_faults integer := (cardinality(p_faults) > 1)::integer;
    s_flags integer := (cardinality(p_flags) > 1)::integer;
    s_form integer := (cardinality(p_form) > 1)::integer;
    s_grp integer := (cardinality(p_grp) > 1)::integer;
    s_home integer := (cardinality(p_home) > 1)::integer;
    s_key integer := (cardinality(p_key) > 1)::integer;
    s_keying integer := (cardinality(p_keying) > 1)::integer;
    s_profile integer := (cardinality(p_profile) > 1)::integer;
    s_sheet integer := (cardinality(p_sheet) > 1)::integer;
    s_simulated integer := (cardinality(p_simulated) > 1)::integer;
    s_started integer := (cardinality(p_started) > 1)::integer;
    s_state integer := (cardinality(p_state) > 1)::integer;
    s_way integer := (cardinality(p_way) > 1)::integer;
    s_answers integer := (cardinality(r_answers) > 1)::integer;
    s_extra integer := (cardinality(r_extra) > 1)::integer;
    s_unit integer := (cardinality(r_unit) > 1)::integer;
    l_seq bigint;
    l_hash bytea;
    moment text;
    digest bytea;
BEGIN
    IF current_setting('search_path') <> 'pg_catalog, pg_temp' THEN
        RAISE insufficient_privilege
            USING MESSAGE = 'search_path is not pg_catalog, pg_temp';
    END IF;
    IF NOT 3 >= ALL (p_state) OR NOT 1 <= ALL (p_state)
        OR NOT 2 >= ALL (p_keying) OR NOT 1 <= ALL (p_keying)
        OR pg_advisory_xact_lock_shared(7001, p_wave) IS NULL THEN
        RETURN false;
    END IF;
    SELECT l.seq + 1, l.hash INTO l_seq, l_hash
    FROM plan.wave AS w, audit.lane AS l
    WHERE w.wave = p_wave AND w.state IN ('open', 'closed')
        AND (w.simulated OR NOT true = ANY (p_simulated))
        AND l.lane = p_lane
        AND p_key <@ ARRAY(SELECT k.key FROM field.agent_key AS k
            WHERE k.key = ANY (p_key) AND k.wave = p_wave
                AND k.revoked_at IS NULL AND k.expires_at > now());
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    ids := ARRAY(SELECT nextval('field.response_id')
        FROM generate_series(1, n));
    -- audit.seal, in place
    moment := to_char(clock_timestamp() AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
    digest := sha256(l_hash || convert_to(p_lane || '|' || l_seq || '|'
        || moment || '|intake|collector|' || content, 'UTF8'));
    BEGIN
        WITH response AS (
            INSERT INTO field.response
            SELECT p_wave, p_instance[i + 1], ids[i + 1], p_sha[i + 1],
                p_state[1 + s_state * i], p_state[1 + s_state * i] IN (1, 2),
                p_form[1 + s_form * i], p_grp[1 + s_grp * i],
                p_home[1 + s_home * i], p_sheet[1 + s_sheet * i],
                p_keying[1 + s_keying * i], p_collected[1 + s_collected * i],
                p_started[1 + s_started * i], p_ended[1 + s_ended * i],
                p_device[1 + s_device * i], p_way[1 + s_way * i],
                p_key[1 + s_key * i], now(), p_flags[1 + s_flags * i],
                p_faults[1 + s_faults * i], p_profile[1 + s_profile * i],
                p_simulated[1 + s_simulated * i], NULL, 1, p_lane, l_seq,
                p_receipt_key
            FROM generate_series(0, n - 1) AS i),
        raw AS (
            INSERT INTO field.raw
            SELECT p_wave, ids[i], p_bytes[i]
            FROM generate_series(1, n) AS i),
        rating AS (
            INSERT INTO field.rating
            SELECT p_wave, ids[coalesce(r_of[i + 1], i + 1)],
                r_unit[1 + s_unit * i], r_answers[1 + s_answers * i],
                r_extra[1 + s_extra * i]
            FROM generate_series(0, coalesce(cardinality(r_of), n) - 1)
                AS i),
        entry AS (
            INSERT INTO audit.entry
            VALUES (p_lane, l_seq, moment, 'intake', 'collector', content,
                l_hash, digest))
        UPDATE audit.lane SET seq = l_seq, hash = digest WHERE lane = p_lane;
    EXCEPTION WHEN unique_violation THEN
        RETURN false;
    END;
    IF p_comment IS NOT NULL THEN
        INSERT INTO field.comment
        SELECT p_wave, ids[i], c.comment
        FROM generate_series(1, n) AS i, LATERAL (SELECT p_comment[
            CASE cardinality(p_comment) WHEN 1 THEN 1 ELSE i END]) AS c (comment)
        WHERE c.comment IS NOT NULL;
    END IF;
    RETURN true;
END
$$;

-- Without ON CONFLICT each UNIQUE key is searched once and not twice; who
-- loses raises, inside, and field.intake finds out why.
CREATE OR REPLACE FUNCTION field.intake_one(
    p_wave integer, p_lane smallint, p_receipt_key smallint, p_root text,
    p_key integer, p_instance text, p_sha bytea, p_bytes bytea,
    p_state smallint, p_form integer, p_grp integer, p_home integer,
    p_sheet text, p_keying smallint, p_collected date,
    p_started timestamptz, p_ended timestamptz, p_device text,
    p_way smallint, p_flags integer, p_faults jsonb, p_profile jsonb,
    p_simulated boolean, p_unit integer, p_answers bytea, p_extra jsonb)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    id bigint;
    content text;
    moment text;
    l_seq bigint;
    l_hash bytea;
    digest bytea;
BEGIN
    IF current_setting('search_path') <> 'pg_catalog, pg_temp' THEN
        RAISE insufficient_privilege
            USING MESSAGE = 'search_path is not pg_catalog, pg_temp';
    END IF;
    -- the lock in an expression: a statement costs ten times as much
    IF p_state NOT IN (1, 2, 3) OR p_keying NOT IN (1, 2)
        OR pg_advisory_xact_lock_shared(7001, p_wave) IS NULL THEN
        RETURN false;
    END IF;
    SELECT l.seq + 1, l.hash INTO l_seq, l_hash
    FROM plan.wave AS w, audit.lane AS l, field.agent_key AS k
    WHERE w.wave = p_wave AND w.state IN ('open', 'closed')
        AND (w.simulated OR NOT p_simulated) AND l.lane = p_lane
        AND k.key = p_key AND k.wave = p_wave AND k.revoked_at IS NULL
        AND k.expires_at > now();
    IF l_seq IS NULL THEN
        RETURN false;
    END IF;
    id := nextval('field.response_id');
    content := '{"wave":' || p_wave || ',"count":1,"root":"' || p_root
        || '"}';
    -- audit.seal, in place
    moment := to_char(clock_timestamp() AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
    digest := sha256(l_hash || convert_to(p_lane || '|' || l_seq || '|'
        || moment || '|intake|collector|' || content, 'UTF8'));
    BEGIN
        WITH response AS (
            INSERT INTO field.response
            VALUES (p_wave, p_instance, id, p_sha, p_state,
                p_state IN (1, 2), p_form, p_grp, p_home, p_sheet, p_keying,
                p_collected, p_started, p_ended, p_device, p_way, p_key,
                now(), p_flags, p_faults, p_profile, p_simulated, NULL, 1,
                p_lane, l_seq, p_receipt_key)),
        raw AS (
            INSERT INTO field.raw VALUES (p_wave, id, p_bytes)),
        rating AS (
            INSERT INTO field.rating
            VALUES (p_wave, id, p_unit, p_answers, p_extra)),
        entry AS (
            INSERT INTO audit.entry
            VALUES (p_lane, l_seq, moment, 'intake', 'collector', content,
                l_hash, digest))
        UPDATE audit.lane SET seq = l_seq, hash = digest WHERE lane = p_lane;
    EXCEPTION WHEN unique_violation THEN
        RETURN false;
    END;
    RETURN true;
END
$$;
