-- The one way in.  The collector's role reads no answer and writes no table:
-- it may call the functions below.  field.intake stores a batch of readings
-- with their bytes in one statement and says, a row each, only where
-- something else came of it than what was sent.
--
-- One submission counts once because UNIQUE keys say so, never because of a
-- look before the leap: (wave, instance), and (wave, sheet, keying) over
-- counted rows.  INSERT ... ON CONFLICT DO NOTHING waits for a rival in
-- another transaction, and losers are looked up after.

-- The receipt of a response is made with the key of its day and stays the
-- same for ever, so the key's number stands with the response.
ALTER TABLE field.response ADD COLUMN receipt_key smallint NOT NULL DEFAULT 1;
COMMENT ON COLUMN field.response.receipt_key IS
    'which of field.receipt_key its receipt is made with';
INSERT INTO field.receipt_key (key_id, key)
VALUES (1, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
    || uuid_send(gen_random_uuid())));

-- RFC 6962 tree over leaves that come hashed: pairs level by level, an odd
-- one moves up, which is the split at the largest power of two below n.
CREATE FUNCTION audit.merkle(leaves bytea[]) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    WHILE cardinality(leaves) > 1 LOOP
        leaves := ARRAY(
            SELECT CASE count(*) WHEN 2
                THEN sha256('\x01' || string_agg(l.h, '' ORDER BY l.i))
                ELSE string_agg(l.h, '') END
            FROM unnest(leaves) WITH ORDINALITY AS l (h, i)
            GROUP BY (l.i - 1) / 2
            ORDER BY (l.i - 1) / 2);
    END LOOP;
    RETURN coalesce(leaves[1], sha256(''));
END
$$;

