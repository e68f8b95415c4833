-- What is done with a campaign.  Each function checks state, right and
-- version, and writes the log: counts and roots, never a token, a receipt or
-- an hour of one.

CREATE FUNCTION ballot.today() RETURNS date
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT (now() AT TIME ZONE 'UTC' + interval '7 hours')::date
$$;
COMMENT ON FUNCTION ballot.today() IS 'the day in Vietnam';

-- One writer at a time over all of the inbox: used tokens and ballots are
-- written anew together.
CREATE FUNCTION ballot.alone() RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT pg_advisory_xact_lock(7005, 0)
$$;
COMMENT ON FUNCTION ballot.alone() IS 'one writer of the inbox at a time';

CREATE FUNCTION ballot.group_of(p_wave integer, p_group text)
RETURNS integer LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found_grp integer;
BEGIN
    SELECT g.grp INTO found_grp FROM plan.respondent_group AS g
    WHERE g.wave = p_wave AND g.code = p_group;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'kế hoạch không có nhóm "%" (no such group)', p_group
            USING ERRCODE = '22023';
    END IF;
    RETURN found_grp;
END
$$;
COMMENT ON FUNCTION ballot.group_of(integer, text) IS
    'a group by its code';

-- Takes a campaign for one act, under the wave's lock (a freeze waits).
CREATE FUNCTION ballot.take(p_wave integer, p_group text, p_act text,
    p_role text, p_reason text, p_version integer)
RETURNS ballot.campaign LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c ballot.campaign;
    w_state text;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7001, p_wave);
    PERFORM ballot.alone();
    SELECT w.state INTO w_state FROM plan.wave AS w WHERE w.wave = p_wave;
    SELECT x.* INTO c FROM ballot.campaign AS x
    WHERE x.wave = p_wave AND x.grp = ballot.group_of(p_wave, p_group);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'nhóm "%" chưa có đợt trả lời điện tử (no campaign '
            'of this group: phieu ballot make)', p_group
            USING ERRCODE = '22023';
    ELSIF w_state NOT IN ('draft', 'open', 'closed') THEN
        RAISE EXCEPTION 'đợt điều tra đã khóa số liệu (the wave is %)',
            w_state USING ERRCODE = '55000';
    ELSIF p_version IS NOT NULL AND p_version <> c.version THEN
        RAISE EXCEPTION 'đã có người thay đổi trước bạn (somebody was '
            'faster: version %)', c.version USING ERRCODE = '55000';
    END IF;
    PERFORM field.ledger_refuse('campaign', c.state, p_act, p_role, p_reason,
        p_group);
    RETURN c;
END
$$;
COMMENT ON FUNCTION ballot.take(integer, text, text, text, text, integer) IS
    'takes a campaign for one act, refuses what the rules forbid';

-- Moves it on and writes the log.
CREATE FUNCTION ballot.move(c ballot.campaign, p_group text, p_act text,
    p_by text, p_role text, p_reason text, p_detail jsonb)
RETURNS integer LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE ballot.campaign AS x SET state = r.next, version = c.version + 1
    FROM field.sheet_rule AS r
    WHERE x.wave = c.wave AND x.grp = c.grp AND r.of = 'campaign'
        AND r.status = c.state AND r.act = p_act;
    PERFORM audit.append(0::smallint, 'ballot', p_by, jsonb_build_object(
        'wave', c.wave, 'group', p_group, 'act', p_act, 'role', p_role,
        'reason', coalesce(p_reason, ''), 'detail', p_detail)::text);
    RETURN c.version + 1;
END
$$;
COMMENT ON FUNCTION ballot.move(ballot.campaign, text, text, text, text,
    text, jsonb) IS 'moves a campaign by the rules and writes the log';

