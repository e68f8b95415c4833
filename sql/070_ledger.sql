-- The sheet ledger: which numbered sheet is whose, and what became of it.  A
-- wave has one from its first `plan` on; waves without go on as before.
--
-- A sheet's status is its disposition (refused, lost, …) or else its state;
-- with a disposition the state it had stays, so that a sheet lost before it
-- was issued is told from one lost after.  field.sheet_rule is the one table
-- of what may follow what: the functions here consult it, docs/LEDGER.md and
-- the tests are made from it.
--
-- Days, never times (DESIGN 5.7: times re-identify), and no person: the
-- roster's role has no grant here and this schema's none there.  The log has
-- the count and a digest of each act, keyed by a random value that goes with
-- the fieldwork side: after its destruction the log names no sheet.

ALTER TABLE plan.wave ADD COLUMN ledger boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN plan.wave.ledger IS
    'True: its sheets are numbered and followed one by one (sổ phiếu)';

-- An amendment in mid-wave stands until the plan's document itself says
-- another number.
ALTER TABLE plan.quota ADD COLUMN amended boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN plan.quota.amended IS
    'True: changed in mid-wave by a recorded act, not by a plan document';

-- ---- the one table of what may follow what ------------------------------
CREATE TABLE field.sheet_rule (
    of text NOT NULL CHECK (of IN ('sheet', 'wave')),
    status text COLLATE "C" NOT NULL,
    act text COLLATE "C" NOT NULL,
    next text COLLATE "C" NOT NULL,
    roles text[] NOT NULL,
    reason boolean NOT NULL,
    place integer GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (of, status, act)
);
COMMENT ON TABLE field.sheet_rule IS
    'What may follow what, of a sheet and of a wave''s ledger: the one table';
COMMENT ON COLUMN field.sheet_rule.of IS 'sheet or wave';
COMMENT ON COLUMN field.sheet_rule.status IS
    'Status before; - where there was none';
COMMENT ON COLUMN field.sheet_rule.act IS 'What is done';
COMMENT ON COLUMN field.sheet_rule.next IS 'Status after';
COMMENT ON COLUMN field.sheet_rule.roles IS
    'Who may; system: programs alone, by what came in or as part of an act';
COMMENT ON COLUMN field.sheet_rule.reason IS 'True: only with a reason';
COMMENT ON COLUMN field.sheet_rule.place IS 'Order of the documentation';

INSERT INTO field.sheet_rule (of, status, act, next, roles, reason) VALUES
    ('sheet', '-', 'plan', 'planned', '{system}', false),
    ('sheet', 'planned', 'issue', 'issued', '{post-supervisor}', false),
    ('sheet', 'planned', 'void', 'void', '{system}', true),
    ('sheet', 'planned', 'replace', 'replaced', '{post-supervisor}', true),
    ('sheet', 'planned', 'merge', 'planned', '{system}', true),
    ('sheet', 'issued', 'return', 'planned', '{post-supervisor}', false),
    ('sheet', 'issued', 'transfer', 'issued', '{post-supervisor}', true),
    ('sheet', 'issued', 'leave', 'left', '{agent,post-supervisor}', false),
    ('sheet', 'issued', 'collect', 'collected', '{agent,post-supervisor}',
        false),
    ('sheet', 'issued', 'key', 'keyed', '{system}', false),
    ('sheet', 'issued', 'refuse', 'refused', '{agent,post-supervisor}',
        false),
    ('sheet', 'issued', 'miss', 'not-met', '{agent,post-supervisor}', false),
    ('sheet', 'issued', 'move', 'moved', '{agent,post-supervisor}', false),
    ('sheet', 'issued', 'lose', 'lost', '{agent,post-supervisor}', true),
    ('sheet', 'issued', 'cancel', 'cancelled', '{post-supervisor}', true),
    ('sheet', 'issued', 'replace', 'replaced', '{post-supervisor}', true),
    ('sheet', 'issued', 'merge', 'issued', '{system}', true),
    ('sheet', 'left', 'return', 'planned', '{post-supervisor}', true),
    ('sheet', 'left', 'transfer', 'left', '{post-supervisor}', true),
    ('sheet', 'left', 'collect', 'collected', '{agent,post-supervisor}',
        false),
    ('sheet', 'left', 'key', 'keyed', '{system}', false),
    ('sheet', 'left', 'refuse', 'refused', '{agent,post-supervisor}', false),
    ('sheet', 'left', 'miss', 'not-met', '{agent,post-supervisor}', false),
    ('sheet', 'left', 'move', 'moved', '{agent,post-supervisor}', false),
    ('sheet', 'left', 'lose', 'lost', '{agent,post-supervisor}', true),
    ('sheet', 'left', 'cancel', 'cancelled', '{post-supervisor}', true),
    ('sheet', 'left', 'replace', 'replaced', '{post-supervisor}', true),
    ('sheet', 'left', 'merge', 'left', '{system}', true),
    ('sheet', 'collected', 'transfer', 'collected', '{post-supervisor}',
        true),
    ('sheet', 'collected', 'key', 'keyed', '{system}', false),
    ('sheet', 'collected', 'lose', 'lost', '{agent,post-supervisor}', true),
    ('sheet', 'collected', 'cancel', 'cancelled', '{post-supervisor}', true),
    ('sheet', 'collected', 'replace', 'replaced', '{post-supervisor}', true),
    ('sheet', 'collected', 'merge', 'collected', '{system}', true),
    ('sheet', 'keyed', 'second-key', 'second-keyed', '{system}', false),
    ('sheet', 'keyed', 'check', 'checked', '{post-supervisor,analyst}',
        false),
    ('sheet', 'keyed', 'accept', 'valid', '{system}', false),
    ('sheet', 'keyed', 'reject', 'invalid', '{system}', false),
    ('sheet', 'keyed', 'merge', 'keyed', '{system}', true),
    ('sheet', 'second-keyed', 'check', 'checked',
        '{post-supervisor,analyst}', false),
    ('sheet', 'second-keyed', 'accept', 'valid', '{system}', false),
    ('sheet', 'second-keyed', 'reject', 'invalid', '{system}', false),
    ('sheet', 'second-keyed', 'merge', 'second-keyed', '{system}', true),
    ('sheet', 'checked', 'accept', 'valid', '{system}', false),
    ('sheet', 'checked', 'reject', 'invalid', '{system}', false),
    ('sheet', 'checked', 'merge', 'checked', '{system}', true),
    ('sheet', 'valid', 'reject', 'invalid', '{system}', false),
    ('sheet', 'valid', 'merge', 'valid', '{system}', true),
    ('sheet', 'valid', 'lock', 'locked', '{system}', false),
    ('sheet', 'invalid', 'accept', 'valid', '{system}', false),
    ('sheet', 'invalid', 'merge', 'invalid', '{system}', true),
    ('sheet', 'invalid', 'lock', 'locked', '{system}', false),
    ('sheet', 'locked', 'unlock', 'checked', '{analyst}', true),
    ('sheet', 'locked', 'merge', 'locked', '{system}', true),
    ('sheet', 'refused', 'restore', 'issued', '{post-supervisor}', true),
    ('sheet', 'refused', 'replace', 'refused', '{post-supervisor}', true),
    ('sheet', 'refused', 'merge', 'refused', '{system}', true),
    ('sheet', 'not-met', 'restore', 'issued', '{post-supervisor}', true),
    ('sheet', 'not-met', 'replace', 'not-met', '{post-supervisor}', true),
    ('sheet', 'not-met', 'merge', 'not-met', '{system}', true),
    ('sheet', 'moved', 'restore', 'issued', '{post-supervisor}', true),
    ('sheet', 'moved', 'replace', 'moved', '{post-supervisor}', true),
    ('sheet', 'moved', 'merge', 'moved', '{system}', true),
    ('sheet', 'lost', 'restore', 'issued', '{post-supervisor}', true),
    ('sheet', 'lost', 'replace', 'lost', '{post-supervisor}', true),
    ('sheet', 'lost', 'merge', 'lost', '{system}', true),
    ('sheet', 'cancelled', 'replace', 'cancelled', '{post-supervisor}',
        true),
    ('sheet', 'cancelled', 'merge', 'cancelled', '{system}', true),
    ('sheet', 'replaced', 'merge', 'replaced', '{system}', true),
    ('wave', 'open', 'plan', 'open', '{analyst}', false),
    ('wave', 'open', 'amend', 'open', '{analyst}', true),
    ('wave', 'open', 'merge', 'open', '{analyst}', true),
    ('wave', 'open', 'close', 'closed', '{analyst}', false),
    ('wave', 'closed', 'reopen', 'open', '{analyst}', true),
    ('wave', 'frozen', 'reopen', 'open', '{analyst}', true);