-- audit.append for a caller that has locked the head of its lane already.
CREATE FUNCTION audit.seal(head audit.lane, p_kind text, p_content text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    moment text := to_char(clock_timestamp() AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
    digest bytea := sha256(head.hash || convert_to(head.lane || '|'
        || head.seq + 1 || '|' || moment || '|' || p_kind || '|collector|'
        || p_content, 'UTF8'));
BEGIN
    INSERT INTO audit.entry
    VALUES (head.lane, head.seq + 1, moment, p_kind, 'collector', p_content,
        head.hash, digest);
    UPDATE audit.lane SET seq = head.seq + 1, hash = digest
    WHERE lane = head.lane;
END
$$;

CREATE FUNCTION audit.head(p_lane smallint) RETURNS audit.lane
LANGUAGE plpgsql AS $$
DECLARE
    head audit.lane;
BEGIN
    IF p_lane < 1 THEN
        RAISE EXCEPTION 'lane % is not for intake', p_lane;
    END IF;
    SELECT * INTO head FROM audit.lane WHERE lane = p_lane FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO audit.lane (lane) VALUES (p_lane) ON CONFLICT DO NOTHING;
        SELECT * INTO head FROM audit.lane WHERE lane = p_lane FOR UPDATE;
    END IF;
    RETURN head;
END
$$;

-- What guards these tables against careless writers is checked by the
-- functions here, the only writers, once a call: PostgreSQL reads and compiles
-- every CHECK anew in each statement, and a foreign key is one more; together
-- they were a third of the time of a single submission (measured).  The chain
-- of hashes guards the log better than any CHECK.
ALTER TABLE audit.entry DROP CONSTRAINT entry_lane_fkey,
    DROP CONSTRAINT entry_hash_check, DROP CONSTRAINT entry_seq_check;
ALTER TABLE audit.lane DROP CONSTRAINT lane_lane_check;
ALTER TABLE field.response DROP CONSTRAINT response_check,
    DROP CONSTRAINT response_state_check,
    DROP CONSTRAINT response_keying_check;
-- One row a lane, written by every batch: dead versions are swept early.
ALTER TABLE audit.lane SET (fillfactor = 10);

-- The functions run with their owner's rights; SET search_path on a function
-- costs as much as two INSERTs, so that they insist on the caller's instead,
-- which core/db.c sets first thing.

-- One array element a submission, in the order of their instances so that
-- two batches do not wait for each other crosswise; ratings flat, r_of the
-- submission's position from 1.  p_replaces and p_comment NULL: none has any.
-- p_root: hex of the Merkle root over all of it, for the log.
-- p_reused: the fault that a sheet gets which counted before (V01).
-- Rows come back for what differs from "stored as sent":
-- outcome 1 stored (otherwise than sent), 2 duplicate, 3 conflict,
-- 4 denied (key revoked, expired, of another wave), 5 closed (wave).
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
    n integer := cardinality(p_instance);
    w_state text;
    w_simulated boolean;
    good integer[];
    head audit.lane;
    ids bigint[];
    fresh bigint[];
    reused bigint[] := '{}';
    gone text[] := '{}';
    root text;
BEGIN
    IF current_setting('search_path') <> 'pg_catalog, pg_temp' THEN
        RAISE insufficient_privilege
            USING MESSAGE = 'search_path is not pg_catalog, pg_temp';
    END IF;
    IF NOT 3 >= ALL (p_state) OR NOT 1 <= ALL (p_state)
        OR NOT 2 >= ALL (p_keying) OR NOT 1 <= ALL (p_keying) THEN
        RAISE check_violation USING MESSAGE = 'no such state or keying';
    END IF;
    PERFORM pg_advisory_xact_lock_shared(7001, p_wave);
    SELECT w.state, w.simulated INTO w_state, w_simulated
    FROM plan.wave AS w WHERE w.wave = p_wave;
    good := ARRAY(SELECT k.key FROM field.agent_key AS k
        WHERE k.key = ANY (p_key) AND k.wave = p_wave
            AND k.revoked_at IS NULL AND k.expires_at > now());
    -- Who lost the answer while the wave closed still gets it.
    IF w_state IS NULL OR w_state NOT IN ('open', 'closed') THEN
        RETURN QUERY SELECT u.ord::integer,
            CASE WHEN r.instance IS NULL THEN 5 ELSE 2 END::smallint,
            r.state, r.flags, r.faults::text, r.receipt_key, false
        FROM unnest(p_key, p_instance, p_sha)
            WITH ORDINALITY AS u (key, instance, sha, ord)
        LEFT JOIN field.response AS r
            ON r.wave = p_wave AND r.instance = u.instance
            AND r.sha256 = u.sha AND u.key = ANY (good);
        RETURN;
    END IF;
    head := audit.head(p_lane);
    ids := ARRAY(SELECT nextval('field.response_id')
        FROM generate_series(1, n));

    -- A mended sheet takes the place of the one it names: the same sheet,
    -- keying and agent, before it is counted, unless it came before.
    IF p_replaces IS NOT NULL THEN
        WITH mended AS (
            UPDATE field.response AS o SET state = 4, counted = false
            FROM unnest(p_instance, p_replaces, p_sheet, p_keying, p_state,
                p_key) AS u (instance, replaces, sheet, keying, state, key)
            WHERE o.wave = p_wave AND o.instance = u.replaces
                AND o.sheet = u.sheet AND o.keying = u.keying
                AND o.state IN (1, 2, 3) AND u.state IN (1, 2)
                AND u.key = ANY (good)
                AND NOT EXISTS (SELECT FROM field.response AS x
                    WHERE x.wave = p_wave AND x.instance = u.instance)
                AND (SELECT a.agent FROM field.agent_key AS a
                    WHERE a.key = o.key)
                    = (SELECT a.agent FROM field.agent_key AS a
                    WHERE a.key = u.key)
            RETURNING u.instance, u.state)
        SELECT coalesce(array_agg(m.instance), '{}') INTO gone
        FROM mended AS m;
    END IF;

    WITH stored AS (
        INSERT INTO field.response
        SELECT p_wave, u.instance, u.id, u.sha, u.state, u.state IN (1, 2),
            u.form, u.grp, u.home, u.sheet, u.keying, u.collected, u.started,
            u.ended, u.device, u.way, u.key, now(), u.flags, u.faults,
            u.profile, u.simulated, u.replaces, 1, p_lane, head.seq + 1,
            p_receipt_key
        FROM unnest(ids, p_key, p_instance, p_sha, p_state, p_form, p_grp,
            p_home, p_sheet, p_keying, p_collected, p_started, p_ended,
            p_device, p_way, p_flags, p_faults, p_profile, p_simulated,
            p_replaces) AS u (id, key, instance, sha, state, form, grp, home,
            sheet, keying, collected, started, ended, device, way, flags,
            faults, profile, simulated, replaces)
        WHERE u.key = ANY (good)
        ON CONFLICT DO NOTHING
        RETURNING response)
    SELECT coalesce(array_agg(s.response), '{}') INTO fresh FROM stored AS s;

    IF cardinality(fresh) < n THEN
        -- Losers whose instance is new lost by their sheet: kept, V01.
        WITH stored AS (
            INSERT INTO field.response
            SELECT p_wave, u.instance, u.id, u.sha, 3, false, u.form, u.grp,
                u.home, u.sheet, u.keying, u.collected, u.started, u.ended,
                u.device, u.way, u.key, now(), u.flags, p_reused, u.profile,
                u.simulated, u.replaces, 1, p_lane, head.seq + 1,
                p_receipt_key
            FROM unnest(ids, p_key, p_instance, p_sha, p_form, p_grp, p_home,
                p_sheet, p_keying, p_collected, p_started, p_ended, p_device,
                p_way, p_flags, p_profile, p_simulated, p_replaces)
                AS u (id, key, instance, sha, form, grp, home, sheet, keying,
                collected, started, ended, device, way, flags, profile,
                simulated, replaces)
            WHERE u.key = ANY (good) AND u.id <> ALL (fresh)
            ON CONFLICT (wave, instance) DO NOTHING
            RETURNING response)
        SELECT coalesce(array_agg(s.response), '{}') INTO reused
        FROM stored AS s;
        fresh := fresh || reused;

        INSERT INTO field.conflict (wave, instance, sha256, bytes, key)
        SELECT p_wave, u.instance, u.sha, u.bytes, u.key
        FROM unnest(ids, p_key, p_instance, p_sha, p_bytes)
            AS u (id, key, instance, sha, bytes)
        JOIN field.response AS r
            ON r.wave = p_wave AND r.instance = u.instance
        WHERE u.key = ANY (good) AND u.id <> ALL (fresh)
            AND r.sha256 <> u.sha
        ON CONFLICT DO NOTHING;

        RETURN QUERY SELECT u.ord::integer,
            CASE WHEN r.instance IS NULL THEN 4
                WHEN r.response = u.id THEN 1
                WHEN r.sha256 = u.sha THEN 2 ELSE 3 END::smallint,
            r.state, r.flags, r.faults::text, r.receipt_key, false
        FROM unnest(ids, p_key, p_instance, p_sha)
            WITH ORDINALITY AS u (id, key, instance, sha, ord)
        LEFT JOIN field.response AS r
            ON r.wave = p_wave AND r.instance = u.instance
            AND u.key = ANY (good)
        WHERE u.id <> ALL (fresh) OR u.id = ANY (reused);
        IF cardinality(fresh) = 0 THEN
            RETURN;
        END IF;

        INSERT INTO field.raw
        SELECT p_wave, u.id, u.bytes
        FROM unnest(ids, p_bytes) AS u (id, bytes)
        WHERE u.id = ANY (fresh);
        INSERT INTO field.rating
        SELECT p_wave, ids[r.i], r.unit, r.answers, r.extra
        FROM unnest(r_of, r_unit, r_answers, r_extra)
            AS r (i, unit, answers, extra)
        WHERE ids[r.i] = ANY (fresh);
    ELSE
        INSERT INTO field.raw
        SELECT p_wave, u.id, u.bytes
        FROM unnest(ids, p_bytes) AS u (id, bytes);
        INSERT INTO field.rating
        SELECT p_wave, ids[r.i], r.unit, r.answers, r.extra
        FROM unnest(r_of, r_unit, r_answers, r_extra)
            AS r (i, unit, answers, extra);
    END IF;
    IF p_comment IS NOT NULL THEN
        INSERT INTO field.comment
        SELECT p_wave, u.id, u.comment
        FROM unnest(ids, p_comment) AS u (id, comment)
        WHERE u.comment IS NOT NULL AND u.id = ANY (fresh);
    END IF;
    IF NOT w_simulated AND true = ANY (p_simulated) THEN
        UPDATE plan.wave SET simulated = true WHERE wave = p_wave;
    END IF;
    IF gone <> '{}' THEN
        RETURN QUERY SELECT i, 1::smallint, p_state[i], p_flags[i],
            NULL::text, p_receipt_key, true
        FROM generate_series(1, n) AS i
        WHERE p_instance[i] = ANY (gone) AND ids[i] = ANY (fresh)
            AND ids[i] <> ALL (reused);
    END IF;

    root := p_root;
    IF cardinality(fresh) < n THEN
        root := encode(audit.merkle(ARRAY(
        SELECT sha256('\x00' || convert_to(u.instance, 'UTF8') || u.sha)
        FROM unnest(ids, p_instance, p_sha) AS u (id, instance, sha)
        WHERE u.id = ANY (fresh)
        ORDER BY u.instance COLLATE "C")), 'hex');
    END IF;
    PERFORM audit.seal(head, 'intake', '{"wave":' || p_wave || ',"count":'
        || cardinality(fresh) || ',"root":"' || root || '"}');
END
$$;

-- The plain way for a batch that holds nothing but news: all of it or, false,
-- nothing; field.intake finds out why.  A column of one element, or NULL, is
-- the same for all rows; r_of NULL: one rating each, in the same order.
-- Without ON CONFLICT each UNIQUE key is searched once and not twice; rows are
-- picked by subscript, because unnest of twenty arrays costs as much as
-- storing five rows before the first comes.
CREATE FUNCTION field.intake_plain(
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
    BEGIN
        INSERT INTO field.response
        SELECT p_wave, p_instance[i], ids[i], p_sha[i],
            p_state[CASE cardinality(p_state) WHEN 1 THEN 1 ELSE i END],
            p_state[CASE cardinality(p_state) WHEN 1 THEN 1 ELSE i END] IN (1, 2),
            p_form[CASE cardinality(p_form) WHEN 1 THEN 1 ELSE i END],
            p_grp[CASE cardinality(p_grp) WHEN 1 THEN 1 ELSE i END],
            p_home[CASE cardinality(p_home) WHEN 1 THEN 1 ELSE i END],
            p_sheet[CASE cardinality(p_sheet) WHEN 1 THEN 1 ELSE i END],
            p_keying[CASE cardinality(p_keying) WHEN 1 THEN 1 ELSE i END],
            p_collected[CASE cardinality(p_collected) WHEN 1 THEN 1 ELSE i END],
            p_started[CASE cardinality(p_started) WHEN 1 THEN 1 ELSE i END],
            p_ended[CASE cardinality(p_ended) WHEN 1 THEN 1 ELSE i END],
            p_device[CASE cardinality(p_device) WHEN 1 THEN 1 ELSE i END],
            p_way[CASE cardinality(p_way) WHEN 1 THEN 1 ELSE i END],
            p_key[CASE cardinality(p_key) WHEN 1 THEN 1 ELSE i END], now(),
            p_flags[CASE cardinality(p_flags) WHEN 1 THEN 1 ELSE i END],
            p_faults[CASE cardinality(p_faults) WHEN 1 THEN 1 ELSE i END],
            p_profile[CASE cardinality(p_profile) WHEN 1 THEN 1 ELSE i END],
            p_simulated[CASE cardinality(p_simulated) WHEN 1 THEN 1 ELSE i END],
            NULL, 1, p_lane, l_seq, p_receipt_key
        FROM generate_series(1, n) AS i;
    EXCEPTION WHEN unique_violation THEN
        RETURN false;
    END;
    INSERT INTO field.raw
    SELECT p_wave, ids[i], p_bytes[i] FROM generate_series(1, n) AS i;
    INSERT INTO field.rating
    SELECT p_wave, ids[coalesce(r_of[i], i)],
        r_unit[CASE cardinality(r_unit) WHEN 1 THEN 1 ELSE i END],
        r_answers[CASE cardinality(r_answers) WHEN 1 THEN 1 ELSE i END],
        r_extra[CASE cardinality(r_extra) WHEN 1 THEN 1 ELSE i END]
    FROM generate_series(1, coalesce(cardinality(r_of), n)) AS i;
    IF p_comment IS NOT NULL THEN
        INSERT INTO field.comment
        SELECT p_wave, ids[i], c.comment
        FROM generate_series(1, n) AS i, LATERAL (SELECT p_comment[
            CASE cardinality(p_comment) WHEN 1 THEN 1 ELSE i END]) AS c (comment)
        WHERE c.comment IS NOT NULL;
    END IF;
    -- audit.seal, in place
    moment := to_char(clock_timestamp() AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
    digest := sha256(l_hash || convert_to(p_lane || '|' || l_seq || '|'
        || moment || '|intake|collector|' || content, 'UTF8'));
    INSERT INTO audit.entry
    VALUES (p_lane, l_seq, moment, 'intake', 'collector', content, l_hash,
        digest);
    UPDATE audit.lane SET seq = l_seq, hash = digest WHERE lane = p_lane;
    RETURN true;
END
$$;

-- The lean way for one submission with one rating and nothing special about
-- it, half the time of field.intake.  False: nothing was done, for whatever
-- reason; field.intake finds out.  Two writers on one lane collide on the key
-- of audit.entry, which raises; field.intake waits.
CREATE FUNCTION field.intake_one(
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
    id bigint := nextval('field.response_id');
    content text := '{"wave":' || p_wave || ',"count":1,"root":"' || p_root
        || '"}';
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
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO field.response
    VALUES (p_wave, p_instance, id, p_sha, p_state, p_state IN (1, 2),
        p_form, p_grp, p_home, p_sheet, p_keying, p_collected, p_started,
        p_ended, p_device, p_way, p_key, now(), p_flags, p_faults, p_profile,
        p_simulated, NULL, 1, p_lane, l_seq, p_receipt_key)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO field.raw VALUES (p_wave, id, p_bytes);
    INSERT INTO field.rating
    VALUES (p_wave, id, p_unit, p_answers, p_extra);
    -- audit.seal, in place
    moment := to_char(clock_timestamp() AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
    digest := sha256(l_hash || convert_to(p_lane || '|' || l_seq || '|'
        || moment || '|intake|collector|' || content, 'UTF8'));
    INSERT INTO audit.entry
    VALUES (p_lane, l_seq, moment, 'intake', 'collector', content, l_hash,
        digest);
    UPDATE audit.lane SET seq = l_seq, hash = digest WHERE lane = p_lane;
    RETURN true;
END
$$;

-- Bytes that could not be understood.  The same bytes on the same day are
-- kept once.  outcome as above: 1, 2, 4, 5.
CREATE FUNCTION field.quarantine_add(p_wave integer, p_lane smallint,
    p_key integer, p_sha bytea, p_bytes bytea, p_code text, p_words text,
    p_way smallint)
RETURNS smallint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    head audit.lane;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7001, p_wave);
    IF NOT EXISTS (SELECT FROM plan.wave WHERE wave = p_wave
        AND state IN ('open', 'closed')) THEN
        RETURN 5;
    END IF;
    IF NOT EXISTS (SELECT FROM field.agent_key WHERE key = p_key
        AND wave = p_wave AND revoked_at IS NULL AND expires_at > now()) THEN
        RETURN 4;
    END IF;
    head := audit.head(p_lane);
    INSERT INTO field.quarantine (wave, day, sha256, bytes, key, code, words,
        way)
    VALUES (p_wave, (now() AT TIME ZONE 'UTC' + interval '7 hours')::date,
        p_sha, p_bytes, p_key, p_code, p_words, p_way)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN 2;
    END IF;
    PERFORM audit.seal(head, 'quarantine', '{"wave":' || p_wave
        || ',"sha256":"' || encode(p_sha, 'hex') || '"}');
    RETURN 1;
END
$$;

-- Refused at the door: size and hash only.
CREATE FUNCTION field.refusal_add(p_wave integer, p_lane smallint,
    p_key integer, p_sha bytea, p_bytes bigint, p_reason text)
RETURNS smallint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    head audit.lane;
BEGIN
    IF NOT EXISTS (SELECT FROM field.agent_key WHERE key = p_key
        AND wave = p_wave AND revoked_at IS NULL AND expires_at > now()) THEN
        RETURN 4;
    END IF;
    head := audit.head(p_lane);
    INSERT INTO field.refusal (wave, day, sha256, key, bytes, reason)
    VALUES (p_wave, (now() AT TIME ZONE 'UTC' + interval '7 hours')::date,
        p_sha, p_key, p_bytes, p_reason)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN 2;
    END IF;
    PERFORM audit.seal(head, 'refusal', '{"wave":' || p_wave
        || ',"sha256":"' || encode(p_sha, 'hex') || '"}');
    RETURN 1;
END
$$;

-- Whose key is this?  Also of revoked and expired ones, which say so.
CREATE FUNCTION field.key_find(p_hash bytea)
RETURNS TABLE (key integer, agent integer, wave integer, wave_code text,
    forms integer[], homes integer[], seconds_left double precision,
    revoked boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT k.key, k.agent, k.wave, w.code, k.forms, k.homes,
        extract(epoch FROM k.expires_at - now())::double precision,
        k.revoked_at IS NOT NULL
    FROM field.agent_key AS k
    JOIN plan.wave AS w ON w.wave = k.wave
    WHERE k.hash = p_hash
$$;

CREATE FUNCTION field.receipt_keys()
RETURNS TABLE (key_id smallint, key bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.key_id, r.key FROM field.receipt_key AS r
    ORDER BY r.created_at DESC, r.key_id DESC
$$;

-- What has been counted so far, for live quota: first keying only.
CREATE FUNCTION field.counted(p_wave integer)
RETURNS TABLE (grp integer, home integer, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.grp, r.home, count(*) FROM field.response AS r
    WHERE r.wave = p_wave AND r.counted AND r.keying = 1
    GROUP BY r.grp, r.home
$$;

-- What became of an instance, for the agent who sent it.
CREATE FUNCTION field.receipt_find(p_key integer, p_instance text)
RETURNS TABLE (sha256 bytea, state smallint, flags integer, faults text,
    receipt_key smallint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.sha256, r.state, r.flags, r.faults::text, r.receipt_key
    FROM field.agent_key AS me
    JOIN field.response AS r ON r.wave = me.wave AND r.instance = p_instance
    JOIN field.agent_key AS k ON k.key = r.key AND k.agent = me.agent
    WHERE me.key = p_key
$$;

REVOKE ALL ON FUNCTION audit.merkle(bytea[]),
    audit.seal(audit.lane, text, text), audit.head(smallint) FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA field FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA field TO phieu_collector;