-- Bytes that hold any answer of the group's form: a power of two.
CREATE FUNCTION ballot.size_of(p_wave integer, p_grp integer)
RETURNS integer LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    WITH one AS (
        SELECT coalesce(sum(octet_length(q.code) + 8 + CASE q.type
            WHEN 'text' THEN 600 WHEN 'number' THEN 24
            WHEN 'multiple' THEN (SELECT coalesce(sum(octet_length(o.code)
                + 3), 0) FROM plan.option AS o WHERE o.wave = q.wave
                AND o.form = q.form AND o.question = q.question)
            ELSE greatest(20, (SELECT max(octet_length(o.code))
                FROM plan.option AS o WHERE o.wave = q.wave
                AND o.form = q.form AND o.question = q.question)) END), 0)
            + 100 AS bytes
        FROM plan.question AS q
        JOIN plan.respondent_group AS g
            ON g.wave = q.wave AND g.form = q.form
        WHERE q.wave = p_wave AND g.grp = p_grp),
    doc AS (
        SELECT j.g -> 'rates' AS rates FROM plan.version AS v
        CROSS JOIN LATERAL jsonb_array_elements(v.content::jsonb -> 'groups')
            AS j (g)
        JOIN plan.respondent_group AS x ON x.wave = p_wave
            AND x.grp = p_grp AND x.code = j.g ->> 'code'
        WHERE v.wave = p_wave
        ORDER BY v.version DESC LIMIT 1),
    units AS (
        SELECT greatest(1, coalesce((d.rates ->> 'per_sheet')::integer,
            CASE d.rates ->> 'mode' WHEN 'own' THEN 1
            WHEN 'all' THEN (SELECT count(*) FROM plan.unit AS u
                WHERE u.wave = p_wave AND u.kind = d.rates ->> 'kind')
            ELSE jsonb_array_length(d.rates -> 'table') END)) AS n
        FROM doc AS d)
    SELECT least(131072, greatest(4096, 2 ^ ceil(log(2.0,
        4000 + one.bytes * units.n))))::integer
    FROM one, units
$$;
COMMENT ON FUNCTION ballot.size_of(integer, integer) IS
    'bytes that hold any answer on the form of a group';

CREATE FUNCTION ballot.make(p_wave integer, p_by text, p_role text,
    p_group text, p_key text, p_holder text)
RETURNS TABLE (event bigint, moved bigint, paper bigint, made text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    g integer := ballot.group_of(p_wave, p_group);
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7001, p_wave);
    PERFORM ballot.alone();
    PERFORM field.ledger_refuse('campaign', coalesce((SELECT c.state
        FROM ballot.campaign AS c WHERE c.wave = p_wave AND c.grp = g), '-'),
        'make', p_role, NULL, p_group);
    IF (SELECT w.state FROM plan.wave AS w WHERE w.wave = p_wave)
        NOT IN ('draft', 'open', 'closed') THEN
        RAISE EXCEPTION 'đợt điều tra đã khóa số liệu (the wave is frozen)'
            USING ERRCODE = '55000';
    ELSIF p_key !~ '^[0-9a-fA-F]{64}$' OR p_key ~ '^0{64}$' THEN
        RAISE EXCEPTION 'khóa công khai là 64 chữ số hex, do `phieu ballot '
            'keygen` in ra (no public key)' USING ERRCODE = '22023';
    ELSIF length(coalesce(p_holder, '')) NOT BETWEEN 1 AND 200 THEN
        RAISE EXCEPTION 'ghi cơ quan giữ khóa bí mật (who holds the private '
            'key?)' USING ERRCODE = '22023';
    END IF;
    INSERT INTO ballot.campaign (wave, grp, state, public_key, holder, size)
    VALUES (p_wave, g, 'made', decode(p_key, 'hex'), p_holder,
        ballot.size_of(p_wave, g));
    PERFORM audit.append(0::smallint, 'ballot', p_by, jsonb_build_object(
        'wave', p_wave, 'group', p_group, 'act', 'make', 'role', p_role,
        'reason', '', 'detail', jsonb_build_object('key', lower(p_key),
        'holder', p_holder))::text);
    RETURN QUERY SELECT 1::bigint, NULL::bigint, NULL::bigint,
        ballot.fingerprint(decode(p_key, 'hex'));
END
$$;
COMMENT ON FUNCTION ballot.make(integer, text, text, text, text, text) IS
    'makes a campaign of a group, with the public key of another body';

-- To be compared by eye: on letters, on the page, at the key's holder.
CREATE FUNCTION ballot.fingerprint(p_key bytea) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT upper(regexp_replace(left(encode(sha256(p_key), 'hex'), 20),
        '(.{4})(?=.)', '\1-', 'g'))
$$;
COMMENT ON FUNCTION ballot.fingerprint(bytea) IS
    'twenty digits of the SHA-256 of a public key, in fours';