-- ---- sheets --------------------------------------------------------------
ALTER TABLE field.sheet ADD COLUMN prefix text COLLATE "C",
    ADD COLUMN serial integer,
    ADD COLUMN slot integer,
    ADD COLUMN now_home integer,
    ADD COLUMN code text COLLATE "C" CHECK (code ~ '^V(0[0-9]|1[0-3])$'),
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD UNIQUE (wave, prefix, serial);
ALTER TABLE field.sheet DROP CONSTRAINT sheet_disposition_check,
    ADD CONSTRAINT sheet_disposition_check CHECK (disposition IN ('refused',
        'not-met', 'moved', 'lost', 'cancelled', 'replaced', 'void'));
ALTER TABLE field.sheet ALTER COLUMN changed_at DROP DEFAULT;
ALTER TABLE field.sheet ALTER COLUMN changed_at TYPE date
    USING (changed_at AT TIME ZONE 'UTC' + interval '7 hours')::date;
ALTER TABLE field.sheet RENAME COLUMN changed_at TO changed_on;
ALTER TABLE field.sheet ALTER COLUMN changed_on
    SET DEFAULT (now() AT TIME ZONE 'UTC' + interval '7 hours')::date;
ALTER TABLE field.sheet ADD COLUMN status text COLLATE "C"
    GENERATED ALWAYS AS (coalesce(disposition, state)) STORED;
CREATE INDEX sheet_agent ON field.sheet (wave, agent);
CREATE INDEX sheet_cell ON field.sheet (wave, grp, home);
COMMENT ON COLUMN field.sheet.changed_on IS
    'Day when its status changed last, in Vietnam; never a time';
COMMENT ON COLUMN field.sheet.prefix IS 'Letters and digits of the form: CT01';
COMMENT ON COLUMN field.sheet.serial IS 'Running number within the prefix';
COMMENT ON COLUMN field.sheet.slot IS
    'Place within its cell; a replacing sheet has the place of the old one';
COMMENT ON COLUMN field.sheet.now_home IS
    'Unit that its own merged into, NULL: as printed (home)';
COMMENT ON COLUMN field.sheet.code IS
    'Why it is invalid: V00 (no code) to V13; NULL of all others';
COMMENT ON COLUMN field.sheet.version IS
    'Goes up with each move: two people see each other';
COMMENT ON COLUMN field.sheet.status IS 'Its disposition, else its state';
COMMENT ON COLUMN field.sheet.disposition IS
    'refused, not-met, moved, lost, cancelled, replaced, or void (never issued)';

-- ---- history -------------------------------------------------------------
CREATE TABLE field.sheet_event (
    wave integer NOT NULL REFERENCES plan.wave,
    event integer NOT NULL CHECK (event > 0),
    act text COLLATE "C" NOT NULL,
    done_by text NOT NULL,
    role text NOT NULL,
    done_on date NOT NULL
        DEFAULT (now() AT TIME ZONE 'UTC' + interval '7 hours')::date,
    reason text NOT NULL DEFAULT '',
    agent integer REFERENCES field.agent,
    paper integer,
    n integer NOT NULL DEFAULT 0,
    detail jsonb,
    nonce bytea NOT NULL,
    digest bytea NOT NULL,
    PRIMARY KEY (wave, event),
    UNIQUE (wave, paper)
);
COMMENT ON TABLE field.sheet_event IS
    'Acts on the ledger: who, which day, why; what moved is field.sheet_move';
COMMENT ON COLUMN field.sheet_event.wave IS 'Wave';
COMMENT ON COLUMN field.sheet_event.event IS 'From 1, without gaps';
COMMENT ON COLUMN field.sheet_event.act IS 'An act of field.sheet_rule';
COMMENT ON COLUMN field.sheet_event.done_by IS 'Who';
COMMENT ON COLUMN field.sheet_event.role IS 'In which role';
COMMENT ON COLUMN field.sheet_event.done_on IS 'Day in Vietnam; never a time';
COMMENT ON COLUMN field.sheet_event.reason IS 'Why';
COMMENT ON COLUMN field.sheet_event.agent IS
    'Agent that sheets went to or came back from';
