-- Review of what came in: queried, answered or corrected, accepted or rejected,
-- and taken back.  What may follow what stands with the ledger's rules in
-- field.sheet_rule, as of = 'response'; one act is one event, all or nothing,
-- and moves the ledger's sheets in the same transaction.
--
-- Status of a submission in review, by what stands in its row:
--   received, corrected (in place of one that was queried), flagged (by the
--   program, Q01): these count; queried, answered, invalid, replaced,
--   rejected, withdrawn: these do not; accepted: counts.
-- So a query takes a sheet out of every count until somebody has decided; a
-- quality flag alone never does.
--
-- A number whose submission was queried, rejected or withdrawn is held: what
-- else comes in under it does not count (V01), but for the mended sheet that
-- names the one it replaces.  Otherwise a rejected sheet need only be sent
-- again.
--
-- Days, never times; the log has day, count and digest, as of the ledger.

INSERT INTO field.sheet_rule (of, status, act, next, roles, reason)
SELECT 'response', s.status, a.act, coalesce(a.next, s.status), a.roles,
    a.reason OR (a.act = 'accept' AND s.status = 'invalid')
FROM unnest(ARRAY['received', 'flagged', 'corrected', 'queried', 'answered',
        'invalid', 'accepted', 'rejected', 'withdrawn', 'replaced'])
    WITH ORDINALITY AS s (status, i)
CROSS JOIN (VALUES
    (1, 'query', 'queried', '{post-supervisor,analyst}'::text[], true,
        '{received,flagged,corrected,answered,invalid}'::text[]),
    (2, 'answer', 'answered', '{agent,post-supervisor}', true, '{queried}'),
    (3, 'correct', 'replaced', '{system}', false,
        '{received,flagged,corrected,queried,answered,invalid}'),
    (4, 'accept', 'accepted', '{post-supervisor,analyst}', false,
        '{received,flagged,corrected}'),
    (4, 'accept', 'accepted', '{analyst}', false,
        '{queried,answered,invalid}'),
    (5, 'reject', 'rejected', '{analyst}', true,
        '{received,flagged,corrected,queried,answered,invalid}'),
    (6, 'withdraw', 'withdrawn', '{analyst}', true,
        '{received,flagged,corrected,queried,answered,invalid}'),
    (7, 'undo', '-', '{post-supervisor,analyst}', true,
        '{queried,answered}'),
    (8, 'undo', '-', '{analyst}', true, '{accepted,rejected,withdrawn}'),
    (9, 'open', NULL, '{post-supervisor,analyst}', true, NULL)
    ) AS a (i, act, next, roles, reason, among)
WHERE a.among IS NULL OR s.status = ANY (a.among)
ORDER BY s.i, a.i;
INSERT INTO field.sheet_rule (of, status, act, next, roles, reason) VALUES
    ('sheet', 'valid', 'undo', 'keyed', '{system}', true),
    ('sheet', 'invalid', 'undo', 'keyed', '{system}', true),
    ('wave', 'open', 'require', 'open', '{analyst}', true),
    ('wave', 'open', 'reason', 'open', '{analyst}', true);

ALTER TABLE plan.wave ADD COLUMN queries_block boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN plan.wave.queries_block IS
    'True: open queries stand against closing the ledger';

-- ---- submissions ---------------------------------------------------------
ALTER TABLE field.response ADD COLUMN held boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN field.response.held IS
    'True: queried, rejected or withdrawn, and its number takes no other';
UPDATE field.response AS r SET held = true
FROM (SELECT DISTINCT ON (wave, sheet, keying) wave, instance, sheet, keying
    FROM field.response WHERE state IN (6, 7)
    ORDER BY wave, sheet, keying, received_at DESC, response DESC) AS one
WHERE r.wave = one.wave AND r.instance = one.instance
    AND NOT EXISTS (SELECT FROM field.response AS c WHERE c.wave = r.wave
        AND c.sheet = r.sheet AND c.keying = r.keying AND c.counted);
DROP INDEX field.response_sheet_counted;
CREATE UNIQUE INDEX response_sheet_counted
    ON field.response (wave, sheet, keying)
    WHERE counted OR (held AND state <> 4);

ALTER TABLE field.response_version
    ALTER COLUMN changed_at DROP DEFAULT,
    ALTER COLUMN changed_at TYPE date
        USING (changed_at AT TIME ZONE 'UTC' + interval '7 hours')::date;
ALTER TABLE field.response_version RENAME COLUMN changed_at TO changed_on;
ALTER TABLE field.response_version ALTER COLUMN changed_on
    SET DEFAULT (now() AT TIME ZONE 'UTC' + interval '7 hours')::date;
COMMENT ON COLUMN field.response_version.changed_on IS
    'Day in Vietnam; never a time';

-- ---- reasons: data -------------------------------------------------------
CREATE TABLE field.review_reason (
    wave integer NOT NULL,
    code text COLLATE "C" NOT NULL CHECK (code ~ '^[A-Za-z0-9-]{1,32}$'),
    act text NOT NULL CHECK (act IN ('query', 'reject', 'withdraw')),
    v_code text COLLATE "C" CHECK (v_code ~ '^V(0[1-9]|1[0-3])$'),
    words text NOT NULL CHECK (words <> ''),
    words_en text NOT NULL CHECK (words_en <> ''),
    basis text NOT NULL,
    added_by text NOT NULL,
    PRIMARY KEY (wave, act, code)
);
COMMENT ON TABLE field.review_reason IS
    'Why sheets are queried, rejected or withdrawn: lists to choose from';
COMMENT ON COLUMN field.review_reason.wave IS 'Wave; 0 for all waves';
COMMENT ON COLUMN field.review_reason.code IS 'Its name in acts';
COMMENT ON COLUMN field.review_reason.act IS 'What it is a reason for';
COMMENT ON COLUMN field.review_reason.v_code IS
    'The code of invalid sheets it stands for, NULL for none';
COMMENT ON COLUMN field.review_reason.words IS 'In Vietnamese';
COMMENT ON COLUMN field.review_reason.words_en IS 'In English';
COMMENT ON COLUMN field.review_reason.basis IS
    'Number of the decision, or "example": not official';
COMMENT ON COLUMN field.review_reason.added_by IS 'Who';
INSERT INTO field.review_reason (wave, act, code, v_code, words, words_en,
    basis, added_by)
SELECT 0, x.act, x.code, x.v, x.words, x.en, 'example', 'phieu'
FROM (VALUES
    ('query', 'blank', NULL, 'Còn câu bỏ trống', 'Blank answers'),
    ('query', 'two-marks', 'V06', 'Có câu đánh dấu hai lựa chọn',
        'Two options marked'),
    ('query', 'same', NULL, 'Mọi câu cùng một lựa chọn, đối chiếu phiếu giấy',
        'The same option everywhere: compare with the paper'),
    ('query', 'head', 'V03', 'Số phiếu, đối tượng hoặc đơn vị chưa đúng',
        'Sheet number, group or unit is not right'),
    ('query', 'differs', NULL, 'Bản nhập khác phiếu giấy',
        'What was keyed differs from the paper'),
    ('query', 'other', NULL, 'Lý do khác', 'Another reason'),
    ('reject', 'V01', 'V01', 'Số phiếu không có hoặc đã dùng',
        'Number unknown or used before'),
    ('reject', 'V02', 'V02', 'Phiếu không giao cho điều tra viên này',
        'Not issued to this agent'),
    ('reject', 'V03', 'V03', 'Đối tượng không đúng mẫu phiếu',
        'Group and form do not go together'),
    ('reject', 'V04', 'V04', 'Đơn vị được đánh giá không đúng',
        'Rated unit missing or not allowed'),
    ('reject', 'V05', 'V05', 'Trả lời ít hơn mức tối thiểu',
        'Fewer answers than the minimum'),
    ('reject', 'V06', 'V06', 'Đánh dấu hai lựa chọn', 'Two options marked'),
    ('reject', 'V07', 'V07', 'Lựa chọn ngoài phạm vi',
        'An option out of range'),
    ('reject', 'V08', 'V08', 'Thiếu thông tin bắt buộc',
        'Required profile missing'),
    ('reject', 'V09', 'V09', 'Một người trả lời hai lần',
        'The same person twice'),
    ('reject', 'V10', 'V10', 'Thu ngoài thời gian điều tra',
        'Collected outside the survey dates'),
    ('reject', 'V11', 'V11', 'Thiếu xác nhận', 'Confirmation missing'),
    ('reject', 'V12', 'V12', 'Bị loại qua phúc tra', 'Rejected in phúc tra'),
    ('reject', 'other', NULL, 'Lý do khác', 'Another reason'),
    ('withdraw', 'V13', 'V13', 'Người trả lời rút lại',
        'Withdrawn by the respondent')) AS x (act, code, v, words, en);

-- ---- history -------------------------------------------------------------
CREATE TABLE field.review_event (
    wave integer NOT NULL REFERENCES plan.wave,
    event integer NOT NULL CHECK (event > 0),
    act text COLLATE "C" NOT NULL,
    done_by text NOT NULL,
    role text NOT NULL,
    done_on date NOT NULL
        DEFAULT (now() AT TIME ZONE 'UTC' + interval '7 hours')::date,
    reason text NOT NULL DEFAULT '',
    code text COLLATE "C",
    n integer NOT NULL DEFAULT 0,
    ledger_event integer,
    nonce bytea NOT NULL,
    digest bytea NOT NULL,
    PRIMARY KEY (wave, event)
);
COMMENT ON TABLE field.review_event IS
    'Acts of review: who, which day, why; on what is field.review_move';