-- The homes of a campaign and the letters each is to get.
CREATE FUNCTION ballot.homes(p_wave integer, p_group text)
RETURNS TABLE (home integer, code text, name text, planned integer,
    letters bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT q.home, coalesce(u.code, ''), coalesce(u.name, ''), q.planned,
        (SELECT count(*) FROM ballot.token AS t WHERE t.wave = q.wave
            AND t.grp = q.grp AND t.home = q.home)
    FROM plan.quota_in_force AS q
    LEFT JOIN plan.unit AS u ON u.wave = q.wave AND u.unit = q.home
    WHERE q.wave = p_wave AND q.grp = ballot.group_of(p_wave, p_group)
        AND q.planned > 0
    ORDER BY u.code COLLATE "C"
$$;
COMMENT ON FUNCTION ballot.homes(integer, text) IS
    'homes of a campaign, how many letters each is to get and has';

-- Hashes of new letters in place of all there were: letters printed before
-- are worth nothing from then on.
CREATE FUNCTION ballot.letters(p_wave integer, p_by text, p_role text,
    p_group text, p_hash bytea[], p_home integer[])
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c ballot.campaign := ballot.take(p_wave, p_group, 'letters', p_role,
        NULL, NULL);
    n integer := cardinality(p_hash);
BEGIN
    IF n <> cardinality(p_home) OR n = 0 OR n > 200000 OR EXISTS (
        SELECT FROM unnest(p_home) AS h (home) WHERE NOT EXISTS (
            SELECT FROM plan.quota_in_force AS q WHERE q.wave = p_wave
            AND q.grp = c.grp AND q.home = h.home)) THEN
        RAISE EXCEPTION 'thư không khớp chỉ tiêu (letters of no quota)'
            USING ERRCODE = '22023';
    END IF;
    DELETE FROM ballot.token AS t WHERE t.wave = p_wave AND t.grp = c.grp;
    INSERT INTO ballot.token (hash, wave, grp, home)
    SELECT u.hash, p_wave, c.grp, u.home
    FROM unnest(p_hash, p_home) AS u (hash, home)
    ORDER BY u.hash;
    UPDATE ballot.campaign AS x SET letters = n
    WHERE x.wave = p_wave AND x.grp = c.grp;
    PERFORM ballot.move(c, p_group, 'letters', p_by, p_role, NULL,
        jsonb_build_object('letters', n));
    RETURN n;
END
$$;
COMMENT ON FUNCTION ballot.letters(integer, text, text, text, bytea[],
    integer[]) IS 'keeps the hashes of new letters in place of all before';

-- Writes used tokens and ballots anew: each in its own random order, all in
-- one transaction, into new files (TRUNCATE), large values too.  Neither
-- xmin, place, number of a large value nor what lies dead between the rows
-- tells which belong together.  False: somebody reads just now (a backup
-- holds 7006 shared), or it is so much that a respondent would wait for it;
-- later then, at closing at the latest.
CREATE FUNCTION ballot.blend(p_must boolean) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ballots ballot.sealed[];
    hashes bytea[];
BEGIN
    IF p_must THEN
        PERFORM pg_advisory_xact_lock(7006, 0);
        LOCK TABLE ballot.used, ballot.sealed IN ACCESS EXCLUSIVE MODE;
    ELSIF pg_total_relation_size('ballot.sealed') > 48 * 1048576
        OR NOT pg_try_advisory_xact_lock(7006, 0) THEN
        RETURN false;
    ELSE
        BEGIN
            LOCK TABLE ballot.used, ballot.sealed
                IN ACCESS EXCLUSIVE MODE NOWAIT;
        EXCEPTION WHEN lock_not_available THEN
            RETURN false;
        END;
    END IF;
    SELECT array_agg(u.hash ORDER BY gen_random_uuid()) INTO hashes
    FROM ballot.used AS u;
    SELECT array_agg(s ORDER BY gen_random_uuid()) INTO ballots
    FROM ballot.sealed AS s;
    TRUNCATE ballot.used, ballot.sealed;
    INSERT INTO ballot.used SELECT h FROM unnest(hashes) AS h;
    INSERT INTO ballot.sealed
    SELECT s.receipt, s.wave, s.grp, s.home, false, s.sealed
    FROM unnest(ballots) AS s;
    RETURN true;
END
$$;
COMMENT ON FUNCTION ballot.blend(boolean) IS
    'writes used tokens and ballots anew in random order, in new files';

-- What a letter opens: for the page that shows the form.
CREATE FUNCTION ballot.form(p_hash bytea)
RETURNS TABLE (wave_code text, group_code text, home_code text,
    home_name text, state text, used boolean, public_key text,
    fingerprint text, holder text, size integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT w.code, g.code, u.code, u.name, c.state,
        EXISTS (SELECT FROM ballot.used AS x WHERE x.hash = p_hash),
        encode(c.public_key, 'hex'), ballot.fingerprint(c.public_key),
        c.holder, c.size
    FROM ballot.token AS t
    JOIN ballot.campaign AS c ON c.wave = t.wave AND c.grp = t.grp
    JOIN plan.wave AS w ON w.wave = t.wave
    JOIN plan.respondent_group AS g ON g.wave = t.wave AND g.grp = t.grp
    LEFT JOIN plan.unit AS u ON u.wave = t.wave AND u.unit = t.home
    WHERE t.hash = p_hash
$$;
COMMENT ON FUNCTION ballot.form(bytea) IS 'what the token of a letter opens';

-- One token, one answer.  Said: stored, again (these bytes are here
-- already), used (by another ballot), closed, unknown, size.
CREATE FUNCTION ballot.put(p_hash bytea, p_sealed bytea)
RETURNS TABLE (said text, receipt text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    mark bytea := sha256(p_sealed);
    t ballot.token;
    c ballot.campaign;
    new_ones bigint;
    all_of_them bigint;
BEGIN
    receipt := encode(mark, 'hex');
    -- looked up before the lock: what is forged waits for nobody
    SELECT x.* INTO t FROM ballot.token AS x WHERE x.hash = p_hash;
    IF NOT FOUND THEN
        said := 'unknown';
        RETURN NEXT;
        RETURN;
    END IF;
    PERFORM ballot.alone();
    SELECT x.* INTO c FROM ballot.campaign AS x
    WHERE x.wave = t.wave AND x.grp = t.grp;
    IF EXISTS (SELECT FROM ballot.used AS x WHERE x.hash = p_hash) THEN
        said := CASE WHEN EXISTS (SELECT FROM ballot.sealed AS s
            WHERE s.receipt = mark AND s.wave = t.wave AND s.grp = t.grp
                AND s.home = t.home) THEN 'again' ELSE 'used' END;
    ELSIF c.state <> 'open' THEN
        said := CASE c.state WHEN 'made' THEN 'early' ELSE 'closed' END;
    ELSIF length(p_sealed) <> c.size + 48 THEN
        said := 'size';
    ELSE
        BEGIN
            INSERT INTO ballot.used (hash) VALUES (p_hash);
            INSERT INTO ballot.sealed (receipt, wave, grp, home, sealed)
            VALUES (mark, t.wave, t.grp, t.home, p_sealed);
            said := 'stored';
        EXCEPTION WHEN unique_violation THEN
            -- a ballot that came with another token before
            said := 'used';
        END;
    END IF;
    IF said = 'stored' THEN
        SELECT count(*) FILTER (WHERE s.fresh), count(*)
        INTO new_ones, all_of_them FROM ballot.sealed AS s;
        IF new_ones >= greatest(c.fewest, all_of_them / 2) THEN
            PERFORM ballot.blend(false);
        END IF;
    END IF;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION ballot.put(bytea, bytea) IS
    'uses a token and keeps its sealed ballot, both or neither';

-- The published list: of a closed campaign, by value.
CREATE FUNCTION ballot.receipts(p_wave text, p_group text)
RETURNS TABLE (receipt text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT encode(r.receipt, 'hex') FROM ballot.receipt AS r
    JOIN ballot.campaign AS c ON c.wave = r.wave AND c.grp = r.grp
    JOIN plan.wave AS w ON w.wave = r.wave
    JOIN plan.respondent_group AS g ON g.wave = r.wave AND g.grp = r.grp
    WHERE w.code = p_wave AND g.code = p_group
        AND c.state IN ('closed', 'mixed', 'dropped')
    ORDER BY r.receipt
$$;
COMMENT ON FUNCTION ballot.receipts(text, text) IS
    'receipts of a closed campaign';

CREATE FUNCTION ballot.about(p_wave text, p_group text)
RETURNS TABLE (state text, ballots integer, root text, closed_on date,
    fingerprint text, holder text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT c.state, c.ballots, encode(c.root, 'hex'), c.closed_on,
        ballot.fingerprint(c.public_key), c.holder
    FROM ballot.campaign AS c
    JOIN plan.wave AS w ON w.wave = c.wave
    JOIN plan.respondent_group AS g ON g.wave = c.wave AND g.grp = c.grp
    WHERE w.code = p_wave AND g.code = p_group
$$;
COMMENT ON FUNCTION ballot.about(text, text) IS
    'what anybody may know of a campaign: how it stands, its root';

-- open, close, reopen, drop.
CREATE FUNCTION ballot.act(p_wave integer, p_by text, p_role text,
    p_act text, p_group text, p_reason text, p_version integer)
RETURNS TABLE (event bigint, moved bigint, paper bigint, made text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    c ballot.campaign := ballot.take(p_wave, p_group, p_act, p_role,
        p_reason, p_version);
    n integer;
    leaves bytea[];
    top bytea;
    detail jsonb;
BEGIN
    IF p_act = 'open' AND c.letters = 0 THEN
        RAISE EXCEPTION 'in thư trước (make the letters first: phieu ballot '
            'letters)' USING ERRCODE = '55000';
    END IF;
    IF p_act = 'close' THEN
        PERFORM ballot.blend(true);
        leaves := ARRAY(SELECT s.receipt FROM ballot.sealed AS s
            WHERE s.wave = p_wave AND s.grp = c.grp ORDER BY s.receipt);
        n := cardinality(leaves);
        top := audit.merkle(ARRAY(SELECT sha256('\x00' || l.h)
            FROM unnest(leaves) WITH ORDINALITY AS l (h, i) ORDER BY l.i));
        INSERT INTO ballot.receipt (wave, grp, receipt)
        SELECT p_wave, c.grp, l FROM unnest(leaves) AS l;
        UPDATE ballot.campaign AS x SET ballots = n, root = top,
            closed_on = ballot.today()
        WHERE x.wave = p_wave AND x.grp = c.grp;
        detail := jsonb_build_object('ballots', n, 'root',
            encode(top, 'hex'));
    ELSIF p_act = 'reopen' THEN
        DELETE FROM ballot.receipt AS r
        WHERE r.wave = p_wave AND r.grp = c.grp;
        UPDATE ballot.campaign AS x SET ballots = NULL, root = NULL,
            closed_on = NULL
        WHERE x.wave = p_wave AND x.grp = c.grp;
    ELSIF p_act = 'drop' THEN
        PERFORM ballot.empty(p_wave, c.grp);
        n := c.ballots;
    ELSIF p_act <> 'open' THEN
        RAISE EXCEPTION 'không có việc "%" (no such act)', p_act
            USING ERRCODE = '22023';
    END IF;
    PERFORM ballot.move(c, p_group, p_act, p_by, p_role, p_reason, detail);
    RETURN QUERY SELECT (c.version + 1)::bigint, n::bigint, NULL::bigint,
        upper(left(encode(top, 'hex'), 16));
END
$$;
COMMENT ON FUNCTION ballot.act(integer, text, text, text, text, text,
    integer) IS 'opens, closes, reopens or drops a campaign';

-- Destroys tokens and ballots of a campaign; what is of others is written
-- anew in random order.
CREATE FUNCTION ballot.empty(p_wave integer, p_grp integer) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    others ballot.token[];
BEGIN
    PERFORM pg_advisory_xact_lock(7006, 0);
    LOCK TABLE ballot.token, ballot.used, ballot.sealed
        IN ACCESS EXCLUSIVE MODE;
    DELETE FROM ballot.used AS u USING ballot.token AS t
    WHERE t.hash = u.hash AND t.wave = p_wave AND t.grp = p_grp;
    DELETE FROM ballot.sealed AS s WHERE s.wave = p_wave AND s.grp = p_grp;
    SELECT array_agg(t ORDER BY t.hash) INTO others FROM ballot.token AS t
    WHERE NOT (t.wave = p_wave AND t.grp = p_grp);
    TRUNCATE ballot.token;
    INSERT INTO ballot.token SELECT (t).* FROM unnest(others) AS t;
    PERFORM ballot.blend(true);
END
$$;
COMMENT ON FUNCTION ballot.empty(integer, integer) IS
    'destroys the tokens and ballots of a campaign';

-- ---- mixing --------------------------------------------------------------
CREATE FUNCTION ballot.mix_begin(p_wave text, p_group text)
RETURNS TABLE (wave integer, grp integer, public_key bytea, size integer,
    fewest integer, ballots integer, root bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    w integer := (SELECT x.wave FROM plan.wave AS x WHERE x.code = p_wave);
BEGIN
    IF w IS NULL THEN
        RAISE EXCEPTION 'không có đợt điều tra này (no such wave)'
            USING ERRCODE = '22023';
    END IF;
    RETURN QUERY SELECT c.wave, c.grp, c.public_key, c.size, c.fewest,
        c.ballots, c.root
    FROM ballot.take(w, p_group, 'mix', 'system', NULL, NULL) AS c;
END
$$;
COMMENT ON FUNCTION ballot.mix_begin(text, text) IS
    'takes a closed campaign for mixing, till the end of the transaction';

CREATE FUNCTION ballot.mix_ballots(p_wave integer, p_grp integer)
RETURNS TABLE (receipt bytea, home integer, sealed bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.receipt, s.home, s.sealed FROM ballot.sealed AS s
    JOIN ballot.campaign AS c ON c.wave = s.wave AND c.grp = s.grp
    WHERE s.wave = p_wave AND s.grp = p_grp AND c.state = 'closed'
    ORDER BY s.receipt
$$;
COMMENT ON FUNCTION ballot.mix_ballots(integer, integer) IS
    'sealed ballots of a closed campaign, for the mixer alone';

-- The answers, in one transaction with the end of what they came from.  v_*:
-- one valid ballot each, r_*: its ratings (of: its place from 1), c_*: what
-- it said in words.  p_bad: invalid ones by code.  Homes with fewer than
-- `fewest` valid ballots stop it, or with p_leave_out stay out.
CREATE FUNCTION ballot.mix_end(p_wave integer, p_group text, p_by text,
    p_root bytea, p_bad jsonb, p_leave_out boolean, v_home integer[],
    v_profile jsonb[], v_flags integer[], r_of integer[], r_unit integer[],
    r_answers bytea[], r_extra jsonb[], c_of integer[], c_question text[],
    c_unit integer[], c_text text[])
RETURNS TABLE (valid integer, invalid integer, left_out integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    c ballot.campaign := ballot.take(p_wave, p_group, 'mix', 'system', NULL,
        NULL);
    n integer := cardinality(v_home);
    bad integer := (SELECT coalesce(sum(b.value::integer), 0)
        FROM jsonb_each_text(p_bad) AS b);
    small integer[];
    out_n integer;
    ids bigint[];
    marks uuid[];
    shas bytea[];
    seq bigint;
    grp_form integer := (SELECT g.form FROM plan.respondent_group AS g
        WHERE g.wave = p_wave AND g.grp = c.grp);
BEGIN
    IF c.root IS DISTINCT FROM p_root OR n + bad <> c.ballots THEN
        RAISE EXCEPTION 'hòm phiếu không còn như lúc đóng (not the ballots '
            'of the closing)' USING ERRCODE = '55000';
    END IF;
    small := ARRAY(SELECT h.home FROM unnest(v_home) AS h (home)
        GROUP BY h.home HAVING count(*) < c.fewest);
    IF small <> '{}' AND NOT p_leave_out THEN
        RAISE EXCEPTION '% đơn vị có dưới % phiếu hợp lệ: mở lại để thu '
            'thêm, hoặc bỏ ra (--leave-out) (homes with fewer than % valid '
            'ballots: reopen, or leave them out)', cardinality(small),
            c.fewest, c.fewest USING ERRCODE = '55000';
    END IF;
    out_n := (SELECT count(*) FROM unnest(v_home) AS h (home)
        WHERE h.home = ANY (small));
    -- Every number is drawn in random order, and none is of before.
    SELECT array_agg(nextval('field.response_id')) INTO ids
    FROM generate_series(1, n);
    SELECT array_agg(i ORDER BY gen_random_uuid()) INTO ids
    FROM unnest(ids) AS i;
    marks := ARRAY(SELECT gen_random_uuid() FROM generate_series(1, n));
    shas := ARRAY(SELECT sha256(uuid_send(gen_random_uuid())
        || uuid_send(gen_random_uuid())) FROM generate_series(1, n));
    seq := audit.append(0::smallint, 'intake', 'mixer', '{"wave":' || p_wave
        || ',"count":' || n - out_n || ',"root":"'
        || encode(audit.merkle(ARRAY(SELECT sha256('\x00' || convert_to(
            'uuid:' || marks[i], 'UTF8') || shas[i])
            FROM generate_series(1, n) AS i
            WHERE v_home[i] <> ALL (small)
            ORDER BY ('uuid:' || marks[i]) COLLATE "C")), 'hex') || '"}');
    INSERT INTO field.response (wave, instance, response, sha256, state,
        counted, form, grp, home, keying, way, key, received_at, flags,
        profile, simulated, lane, batch)
    SELECT p_wave, 'uuid:' || marks[i], ids[i], shas[i], 1, true, grp_form,
        c.grp, v_home[i], 1, 5, 0, ballot.today()::timestamp AT TIME ZONE
        'Asia/Ho_Chi_Minh', v_flags[i], v_profile[i], false, 0, seq
    FROM generate_series(1, n) AS i
    WHERE v_home[i] <> ALL (small)
    ORDER BY ids[i];
    INSERT INTO field.rating (wave, response, unit, answers, extra)
    SELECT p_wave, ids[r.i], r.unit, r.answers, r.extra
    FROM unnest(r_of, r_unit, r_answers, r_extra)
        AS r (i, unit, answers, extra)
    WHERE v_home[r.i] <> ALL (small)
    ORDER BY ids[r.i], r.unit;
    INSERT INTO ballot.comment (wave, form, comment, question, unit)
    SELECT p_wave, grp_form, w.text, w.question, w.unit
    FROM unnest(c_of, c_question, c_unit, c_text)
        AS w (i, question, unit, text)
    WHERE v_home[w.i] <> ALL (small)
    ORDER BY gen_random_uuid();
    PERFORM ballot.empty(p_wave, c.grp);
    UPDATE ballot.campaign AS x SET mixed_on = ballot.today(),
        valid = n - out_n, invalid = p_bad, left_out = out_n
    WHERE x.wave = p_wave AND x.grp = c.grp;
    PERFORM ballot.move(c, p_group, 'mix', p_by, 'system', NULL,
        jsonb_build_object('valid', n - out_n, 'invalid', bad, 'left_out',
        out_n));
    PERFORM pg_notify('phieu_plan', (SELECT w.code FROM plan.wave AS w
        WHERE w.wave = p_wave));
    RETURN QUERY SELECT n - out_n, bad, out_n;
END
$$;
COMMENT ON FUNCTION ballot.mix_end(integer, text, text, bytea, jsonb,
    boolean, integer[], jsonb[], integer[], integer[], integer[], bytea[],
    jsonb[], integer[], text[], integer[], text[]) IS
    'keeps the opened answers and destroys the ballots, both or neither';

-- ---- what stands with others ---------------------------------------------
-- The freeze, inside its transaction.
CREATE FUNCTION ballot.may_freeze(p_wave integer) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    waiting text;
BEGIN
    SELECT string_agg(g.code, ', ' ORDER BY g.code) INTO waiting
    FROM ballot.campaign AS c
    JOIN plan.respondent_group AS g ON g.wave = c.wave AND g.grp = c.grp
    WHERE c.wave = p_wave AND c.state IN ('made', 'open', 'closed');
    IF waiting IS NOT NULL THEN
        RAISE EXCEPTION 'còn hòm phiếu điện tử chưa trộn: % (ballots wait to '
            'be mixed, or dropped)', waiting USING ERRCODE = '55000';
    END IF;
    RETURN true;
END
$$;
COMMENT ON FUNCTION ballot.may_freeze(integer) IS
    'refuses to freeze a wave with ballots that wait';

-- Words of mixed ballots among those of sheets: all of the freeze are
-- numbered anew, in random order.
CREATE FUNCTION ballot.freeze_comments(p_wave integer, p_freeze integer)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    said frozen.comment[];
BEGIN
    IF NOT EXISTS (SELECT FROM ballot.comment AS b WHERE b.wave = p_wave) THEN
        RETURN;
    END IF;
    SELECT array_agg(f) INTO said FROM frozen.comment AS f
    WHERE f.wave = p_wave AND f.freeze_no = p_freeze;
    DELETE FROM frozen.comment AS f
    WHERE f.wave = p_wave AND f.freeze_no = p_freeze;
    INSERT INTO frozen.comment (wave, freeze_no, comment_no, form, comment,
        question, unit)
    SELECT p_wave, p_freeze, row_number() OVER ()::integer, m.form,
        m.comment, m.question, m.unit
    FROM (SELECT a.* FROM (
        SELECT f.form, f.comment, f.question, f.unit FROM unnest(said) AS f
        UNION ALL
        SELECT b.form, b.comment, b.question, b.unit FROM ballot.comment AS b
        WHERE b.wave = p_wave) AS a
        ORDER BY gen_random_uuid()) AS m;
END
$$;
COMMENT ON FUNCTION ballot.freeze_comments(integer, integer) IS
    'puts the words of mixed ballots among those of a freeze';

-- For the office: counts in steps of five while it is open (no live board).
CREATE FUNCTION ballot.campaigns(p_wave integer)
RETURNS TABLE (grp text, name text, status text, letters integer,
    ballots bigint, valid integer, invalid integer, left_out integer,
    fingerprint text, holder text, root text, version integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT g.code, g.name, c.state, c.letters, coalesce(c.ballots,
            (SELECT count(*) FROM ballot.sealed AS s WHERE s.wave = c.wave
                AND s.grp = c.grp) / 5 * 5), c.valid,
        (SELECT sum(b.value::integer)::integer
            FROM jsonb_each_text(c.invalid) AS b), c.left_out,
        ballot.fingerprint(c.public_key), c.holder, encode(c.root, 'hex'),
        c.version
    FROM ballot.campaign AS c
    JOIN plan.respondent_group AS g ON g.wave = c.wave AND g.grp = c.grp
    WHERE c.wave = p_wave
    ORDER BY g.code
$$;
COMMENT ON FUNCTION ballot.campaigns(integer) IS
    'campaigns of a wave as the office may see them';

CREATE FUNCTION ballot.returns(p_wave integer, p_group text)
RETURNS TABLE (unit text, name text, letters bigint, ballots bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(u.code, ''), coalesce(u.name, ''), count(*),
        (SELECT count(*) FROM ballot.sealed AS s WHERE s.wave = p_wave
            AND s.grp = t.grp AND s.home = t.home) / 5 * 5
    FROM ballot.token AS t
    LEFT JOIN plan.unit AS u ON u.wave = p_wave AND u.unit = t.home
    WHERE t.wave = p_wave AND t.grp = ballot.group_of(p_wave, p_group)
    GROUP BY t.grp, t.home, u.code, u.name
    ORDER BY u.code COLLATE "C"
$$;
COMMENT ON FUNCTION ballot.returns(integer, text) IS
    'letters and ballots by home until mixing, ballots in steps of five';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ballot FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ballot.form(bytea), ballot.put(bytea, bytea),
    ballot.receipts(text, text), ballot.about(text, text)
    TO phieu_collector;
GRANT EXECUTE ON FUNCTION
    ballot.make(integer, text, text, text, text, text),
    ballot.homes(integer, text),
    ballot.letters(integer, text, text, text, bytea[], integer[]),
    ballot.act(integer, text, text, text, text, text, integer),
    ballot.campaigns(integer), ballot.returns(integer, text),
    ballot.receipts(text, text), ballot.about(text, text)
    TO phieu_server;
GRANT EXECUTE ON FUNCTION ballot.mix_begin(text, text),
    ballot.mix_ballots(integer, integer),
    ballot.mix_end(integer, text, text, bytea, jsonb, boolean, integer[],
    jsonb[], integer[], integer[], integer[], bytea[], jsonb[], integer[],
    text[], integer[], text[])
    TO phieu_mixer;
GRANT EXECUTE ON FUNCTION ballot.receipts(text, text),
    ballot.about(text, text) TO phieu_auditor;

-- As before, but mixed ballots (way 5) have no sheet and miss none.
CREATE OR REPLACE FUNCTION field.ledger_open_base(p_wave integer,
    p_areas text[])
RETURNS TABLE (kind text, sheet text, status text, grp text, unit text,
    agent text, changed_on date)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    area integer[] := CASE WHEN p_areas IS NOT NULL
        THEN field.units_under(p_wave, p_areas) END;
BEGIN
    RETURN QUERY
    WITH one AS (
        SELECT CASE
                WHEN s.status IN ('issued', 'left') THEN 'out'
                WHEN s.status = 'collected' THEN 'unkeyed'
                WHEN s.status NOT IN ('keyed', 'second-keyed', 'checked',
                    'valid', 'invalid', 'locked') THEN CASE
                    WHEN r.instance IS NOT NULL THEN 'contradiction' END
                WHEN r.instance IS NULL AND NOT EXISTS (SELECT
                    FROM field.response AS x WHERE x.wave = p_wave
                        AND x.sheet = s.sheet) THEN 'empty' END AS kind,
            s.sheet, s.status, s.grp, coalesce(s.now_home, s.home) AS home,
            s.agent, s.changed_on
        FROM field.sheet AS s
        LEFT JOIN field.response AS r ON r.wave = p_wave
            AND r.sheet = s.sheet AND r.keying = 1 AND r.counted
        WHERE s.wave = p_wave AND s.prefix IS NOT NULL
        UNION ALL
        SELECT 'foreign', r.sheet, '-', r.grp, r.home, k.agent, NULL
        FROM field.response AS r
        LEFT JOIN field.agent_key AS k ON k.key = r.key
        WHERE r.wave = p_wave AND r.counted AND r.keying = 1
            AND r.way <> 5
            AND NOT EXISTS (SELECT FROM field.sheet AS s
                WHERE s.wave = p_wave AND s.sheet = r.sheet)
        UNION ALL
        SELECT 'quota', '', field.ledger_slots(p_wave, q.grp, q.home)
                || ' ≠ ' || q.planned, q.grp, q.home, NULL, NULL
        FROM plan.quota_in_force AS q
        WHERE q.wave = p_wave
            AND field.ledger_slots(p_wave, q.grp, q.home) <> q.planned)
    SELECT o.kind, o.sheet, o.status, g.code, coalesce(u.code, ''),
        coalesce(a.code, ''), o.changed_on
    FROM one AS o
    LEFT JOIN plan.respondent_group AS g ON g.wave = p_wave
        AND g.grp = o.grp
    LEFT JOIN plan.unit AS u ON u.wave = p_wave AND u.unit = o.home
    LEFT JOIN field.agent AS a ON a.agent = o.agent
    WHERE o.kind IS NOT NULL AND (area IS NULL OR o.home = ANY (area))
    ORDER BY o.kind, o.sheet, g.code, u.code;
END
$$;