COMMENT ON COLUMN field.sheet_event.paper IS
    'Number of its hand-over record (biên bản bàn giao)';
COMMENT ON COLUMN field.sheet_event.n IS 'Sheets moved';
COMMENT ON COLUMN field.sheet_event.detail IS
    'What a wave''s act was about: cell, planned before and after, open sheets';
COMMENT ON COLUMN field.sheet_event.nonce IS
    'Random, keys the digest: without it the log says nothing of sheets';
COMMENT ON COLUMN field.sheet_event.digest IS
    'SHA-256 of nonce and moves, as it stands in the log';

CREATE TABLE field.sheet_move (
    wave integer NOT NULL,
    sheet text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    event integer NOT NULL,
    was text COLLATE "C" NOT NULL,
    now text COLLATE "C" NOT NULL,
    was_agent integer,
    now_agent integer,
    was_home integer,
    now_home integer,
    code text COLLATE "C",
    PRIMARY KEY (wave, sheet, version),
    FOREIGN KEY (wave, event) REFERENCES field.sheet_event
        DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX sheet_move_event ON field.sheet_move (wave, event);
COMMENT ON TABLE field.sheet_move IS
    'Every move of every sheet, from its planning on; nothing is rewritten';
COMMENT ON COLUMN field.sheet_move.wave IS 'Wave';
COMMENT ON COLUMN field.sheet_move.sheet IS 'Number of the sheet';
COMMENT ON COLUMN field.sheet_move.version IS
    'From 1 without gaps: the version that the sheet has after it';
COMMENT ON COLUMN field.sheet_move.event IS 'The act it was part of';
COMMENT ON COLUMN field.sheet_move.was IS 'Status before; - for none';
COMMENT ON COLUMN field.sheet_move.now IS 'Status after';
COMMENT ON COLUMN field.sheet_move.was_agent IS 'Agent before';
COMMENT ON COLUMN field.sheet_move.now_agent IS 'Agent after';
COMMENT ON COLUMN field.sheet_move.was_home IS 'Unit before; 0 for none';
COMMENT ON COLUMN field.sheet_move.now_home IS 'Unit after; 0 for none';
COMMENT ON COLUMN field.sheet_move.code IS 'Why it is invalid, V01 to V13';

CREATE FUNCTION field.ledger_stays() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% is never changed', TG_TABLE_NAME
        USING ERRCODE = '42501';
END
$$;
COMMENT ON FUNCTION field.ledger_stays() IS 'refuses changes of history';
CREATE TRIGGER sheet_move_stays BEFORE UPDATE ON field.sheet_move
    FOR EACH ROW EXECUTE FUNCTION field.ledger_stays();
CREATE TRIGGER sheet_event_stays BEFORE UPDATE ON field.sheet_event
    FOR EACH ROW EXECUTE FUNCTION field.ledger_stays();
CREATE TRIGGER sheet_rule_stays BEFORE UPDATE OR DELETE ON field.sheet_rule
    FOR EACH ROW EXECUTE FUNCTION field.ledger_stays();

-- ---- numbers -------------------------------------------------------------
-- As collector/sheet.c makes them (tests compare): Damm's quasigroup over
-- digits, a letter is two from A = 00.
CREATE FUNCTION field.sheet_number(p_prefix text, p_serial integer)
RETURNS text LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    damm constant text := '0317598642' || '7092154863'
        || '4206871359' || '1750983426' || '6123045978' || '3674209581'
        || '5869720134' || '8945362017' || '9438617205' || '2581436790';
    serial text := CASE WHEN p_serial < 100000
        THEN lpad(p_serial::text, 5, '0') ELSE p_serial::text END;
    state integer := 0;
    c text;
    letter integer;
BEGIN
    FOREACH c IN ARRAY string_to_array(p_prefix || serial, NULL) LOOP
        IF c BETWEEN '0' AND '9' THEN
            state := substr(damm, state * 10 + c::integer + 1, 1)::integer;
        ELSE
            letter := ascii(c) - ascii('A');
            state := substr(damm, state * 10 + letter / 10 + 1, 1)::integer;
            state := substr(damm, state * 10 + letter % 10 + 1, 1)::integer;
        END IF;
    END LOOP;
    RETURN p_prefix || '-' || serial || '-' || state;
END
$$;
COMMENT ON FUNCTION field.sheet_number(text, integer) IS
    'the number printed on a sheet, with its check digit';

-- A unit and all below it, merged ones too.
CREATE FUNCTION field.units_under(p_wave integer, p_codes text[])
RETURNS integer[] LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE under AS (
        SELECT u.unit FROM plan.unit AS u
        WHERE u.wave = p_wave AND u.code = ANY (p_codes)
        UNION
        SELECT u.unit FROM under AS o
        JOIN plan.unit AS u ON u.wave = p_wave AND u.parent = o.unit)
    SELECT coalesce(array_agg(u.unit), '{}') FROM under AS u
$$;
COMMENT ON FUNCTION field.units_under(integer, text[]) IS
    'units of an area: those named and all below them';

-- ---- the machine ---------------------------------------------------------
-- Takes the wave for one act.  Acts on one wave follow one another; sheets
-- come in meanwhile, a freeze waits.
CREATE FUNCTION field.ledger_take(p_wave integer, p_open boolean)
RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w plan.wave;
BEGIN
    -- in this order: close and reopen take 7001 alone afterwards
    PERFORM pg_advisory_xact_lock(7004, p_wave);
    PERFORM pg_advisory_xact_lock_shared(7001, p_wave);
    SELECT * INTO w FROM plan.wave WHERE wave = p_wave;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'không có đợt điều tra này (no such wave)'
            USING ERRCODE = '22023';
    ELSIF NOT w.ledger THEN
        RAISE EXCEPTION 'đợt này chưa lập sổ phiếu (no ledger yet: phieu '
            'ledger plan)' USING ERRCODE = '55000';
    ELSIF p_open AND w.state <> 'open' THEN
        RAISE EXCEPTION 'sổ phiếu đã khóa, phải mở lại trước (the ledger is '
            '%: reopen it first)', w.state USING ERRCODE = '55000';
    END IF;
    RETURN w.state;
END
$$;
COMMENT ON FUNCTION field.ledger_take(integer, boolean) IS
    'locks a wave''s ledger for one act, refuses one that is not open';

-- Opens an event.  Its moves come next, field.ledger_seal ends it.
CREATE FUNCTION field.ledger_next(p_wave integer) RETURNS integer
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(max(e.event), 0) + 1 FROM field.sheet_event AS e
    WHERE e.wave = p_wave
$$;
COMMENT ON FUNCTION field.ledger_next(integer) IS
    'number of a wave''s next event, under its lock';

CREATE FUNCTION field.ledger_digest(p_wave integer, p_event integer,
    p_nonce bytea) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT sha256(p_nonce || convert_to(coalesce(string_agg(concat_ws('|',
        m.sheet, m.version, m.was, m.now, coalesce(m.was_agent, 0),
        coalesce(m.now_agent, 0), m.was_home, m.now_home,
        coalesce(m.code, '')), E'\n' ORDER BY m.sheet, m.version), ''),
        'UTF8'))
    FROM field.sheet_move AS m WHERE m.wave = p_wave AND m.event = p_event
$$;
COMMENT ON FUNCTION field.ledger_digest(integer, integer, bytea) IS
    'digest of an event''s moves, as it stands in the log';

CREATE FUNCTION field.ledger_seal(p_wave integer, p_event integer,
    p_act text, p_by text, p_role text, p_reason text, p_agent integer,
    p_has_paper boolean, p_detail jsonb) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    nonce bytea := uuid_send(gen_random_uuid());
    digest bytea := field.ledger_digest(p_wave, p_event, nonce);
    moved integer := (SELECT count(*) FROM field.sheet_move
        WHERE wave = p_wave AND event = p_event);
BEGIN
    INSERT INTO field.sheet_event (wave, event, act, done_by, role, reason,
        agent, paper, n, detail, nonce, digest)
    VALUES (p_wave, p_event, p_act, p_by, p_role, coalesce(p_reason, ''),
        p_agent, CASE WHEN p_has_paper THEN (SELECT coalesce(max(paper), 0)
            + 1 FROM field.sheet_event WHERE wave = p_wave) END,
        moved, p_detail, nonce, digest);
    PERFORM audit.append(0::smallint, 'ledger', p_by, jsonb_build_object(
        'wave', p_wave, 'event', p_event, 'act', p_act, 'role', p_role,
        'count', moved, 'digest', encode(digest, 'hex'), 'reason',
        coalesce(p_reason, ''), 'detail', p_detail)::text);
END
$$;
COMMENT ON FUNCTION field.ledger_seal(integer, integer, text, text, text,
    text, integer, boolean, jsonb) IS
    'writes an event with the digest of its moves, and the log';

-- May `p_role` do `p_act` to this?  NULL: yes; else what to say.
CREATE FUNCTION field.ledger_why_not(p_of text, p_status text, p_act text,
    p_role text, p_reason text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN r.act IS NULL THEN format('đang "%s", không làm được "%s" '
            '(no %s of what is %s)', p_status, p_act, p_act, p_status)
        WHEN NOT (p_role = ANY (r.roles)
            OR (p_role = 'owner' AND r.roles <> '{system}'))
            THEN format('vai trò %s không được "%s" (not for this role)',
                p_role, p_act)
        WHEN r.reason AND coalesce(p_reason, '') = ''
            THEN format('"%s" phải có lý do (needs a reason)', p_act) END
    FROM (SELECT) AS one
    LEFT JOIN field.sheet_rule AS r ON r.of = p_of AND r.status = p_status
        AND r.act = p_act
$$;
COMMENT ON FUNCTION field.ledger_why_not(text, text, text, text, text) IS
    'what the table of rules says against an act; NULL: nothing';

CREATE FUNCTION field.ledger_refuse(p_of text, p_status text, p_act text,
    p_role text, p_reason text, p_what text) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    why text := field.ledger_why_not(p_of, p_status, p_act, p_role, p_reason);
BEGIN
    IF why IS NULL THEN
        RETURN;
    END IF;
    RAISE EXCEPTION '%: %', p_what, why USING ERRCODE = CASE
        WHEN why LIKE 'vai trò%' THEN '42501'
        WHEN why LIKE '%lý do%' THEN '22023' ELSE '55000' END;
END
$$;
COMMENT ON FUNCTION field.ledger_refuse(text, text, text, text, text, text)
    IS 'raises what the table of rules says against an act';

-- Moves sheets by one act, all or none.  The caller holds the wave and has
-- checked what the act is about.  p_agent: who has them after an issue, a
-- transfer or (0) a return; NULL: as before.  p_home: after a merger.
-- p_code: of a rejection, one a sheet, in the order of p_sheets.
CREATE FUNCTION field.ledger_move(p_wave integer, p_event integer,
    p_act text, p_role text, p_reason text, p_sheets text[], p_agent integer,
    p_home integer, p_code text[]) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    bad record;
    n integer;
BEGIN
    PERFORM FROM field.sheet AS s
    WHERE s.wave = p_wave AND s.sheet = ANY (p_sheets)
    ORDER BY s.sheet FOR UPDATE;
    FOR bad IN SELECT DISTINCT ON (s.status) s.sheet, s.status
        FROM field.sheet AS s
        WHERE s.wave = p_wave AND s.sheet = ANY (p_sheets)
        ORDER BY s.status, s.sheet
    LOOP
        PERFORM field.ledger_refuse('sheet', bad.status, p_act, p_role,
            p_reason, 'phiếu ' || bad.sheet);
    END LOOP;
    WITH old AS (
        SELECT s.sheet, s.status, s.agent, coalesce(s.now_home, s.home)
            AS home
        FROM field.sheet AS s
        WHERE s.wave = p_wave AND s.sheet = ANY (p_sheets)
    ), code AS (
        SELECT c.sheet, c.code
        FROM unnest(p_sheets, p_code) AS c (sheet, code)
        WHERE p_code IS NOT NULL
    ), moved AS (
        UPDATE field.sheet AS s
        SET state = CASE WHEN r.next IN ('refused', 'not-met', 'moved',
                'lost', 'cancelled', 'replaced', 'void')
                THEN s.state ELSE r.next END,
            disposition = CASE WHEN r.next IN ('refused', 'not-met', 'moved',
                'lost', 'cancelled', 'replaced', 'void') THEN r.next END,
            agent = CASE WHEN p_agent IS NULL THEN s.agent
                ELSE nullif(p_agent, 0) END,
            now_home = coalesce(p_home, s.now_home),
            code = CASE r.next WHEN 'invalid' THEN coalesce(c.code, s.code)
                WHEN 'valid' THEN NULL ELSE s.code END,
            version = s.version + 1,
            changed_on = (now() AT TIME ZONE 'UTC' + interval '7 hours')::date
        FROM field.sheet_rule AS r, old AS o
        LEFT JOIN code AS c ON c.sheet = o.sheet
        WHERE s.wave = p_wave AND s.sheet = o.sheet AND r.of = 'sheet'
            AND r.status = o.status AND r.act = p_act
        RETURNING s.sheet, s.version, s.status, s.agent,
            coalesce(s.now_home, s.home) AS home, s.code)
    INSERT INTO field.sheet_move (wave, sheet, version, event, was, now,
        was_agent, now_agent, was_home, now_home, code)
    SELECT p_wave, m.sheet, m.version, p_event, o.status, m.status, o.agent,
        m.agent, o.home, m.home, m.code
    FROM moved AS m JOIN old AS o USING (sheet);
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n <> cardinality(p_sheets) THEN
        RAISE EXCEPTION 'có số phiếu không có trong sổ hoặc ghi hai lần (a '
            'number that is not in the ledger, or twice)'
            USING ERRCODE = '22023';
    END IF;
    RETURN n;
END
$$;
COMMENT ON FUNCTION field.ledger_move(integer, integer, text, text, text,
    text[], integer, integer, text[]) IS
    'moves sheets by one act, by the table of rules, all or none';

-- What came in moves its sheets, whenever anybody looks at or acts on the
-- ledger: intake itself writes nothing more than before.  A sheet moves when
-- the agent it was issued to sent it, valid or not; second keyings likewise.
CREATE FUNCTION field.ledger_sync(p_wave integer) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    keyed text[];
    twice text[];
    event integer;
BEGIN
    keyed := ARRAY(
        SELECT s.sheet FROM field.sheet AS s
        WHERE s.wave = p_wave AND s.status IN ('issued', 'left', 'collected')
            AND EXISTS (SELECT FROM field.response AS r
                JOIN field.agent_key AS k ON k.key = r.key
                WHERE r.wave = p_wave AND r.sheet = s.sheet AND r.keying = 1
                    AND r.state IN (1, 2, 3, 5)
                    AND (r.counted OR k.agent = s.agent))
        ORDER BY s.sheet);
    IF keyed <> '{}' THEN
        event := field.ledger_next(p_wave);
        PERFORM field.ledger_move(p_wave, event, 'key', 'system', NULL,
            keyed, NULL, NULL, NULL);
        PERFORM field.ledger_seal(p_wave, event, 'key', 'collector',
            'system', NULL, NULL, false, NULL);
    END IF;
    twice := ARRAY(
        SELECT s.sheet FROM field.sheet AS s
        WHERE s.wave = p_wave AND s.status = 'keyed'
            AND EXISTS (SELECT FROM field.response AS r
                WHERE r.wave = p_wave AND r.sheet = s.sheet AND r.keying = 2
                    AND r.counted)
        ORDER BY s.sheet);
    IF twice <> '{}' THEN
        event := field.ledger_next(p_wave);
        PERFORM field.ledger_move(p_wave, event, 'second-key', 'system',
            NULL, twice, NULL, NULL, NULL);
        PERFORM field.ledger_seal(p_wave, event, 'second-key', 'collector',
            'system', NULL, NULL, false, NULL);
    END IF;
END
$$;
COMMENT ON FUNCTION field.ledger_sync(integer) IS
    'moves the sheets whose submissions came in';

-- For whoever only looks: brings an open ledger up to date.
CREATE FUNCTION field.ledger_look(p_wave integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w plan.wave;
BEGIN
    SELECT * INTO w FROM plan.wave WHERE wave = p_wave;
    -- it may close meanwhile: what is open is known under the lock
    IF w.ledger AND w.state = 'open'
        AND field.ledger_take(p_wave, false) = 'open'
    THEN
        PERFORM field.ledger_sync(p_wave);
    END IF;
    RETURN coalesce(w.ledger, false);
END
$$;
COMMENT ON FUNCTION field.ledger_look(integer) IS
    'brings a wave''s ledger up to date with what came in; has it one?';

-- ---- acts of people on sheets -------------------------------------------
-- The sheets that are meant: numbers and ranges (p_from, p_to, by serial;
-- equal for one), or the first p_count planned ones of a cell.  p_areas NULL:
-- everywhere; what lies outside is not there.  p_own: only this agent's.
CREATE FUNCTION field.ledger_pick(p_wave integer, p_areas text[],
    p_own integer, p_from text[], p_to text[], p_group text, p_unit text,
    p_count integer) RETURNS text[]
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    area integer[] := CASE WHEN p_areas IS NOT NULL
        THEN field.units_under(p_wave, p_areas) END;
    g integer;
    u integer := 0;
    found text[];
    missing text;
BEGIN
    IF coalesce(p_from, '{}') <> '{}' THEN
        SELECT x.a INTO missing FROM unnest(p_from || p_to) AS x (a)
        WHERE NOT EXISTS (SELECT FROM field.sheet AS s
            WHERE s.wave = p_wave AND s.sheet = x.a
                AND (area IS NULL OR coalesce(s.now_home, s.home)
                    = ANY (area))
                AND (p_own IS NULL OR s.agent = p_own))
        LIMIT 1;
        IF missing IS NOT NULL THEN
            RAISE EXCEPTION 'không có phiếu % trong sổ (no sheet of this '
                'number)', missing USING ERRCODE = '22023';
        END IF;
        SELECT x.a || '..' || x.b INTO missing
        FROM unnest(p_from, p_to) AS x (a, b)
        JOIN field.sheet AS f ON f.wave = p_wave AND f.sheet = x.a
        JOIN field.sheet AS t ON t.wave = p_wave AND t.sheet = x.b
        WHERE f.prefix <> t.prefix OR f.serial > t.serial
        LIMIT 1;
        IF missing IS NOT NULL THEN
            RAISE EXCEPTION 'dãy số % không đúng: phải cùng mẫu, từ nhỏ đến '
                'lớn (a range is of one form, from low to high)', missing
                USING ERRCODE = '22023';
        END IF;
        RETURN ARRAY(SELECT DISTINCT s.sheet
            FROM unnest(p_from, p_to) AS x (a, b)
            JOIN field.sheet AS f ON f.wave = p_wave AND f.sheet = x.a
            JOIN field.sheet AS t ON t.wave = p_wave AND t.sheet = x.b
            JOIN field.sheet AS s ON s.wave = p_wave AND s.prefix = f.prefix
                AND s.prefix = t.prefix AND s.serial BETWEEN f.serial
                AND t.serial
            WHERE (area IS NULL OR coalesce(s.now_home, s.home) = ANY (area))
                AND (p_own IS NULL OR s.agent = p_own)
            ORDER BY s.sheet);
    END IF;
    SELECT r.grp INTO g FROM plan.respondent_group AS r
    WHERE r.wave = p_wave AND r.code = p_group;
    IF p_unit IS NOT NULL AND p_unit <> '' THEN
        SELECT x.unit INTO u FROM plan.unit AS x
        WHERE x.wave = p_wave AND x.code = p_unit;
    END IF;
    IF g IS NULL OR u IS NULL OR p_count IS NULL OR p_count < 1 THEN
        RAISE EXCEPTION 'cho số phiếu, hoặc nhóm đối tượng, đơn vị và số '
            'lượng có trong kế hoạch (give sheets, or a group, a unit and a '
            'count of the plan)' USING ERRCODE = '22023';
    END IF;
    found := ARRAY(SELECT s.sheet FROM field.sheet AS s
        WHERE s.wave = p_wave AND s.grp = g
            AND coalesce(s.now_home, s.home) = u AND s.status = 'planned'
            AND (area IS NULL OR coalesce(s.now_home, s.home) = ANY (area))
            AND p_own IS NULL
        ORDER BY s.slot, s.serial LIMIT p_count);
    IF cardinality(found) < p_count THEN
        RAISE EXCEPTION 'chỉ còn % phiếu chưa giao (only so many are left to '
            'issue)', cardinality(found) USING ERRCODE = '55000';
    END IF;
    RETURN found;
END
$$;
COMMENT ON FUNCTION field.ledger_pick(integer, text[], integer, text[],
    text[], text, text, integer) IS
    'numbers of the sheets that an act names, within the caller''s area';

CREATE FUNCTION field.ledger_agent(p_code text) RETURNS integer
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    a integer := (SELECT agent FROM field.agent WHERE code = p_code);
BEGIN
    IF a IS NULL THEN
        RAISE EXCEPTION 'không có điều tra viên "%" (no such agent)',
            coalesce(p_code, '') USING ERRCODE = '22023';
    END IF;
    RETURN a;
END
$$;
COMMENT ON FUNCTION field.ledger_agent(text) IS 'an agent by his code';

-- One act on sheets by a person: issue, return, transfer, leave, collect,
-- refuse, miss, move, lose, cancel, restore, check, unlock.  Gives the number
-- of the event, and of the hand-over record where there is one.
-- p_version: of the one sheet named, as the caller saw it; NULL: whatever.
CREATE FUNCTION field.ledger_act(p_wave integer, p_by text, p_role text,
    p_areas text[], p_act text, p_from text[], p_to text[], p_group text,
    p_unit text, p_count integer, p_agent text, p_reason text,
    p_version integer)
RETURNS TABLE (event integer, moved integer, paper integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    ev integer;
    sheets text[];
    receiver integer;
    own integer;
    seen integer;
BEGIN
    IF p_act IN ('plan', 'replace') OR NOT EXISTS (SELECT
        FROM field.sheet_rule AS r WHERE r.of = 'sheet' AND r.act = p_act
            AND r.roles <> '{system}') THEN
        RAISE EXCEPTION 'không có việc "%" (no such act)', p_act
            USING ERRCODE = '22023';
    END IF;
    PERFORM field.ledger_take(p_wave, true);
    PERFORM field.ledger_sync(p_wave);
    IF p_role = 'agent' THEN
        own := field.ledger_agent(p_agent);
    ELSIF p_act IN ('issue', 'transfer') THEN
        receiver := field.ledger_agent(p_agent);
    ELSIF p_act = 'return' THEN
        receiver := 0;
    END IF;
    sheets := field.ledger_pick(p_wave, p_areas, own, p_from, p_to, p_group,
        p_unit, p_count);
    IF p_version IS NOT NULL THEN
        SELECT s.version INTO seen FROM field.sheet AS s
        WHERE s.wave = p_wave AND s.sheet = sheets[1];
        IF cardinality(sheets) <> 1 OR seen <> p_version THEN
            RAISE EXCEPTION 'người khác vừa sửa phiếu này, xem lại (somebody '
                'changed it since: look again)' USING ERRCODE = '55000';
        END IF;
    END IF;
    IF p_act = 'restore' AND EXISTS (SELECT FROM field.sheet AS s
        WHERE s.wave = p_wave AND s.sheet = ANY (sheets)
            AND s.replaced_by IS NOT NULL) THEN
        RAISE EXCEPTION 'có phiếu đã thay bằng số khác (another number took '
            'its place)' USING ERRCODE = '55000';
    END IF;
    ev := field.ledger_next(p_wave);
    moved := field.ledger_move(p_wave, ev, p_act, p_role, p_reason, sheets,
        receiver, NULL, NULL);
    PERFORM field.ledger_seal(p_wave, ev, p_act, p_by, p_role, p_reason,
        coalesce(own, nullif(receiver, 0), (SELECT max(m.was_agent)
            FROM field.sheet_move AS m WHERE m.wave = p_wave
                AND m.event = ev HAVING count(DISTINCT m.was_agent) = 1)),
        p_act IN ('issue', 'return', 'transfer'), NULL);
    IF p_act = 'restore' THEN
        PERFORM field.ledger_sync(p_wave);
    END IF;
    RETURN QUERY SELECT ev, moved, e.paper FROM field.sheet_event AS e
        WHERE e.wave = p_wave AND e.event = ev;
END
$$;
COMMENT ON FUNCTION field.ledger_act(integer, text, text, text[], text,
    text[], text[], text, text, integer, text, text, integer) IS
    'one act of a person on sheets, by the table of rules, all or none';

-- New numbers for a cell, after those that are there.
CREATE FUNCTION field.ledger_add(p_wave integer, p_event integer,
    p_grp integer, p_home integer, p_n integer) RETURNS text[]
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    f plan.form;
    head text;
    last_serial integer;
    last_slot integer;
    made text[];
BEGIN
    SELECT x.* INTO f FROM plan.respondent_group AS g
    JOIN plan.form AS x USING (wave, form)
    WHERE g.wave = p_wave AND g.grp = p_grp;
    head := regexp_replace(upper(f.code), '[^A-Z0-9]', '', 'g');
    SELECT coalesce(max(s.serial), 0) INTO last_serial FROM field.sheet AS s
    WHERE s.wave = p_wave AND s.prefix = head;
    SELECT coalesce(max(s.slot), 0) INTO last_slot FROM field.sheet AS s
    WHERE s.wave = p_wave AND s.grp = p_grp
        AND coalesce(s.now_home, s.home) = p_home;
    WITH added AS (
        INSERT INTO field.sheet (wave, sheet, form, grp, home, state, prefix,
            serial, slot)
        SELECT p_wave, field.sheet_number(head, last_serial + i), f.form,
            p_grp, p_home, 'planned', head, last_serial + i, last_slot + i
        FROM generate_series(1, p_n) AS i
        RETURNING sheet, home
    ), told AS (
        INSERT INTO field.sheet_move (wave, sheet, version, event, was, now,
            was_home, now_home)
        SELECT p_wave, a.sheet, 1, p_event, '-', 'planned', a.home, a.home
        FROM added AS a RETURNING sheet)
    SELECT array_agg(t.sheet ORDER BY t.sheet) INTO made FROM told AS t;
    RETURN made;
END
$$;
COMMENT ON FUNCTION field.ledger_add(integer, integer, integer, integer,
    integer) IS 'numbers new sheets of a cell';

-- Sheets of a cell that stand for a planned slot.
CREATE FUNCTION field.ledger_slots(p_wave integer, p_grp integer,
    p_home integer) RETURNS integer
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT count(*)::integer FROM field.sheet AS s
    WHERE s.wave = p_wave AND s.grp = p_grp
        AND coalesce(s.now_home, s.home) = p_home
        AND s.status <> 'void' AND s.replaced_by IS NULL
$$;
COMMENT ON FUNCTION field.ledger_slots(integer, integer, integer) IS
    'how many sheets of a cell stand for a planned one';

-- Fits one cell to its quota: new numbers, or planned ones that go void, the
-- last first.
CREATE FUNCTION field.ledger_fit(p_wave integer, p_event integer,
    p_grp integer, p_home integer, p_planned integer, p_reason text)
RETURNS integer LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    have integer := field.ledger_slots(p_wave, p_grp, p_home);
    surplus text[];
BEGIN
    IF have < p_planned THEN
        PERFORM field.ledger_add(p_wave, p_event, p_grp, p_home,
            p_planned - have);
    ELSIF have > p_planned THEN
        surplus := ARRAY(SELECT s.sheet FROM field.sheet AS s
            WHERE s.wave = p_wave AND s.grp = p_grp
                AND coalesce(s.now_home, s.home) = p_home
                AND s.status = 'planned'
            ORDER BY s.slot DESC, s.serial DESC LIMIT have - p_planned);
        IF cardinality(surplus) < have - p_planned THEN
            RAISE EXCEPTION 'đã giao % phiếu, thu lại phiếu chưa dùng trước '
                'khi giảm (so many are issued: take unused ones back first)',
                have - cardinality(surplus) USING ERRCODE = '55000';
        END IF;
        PERFORM field.ledger_move(p_wave, p_event, 'void', 'system',
            p_reason, surplus, NULL, NULL, NULL);
    END IF;
    RETURN p_planned - have;
END
$$;
COMMENT ON FUNCTION field.ledger_fit(integer, integer, integer, integer,
    integer, text) IS
    'gives a cell as many sheets as are planned; the difference made';

-- `phieu ledger plan`: from now on the wave has a ledger.  Again: fits every
-- cell to the quotas in force.  Gives the number of sheets made or gone void.
CREATE FUNCTION field.ledger_plan(p_wave integer, p_by text, p_role text,
    p_reason text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ev integer;
    cell record;
    n integer := 0;
    w plan.wave;
BEGIN
    SELECT * INTO w FROM plan.wave WHERE wave = p_wave;
    PERFORM field.ledger_refuse('wave', w.state, 'plan', p_role, p_reason,
        'đợt điều tra');
    IF NOT w.ledger THEN
        UPDATE plan.wave SET ledger = true WHERE wave = p_wave;
        PERFORM pg_notify('phieu_plan', w.code);
    END IF;
    PERFORM field.ledger_take(p_wave, true);
    ev := field.ledger_next(p_wave);
    FOR cell IN SELECT q.grp, q.home, q.planned FROM plan.quota_in_force AS q
        JOIN plan.respondent_group AS g USING (wave, grp)
        WHERE q.wave = p_wave ORDER BY g.form, q.grp, q.home
    LOOP
        n := n + abs(field.ledger_fit(p_wave, ev, cell.grp, cell.home,
            cell.planned, coalesce(nullif(p_reason, ''), 'theo kế hoạch')));
    END LOOP;
    IF n > 0 OR NOT w.ledger THEN
        PERFORM field.ledger_seal(p_wave, ev, 'plan', p_by, p_role, p_reason,
            NULL, false, NULL);
    END IF;
    RETURN n;
END
$$;
COMMENT ON FUNCTION field.ledger_plan(integer, text, text, text) IS
    'begins a wave''s ledger, or fits it to the quotas in force';

-- Another number in place of a sheet: planned, in its slot.  A spoiled sheet
-- becomes "replaced"; one that was refused or lost stays so, with the number
-- that took its slot beside it.
CREATE FUNCTION field.ledger_replace(p_wave integer, p_by text, p_role text,
    p_areas text[], p_sheet text, p_reason text, p_version integer)
RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ev integer;
    old field.sheet;
    made text;
BEGIN
    PERFORM field.ledger_take(p_wave, true);
    PERFORM field.ledger_sync(p_wave);
    PERFORM field.ledger_pick(p_wave, p_areas, NULL, ARRAY[p_sheet],
        ARRAY[p_sheet], NULL, NULL, NULL);
    SELECT * INTO old FROM field.sheet
    WHERE wave = p_wave AND sheet = p_sheet FOR UPDATE;
    IF old.version <> p_version THEN
        RAISE EXCEPTION 'người khác vừa sửa phiếu này, xem lại (somebody '
            'changed it since: look again)' USING ERRCODE = '55000';
    ELSIF old.replaced_by IS NOT NULL THEN
        RAISE EXCEPTION 'phiếu đã thay bằng % (it was replaced)',
            old.replaced_by USING ERRCODE = '55000';
    END IF;
    ev := field.ledger_next(p_wave);
    PERFORM field.ledger_move(p_wave, ev, 'replace', p_role, p_reason,
        ARRAY[p_sheet], NULL, NULL, NULL);
    made := (field.ledger_add(p_wave, ev, old.grp,
        coalesce(old.now_home, old.home), 1))[1];
    UPDATE field.sheet SET slot = old.slot, form = old.form
    WHERE wave = p_wave AND sheet = made;
    UPDATE field.sheet SET replaced_by = made
    WHERE wave = p_wave AND sheet = p_sheet;
    PERFORM field.ledger_seal(p_wave, ev, 'replace', p_by, p_role, p_reason,
        old.agent, false, NULL);
    RETURN made;
END
$$;
COMMENT ON FUNCTION field.ledger_replace(integer, text, text, text[], text,
    text, integer) IS 'a new number in the slot of an old one';

-- A quota amended in mid-wave: the old revision stays.
CREATE FUNCTION field.ledger_amend(p_wave integer, p_by text, p_role text,
    p_group text, p_unit text, p_planned integer, p_reason text)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ev integer;
    old record;
    n integer;
BEGIN
    PERFORM field.ledger_refuse('wave', field.ledger_take(p_wave, false),
        'amend', p_role, p_reason, 'đợt điều tra');
    IF p_planned IS NULL OR p_planned NOT BETWEEN 0 AND 1000000 THEN
        RAISE EXCEPTION 'chỉ tiêu là số nguyên từ 0 (a quota is a whole '
            'number from 0)' USING ERRCODE = '22023';
    END IF;
    SELECT q.*, g.code INTO old FROM plan.quota_in_force AS q
    JOIN plan.respondent_group AS g USING (wave, grp)
    LEFT JOIN plan.unit AS u ON u.wave = q.wave AND u.unit = q.home
    WHERE q.wave = p_wave AND g.code = p_group
        AND coalesce(u.code, '') = coalesce(p_unit, '');
    IF NOT FOUND THEN
        RAISE EXCEPTION 'kế hoạch không có chỉ tiêu này (the plan has no '
            'such cell)' USING ERRCODE = '22023';
    ELSIF old.planned = p_planned THEN
        RETURN 0;
    END IF;
    INSERT INTO plan.quota (wave, grp, home, revision, planned, population,
        rule, reason, decided_by, amended)
    VALUES (p_wave, old.grp, old.home, old.revision + 1, p_planned,
        old.population, old.rule, p_reason, p_by, true);
    PERFORM field.ledger_sync(p_wave);
    ev := field.ledger_next(p_wave);
    n := field.ledger_fit(p_wave, ev, old.grp, old.home, p_planned, p_reason);
    PERFORM field.ledger_seal(p_wave, ev, 'amend', p_by, p_role, p_reason,
        NULL, false, jsonb_build_object('group', p_group, 'unit',
            coalesce(p_unit, ''), 'was', old.planned, 'now', p_planned));
    RETURN n;
END
$$;
COMMENT ON FUNCTION field.ledger_amend(integer, text, text, text, text,
    integer, text) IS 'amends a quota in mid-wave, the old revision stays';

-- A unit that merged, as the plan says: its sheets and its quota follow.
-- What is printed on a sheet stays what it was (home).
CREATE FUNCTION field.ledger_merge(p_wave integer, p_by text, p_role text,
    p_unit text, p_reason text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ev integer;
    old plan.unit;
    heir plan.unit;
    sheets text[];
    cell record;
BEGIN
    PERFORM field.ledger_refuse('wave', field.ledger_take(p_wave, false),
        'merge', p_role, p_reason, 'đợt điều tra');
    SELECT * INTO old FROM plan.unit WHERE wave = p_wave AND code = p_unit;
    IF old.unit IS NULL THEN
        RAISE EXCEPTION 'không có đơn vị này (no such unit)'
            USING ERRCODE = '22023';
    END IF;
    SELECT * INTO heir FROM plan.unit
    WHERE wave = p_wave AND unit = old.merged_into;
    IF heir.unit IS NULL THEN
        RAISE EXCEPTION 'kế hoạch chưa ghi % sáp nhập vào đâu (the plan does '
            'not say what it merged into)', p_unit USING ERRCODE = '55000';
    ELSIF old.valid_to >= (now() AT TIME ZONE 'UTC' + interval '7 hours')::date
    THEN
        RAISE EXCEPTION '% còn hiệu lực đến % (it stands until then)', p_unit,
            old.valid_to USING ERRCODE = '55000';
    END IF;
    PERFORM field.ledger_sync(p_wave);
    ev := field.ledger_next(p_wave);
    sheets := ARRAY(SELECT s.sheet FROM field.sheet AS s
        WHERE s.wave = p_wave AND coalesce(s.now_home, s.home) = old.unit
            AND s.status <> 'void'
        ORDER BY s.sheet);
    PERFORM field.ledger_move(p_wave, ev, 'merge', 'system', p_reason,
        sheets, NULL, heir.unit, NULL);
    FOR cell IN SELECT q.* FROM plan.quota_in_force AS q
        WHERE q.wave = p_wave AND q.home = old.unit AND q.planned > 0
    LOOP
        INSERT INTO plan.quota (wave, grp, home, revision, planned,
            population, rule, reason, decided_by, amended)
        SELECT p_wave, cell.grp, h.unit, coalesce(o.revision, 0) + 1,
            CASE h.unit WHEN old.unit THEN 0
                ELSE coalesce(o.planned, 0) + cell.planned END,
            CASE h.unit WHEN old.unit THEN o.population
                WHEN heir.unit THEN CASE WHEN o.revision IS NULL
                    THEN cell.population
                    ELSE o.population + cell.population END END,
            cell.rule, p_reason, p_by, true
        FROM unnest(ARRAY[old.unit, heir.unit]) AS h (unit)
        LEFT JOIN plan.quota_in_force AS o ON o.wave = p_wave
            AND o.grp = cell.grp AND o.home = h.unit;
    END LOOP;
    PERFORM field.ledger_seal(p_wave, ev, 'merge', p_by, p_role, p_reason,
        NULL, false, jsonb_build_object('unit', old.code, 'into', heir.code));
    RETURN cardinality(sheets);
END
$$;
COMMENT ON FUNCTION field.ledger_merge(integer, text, text, text, text) IS
    'sheets and quota of a merged unit follow it';