COMMENT ON COLUMN field.review_event.wave IS 'Wave';
COMMENT ON COLUMN field.review_event.event IS 'From 1, without gaps';
COMMENT ON COLUMN field.review_event.act IS 'An act of field.sheet_rule';
COMMENT ON COLUMN field.review_event.done_by IS 'Who';
COMMENT ON COLUMN field.review_event.role IS 'In which role';
COMMENT ON COLUMN field.review_event.done_on IS 'Day in Vietnam; never a time';
COMMENT ON COLUMN field.review_event.reason IS 'Why, in words';
COMMENT ON COLUMN field.review_event.code IS 'Why, of field.review_reason';
COMMENT ON COLUMN field.review_event.n IS 'Submissions it was about';
COMMENT ON COLUMN field.review_event.ledger_event IS
    'Event of the ledger that moved the sheets with it';
COMMENT ON COLUMN field.review_event.nonce IS
    'Random, keys the digest: without it the log says nothing of sheets';
COMMENT ON COLUMN field.review_event.digest IS
    'SHA-256 of nonce and moves, as it stands in the log';

CREATE TABLE field.review_move (
    wave integer NOT NULL,
    event integer NOT NULL,
    response bigint NOT NULL,
    version integer NOT NULL,
    was text COLLATE "C" NOT NULL,
    now text COLLATE "C" NOT NULL,
    undoes integer,
    PRIMARY KEY (wave, response, event),
    FOREIGN KEY (wave, event) REFERENCES field.review_event
        DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX review_move_event ON field.review_move (wave, event);
COMMENT ON TABLE field.review_move IS
    'What each act of review did to each submission; nothing is rewritten';
COMMENT ON COLUMN field.review_move.wave IS 'Wave';
COMMENT ON COLUMN field.review_move.event IS 'The act it was part of';
COMMENT ON COLUMN field.review_move.response IS 'Submission';
COMMENT ON COLUMN field.review_move.version IS
    'The version that the submission has after it';
COMMENT ON COLUMN field.review_move.was IS 'Status before';
COMMENT ON COLUMN field.review_move.now IS 'Status after';
COMMENT ON COLUMN field.review_move.undoes IS
    'Of undo: the version made by the oldest act that it took back';
CREATE TRIGGER review_move_stays BEFORE UPDATE ON field.review_move
    FOR EACH ROW EXECUTE FUNCTION field.ledger_stays();
CREATE TRIGGER review_event_stays BEFORE UPDATE ON field.review_event
    FOR EACH ROW EXECUTE FUNCTION field.ledger_stays();

CREATE TABLE field.review_query (
    wave integer NOT NULL,
    query integer NOT NULL,
    event integer NOT NULL,
    response bigint NOT NULL,
    instance text COLLATE "C" NOT NULL,
    addressee text NOT NULL CHECK (addressee IN ('agent',
        'post-supervisor')),
    code text COLLATE "C",
    words text NOT NULL,
    opened_on date NOT NULL
        DEFAULT (now() AT TIME ZONE 'UTC' + interval '7 hours')::date,
    answer text,
    answered_by text,
    answered_on date,
    taken_back boolean NOT NULL DEFAULT false,
    PRIMARY KEY (wave, query)
);
CREATE INDEX review_query_response ON field.review_query (wave, response);
CREATE INDEX review_query_instance ON field.review_query (wave, instance);
COMMENT ON TABLE field.review_query IS
    'Queries: what is asked of whom about a submission, and what he said';
COMMENT ON COLUMN field.review_query.wave IS 'Wave';
COMMENT ON COLUMN field.review_query.query IS 'From 1, without gaps';
COMMENT ON COLUMN field.review_query.event IS 'The act that asked';
COMMENT ON COLUMN field.review_query.response IS 'Submission';
COMMENT ON COLUMN field.review_query.instance IS 'Its instanceID';
COMMENT ON COLUMN field.review_query.addressee IS
    'agent: who sent it; post-supervisor: whoever has its area';
COMMENT ON COLUMN field.review_query.code IS 'Why, of field.review_reason';
COMMENT ON COLUMN field.review_query.words IS 'What is asked';
COMMENT ON COLUMN field.review_query.opened_on IS 'Day in Vietnam';
COMMENT ON COLUMN field.review_query.answer IS
    'What he said ("as on paper"); a corrected sheet answers by itself';
COMMENT ON COLUMN field.review_query.answered_by IS 'Who';
COMMENT ON COLUMN field.review_query.answered_on IS 'Day in Vietnam';
COMMENT ON COLUMN field.review_query.taken_back IS
    'True: undone, as if never asked';

-- Each submission with its status, its place and its last query.
CREATE VIEW field.review AS
SELECT r.wave, r.response, r.instance, r.sheet, r.keying, r.state, r.counted,
    r.held, r.form, r.grp, r.key, r.flags, r.faults, r.version, r.replaces,
    coalesce((SELECT coalesce(s.now_home, s.home) FROM field.sheet AS s
        WHERE s.wave = r.wave AND s.sheet = r.sheet), r.home) AS place,
    q.query,
    CASE r.state
        WHEN 1 THEN CASE WHEN c.yes THEN 'corrected' ELSE 'received' END
        WHEN 2 THEN CASE
            WHEN NOT r.counted THEN CASE WHEN q.answered_on IS NULL
                THEN 'queried' ELSE 'answered' END
            WHEN c.yes THEN 'corrected' ELSE 'flagged' END
        WHEN 3 THEN 'invalid' WHEN 4 THEN 'replaced' WHEN 5 THEN 'accepted'
        WHEN 6 THEN 'rejected' ELSE 'withdrawn' END AS status
FROM field.response AS r
LEFT JOIN LATERAL (SELECT x.query, x.answered_on
    FROM field.review_query AS x
    WHERE x.wave = r.wave AND x.response = r.response AND NOT x.taken_back
    ORDER BY x.query DESC LIMIT 1) AS q ON true
LEFT JOIN LATERAL (SELECT EXISTS (SELECT FROM field.review_query AS x
    WHERE x.wave = r.wave AND x.instance = r.replaces AND NOT x.taken_back)
    AS yes) AS c ON r.replaces IS NOT NULL
-- a mixed ballot is nobody's to query
WHERE r.way <> 5;
COMMENT ON VIEW field.review IS
    'Submissions with their status in review; no answers';
COMMENT ON COLUMN field.review.place IS 'Unit it belongs to now';
COMMENT ON COLUMN field.review.query IS 'Its last query that stands';
COMMENT ON COLUMN field.review.status IS 'Status in review';
DO $$
DECLARE
    c record;
BEGIN
    FOR c IN SELECT v.attname, col_description('field.response'::regclass,
            r.attnum) AS words
        FROM pg_attribute AS v
        JOIN pg_attribute AS r ON r.attrelid = 'field.response'::regclass
            AND r.attname = v.attname
        WHERE v.attrelid = 'field.review'::regclass AND v.attnum > 0
    LOOP
        EXECUTE format('COMMENT ON COLUMN field.review.%I IS %L', c.attname,
            c.words);
    END LOOP;
END
$$;

-- Questions and answers may be quoted in words: nobody but copies.
ALTER TABLE field.review_query ENABLE ROW LEVEL SECURITY;
CREATE POLICY backup_all ON field.review_query FOR SELECT TO phieu_backup
    USING (true);

-- ---- the machine ---------------------------------------------------------
-- Takes the wave for one act.  Nothing after the freeze; with a ledger, what
-- changes anything wants it open.
CREATE FUNCTION field.review_take(p_wave integer, p_changes boolean)
RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w plan.wave;
BEGIN
    -- in this order, as field.ledger_take
    PERFORM pg_advisory_xact_lock(7004, p_wave);
    PERFORM pg_advisory_xact_lock_shared(7001, p_wave);
    SELECT * INTO w FROM plan.wave WHERE wave = p_wave;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'không có đợt điều tra này (no such wave)'
            USING ERRCODE = '22023';
    ELSIF w.state NOT IN ('open', 'closed') THEN
        RAISE EXCEPTION 'đợt đã khóa số liệu, phiếu không đổi nữa (the wave '
            'is frozen: its sheets change no more)' USING ERRCODE = '55000';
    ELSIF w.ledger AND p_changes AND w.state <> 'open' THEN
        RAISE EXCEPTION 'sổ phiếu đã khóa, phải mở lại trước (the ledger is '
            '%: reopen it first)', w.state USING ERRCODE = '55000';
    END IF;
    RETURN w.ledger;
END
$$;
COMMENT ON FUNCTION field.review_take(integer, boolean) IS
    'locks a wave for one act of review; has it a ledger?';

-- Units that whoever speaks for them never sees a sheet about: those of his
-- role "unit", with all below them; with no unit named, every unit.
CREATE FUNCTION field.review_barred(p_wave integer, p_by text, p_role text)
RETURNS integer[] LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN p_role IN ('owner', 'agent', 'system') THEN '{}'
        WHEN bool_or(r.unit IS NULL) THEN (SELECT array_agg(u.unit)
            FROM plan.unit AS u WHERE u.wave = p_wave)
        WHEN count(*) > 0 THEN field.units_under(p_wave, array_agg(r.unit))
        ELSE '{}' END
    FROM people.account AS a
    JOIN people.account_role AS r USING (account)
    WHERE a.login = p_by AND r.role = 'unit'
        AND (r.wave IS NULL OR r.wave = p_wave)
$$;
COMMENT ON FUNCTION field.review_barred(integer, text, text) IS
    'units whose sheets are hidden from somebody, for he speaks for them';

-- What is within somebody's reach: his area, neither about nor from the units
-- that he speaks for.
CREATE FUNCTION field.review_within(p_wave integer, p_response bigint,
    p_place integer, p_area integer[], p_barred integer[]) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT (p_area IS NULL OR coalesce(p_place = ANY (p_area), false))
        AND (p_barred = '{}' OR (NOT coalesce(p_place = ANY (p_barred), false)
            AND NOT EXISTS (SELECT FROM field.rating AS t
                WHERE t.wave = p_wave AND t.response = p_response
                    AND t.unit = ANY (p_barred))))
$$;
COMMENT ON FUNCTION field.review_within(integer, bigint, integer, integer[],
    integer[]) IS 'may somebody with this area and these units see it?';

-- The submissions that are meant, each "number" or "uuid:…", with "@version"
-- as it was seen.  A number means the one that counts or holds it, else the
-- only one.  What lies outside is not there.
CREATE FUNCTION field.review_pick(p_wave integer, p_by text, p_role text,
    p_areas text[], p_own integer, p_items text[])
RETURNS TABLE (response bigint, seen integer)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    area integer[] := CASE WHEN p_areas IS NOT NULL
        THEN field.units_under(p_wave, p_areas) END;
    barred integer[] := field.review_barred(p_wave, p_by, p_role);
    one record;
    ids bigint[] := '{}';
BEGIN
    IF coalesce(cardinality(p_items), 0) NOT BETWEEN 1 AND 5000 THEN
        RAISE EXCEPTION 'cho từ 1 đến 5000 phiếu (give 1 to 5000 sheets)'
            USING ERRCODE = '22023';
    END IF;
    FOR one IN
        SELECT a.ref, a.seen, array_agg(v.response ORDER BY v.counted DESC,
                v.held DESC) FILTER (WHERE v.response IS NOT NULL) AS found,
            coalesce(bool_or(v.counted OR v.held), false) AS first
        FROM (SELECT i, regexp_replace(btrim(t), '@[0-9]{1,9}$', '') AS ref,
                substring(btrim(t) FROM '@([0-9]{1,9})$')::integer AS seen
            FROM unnest(p_items) WITH ORDINALITY AS x (t, i)) AS a
        LEFT JOIN LATERAL (
            SELECT r.* FROM field.response AS r
            WHERE r.wave = p_wave AND r.instance = a.ref AND r.way <> 5
            UNION ALL
            SELECT r.* FROM field.response AS r
            WHERE r.wave = p_wave AND r.sheet = upper(a.ref) AND r.counted
                AND r.keying = 1
            UNION ALL
            SELECT r.* FROM field.response AS r
            WHERE r.wave = p_wave AND r.sheet = upper(a.ref)
                AND NOT r.counted AND r.keying = 1 AND r.state <> 4) AS v
            ON (p_own IS NULL OR p_own = (SELECT k.agent
                    FROM field.agent_key AS k WHERE k.key = v.key))
            AND field.review_within(p_wave, v.response, coalesce(
                (SELECT coalesce(s.now_home, s.home) FROM field.sheet AS s
                WHERE s.wave = p_wave AND s.sheet = v.sheet), v.home), area,
                barred)
        GROUP BY a.i, a.ref, a.seen ORDER BY a.i
    LOOP
        IF one.found IS NULL THEN
            RAISE EXCEPTION 'không có phiếu % (no such sheet came in)',
                one.ref USING ERRCODE = '22023';
        ELSIF cardinality(one.found) > 1 AND NOT one.first THEN
            RAISE EXCEPTION 'phiếu % nộp % lần, nêu instanceID (several '
                'submissions bear this number: name one by its instanceID)',
                one.ref, cardinality(one.found) USING ERRCODE = '22023';
        ELSIF one.found[1] = ANY (ids) THEN
            RAISE EXCEPTION 'phiếu % nêu hai lần (named twice)', one.ref
                USING ERRCODE = '22023';
        END IF;
        ids := ids || one.found[1];
        RETURN QUERY SELECT one.found[1], one.seen;
    END LOOP;
END
$$;
COMMENT ON FUNCTION field.review_pick(integer, text, text, text[], integer,
    text[]) IS 'submissions that an act names, within the caller''s reach';

-- As of the ledger's events: who, day, reason and moves, keyed.
CREATE FUNCTION field.review_digest(p_event field.review_event)
RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT sha256(p_event.nonce || convert_to(jsonb_build_array(p_event.act,
        p_event.done_by, p_event.role, p_event.done_on, p_event.reason,
        p_event.code, p_event.n, p_event.ledger_event)::text || coalesce((
        SELECT string_agg(concat_ws('|', m.response, m.version, m.was, m.now,
            coalesce(m.undoes, 0)), E'\n' ORDER BY m.response)
        FROM field.review_move AS m WHERE m.wave = p_event.wave
            AND m.event = p_event.event), ''), 'UTF8'))
$$;
COMMENT ON FUNCTION field.review_digest(field.review_event) IS
    'digest of an event and its moves, as it stands in the log';

CREATE FUNCTION field.review_next(p_wave integer) RETURNS integer
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(max(e.event), 0) + 1 FROM field.review_event AS e
    WHERE e.wave = p_wave
$$;
COMMENT ON FUNCTION field.review_next(integer) IS
    'number of a wave''s next event of review, under its lock';

-- The log has the day alone; why, only of acts on the whole wave.
CREATE FUNCTION field.review_seal(p_wave integer, p_event integer,
    p_act text, p_by text, p_role text, p_code text, p_reason text,
    p_ledger_event integer) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ev field.review_event;
    of_wave boolean := p_act IN ('require', 'reason');
    entry jsonb;
BEGIN
    ev.wave := p_wave;
    ev.event := p_event;
    ev.act := p_act;
    ev.done_by := p_by;
    ev.role := p_role;
    ev.done_on := (now() AT TIME ZONE 'UTC' + interval '7 hours')::date;
    ev.reason := coalesce(p_reason, '');
    ev.code := p_code;
    ev.n := (SELECT count(*) FROM field.review_move AS m
        WHERE m.wave = p_wave AND m.event = p_event);
    ev.ledger_event := p_ledger_event;
    ev.nonce := uuid_send(gen_random_uuid());
    ev.digest := field.review_digest(ev);
    INSERT INTO field.review_event SELECT ev.*;
    entry := jsonb_build_object('wave', p_wave, 'event', p_event, 'act',
        p_act, 'role', p_role, 'count', ev.n, 'digest',
        encode(ev.digest, 'hex'));
    IF of_wave THEN
        entry := entry || jsonb_build_object('code', p_code, 'reason',
            ev.reason);
    END IF;
    PERFORM audit.append_at(0::smallint, 'review', p_by, entry::text,
        CASE WHEN NOT of_wave THEN ev.done_on::text END);
    RETURN ev.n;
END
$$;
COMMENT ON FUNCTION field.review_seal(integer, integer, text, text, text,
    text, text, integer) IS
    'writes an event of review with the digest of its moves, and the log';

-- The words of a reason of the list; refuses one that is not in it.
CREATE FUNCTION field.review_why(p_wave integer, p_act text, p_code text)
RETURNS field.review_reason
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r field.review_reason;
BEGIN
    SELECT * INTO r FROM field.review_reason
    WHERE wave IN (0, p_wave) AND act = p_act AND code = p_code
    ORDER BY wave DESC LIMIT 1;
    IF r.code IS NULL AND p_code IS NOT NULL THEN
        RAISE EXCEPTION '"%" không có trong danh mục lý do (not in the list '
            'of reasons: phieu review reasons)', p_code
            USING ERRCODE = '22023';
    END IF;
    RETURN r;
END
$$;
COMMENT ON FUNCTION field.review_why(integer, text, text) IS
    'a reason of the list, by its code';

-- The oldest version that undoing takes back: of a query with its answer both;
-- acts that were undone are passed over.
CREATE FUNCTION field.review_top(p_wave integer, p_response bigint)
RETURNS integer LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT max(m.version) FROM field.review_move AS m
    JOIN field.review_event AS e USING (wave, event)
    WHERE m.wave = p_wave AND m.response = p_response
        AND e.act IN ('query', 'accept', 'reject', 'withdraw')
        AND NOT EXISTS (SELECT FROM field.review_move AS u
            WHERE u.wave = p_wave AND u.response = p_response
                AND u.undoes <= m.version AND m.version < u.version)
$$;
COMMENT ON FUNCTION field.review_top(integer, bigint) IS
    'the version made by the last act of review that stands';

-- The sheets of the ledger follow what was decided of their submissions.
CREATE FUNCTION field.review_ledger(p_wave integer, p_by text, p_role text,
    p_act text, p_reason text, p_code text, p_responses bigint[])
RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ev integer := field.ledger_next(p_wave);
    good text[];
    bad text[];
    back text[];
BEGIN
    WITH one AS (
        SELECT s.sheet, s.status, bool_or(r.counted) AS counts,
            bool_or(r.counted AND r.state = 5) AS accepted,
            bool_or(r.held AND r.state IN (6, 7)) AS out
        FROM field.sheet AS s
        JOIN field.response AS r ON r.wave = p_wave AND r.sheet = s.sheet
            AND r.keying = 1 AND r.state <> 4
        WHERE s.wave = p_wave AND s.prefix IS NOT NULL AND s.sheet = ANY (
            SELECT x.sheet FROM field.response AS x WHERE x.wave = p_wave
                AND x.response = ANY (p_responses) AND x.keying = 1)
        GROUP BY s.sheet, s.status)
    SELECT array_agg(o.sheet ORDER BY o.sheet) FILTER (WHERE o.accepted
            AND o.status <> 'valid'),
        array_agg(o.sheet ORDER BY o.sheet) FILTER (WHERE o.out
            AND NOT o.counts AND o.status IN ('keyed', 'second-keyed',
                'checked', 'valid')),
        array_agg(o.sheet ORDER BY o.sheet) FILTER (WHERE NOT o.accepted
            AND (o.counts OR NOT o.out) AND o.status IN ('valid', 'invalid'))
    INTO good, bad, back FROM one AS o;
    IF coalesce(good, bad, back) IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM field.ledger_move(p_wave, ev, 'accept', 'system', p_reason,
        coalesce(good, '{}'), NULL, NULL, NULL);
    PERFORM field.ledger_move(p_wave, ev, 'reject', 'system', p_reason,
        coalesce(bad, '{}'), NULL, NULL,
        array_fill(p_code, ARRAY[coalesce(cardinality(bad), 0)]));
    PERFORM field.ledger_move(p_wave, ev, 'undo', 'system', p_reason,
        coalesce(back, '{}'), NULL, NULL, NULL);
    -- the reason stands with the act of review alone
    PERFORM field.ledger_seal(p_wave, ev, p_act, p_by, p_role, NULL, NULL,
        false, NULL);
    RETURN ev;
END
$$;
COMMENT ON FUNCTION field.review_ledger(integer, text, text, text, text,
    text, bigint[]) IS 'moves the ledger''s sheets as their submissions stand';

-- One act of review on submissions, all or none.  p_own: only this agent's.
-- p_code: a reason of the list, needed for a rejection and a withdrawal.
CREATE FUNCTION field.review_do(p_wave integer, p_by text, p_role text,
    p_areas text[], p_own integer, p_act text, p_items text[], p_code text,
    p_reason text, p_to text)
RETURNS TABLE (event integer, moved integer)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    has_ledger boolean;
    ids bigint[];
    seen integer[];
    bad record;
    why field.review_reason;
    said text := nullif(btrim(coalesce(p_reason, '')), '');
    words text;
    fault jsonb;
    ev integer;
    n integer;
BEGIN
    IF p_act NOT IN ('query', 'answer', 'accept', 'reject', 'withdraw',
        'undo') OR p_act IS NULL THEN
        RAISE EXCEPTION 'không có việc "%" (no such act)', p_act
            USING ERRCODE = '22023';
    ELSIF coalesce(p_to, 'agent') NOT IN ('agent', 'post-supervisor') THEN
        RAISE EXCEPTION 'hỏi "agent" hoặc "post-supervisor" (a query is to '
            'the agent or to the post supervisor)' USING ERRCODE = '22023';
    ELSIF length(said) > 2000 THEN
        RAISE EXCEPTION 'lý do quá 2000 ký tự (too long)'
            USING ERRCODE = '22023';
    END IF;
    has_ledger := field.review_take(p_wave, true);
    IF has_ledger THEN
        PERFORM field.ledger_sync(p_wave);
    END IF;
    SELECT array_agg(k.response), array_agg(k.seen) INTO ids, seen
    FROM field.review_pick(p_wave, p_by, p_role, p_areas, p_own, p_items)
        AS k;
    PERFORM FROM field.response AS r
    WHERE r.wave = p_wave AND r.response = ANY (ids)
    ORDER BY r.instance FOR UPDATE;

    IF p_act IN ('query', 'reject', 'withdraw') THEN
        why := field.review_why(p_wave, p_act, CASE p_act
            WHEN 'withdraw' THEN coalesce(p_code, 'V13') ELSE p_code END);
        IF p_act = 'reject' AND why.code IS NULL THEN
            RAISE EXCEPTION 'loại phiếu phải chọn lý do trong danh mục (a '
                'rejection needs a reason of the list: phieu review reasons)'
                USING ERRCODE = '22023';
        END IF;
    END IF;
    words := concat_ws(': ', why.words, said);
    FOR bad IN SELECT v.sheet, v.instance, v.status, v.version, v.query,
            k.seen,
            (SELECT s.status FROM field.sheet AS s WHERE s.wave = p_wave
                AND s.sheet = v.sheet AND v.keying = 1) AS ledger
        FROM unnest(ids, seen) AS k (response, seen)
        JOIN field.review AS v ON v.wave = p_wave AND v.response = k.response
        ORDER BY v.sheet
    LOOP
        IF bad.version <> bad.seen THEN
            RAISE EXCEPTION 'phiếu %: người khác vừa xử lý, xem lại (somebody '
                'changed it since: look again)', coalesce(bad.sheet,
                bad.instance) USING ERRCODE = '55000';
        END IF;
        PERFORM field.ledger_refuse('response', bad.status, p_act, p_role,
            words, 'phiếu ' || coalesce(bad.sheet, bad.instance));
        IF has_ledger AND bad.ledger = 'locked' THEN
            RAISE EXCEPTION 'phiếu % đã khóa trong sổ, mở khóa trước (locked '
                'in the ledger: unlock it first)', bad.sheet
                USING ERRCODE = '55000';
        ELSIF p_act = 'undo' AND p_role = 'post-supervisor'
            AND EXISTS (SELECT FROM field.review_query AS q
                JOIN field.review_event AS e USING (wave, event)
                WHERE q.wave = p_wave AND q.query = bad.query
                    AND e.role <> p_role) THEN
            RAISE EXCEPTION 'vai trò % không được hủy câu hỏi của cơ quan '
                'khác (not his query to take back)', p_role
                USING ERRCODE = '42501';
        END IF;
    END LOOP;

    -- what is accepted takes its number from whoever was put out before
    IF p_act = 'accept' THEN
        UPDATE field.response AS o SET held = false
        FROM field.response AS r
        WHERE r.wave = p_wave AND r.response = ANY (ids) AND o.wave = p_wave
            AND o.sheet = r.sheet AND o.keying = r.keying AND o.held
            AND o.state IN (6, 7) AND o.response <> ALL (ids);
    END IF;

    ev := field.review_next(p_wave);
    INSERT INTO field.response_version (wave, response, version, content,
        changed_by, reason)
    SELECT p_wave, v.response, v.version, jsonb_build_object('state', v.state,
        'counted', v.counted, 'held', v.held, 'flags', v.flags, 'faults',
        v.faults, 'status', v.status), p_by, words
    FROM field.review AS v
    WHERE v.wave = p_wave AND v.response = ANY (ids);
    fault := jsonb_build_array(jsonb_build_object('code', coalesce(why.v_code,
        'V00'), 'path', '', 'reason', why.code, 'message', why.words_en,
        'message_vi', words));
    WITH before AS (
        SELECT v.response, v.status, v.version, CASE p_act WHEN 'undo'
            THEN coalesce(field.review_top(p_wave, v.response), v.version)
            END AS undoes
        FROM field.review AS v
        WHERE v.wave = p_wave AND v.response = ANY (ids))
    INSERT INTO field.review_move (wave, event, response, version, was, now,
        undoes)
    SELECT p_wave, ev, b.response, b.version + 1, b.status,
        CASE WHEN b.undoes IS NOT NULL THEN coalesce(o.content ->> 'status',
            (ARRAY['received', 'flagged', 'invalid', 'replaced', 'accepted',
                'rejected', 'withdrawn'])[(o.content ->> 'state')::integer],
            '-') ELSE r.next END, b.undoes
    FROM before AS b
    JOIN field.sheet_rule AS r ON r.of = 'response' AND r.status = b.status
        AND r.act = p_act
    LEFT JOIN field.response_version AS o ON o.wave = p_wave
        AND o.response = b.response AND o.version = b.undoes - 1;
    IF p_act = 'undo' THEN
        UPDATE field.review_query AS q SET taken_back = true
        FROM field.review_move AS u, field.review_move AS m
        WHERE u.wave = p_wave AND u.event = ev AND m.wave = p_wave
            AND m.response = u.response AND m.version >= u.undoes
            AND m.version < u.version AND q.wave = p_wave
            AND q.event = m.event AND q.response = m.response;
        UPDATE field.response AS r
        SET state = (o.content ->> 'state')::smallint,
            counted = (o.content ->> 'counted')::boolean,
            held = coalesce((o.content ->> 'held')::boolean, false),
            faults = nullif(o.content -> 'faults', 'null'),
            version = r.version + 1
        FROM field.review_move AS u
        JOIN field.response_version AS o ON o.wave = p_wave
            AND o.response = u.response AND o.version = u.undoes - 1
        WHERE u.wave = p_wave AND u.event = ev AND r.wave = p_wave
            AND r.response = u.response;
        GET DIAGNOSTICS n = ROW_COUNT;
        IF n <> cardinality(ids) THEN
            RAISE EXCEPTION 'không có gì để hủy (nothing to take back)'
                USING ERRCODE = '55000';
        END IF;
        -- and back to whoever was put out last, when nobody has it now
        UPDATE field.response AS o SET held = true
        FROM (SELECT DISTINCT ON (x.sheet, x.keying) x.instance
            FROM field.response AS r
            JOIN field.response AS x ON x.wave = p_wave AND x.sheet = r.sheet
                AND x.keying = r.keying AND x.state IN (6, 7)
            WHERE r.wave = p_wave AND r.response = ANY (ids)
                AND NOT EXISTS (SELECT FROM field.response AS c
                    WHERE c.wave = p_wave AND c.sheet = r.sheet
                        AND c.keying = r.keying
                        AND (c.counted OR (c.held AND c.state <> 4)))
            ORDER BY x.sheet, x.keying, x.received_at DESC, x.response DESC)
            AS last
        WHERE o.wave = p_wave AND o.instance = last.instance;
    ELSE
        UPDATE field.response AS r SET
            state = CASE p_act WHEN 'query' THEN 2 WHEN 'accept' THEN 5
                WHEN 'reject' THEN 6 WHEN 'withdraw' THEN 7 ELSE r.state END,
            counted = p_act = 'accept',
            held = p_act <> 'accept',
            faults = CASE WHEN p_act = 'accept' THEN NULL
                WHEN p_act IN ('reject', 'withdraw')
                    THEN fault || coalesce(r.faults, '[]')
                ELSE r.faults END,
            version = r.version + 1
        WHERE r.wave = p_wave AND r.response = ANY (ids);
    END IF;
    IF p_act = 'query' THEN
        INSERT INTO field.review_query (wave, query, event, response,
            instance, addressee, code, words)
        SELECT p_wave, (SELECT coalesce(max(q.query), 0)
                FROM field.review_query AS q WHERE q.wave = p_wave)
                + row_number() OVER (ORDER BY r.sheet, r.response),
            ev, r.response, r.instance, coalesce(p_to, 'agent'), why.code,
            words
        FROM field.response AS r
        WHERE r.wave = p_wave AND r.response = ANY (ids);
    ELSIF p_act = 'answer' THEN
        UPDATE field.review_query AS q SET answer = said, answered_by = p_by,
            answered_on = (now() AT TIME ZONE 'UTC'
                + interval '7 hours')::date
        FROM field.review AS v
        WHERE v.wave = p_wave AND v.response = ANY (ids) AND q.wave = p_wave
            AND q.query = v.query;
    END IF;
    moved := field.review_seal(p_wave, ev, p_act, p_by, p_role, why.code,
        said, CASE WHEN has_ledger AND p_act <> 'answer' THEN
        field.review_ledger(p_wave, p_by, p_role, p_act, words,
            coalesce(why.v_code, 'V00'), ids) END);
    event := ev;
    RETURN NEXT;
EXCEPTION WHEN unique_violation THEN
    RAISE EXCEPTION 'số phiếu này đang có bản khác được tính hoặc đang hỏi '
        '(another submission with its number counts already, or is queried)'
        USING ERRCODE = '55000';
END
$$;
COMMENT ON FUNCTION field.review_do(integer, text, text, text[], integer,
    text, text[], text, text, text) IS
    'one act of review, by the table of rules, all or none';

-- By people of the office and the post.  p_items: "number@version,…".
CREATE FUNCTION field.review_act(p_wave integer, p_by text, p_role text,
    p_areas text[], p_act text, p_items text, p_code text, p_reason text,
    p_to text)
RETURNS TABLE (event integer, moved integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF p_role IS NULL OR p_role IN ('agent', 'system') THEN
        RAISE EXCEPTION 'không có vai trò này ở đây (not for this role)'
            USING ERRCODE = '42501';
    END IF;
    RETURN QUERY SELECT d.event, d.moved FROM field.review_do(p_wave, p_by,
        p_role, p_areas, NULL, p_act, CASE WHEN EXISTS (SELECT
            FROM field.response AS r WHERE r.wave = p_wave
                AND r.instance = p_items) THEN ARRAY[p_items]
            ELSE string_to_array(p_items, ',') END, p_code, p_reason,
        p_to) AS d;
END
$$;
COMMENT ON FUNCTION field.review_act(integer, text, text, text[], text, text,
    text, text, text) IS 'one act of review by a person, within his area';

-- `phieu sheet judge`, and whatever else judges one submission: the same acts
-- under their old names.  NULL: no such submission.
CREATE OR REPLACE FUNCTION field.judge(p_wave integer, p_instance text,
    p_state smallint, p_faults jsonb, p_reason text, p_by text)
RETURNS smallint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old smallint;
    status text;
    item text[] := ARRAY[p_instance];
    code text := p_faults -> 0 ->> 'code';
    act text := CASE p_state WHEN 1 THEN 'undo' WHEN 5 THEN 'accept'
        WHEN 7 THEN 'withdraw' ELSE 'reject' END;
BEGIN
    IF p_state NOT IN (1, 3, 5, 6, 7) THEN
        RAISE EXCEPTION 'no state that a person may set: %', p_state
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM field.review_take(p_wave, true);
    SELECT v.state, v.status INTO old, status FROM field.review AS v
    WHERE v.wave = p_wave AND v.instance = p_instance;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF p_state = 1 AND status = 'invalid' THEN
        act := 'accept';
    ELSIF act <> 'undo'
        AND status IN ('accepted', 'rejected', 'withdrawn') THEN
        PERFORM field.review_do(p_wave, p_by, 'owner', NULL, NULL, 'undo',
            item, NULL, p_reason, NULL);
    END IF;
    PERFORM field.review_do(p_wave, p_by, 'owner', NULL, NULL, act, item,
        CASE WHEN act = 'withdraw' THEN 'V13' WHEN act <> 'reject' THEN NULL
            WHEN code = 'V13' THEN 'other' ELSE coalesce(code, 'other') END,
        p_reason, NULL);
    RETURN old;
END
$$;
COMMENT ON FUNCTION field.judge(integer, text, smallint, jsonb, text, text) IS
    'judges one submission by an act of review, for the owner';

-- Do open queries stand against closing the ledger?
CREATE FUNCTION field.review_require(p_wave integer, p_by text, p_role text,
    p_off boolean, p_reason text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ev integer;
BEGIN
    PERFORM field.review_take(p_wave, true);
    PERFORM field.ledger_refuse('wave', (SELECT state FROM plan.wave
        WHERE wave = p_wave), 'require', p_role, p_reason, 'đợt điều tra');
    UPDATE plan.wave SET queries_block = NOT coalesce(p_off, false)
    WHERE wave = p_wave;
    ev := field.review_next(p_wave);
    PERFORM field.review_seal(p_wave, ev, 'require', p_by, p_role,
        CASE WHEN p_off THEN 'off' ELSE 'on' END, p_reason, NULL);
    RETURN ev;
END
$$;
COMMENT ON FUNCTION field.review_require(integer, text, text, boolean, text)
    IS 'a rule of the wave: open queries stand against closing, or not';

-- One more reason of a wave's lists.
CREATE FUNCTION field.review_reason_add(p_wave integer, p_by text,
    p_role text, p_for text, p_code text, p_v_code text, p_words text,
    p_words_en text, p_basis text, p_reason text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ev integer;
BEGIN
    PERFORM field.review_take(p_wave, true);
    PERFORM field.ledger_refuse('wave', (SELECT state FROM plan.wave
        WHERE wave = p_wave), 'reason', p_role, p_reason, 'đợt điều tra');
    IF EXISTS (SELECT FROM field.review_reason AS r WHERE r.wave IN (0,
        p_wave) AND r.act = p_for AND r.code = p_code) THEN
        RAISE EXCEPTION 'đã có lý do "%" (there is one of this code)', p_code
            USING ERRCODE = '55000';
    END IF;
    INSERT INTO field.review_reason (wave, act, code, v_code, words,
        words_en, basis, added_by)
    VALUES (p_wave, p_for, p_code, nullif(p_v_code, ''), btrim(p_words),
        coalesce(nullif(btrim(p_words_en), ''), btrim(p_words)),
        coalesce(nullif(p_basis, ''), 'example'), p_by);
    ev := field.review_next(p_wave);
    PERFORM field.review_seal(p_wave, ev, 'reason', p_by, p_role, p_code,
        p_reason, NULL);
    RETURN ev;
END
$$;
COMMENT ON FUNCTION field.review_reason_add(integer, text, text, text, text,
    text, text, text, text, text) IS 'adds a reason to a wave''s lists';

-- ---- opening: answers, logged before one is seen -------------------------
-- A submission's fields as people read them: its head, its profile, each
-- answer, its comment.
CREATE FUNCTION field.review_fields(p_wave integer, p_response bigint)
RETURNS TABLE (place integer, unit text, question text, words text,
    value text, label text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH r AS (
        SELECT * FROM field.response WHERE wave = p_wave
            AND response = p_response
    ), cell AS (
        SELECT coalesce(u.code, '') AS unit, q.question AS place, q.code AS question,
            q.text AS words, q.type,
            CASE WHEN q.slot < length(t.answers)
                THEN get_byte(t.answers, q.slot) END AS byte,
            t.extra -> q.code AS extra, q.form
        FROM r JOIN field.rating AS t ON t.wave = p_wave
            AND t.response = r.response
        JOIN plan.question AS q ON q.wave = p_wave AND q.form = r.form
        LEFT JOIN plan.unit AS u ON u.wave = p_wave AND u.unit = t.unit)
    SELECT h.place, '', h.question, h.words, h.value, h.label
    FROM r, LATERAL (VALUES
        (-5, '(sheet)', 'Số phiếu', r.sheet, NULL),
        (-4, '(form)', 'Mẫu', (SELECT f.code FROM plan.form AS f
            WHERE f.wave = p_wave AND f.form = r.form), NULL),
        (-3, '(group)', 'Đối tượng', (SELECT g.code
            FROM plan.respondent_group AS g WHERE g.wave = p_wave
                AND g.grp = r.grp), NULL),
        (-2, '(home)', 'Đơn vị', (SELECT u.code FROM plan.unit AS u
            WHERE u.wave = p_wave AND u.unit = r.home), NULL),
        (1000000, '(comment)', 'Ý kiến', (SELECT c.comment
            FROM field.comment AS c WHERE c.wave = p_wave
                AND c.response = r.response), NULL))
        AS h (place, question, words, value, label)
    WHERE h.value IS NOT NULL
    UNION ALL
    SELECT -1, '', '(' || p.key || ')', p.key, p.value, NULL
    FROM r, LATERAL jsonb_each_text(r.profile) AS p
    WHERE jsonb_typeof(r.profile) = 'object'
    UNION ALL
    SELECT c.place, c.unit, c.question, c.words,
        CASE WHEN c.type NOT IN ('scale', 'single')
                THEN coalesce(c.extra #>> '{}', '-')
            ELSE coalesce(o.code, CASE c.byte WHEN 253 THEN '?'
                WHEN 254 THEN 'DK' WHEN 255 THEN '-' END) END,
        CASE WHEN c.type NOT IN ('scale', 'single') THEN NULL
            ELSE coalesce(o.label, CASE c.byte
                WHEN 253 THEN 'không đọc được hoặc hai lựa chọn'
                WHEN 254 THEN 'không biết' WHEN 255 THEN 'bỏ trống' END) END
    FROM cell AS c
    LEFT JOIN plan.option AS o ON o.wave = p_wave AND o.form = c.form
        AND o.question = c.place AND o.ordinal = c.byte
    WHERE c.type NOT IN ('scale', 'single') OR c.byte <> 0
$$;
COMMENT ON FUNCTION field.review_fields(integer, bigint) IS
    'what one submission says, field by field';

-- Logs that somebody opens a sheet, and why.  Gives its submission.
CREATE FUNCTION field.review_enter(p_wave integer, p_by text, p_role text,
    p_areas text[], p_item text, p_reason text) RETURNS field.review
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    one field.review;
    ev integer;
BEGIN
    PERFORM field.review_take(p_wave, false);
    SELECT v.* INTO one FROM field.review AS v WHERE v.wave = p_wave
        AND v.response = (SELECT k.response FROM field.review_pick(p_wave,
            p_by, p_role, p_areas, NULL, ARRAY[p_item]) AS k);
    PERFORM field.ledger_refuse('response', one.status, 'open', p_role,
        btrim(p_reason), 'phiếu ' || coalesce(one.sheet, one.instance));
    ev := field.review_next(p_wave);
    INSERT INTO field.review_move (wave, event, response, version, was, now)
    VALUES (p_wave, ev, one.response, one.version, one.status, one.status);
    PERFORM field.review_seal(p_wave, ev, 'open', p_by, p_role, NULL,
        btrim(p_reason), NULL);
    RETURN one;
END
$$;
COMMENT ON FUNCTION field.review_enter(integer, text, text, text[], text,
    text) IS 'logs the opening of a sheet within somebody''s reach';

CREATE FUNCTION field.review_open(p_wave integer, p_by text, p_role text,
    p_areas text[], p_item text, p_reason text)
RETURNS TABLE (unit text, question text, words text, value text, label text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    one field.review := field.review_enter(p_wave, p_by, p_role, p_areas,
        p_item, p_reason);
BEGIN
    RETURN QUERY SELECT f.unit, f.question, f.words, f.value, f.label
    FROM field.review_fields(p_wave, one.response) AS f
    ORDER BY f.place >= 1000000, f.unit, f.place, f.question;
END
$$;
COMMENT ON FUNCTION field.review_open(integer, text, text, text[], text,
    text) IS 'the answers of one sheet; who opens it and why stands in the log';

-- Differences between a submission and the one it replaced, or another of
-- the same sheet.
CREATE FUNCTION field.review_diff(p_wave integer, p_by text, p_role text,
    p_areas text[], p_item text, p_with text, p_reason text)
RETURNS TABLE (unit text, question text, words text, before text,
    after text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    one field.review := field.review_enter(p_wave, p_by, p_role, p_areas,
        p_item, p_reason);
    other bigint;
BEGIN
    SELECT r.response INTO other FROM field.response AS r
    WHERE r.wave = p_wave AND r.instance = coalesce(p_with, one.replaces)
        AND r.response <> one.response AND r.keying = one.keying
        AND (r.sheet = one.sheet OR r.instance = one.replaces)
        -- what is not his is not there
        AND field.review_within(p_wave, r.response, one.place, NULL,
            field.review_barred(p_wave, p_by, p_role));
    IF other IS NULL THEN
        RAISE EXCEPTION 'phiếu không có bản trước để so (no other version '
            'to compare with)' USING ERRCODE = '22023';
    END IF;
    RETURN QUERY SELECT coalesce(a.unit, b.unit), coalesce(a.question,
            b.question), coalesce(a.words, b.words),
        concat_ws(' ', b.value, '(' || b.label || ')'),
        concat_ws(' ', a.value, '(' || a.label || ')')
    FROM field.review_fields(p_wave, one.response) AS a
    FULL JOIN field.review_fields(p_wave, other) AS b
        ON b.unit = a.unit AND b.question = a.question
    WHERE a.value IS DISTINCT FROM b.value
    ORDER BY coalesce(a.place, b.place) >= 1000000, 1,
        coalesce(a.place, b.place), 2;
END
$$;
COMMENT ON FUNCTION field.review_diff(integer, text, text, text[], text,
    text, text) IS 'two versions of one sheet, field by field, logged';

-- ---- lists: never an answer, never a time --------------------------------
CREATE FUNCTION field.review_codes(p_faults jsonb) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(string_agg(DISTINCT f ->> 'code', ' '
        ORDER BY f ->> 'code'), '')
    FROM jsonb_array_elements(CASE jsonb_typeof(p_faults) WHEN 'array'
        THEN p_faults ELSE '[]' END) AS f
$$;
COMMENT ON FUNCTION field.review_codes(jsonb) IS
    'the codes of a submission''s faults, without their places';

CREATE FUNCTION field.review_flags(p_flags integer) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT concat_ws(' ', CASE WHEN p_flags & 1 <> 0 THEN 'Q01' END,
        CASE WHEN p_flags & 2 <> 0 THEN 'overflow' END,
        CASE WHEN p_flags & 4 <> 0 THEN 'late' END,
        CASE WHEN p_flags & 8 <> 0 THEN 'files' END)
$$;
COMMENT ON FUNCTION field.review_flags(integer) IS
    'a submission''s flags by the names they have when it is sent';

-- What somebody may see of a wave.  p_keying NULL: both.
CREATE FUNCTION field.review_seen(p_wave integer, p_by text, p_role text,
    p_areas text[], p_agent text, p_unit text)
RETURNS SETOF field.review
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    area integer[] := CASE WHEN p_areas IS NOT NULL
        THEN field.units_under(p_wave, p_areas) END;
    below integer[] := CASE WHEN nullif(p_unit, '') IS NOT NULL
        THEN field.units_under(p_wave, ARRAY[p_unit]) END;
    barred integer[] := field.review_barred(p_wave, p_by, p_role);
    own integer[] := CASE WHEN nullif(p_agent, '') IS NOT NULL
        THEN ARRAY(SELECT k.key FROM field.agent_key AS k
            JOIN field.agent AS a USING (agent)
            WHERE k.wave = p_wave AND a.code = p_agent) END;
BEGIN
    RETURN QUERY SELECT v.* FROM field.review AS v
    WHERE v.wave = p_wave AND v.keying = 1
        AND (own IS NULL OR v.key = ANY (own))
        AND (below IS NULL OR v.place = ANY (below))
        AND (area IS NULL OR v.place = ANY (area))
        AND (barred = '{}' OR field.review_within(p_wave, v.response,
            v.place, NULL, barred));
END
$$;
COMMENT ON FUNCTION field.review_seen(integer, text, text, text[], text,
    text) IS 'submissions within somebody''s reach';

CREATE FUNCTION field.review_list(p_wave integer, p_by text, p_role text,
    p_areas text[], p_status text, p_agent text, p_unit text, p_group text,
    p_fault text, p_flag text, p_sheet text, p_from integer, p_count integer)
RETURNS TABLE (item text, sheet text, status text, form text, "group" text,
    unit text, agent text, flags text, faults text, query integer,
    addressee text, words text, replaces text, changed_on date,
    version integer, instance text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN v.sheet IS NOT NULL AND v.state <> 4 AND (v.counted
                OR v.held OR NOT EXISTS (SELECT FROM field.response AS x
                WHERE x.wave = p_wave AND x.sheet = v.sheet
                    AND x.keying = 1 AND x.state <> 4
                    AND x.response <> v.response))
            THEN v.sheet ELSE v.instance END,
        coalesce(v.sheet, ''), v.status, coalesce(f.code, ''),
        coalesce(g.code, ''), coalesce(u.code, ''), coalesce(a.code, ''),
        field.review_flags(v.flags), field.review_codes(v.faults), v.query,
        q.addressee, q.words, v.replaces, (SELECT e.done_on
            FROM field.review_move AS m
            JOIN field.review_event AS e USING (wave, event)
            WHERE m.wave = p_wave AND m.response = v.response
                AND e.act <> 'open' ORDER BY m.event DESC LIMIT 1),
        v.version, v.instance
    FROM field.review_seen(p_wave, p_by, p_role, p_areas, p_agent, p_unit)
        AS v
    LEFT JOIN plan.form AS f ON f.wave = p_wave AND f.form = v.form
    LEFT JOIN plan.respondent_group AS g ON g.wave = p_wave
        AND g.grp = v.grp
    LEFT JOIN plan.unit AS u ON u.wave = p_wave AND u.unit = v.place
    LEFT JOIN field.agent_key AS k ON k.key = v.key
    LEFT JOIN field.agent AS a ON a.agent = k.agent
    LEFT JOIN field.review_query AS q ON q.wave = p_wave
        AND q.query = v.query AND v.status IN ('queried', 'answered')
    WHERE (nullif(p_status, '') IS NULL OR v.status = p_status)
        AND (nullif(p_group, '') IS NULL OR g.code = p_group)
        AND (nullif(p_fault, '') IS NULL OR p_fault = ANY (string_to_array(
            field.review_codes(v.faults), ' ')))
        AND (nullif(p_flag, '') IS NULL OR p_flag = ANY (string_to_array(
            field.review_flags(v.flags), ' ')))
        AND (nullif(p_sheet, '') IS NULL OR v.sheet = upper(p_sheet)
            OR v.instance = p_sheet)
    ORDER BY v.form, v.sheet, v.instance
    OFFSET greatest(coalesce(p_from, 1), 1) - 1
    LIMIT CASE WHEN p_count > 0 THEN p_count END
$$;
COMMENT ON FUNCTION field.review_list(integer, text, text, text[], text,
    text, text, text, text, text, text, integer, integer) IS
    'submissions by status in review; neither answers nor times';

CREATE FUNCTION field.review_counts(p_wave integer, p_by text, p_role text,
    p_areas text[], p_agent text, p_unit text)
RETURNS TABLE (status text, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.status, count(v.response)
    FROM unnest(ARRAY['received', 'flagged', 'corrected', 'queried',
        'answered', 'invalid', 'accepted', 'rejected', 'withdrawn',
        'replaced']) WITH ORDINALITY AS s (status, i)
    LEFT JOIN field.review_seen(p_wave, p_by, p_role, p_areas, p_agent,
        p_unit) AS v ON v.status = s.status
    GROUP BY s.i, s.status ORDER BY s.i
$$;
COMMENT ON FUNCTION field.review_counts(integer, text, text, text[], text,
    text) IS 'how many submissions of each status';

CREATE FUNCTION field.review_queries(p_wave integer, p_by text, p_role text,
    p_areas text[], p_agent text, p_unit text, p_to text, p_all boolean)
RETURNS TABLE (query integer, item text, sheet text, status text, unit text,
    agent text, addressee text, code text, words text, opened_on date,
    days integer, answer text, answered_by text, answered_on date,
    version integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT q.query, q.instance, coalesce(v.sheet, ''), v.status,
        coalesce(u.code, ''), coalesce(a.code, ''), q.addressee, q.code,
        q.words, q.opened_on,
        (now() AT TIME ZONE 'UTC' + interval '7 hours')::date - q.opened_on,
        q.answer, q.answered_by, q.answered_on, v.version
    FROM field.review_seen(p_wave, p_by, p_role, p_areas, p_agent, p_unit)
        AS v
    JOIN field.review_query AS q ON q.wave = p_wave
        AND q.response = v.response AND NOT q.taken_back
    LEFT JOIN plan.unit AS u ON u.wave = p_wave AND u.unit = v.place
    LEFT JOIN field.agent_key AS k ON k.key = v.key
    LEFT JOIN field.agent AS a ON a.agent = k.agent
    WHERE (coalesce(p_all, false) OR (q.query = v.query
            AND v.status IN ('queried', 'answered')))
        AND (nullif(p_to, '') IS NULL OR q.addressee = p_to)
    ORDER BY q.query
$$;
COMMENT ON FUNCTION field.review_queries(integer, text, text, text[], text,
    text, text, boolean) IS 'open queries, or with p_all every one';

-- Everything that was done with a sheet: each submission of its number, each
-- act on it.  differs: fields unlike those of the one it replaced.
CREATE FUNCTION field.review_history(p_wave integer, p_by text, p_role text,
    p_areas text[], p_item text)
RETURNS TABLE (item text, version integer, event integer, done_on date,
    done_by text, role text, act text, was text, now text, code text,
    reason text, replaces text, differs bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    number text := coalesce((SELECT r.sheet FROM field.response AS r
        WHERE r.wave = p_wave AND r.instance = p_item), upper(p_item));
    area integer[] := CASE WHEN p_areas IS NOT NULL
        THEN field.units_under(p_wave, p_areas) END;
    barred integer[] := field.review_barred(p_wave, p_by, p_role);
BEGIN
    RETURN QUERY
    WITH mine AS (
        SELECT v.* FROM field.review AS v
        WHERE v.wave = p_wave AND v.keying = 1
            AND (v.instance = p_item OR v.sheet = number)
            AND field.review_within(p_wave, v.response, v.place, area,
                barred))
    SELECT m.instance, 1, NULL::integer, NULL::date, coalesce(a.code, ''),
        'agent', 'send', '-', CASE WHEN EXISTS (SELECT
            FROM field.review_move AS x WHERE x.wave = p_wave
                AND x.response = m.response) THEN (SELECT x.was
            FROM field.review_move AS x WHERE x.wave = p_wave
                AND x.response = m.response ORDER BY x.event LIMIT 1)
            ELSE m.status END,
        field.review_codes(m.faults), '', m.replaces,
        CASE WHEN o.response IS NOT NULL THEN (SELECT count(*)
            FROM field.review_fields(p_wave, m.response) AS x
            FULL JOIN field.review_fields(p_wave, o.response) AS y
                ON y.unit = x.unit AND y.question = x.question
            WHERE x.value IS DISTINCT FROM y.value) END
    FROM mine AS m
    LEFT JOIN mine AS o ON o.instance = m.replaces
    LEFT JOIN field.agent_key AS k ON k.key = m.key
    LEFT JOIN field.agent AS a ON a.agent = k.agent
    UNION ALL
    SELECT m.instance, x.version, e.event, e.done_on, e.done_by, e.role,
        e.act, x.was, x.now, e.code, e.reason, NULL, NULL
    FROM mine AS m
    JOIN field.review_move AS x ON x.wave = p_wave
        AND x.response = m.response
    JOIN field.review_event AS e ON e.wave = p_wave AND e.event = x.event
    ORDER BY 1, 3 NULLS FIRST;
END
$$;
COMMENT ON FUNCTION field.review_history(integer, text, text, text[], text)
    IS 'versions of a sheet and what was done with each';

CREATE FUNCTION field.review_reasons(p_wave integer)
RETURNS TABLE (act text, code text, v_code text, words text, words_en text,
    basis text, of_wave boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.act, r.code, r.v_code, r.words, r.words_en, r.basis,
        r.wave <> 0
    FROM field.review_reason AS r WHERE r.wave IN (0, p_wave)
    ORDER BY r.act, r.code = 'other', r.wave, r.v_code, r.code
$$;
COMMENT ON FUNCTION field.review_reasons(integer) IS
    'reasons to choose from';

-- What is not as the history and the log say; none: all is well.  p_areas
-- NULL: all of it; else of submissions of those areas, and events about any.
CREATE FUNCTION field.review_verify(p_wave integer, p_areas text[])
RETURNS TABLE (event integer, words text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH area AS MATERIALIZED (
        SELECT CASE WHEN p_areas IS NOT NULL
            THEN field.units_under(p_wave, p_areas) END AS units
    ), mine AS MATERIALIZED (
        SELECT v.* FROM field.review AS v, area AS x WHERE v.wave = p_wave
            AND (x.units IS NULL OR v.place = ANY (x.units))
    ), said AS (
        SELECT (a.content::jsonb ->> 'event')::integer AS event,
            a.content::jsonb ->> 'digest' AS digest
        FROM audit.entry AS a
        WHERE a.lane = 0 AND a.kind = 'review'
            AND (a.content::jsonb ->> 'wave')::integer = p_wave
    ), happened AS (
        SELECT e.event, encode(e.digest, 'hex') AS digest,
            field.review_digest(e) = e.digest AS same
        FROM field.review_event AS e
        WHERE e.wave = p_wave AND (p_areas IS NULL OR EXISTS (SELECT
            FROM field.review_move AS m JOIN mine USING (response)
            WHERE m.wave = p_wave AND m.event = e.event))
    ), history AS MATERIALIZED (
        SELECT m.response, max(m.version) AS top, bool_and(m.gapless)
            AS chained, (array_agg(m.now ORDER BY m.version DESC))[1] AS now
        FROM (SELECT x.*, x.was = coalesce(lag(x.now) OVER w, x.was)
                AND x.version = coalesce(lag(x.version) OVER w + 1,
                    x.version) AS gapless
            FROM field.review_move AS x
            JOIN field.review_event AS e USING (wave, event)
            WHERE x.wave = p_wave AND e.act <> 'open'
            WINDOW w AS (PARTITION BY x.response ORDER BY x.version)) AS m
        GROUP BY m.response)
    SELECT coalesce(e.event, s.event), CASE
        WHEN e.event IS NULL THEN 'in the log, not in the history'
        WHEN s.event IS NULL THEN 'not in the log'
        ELSE 'it or its moves are not those in the log' END
    FROM happened AS e
    FULL JOIN said AS s ON s.event = e.event
    WHERE (e.event IS NULL AND p_areas IS NULL)
        OR (e.event IS NOT NULL AND (s.event IS NULL
            OR e.digest <> s.digest OR NOT e.same))
    UNION ALL
    SELECT 0, coalesce(v.sheet, v.instance)
        || ': its history does not lead to its status'
    FROM mine AS v
    JOIN history AS h USING (response)
    WHERE v.version <> h.top OR NOT h.chained
        OR (v.state <> 4 AND v.status <> h.now)
    ORDER BY 1, 2
$$;
COMMENT ON FUNCTION field.review_verify(integer, text[]) IS
    'what of a review is not as its history and the log say';

-- ---- the ledger: open queries, where the wave's rule says so ---------------
ALTER FUNCTION field.ledger_open(integer, text[])
    RENAME TO ledger_open_base;
REVOKE ALL ON FUNCTION field.ledger_open_base(integer, text[])
    FROM phieu_server;
CREATE FUNCTION field.ledger_open(p_wave integer, p_areas text[])
RETURNS TABLE (kind text, sheet text, status text, grp text, unit text,
    agent text, changed_on date)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    area integer[] := CASE WHEN p_areas IS NOT NULL
        THEN field.units_under(p_wave, p_areas) END;
BEGIN
    RETURN QUERY SELECT * FROM field.ledger_open_base(p_wave, p_areas);
    RETURN QUERY SELECT 'query', v.sheet, v.status, g.code,
        coalesce(u.code, ''), coalesce(a.code, ''), q.opened_on
    FROM plan.wave AS w
    JOIN field.review AS v ON v.wave = w.wave
    JOIN field.review_query AS q ON q.wave = w.wave AND q.query = v.query
    LEFT JOIN plan.respondent_group AS g ON g.wave = w.wave
        AND g.grp = v.grp
    LEFT JOIN plan.unit AS u ON u.wave = w.wave AND u.unit = v.place
    LEFT JOIN field.agent_key AS k ON k.key = v.key
    LEFT JOIN field.agent AS a ON a.agent = k.agent
    WHERE w.wave = p_wave AND w.queries_block AND v.state = 2
        AND v.status IN ('queried', 'answered')
        AND (area IS NULL OR v.place = ANY (area))
    ORDER BY v.sheet;
END
$$;
COMMENT ON FUNCTION field.ledger_open(integer, text[]) IS
    'what stands against closing a wave''s ledger';

-- A file may mend a queried sheet as it may mend a counted one.
CREATE OR REPLACE FUNCTION field.import_known(p_key integer, p_sheets text[],
    p_keyings smallint[])
RETURNS TABLE (n bigint, instance text, replaces text, open boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.n, r.instance, r.replaces,
        r.state IN (1, 2) AND (r.counted OR r.held)
    FROM field.agent_key AS me
    CROSS JOIN unnest(p_sheets, p_keyings) WITH ORDINALITY
        AS s (sheet, keying, n)
    CROSS JOIN LATERAL (
        SELECT c.* FROM field.response AS c
        WHERE c.wave = me.wave AND c.sheet = s.sheet AND c.counted
        UNION ALL
        SELECT o.* FROM field.response AS o
        WHERE o.wave = me.wave AND o.sheet = s.sheet AND NOT o.counted
    ) AS r
    JOIN field.agent_key AS k ON k.key = r.key AND k.agent = me.agent
    WHERE me.key = p_key AND r.keying = s.keying
        AND (r.way = 4 OR r.instance ~ ('^uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-'
            '[89ab][0-9a-f]{3}-[0-9a-f]{12}$'))
    ORDER BY s.n, r.received_at DESC, r.instance
$$;

-- ---- an agent's own ------------------------------------------------------
-- Open queries about sheets that the key's agent sent.
CREATE FUNCTION field.agent_queries(p_key integer)
RETURNS TABLE (query integer, instance text, sheet text, form integer,
    grp integer, home integer, keying smallint, status text, code text,
    words text, opened_on date, answer text, version integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT q.query, v.instance, v.sheet, v.form, v.grp, r.home, v.keying,
        v.status, q.code, q.words, q.opened_on, q.answer, v.version
    FROM field.agent_key AS me
    JOIN field.agent_key AS k ON k.agent = me.agent AND k.wave = me.wave
    JOIN field.response AS r ON r.wave = me.wave AND r.key = k.key
        AND r.state = 2 AND NOT r.counted
    JOIN field.review AS v ON v.wave = r.wave AND v.response = r.response
    JOIN field.review_query AS q ON q.wave = r.wave AND q.query = v.query
        AND q.addressee = 'agent'
    WHERE me.key = p_key AND me.revoked_at IS NULL AND me.expires_at > now()
    ORDER BY q.query
$$;
COMMENT ON FUNCTION field.agent_queries(integer) IS
    'what is asked of the key''s agent about sheets that he sent';

-- "As on paper": he answers with a note.  The same answer again is the same.
-- Gives the status after.  The collector does not wait long for the wave.
CREATE FUNCTION field.agent_query_answer(p_key integer, p_query integer,
    p_note text, p_version integer) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    me record;
    q record;
BEGIN
    SELECT k.wave, k.agent, a.code INTO me FROM field.agent_key AS k
    JOIN field.agent AS a USING (agent)
    WHERE k.key = p_key AND k.revoked_at IS NULL AND k.expires_at > now();
    IF NOT FOUND THEN
        RAISE EXCEPTION 'khóa không còn dùng được (no such key)'
            USING ERRCODE = '42501';
    END IF;
    SELECT x.*, v.status INTO q FROM field.review_query AS x
    JOIN field.review AS v ON v.wave = x.wave AND v.response = x.response
    JOIN field.agent_key AS k ON k.key = v.key AND k.agent = me.agent
    WHERE x.wave = me.wave AND x.query = p_query AND x.addressee = 'agent'
        AND NOT x.taken_back;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'không có câu hỏi này (no such query)'
            USING ERRCODE = '22023';
    ELSIF q.answer = btrim(p_note) AND q.answered_by = me.code THEN
        RETURN q.status;
    ELSIF q.answer IS NOT NULL OR q.status <> 'queried' THEN
        RAISE EXCEPTION 'câu hỏi đã được trả lời hoặc phiếu đã xử lý xong '
            '(answered or decided already)' USING ERRCODE = '55000';
    END IF;
    PERFORM set_config('lock_timeout', '500ms', true);
    PERFORM FROM field.review_do(me.wave, me.code, 'agent', NULL, me.agent,
        'answer', ARRAY[q.instance || coalesce('@' || p_version, '')], NULL,
        p_note, NULL);
    RETURN 'answered';
EXCEPTION WHEN lock_not_available THEN
    RAISE EXCEPTION 'sổ đang bận, gửi lại sau (busy: send it again)'
        USING ERRCODE = '57P03';
END
$$;
COMMENT ON FUNCTION field.agent_query_answer(integer, integer, text,
    integer) IS 'an agent answers a query with a note';

-- ---- who may -------------------------------------------------------------
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA field FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    field.review_act(integer, text, text, text[], text, text, text, text,
        text),
    field.review_require(integer, text, text, boolean, text),
    field.review_reason_add(integer, text, text, text, text, text, text,
        text, text, text),
    field.review_open(integer, text, text, text[], text, text),
    field.review_diff(integer, text, text, text[], text, text, text),
    field.review_list(integer, text, text, text[], text, text, text, text,
        text, text, text, integer, integer),
    field.review_counts(integer, text, text, text[], text, text),
    field.review_queries(integer, text, text, text[], text, text, text,
        boolean),
    field.review_history(integer, text, text, text[], text),
    field.review_reasons(integer),
    field.review_verify(integer, text[]),
    field.ledger_open(integer, text[]) TO phieu_server;
GRANT EXECUTE ON FUNCTION field.agent_queries(integer),
    field.agent_query_answer(integer, integer, text, integer)
    TO phieu_collector;
GRANT SELECT ON field.review_reason TO phieu_server, phieu_auditor,
    phieu_backup;
GRANT SELECT ON field.review_event, field.review_move, field.review_query,
    field.review TO phieu_backup;
GRANT SELECT (wave, event, act, done_by, role, done_on, reason, code, n,
    digest) ON field.review_event TO phieu_auditor;
