-- V01 and V02 by the ledger, where a wave has one: a number that is not in it,
-- or a sheet that was not issued to this agent, or was issued for another
-- group or unit.  A wave without a ledger asks nothing more than the flag of
-- the wave's row, which the lean ways read anyway; the question stands apart from
-- that statement, for a call in it costs even when it is not made.
--
-- A second keying is another agent's by design: of it only the number counts.

-- NULL: nothing is wrong; else 'unknown', 'agent' or 'cell'.
CREATE FUNCTION field.sheet_fault(p_wave integer, p_key integer,
    p_sheet text, p_keying smallint, p_grp integer, p_home integer)
RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    s record;
BEGIN
    SELECT x.grp, x.home, x.now_home, x.status, x.agent, k.agent AS mine
    INTO s
    FROM field.sheet AS x, field.agent_key AS k
    WHERE x.wave = p_wave AND x.sheet = p_sheet AND k.key = p_key;
    IF NOT FOUND THEN
        RETURN 'unknown';
    ELSIF s.grp IS DISTINCT FROM p_grp
        OR (coalesce(p_home, 0) <> s.home
            AND coalesce(p_home, 0) IS DISTINCT FROM s.now_home) THEN
        RETURN 'cell';
    ELSIF p_keying = 1 AND (s.agent IS DISTINCT FROM s.mine
        OR s.status IN ('planned', 'void', 'cancelled', 'replaced')) THEN
        RETURN 'agent';
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION field.sheet_fault(integer, integer, text, smallint,
    integer, integer) IS
    'what the ledger has against a submission with this number';

-- Of a whole batch, whose columns of one element are the same for all rows.
CREATE FUNCTION field.sheets_fit(p_wave integer, p_key integer[],
    p_sheet text[], p_keying smallint[], p_grp integer[], p_home integer[],
    p_state smallint[], n integer) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT NOT EXISTS (SELECT FROM generate_series(1, n) AS i
        WHERE p_state[least(i, cardinality(p_state))] <> 3
            AND field.sheet_fault(p_wave,
                p_key[least(i, cardinality(p_key))],
                p_sheet[least(i, cardinality(p_sheet))],
                p_keying[least(i, cardinality(p_keying))],
                p_grp[least(i, cardinality(p_grp))],
                p_home[least(i, cardinality(p_home))]) IS NOT NULL)
$$;
COMMENT ON FUNCTION field.sheets_fit(integer, integer[], text[], smallint[],
    integer[], integer[], smallint[], integer) IS
    'has the ledger nothing against any of a batch?';

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
    w_ledger boolean;
    w_state text;
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
    SELECT l.seq + 1, l.hash, w.ledger, w.state
    INTO l_seq, l_hash, w_ledger, w_state
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
    IF w_ledger AND (w_state <> 'open' OR NOT field.sheets_fit(p_wave, p_key,
        p_sheet, p_keying, p_grp, p_home, p_state, n)) THEN
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
    w_ledger boolean;
    w_state text;
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
    SELECT l.seq + 1, l.hash, w.ledger, w.state
    INTO l_seq, l_hash, w_ledger, w_state
    FROM plan.wave AS w, audit.lane AS l, field.agent_key AS k
    WHERE w.wave = p_wave AND w.state IN ('open', 'closed')
        AND (w.simulated OR NOT p_simulated) AND l.lane = p_lane
        AND k.key = p_key AND k.wave = p_wave AND k.revoked_at IS NULL
        AND k.expires_at > now();
    IF l_seq IS NULL THEN
        RETURN false;
    END IF;
    IF w_ledger AND (w_state <> 'open' OR (p_state <> 3
        AND field.sheet_fault(p_wave, p_key, p_sheet, p_keying, p_grp, p_home)
            IS NOT NULL)) THEN
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

-- The full way: what the ledger is against is stored as invalid, with the
-- fault beside those it came with.
ALTER FUNCTION field.intake(integer, smallint, smallint, jsonb, text,
    integer[], text[], bytea[], bytea[], smallint[], integer[], integer[],
    integer[], text[], smallint[], date[], timestamptz[], timestamptz[],
    text[], smallint[], integer[], jsonb[], jsonb[], boolean[], text[],
    text[], integer[], integer[], bytea[], jsonb[]) RENAME TO intake_any;

CREATE FUNCTION field.intake(
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
            said := CASE fault
                WHEN 'unknown' THEN jsonb_build_object('code', 'V01', 'path',
                    '/sheet', 'message', 'no sheet of this number was made',
                    'message_vi', 'Số phiếu không có trong sổ phiếu')
                WHEN 'agent' THEN jsonb_build_object('code', 'V02', 'path',
                    '/sheet', 'message', 'this sheet was not issued to you',
                    'message_vi', 'Phiếu này không giao cho bạn')
                ELSE jsonb_build_object('code', 'V02', 'path', '/sheet',
                    'message', 'this sheet was issued for another group or '
                    'unit', 'message_vi',
                    'Phiếu này phát cho đối tượng hoặc đơn vị khác') END;
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
COMMENT ON FUNCTION field.intake(integer, smallint, smallint, jsonb, text,
    integer[], text[], bytea[], bytea[], smallint[], integer[], integer[],
    integer[], text[], smallint[], date[], timestamptz[], timestamptz[],
    text[], smallint[], integer[], jsonb[], jsonb[], boolean[], text[],
    text[], integer[], integer[], bytea[], jsonb[]) IS
    'stores a batch of submissions, judged by the ledger where there is one';
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA field FROM PUBLIC;
REVOKE ALL ON FUNCTION field.intake_any(integer, smallint, smallint, jsonb,
    text, integer[], text[], bytea[], bytea[], smallint[], integer[],
    integer[], integer[], text[], smallint[], date[], timestamptz[],
    timestamptz[], text[], smallint[], integer[], jsonb[], jsonb[],
    boolean[], text[], text[], integer[], integer[], bytea[], jsonb[])
    FROM phieu_collector;
GRANT EXECUTE ON FUNCTION field.intake(integer, smallint, smallint, jsonb,
    text, integer[], text[], bytea[], bytea[], smallint[], integer[],
    integer[], integer[], text[], smallint[], date[], timestamptz[],
    timestamptz[], text[], smallint[], integer[], jsonb[], jsonb[],
    boolean[], text[], text[], integer[], integer[], bytea[], jsonb[])
    TO phieu_collector;
