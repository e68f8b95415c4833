-- Phúc tra: the Fatherland Front or the Veterans' Association visit some of
-- those who were asked once more.
--
-- Two worlds that never meet.  Persons: schema roster, the role phieu_roster;
-- who was drawn, what he said of the visit.  Sheets: schema field, the role
-- phieu_server; what a sheet whose number the respondent showed said the
-- second time.  No row has both, no statement writes both, and whatever is
-- written on either side is written anew with all that lies beside it, in
-- random order: neither place nor transaction tells which row came last.
-- Days only; the log has acts and counts, never a person and never a number.
-- docs/RECHECK.md says what that holds against, and what not.

-- ---- what may follow what --------------------------------------------------
INSERT INTO field.sheet_rule (of, status, act, next, roles, reason) VALUES
    ('recheck', '-', 'import', '-', '{analyst}', false),
    ('recheck', '-', 'mark', '-', '{post-supervisor}', false),
    ('recheck', '-', 'forget', '-', '{analyst}', true),
    ('recheck', '-', 'draw', 'open', '{supervisor}', false),
    ('recheck', 'open', 'result', 'open', '{supervisor}', false),
    ('recheck', 'open', 'close', 'closed', '{supervisor}', false),
    ('recheck', 'closed', 'reopen', 'open', '{supervisor}', true),
    ('recheck', '-', 'houses', '-', '{supervisor}', false),
    ('recheck', '-', 'compare', 'compared', '{supervisor}', false),
    ('recheck', 'compared', 'compare', 'compared', '{supervisor}', true),
    ('recheck', '-', 'decide', 'decided', '{analyst}', true),
    ('recheck', 'decided', 'undo', 'undone', '{analyst}', true);

-- ---- persons ---------------------------------------------------------------
-- What a list calls a person; nothing that reads like a sheet's number.
CREATE FUNCTION roster.is_code(p_code text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT p_code ~ '^[A-Za-z0-9][A-Za-z0-9._/-]{0,39}$'
        AND p_code !~* '^[a-z0-9]+-[0-9]{5,}-[0-9]$'
$$;
COMMENT ON FUNCTION roster.is_code(text) IS
    'may a list call a person so? never as a sheet is numbered';
REVOKE ALL ON FUNCTION roster.is_code(text) FROM PUBLIC;
ALTER TABLE roster.person ADD COLUMN code text COLLATE "C" NOT NULL
        DEFAULT 'p' || substr(replace(gen_random_uuid()::text, '-', ''), 1, 15)
        CHECK (roster.is_code(code)),
    ADD COLUMN agent text COLLATE "C" NOT NULL DEFAULT '',
    ADD UNIQUE (wave, code);
COMMENT ON COLUMN roster.person.code IS
    'What the list calls him; never a sheet''s number';
COMMENT ON COLUMN roster.person.agent IS
    'Code of the agent who visits him, '''': nobody yet';
COMMENT ON COLUMN roster.person.handed_out IS
    'True: visited, a sheet was handed out; no day, no number';
COMMENT ON COLUMN roster.person.collected IS
    'True: a sheet was collected; no day, no number';

CREATE TABLE roster.draw (
    wave integer NOT NULL REFERENCES plan.wave,
    draw integer NOT NULL CHECK (draw > 0),
    body text NOT NULL,
    of text NOT NULL CHECK (of IN ('visited', 'collected', 'all')),
    by text NOT NULL CHECK (by IN ('area', 'agent', 'unit', 'group', 'none')),
    share numeric(9, 6) CHECK (share > 0 AND share <= 100),
    count integer CHECK (count > 0),
    hide integer NOT NULL CHECK (hide BETWEEN 2 AND 100),
    seed text NOT NULL,
    method text NOT NULL,
    frame text NOT NULL,
    frame_sha256 bytea NOT NULL CHECK (length(frame_sha256) = 32),
    frame_n integer NOT NULL,
    areas text[],
    status text COLLATE "C" NOT NULL DEFAULT 'open'
        CHECK (status IN ('open', 'closed')),
    drawn_by text NOT NULL,
    drawn_on date NOT NULL
        DEFAULT (now() AT TIME ZONE 'UTC' + interval '7 hours')::date,
    nonce bytea NOT NULL DEFAULT uuid_send(gen_random_uuid()),
    PRIMARY KEY (wave, draw),
    CHECK ((share IS NULL) <> (count IS NULL)),
    CHECK (frame_sha256 = pg_catalog.sha256(convert_to(frame, 'UTF8')))
);
COMMENT ON TABLE roster.draw IS
    'Draws of persons for a re-survey: anybody with frame and seed repeats one';
COMMENT ON COLUMN roster.draw.wave IS 'Wave';
COMMENT ON COLUMN roster.draw.draw IS 'From 1; none is ever taken out';
COMMENT ON COLUMN roster.draw.body IS 'The supervising body that drew';
COMMENT ON COLUMN roster.draw.of IS 'Of whom: visited, collected, all';
COMMENT ON COLUMN roster.draw.by IS 'Strata: area, agent, unit, group, none';
COMMENT ON COLUMN roster.draw.share IS 'Percent of every stratum, rounded up';
COMMENT ON COLUMN roster.draw.count IS 'Or persons in all, by size of strata';
COMMENT ON COLUMN roster.draw.hide IS
    'A shown sheet is compared only where so many of the drawn had one like it';
COMMENT ON COLUMN roster.draw.seed IS 'What the order was made from';
COMMENT ON COLUMN roster.draw.method IS
    'Name of the procedure of docs/RECHECK.md and the schema''s version';
COMMENT ON COLUMN roster.draw.frame IS
    'The list drawn from, as it stood: codes and cells, no name';
COMMENT ON COLUMN roster.draw.frame_sha256 IS 'SHA-256 of the frame';
COMMENT ON COLUMN roster.draw.frame_n IS 'Persons in the frame';
COMMENT ON COLUMN roster.draw.areas IS 'Areas of who drew, NULL: everywhere';
COMMENT ON COLUMN roster.draw.status IS 'open: results come in; closed';
COMMENT ON COLUMN roster.draw.drawn_by IS 'Who drew';
COMMENT ON COLUMN roster.draw.drawn_on IS 'Day in Vietnam; never a time';
COMMENT ON COLUMN roster.draw.nonce IS
    'Random, keys the digest of its results in the log';

CREATE TABLE roster.drawn (
    wave integer NOT NULL,
    draw integer NOT NULL,
    place integer NOT NULL CHECK (place > 0),
    code text COLLATE "C" NOT NULL,
    grp text COLLATE "C" NOT NULL,
    unit text COLLATE "C" NOT NULL,
    agent text COLLATE "C" NOT NULL,
    area text COLLATE "C" NOT NULL,
    stratum text COLLATE "C" NOT NULL,
    result text COLLATE "C" CHECK (result IN ('confirmed', 'differs',
        'not-found', 'refused')),
    visitor text COLLATE "C" NOT NULL DEFAULT '',
    checked_on date,
    PRIMARY KEY (wave, draw, place),
    UNIQUE (wave, draw, code),
    FOREIGN KEY (wave, draw) REFERENCES roster.draw
);
COMMENT ON TABLE roster.drawn IS
    'Persons drawn and what they said of the visit; never a sheet''s number';
COMMENT ON COLUMN roster.drawn.wave IS 'Wave';
COMMENT ON COLUMN roster.drawn.draw IS 'Draw';
COMMENT ON COLUMN roster.drawn.place IS 'Line of the printed list';
COMMENT ON COLUMN roster.drawn.code IS 'roster.person.code';
COMMENT ON COLUMN roster.drawn.grp IS 'Code of the group, from the frame';
COMMENT ON COLUMN roster.drawn.unit IS 'Code of the unit, '''': none';
COMMENT ON COLUMN roster.drawn.agent IS 'Agent by the roster''s own record';
COMMENT ON COLUMN roster.drawn.area IS 'Code of the area, '''': none';
COMMENT ON COLUMN roster.drawn.stratum IS 'Stratum he was drawn in';
COMMENT ON COLUMN roster.drawn.result IS
    'confirmed, differs, not-found, refused; NULL: not yet';
COMMENT ON COLUMN roster.drawn.visitor IS
    'Agent who visited him, as he says; '''': not said';
COMMENT ON COLUMN roster.drawn.checked_on IS 'Day of the visit by the body';

-- A wave without a list of persons: houses chosen on the spot, counted.
CREATE TABLE roster.house (
    wave integer NOT NULL REFERENCES plan.wave,
    house integer NOT NULL,
    body text NOT NULL,
    unit integer NOT NULL,
    agent text COLLATE "C" NOT NULL,
    confirmed integer NOT NULL CHECK (confirmed >= 0),
    differs integer NOT NULL CHECK (differs >= 0),
    not_found integer NOT NULL CHECK (not_found >= 0),
    refused integer NOT NULL CHECK (refused >= 0),
    said_by text NOT NULL,
    said_on date NOT NULL
        DEFAULT (now() AT TIME ZONE 'UTC' + interval '7 hours')::date,
    PRIMARY KEY (wave, house)
);
COMMENT ON TABLE roster.house IS
    'Houses visited again by hand, as counts: no person behind them';
COMMENT ON COLUMN roster.house.wave IS 'Wave';
COMMENT ON COLUMN roster.house.house IS 'Running number of the entry';
COMMENT ON COLUMN roster.house.body IS 'The supervising body';
COMMENT ON COLUMN roster.house.unit IS 'Unit (area) they lie in';
COMMENT ON COLUMN roster.house.agent IS 'Agent whose visits these were, or ''''';
COMMENT ON COLUMN roster.house.confirmed IS 'Visits that were confirmed';
COMMENT ON COLUMN roster.house.differs IS 'Visits of which something differs';
COMMENT ON COLUMN roster.house.not_found IS 'Nobody found';
COMMENT ON COLUMN roster.house.refused IS 'Did not want to answer';
COMMENT ON COLUMN roster.house.said_by IS 'Who entered it';
COMMENT ON COLUMN roster.house.said_on IS 'Day in Vietnam';

ALTER TABLE roster.draw ENABLE ROW LEVEL SECURITY;
ALTER TABLE roster.drawn ENABLE ROW LEVEL SECURITY;
ALTER TABLE roster.house ENABLE ROW LEVEL SECURITY;
CREATE POLICY backup_all ON roster.draw FOR SELECT TO phieu_backup
    USING (true);
CREATE POLICY backup_all ON roster.drawn FOR SELECT TO phieu_backup
    USING (true);
CREATE POLICY backup_all ON roster.house FOR SELECT TO phieu_backup
    USING (true);

-- Acts on one wave's persons follow one another.
CREATE FUNCTION roster.take(p_wave integer, p_status text, p_act text,
    p_role text, p_reason text) RETURNS plan.wave
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w plan.wave;
BEGIN
    PERFORM pg_advisory_xact_lock(7076, p_wave);
    SELECT * INTO w FROM plan.wave WHERE wave = p_wave;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'không có đợt điều tra này (no such wave)'
            USING ERRCODE = '22023';
    END IF;
    PERFORM field.ledger_refuse('recheck', p_status, p_act, p_role, p_reason,
        'phúc tra');
    RETURN w;
END
$$;
COMMENT ON FUNCTION roster.take(integer, text, text, text, text) IS
    'locks a wave''s persons for one act and asks the table of rules';

-- All rows anew in random order: neither their place nor their transaction
-- says which of them an act was about.
CREATE FUNCTION roster.mix(p_wave integer) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    WITH old AS (DELETE FROM roster.person WHERE wave = p_wave RETURNING *)
    INSERT INTO roster.person SELECT * FROM old ORDER BY gen_random_uuid()
$$;
COMMENT ON FUNCTION roster.mix(integer) IS
    'writes a wave''s persons anew in random order';
CREATE FUNCTION roster.mix_drawn(p_wave integer, p_draw integer) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    WITH old AS (DELETE FROM roster.drawn
        WHERE wave = p_wave AND draw = p_draw RETURNING *)
    INSERT INTO roster.drawn SELECT * FROM old ORDER BY gen_random_uuid()
$$;
COMMENT ON FUNCTION roster.mix_drawn(integer, integer) IS
    'writes a draw''s persons anew in random order';

-- Persons of a list, by p_rows: [{"row":2,"code":…,"name":…,"group":…,
-- "unit":…,"contact":…,"agent":…,"visited":true,"collected":false}].  Gives
-- faults, then nothing is kept; or none, and one row 0 with what was done.
CREATE FUNCTION roster.import(p_wave integer, p_by text, p_role text,
    p_rows jsonb) RETURNS TABLE (place integer, code text, words text,
    made integer, changed integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    n_made integer;
    n_changed integer;
BEGIN
    PERFORM roster.take(p_wave, '-', 'import', p_role, NULL);
    CREATE TEMP TABLE roster_in ON COMMIT DROP AS
    SELECT x.row AS place, coalesce(x.code, '') AS code,
        coalesce(x.name, '') AS name, coalesce(x."group", '') AS grp_code,
        coalesce(x.unit, '') AS unit_code, nullif(x.contact, '') AS contact,
        coalesce(x.agent, '') AS agent, coalesce(x.visited, false)
            OR coalesce(x.collected, false) AS visited,
        coalesce(x.collected, false) AS collected, g.grp, g.home_kind,
        u.unit, u.kind
    FROM jsonb_to_recordset(p_rows) AS x (row integer, code text, name text,
        "group" text, unit text, contact text, agent text, visited boolean,
        collected boolean)
    LEFT JOIN plan.respondent_group AS g ON g.wave = p_wave
        AND g.code = x."group"
    LEFT JOIN plan.unit AS u ON u.wave = p_wave AND u.code = x.unit;
    RETURN QUERY
    SELECT i.place, f.code, f.words, 0, 0 FROM pg_temp.roster_in AS i
    CROSS JOIN LATERAL (VALUES
        ('N01', 'mã người phải gồm chữ, số, . _ / -, không phải số phiếu (a '
            'person''s code, never a sheet''s number)',
            NOT roster.is_code(i.code)),
        ('N02', 'thiếu họ tên (a name is missing)', i.name = ''),
        ('N03', 'không có nhóm đối tượng này trong kế hoạch (no such group)',
            i.grp IS NULL),
        ('N04', 'không có đơn vị này, hoặc không đúng loại của nhóm (no such '
            'unit, or not of the group''s kind)', i.grp IS NOT NULL
            AND i.kind IS DISTINCT FROM i.home_kind),
        ('N05', 'không có điều tra viên này (no such agent)', i.agent <> ''
            AND NOT EXISTS (SELECT FROM field.agent AS a
                WHERE a.code = i.agent)),
        ('N06', 'mã này có hai lần trong tệp (twice in the file)',
            EXISTS (SELECT FROM pg_temp.roster_in AS o
                WHERE o.code = i.code AND o.place < i.place)))
        AS f (code, words, wrong)
    WHERE f.wrong ORDER BY i.place, f.code;
    IF FOUND THEN
        DROP TABLE pg_temp.roster_in;
        RETURN;
    END IF;
    WITH put AS (
        INSERT INTO roster.person (wave, code, grp, home, name, contact,
            agent, handed_out, collected)
        SELECT p_wave, i.code, i.grp, coalesce(i.unit, 0), i.name, i.contact,
            i.agent, i.visited, i.collected
        FROM pg_temp.roster_in AS i
        ON CONFLICT (wave, code) DO UPDATE SET grp = excluded.grp,
            home = excluded.home, name = excluded.name,
            contact = excluded.contact, agent = CASE excluded.agent
                WHEN '' THEN person.agent ELSE excluded.agent END,
            handed_out = person.handed_out OR excluded.handed_out,
            collected = person.collected OR excluded.collected
        RETURNING xmax = 0 AS made)
    SELECT count(*) FILTER (WHERE p.made), count(*) FILTER (WHERE NOT p.made)
    INTO n_made, n_changed FROM put AS p;
    DROP TABLE pg_temp.roster_in;
    PERFORM roster.mix(p_wave);
    PERFORM audit.append(0::smallint, 'roster', p_by, jsonb_build_object(
        'wave', p_wave, 'act', 'import', 'role', p_role, 'made', n_made,
        'changed', n_changed)::text);
    RETURN QUERY SELECT 0, '', '', n_made, n_changed;
END
$$;
COMMENT ON FUNCTION roster.import(integer, text, text, jsonb) IS
    'fills a wave''s list of persons, all or none, with the faults found';

-- Who was visited, and by whom: many at a time, no day, no number.
CREATE FUNCTION roster.mark(p_wave integer, p_by text, p_role text,
    p_areas text[], p_codes text, p_agent text, p_collected boolean)
RETURNS TABLE (event integer, moved integer, paper integer, made text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    codes text[] := ARRAY(SELECT DISTINCT btrim(x.c) FROM
        regexp_split_to_table(coalesce(p_codes, ''), '[,;\s]+') AS x (c)
        WHERE btrim(x.c) <> '');
    area integer[] := CASE WHEN p_areas IS NOT NULL
        THEN field.units_under(p_wave, p_areas) END;
    n integer;
    missing text;
BEGIN
    PERFORM roster.take(p_wave, '-', 'mark', p_role, NULL);
    IF p_agent IS NOT NULL THEN
        PERFORM field.ledger_agent(p_agent);
    END IF;
    SELECT c INTO missing FROM unnest(codes) AS x (c)
    WHERE NOT EXISTS (SELECT FROM roster.person AS p WHERE p.wave = p_wave
        AND p.code = x.c AND (area IS NULL OR p.home = ANY (area)))
    ORDER BY c LIMIT 1;
    IF missing IS NOT NULL OR codes = '{}' THEN
        RAISE EXCEPTION 'không có người mã "%" trong danh sách (nobody of '
            'this code)', coalesce(missing, '') USING ERRCODE = '22023';
    END IF;
    UPDATE roster.person AS p SET handed_out = true,
        agent = coalesce(p_agent, p.agent),
        collected = p.collected OR coalesce(p_collected, false)
    WHERE p.wave = p_wave AND p.code = ANY (codes);
    GET DIAGNOSTICS n = ROW_COUNT;
    PERFORM roster.mix(p_wave);
    PERFORM audit.append(0::smallint, 'roster', p_by, jsonb_build_object(
        'wave', p_wave, 'act', 'mark', 'role', p_role, 'count', n)::text);
    RETURN QUERY SELECT NULL::integer, n, NULL::integer, NULL::text;
END
$$;
COMMENT ON FUNCTION roster.mark(integer, text, text, text[], text, text,
    boolean) IS 'who was visited and by whom, many at a time';

-- Names and ways to reach people go for good; codes, cells, marks stay.
CREATE FUNCTION roster.forget(p_wave integer, p_by text, p_role text,
    p_reason text)
RETURNS TABLE (event integer, moved integer, paper integer, made text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    w plan.wave := roster.take(p_wave, '-', 'forget', p_role, p_reason);
    n integer;
BEGIN
    IF w.state = 'open' THEN
        RAISE EXCEPTION 'đợt còn mở, chưa xóa danh sách được (the wave is '
            'still open)' USING ERRCODE = '55000';
    ELSIF EXISTS (SELECT FROM roster.draw AS d WHERE d.wave = p_wave
        AND d.status = 'open') THEN
        RAISE EXCEPTION 'còn lần rút phúc tra chưa kết thúc (a draw is not '
            'closed yet)' USING ERRCODE = '55000';
    END IF;
    UPDATE roster.person SET name = '', contact = NULL WHERE wave = p_wave
        AND (name <> '' OR contact IS NOT NULL);
    GET DIAGNOSTICS n = ROW_COUNT;
    PERFORM roster.mix(p_wave);
    PERFORM audit.append(0::smallint, 'roster', p_by, jsonb_build_object(
        'wave', p_wave, 'act', 'forget', 'role', p_role, 'count', n,
        'reason', p_reason)::text);
    RETURN QUERY SELECT NULL::integer, n, NULL::integer, NULL::text;
END
$$;
COMMENT ON FUNCTION roster.forget(integer, text, text, text) IS
    'deletes names and contacts of a wave''s persons, logged';

-- ---- the draw ----------------------------------------------------------------
-- The frame: a line a person, in the order of the codes' bytes.
CREATE FUNCTION roster.frame_of(p_wave integer, p_areas text[], p_of text,
    p_by text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH place AS (
        SELECT h.home, coalesce(u.code, '') AS unit,
            coalesce(a.code, '') AS area
        FROM (SELECT DISTINCT p.home FROM roster.person AS p
            WHERE p.wave = p_wave) AS h
        LEFT JOIN plan.unit AS u ON u.wave = p_wave AND u.unit = h.home
        LEFT JOIN plan.unit AS a ON a.wave = p_wave
            AND a.unit = field.area_of(p_wave, h.home)
        WHERE p_areas IS NULL
            OR h.home = ANY (field.units_under(p_wave, p_areas)))
    SELECT E'code,group,unit,agent,area,stratum\n' || string_agg(concat_ws(
        ',', p.code, g.code, l.unit, p.agent, l.area, CASE p_by
            WHEN 'area' THEN l.area WHEN 'agent' THEN p.agent
            WHEN 'unit' THEN l.unit WHEN 'group' THEN g.code ELSE '' END)
        || E'\n', '' ORDER BY p.code COLLATE "C")
    FROM roster.person AS p
    JOIN place AS l ON l.home = p.home
    JOIN plan.respondent_group AS g ON g.wave = p_wave AND g.grp = p.grp
    WHERE p.wave = p_wave AND (p_of = 'all' OR (p_of = 'visited'
        AND p.handed_out) OR (p_of = 'collected' AND p.collected))
$$;
COMMENT ON FUNCTION roster.frame_of(integer, text[], text, text) IS
    'the list to draw from: codes and cells, no name';

-- Method "phuc-tra-1" (docs/RECHECK.md): within a stratum those whose
-- SHA-256(seed | code) is smallest; of a stratum so many as its share, rounded
-- up, or as the largest remainders give it of the whole count.
CREATE FUNCTION roster.pick(p_frame text, p_seed text, p_share numeric,
    p_count integer)
RETURNS TABLE (place integer, code text, grp text, unit text, agent text,
    area text, stratum text)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH one AS (
        SELECT split_part(l.line, ',', 1) COLLATE "C" AS code,
            split_part(l.line, ',', 2) AS grp,
            split_part(l.line, ',', 3) COLLATE "C" AS unit,
            split_part(l.line, ',', 4) AS agent,
            split_part(l.line, ',', 5) AS area,
            split_part(l.line, ',', 6) COLLATE "C" AS stratum
        FROM string_to_table(p_frame, E'\n') WITH ORDINALITY AS l (line, at)
        WHERE l.at > 1 AND l.line <> ''
    ), size AS (
        SELECT o.stratum, count(*) AS n, sum(count(*)) OVER () AS whole
        FROM one AS o GROUP BY o.stratum
    ), base AS (
        SELECT s.stratum, CASE WHEN p_count IS NULL
                THEN ceil(s.n * p_share / 100)
                ELSE trunc(s.n * least(p_count, s.whole) / s.whole) END AS n,
            CASE WHEN p_count IS NULL THEN 0
                ELSE (s.n * least(p_count, s.whole)) % s.whole END AS rest,
            CASE WHEN p_count IS NOT NULL
                THEN least(p_count, s.whole) END AS wanted
        FROM size AS s
    ), quota AS (
        SELECT b.stratum, b.n + CASE WHEN row_number() OVER (ORDER BY b.rest
            DESC, b.stratum) <= b.wanted - sum(b.n) OVER ()
            THEN 1 ELSE 0 END AS n
        FROM base AS b
    ), ranked AS (
        SELECT o.*, row_number() OVER (PARTITION BY o.stratum
            ORDER BY sha256(convert_to(p_seed || '|' || o.code, 'UTF8')),
            o.code) AS at
        FROM one AS o)
    SELECT (row_number() OVER (ORDER BY r.stratum, r.unit, r.code))::integer,
        r.code, r.grp, r.unit, r.agent, r.area, r.stratum
    FROM ranked AS r JOIN quota AS q ON q.stratum = r.stratum
    WHERE r.at <= q.n
$$;
COMMENT ON FUNCTION roster.pick(text, text, numeric, integer) IS
    'whom a frame and a seed give, by the method phuc-tra-1';

CREATE FUNCTION roster.draw_digest(p_wave integer, p_draw integer)
RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT encode(sha256(d.nonce || convert_to((SELECT string_agg(
        concat_ws('|', x.place, x.code, coalesce(x.result, ''), x.visitor,
            coalesce(x.checked_on::text, '')), E'\n' ORDER BY x.place)
        FROM roster.drawn AS x WHERE x.wave = p_wave AND x.draw = p_draw),
        'UTF8')), 'hex')
    FROM roster.draw AS d WHERE d.wave = p_wave AND d.draw = p_draw
$$;
COMMENT ON FUNCTION roster.draw_digest(integer, integer) IS
    'digest of a draw''s results, as it stands in the log';

CREATE FUNCTION roster.tell(p_wave integer, p_draw integer, p_act text,
    p_by text, p_role text, p_more jsonb) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT audit.append(0::smallint, 'recheck', p_by, (jsonb_build_object(
        'wave', p_wave, 'draw', p_draw, 'act', p_act, 'role', p_role,
        'digest', roster.draw_digest(p_wave, p_draw)) || p_more)::text)
$$;
COMMENT ON FUNCTION roster.tell(integer, integer, text, text, text, jsonb) IS
    'an act on a draw into the log: what and how many, never who';

CREATE FUNCTION roster.recheck_draw(p_wave integer, p_by text, p_role text,
    p_areas text[], p_body text, p_share numeric, p_count integer,
    p_strata text, p_of text, p_hide integer, p_seed text)
RETURNS TABLE (event integer, moved integer, paper integer, made text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    w plan.wave := roster.take(p_wave, '-', 'draw', p_role, NULL);
    share numeric := p_share;
    strata text := coalesce(p_strata, 'area');
    of_whom text := coalesce(p_of, 'visited');
    seed text := coalesce(p_seed, replace(gen_random_uuid()::text, '-', ''));
    no integer;
    frame text;
    n integer;
BEGIN
    IF w.state NOT IN ('open', 'closed') THEN
        RAISE EXCEPTION 'số liệu đã khóa, không rút phúc tra nữa (the wave '
            'is frozen)' USING ERRCODE = '55000';
    END IF;
    IF p_share IS NULL AND p_count IS NULL THEN -- as decision D11 says
        share := (SELECT (v.content::jsonb
                #>> '{decisions,D11,recheck_percent}')::numeric
            FROM plan.version AS v WHERE v.wave = p_wave
            ORDER BY v.version DESC LIMIT 1);
    END IF;
    IF (share IS NULL) = (p_count IS NULL)
        OR coalesce(share, 1) <= 0 OR coalesce(share, 1) > 100
        OR coalesce(p_count, 1) < 1 THEN
        RAISE EXCEPTION 'cho một trong hai: tỷ lệ phần trăm (đến 100) hoặc '
            'số người (give a share in percent, or a count)'
            USING ERRCODE = '22023';
    ELSIF strata NOT IN ('area', 'agent', 'unit', 'group', 'none') THEN
        RAISE EXCEPTION 'chia tầng theo area, agent, unit, group hoặc none, '
            'không phải "%" (no such strata)', strata USING ERRCODE = '22023';
    ELSIF of_whom NOT IN ('visited', 'collected', 'all') THEN
        RAISE EXCEPTION 'rút trong visited, collected hoặc all, không phải '
            '"%" (of whom?)', of_whom USING ERRCODE = '22023';
    ELSIF coalesce(p_hide, 3) NOT BETWEEN 2 AND 100 THEN
        RAISE EXCEPTION 'hide từ 2 đến 100 (from 2 to 100)'
            USING ERRCODE = '22023';
    ELSIF length(seed) NOT BETWEEN 1 AND 200 OR seed ~ '[[:cntrl:]]' THEN
        RAISE EXCEPTION 'hạt giống từ 1 đến 200 ký tự, một dòng (a seed is '
            'one line of up to 200 characters)' USING ERRCODE = '22023';
    END IF;
    frame := roster.frame_of(p_wave, p_areas, of_whom, strata);
    IF frame IS NULL THEN
        RAISE EXCEPTION 'danh sách không có ai để rút: nạp danh sách (phieu '
            'roster import), ghi ai đã được đến (mark), hoặc rút trong all '
            '(nobody to draw from)' USING ERRCODE = '55000';
    END IF;
    no := (SELECT coalesce(max(d.draw), 0) + 1 FROM roster.draw AS d
        WHERE d.wave = p_wave);
    INSERT INTO roster.draw (wave, draw, body, of, by, share, count, hide,
        seed, method, frame, frame_sha256, frame_n, areas, drawn_by)
    VALUES (p_wave, no, p_body, of_whom, strata, share, p_count,
        coalesce(p_hide, 3), seed, 'phuc-tra-1, schema '
            || (SELECT left(max(m.name), 3) FROM meta.migration AS m), frame,
        sha256(convert_to(frame, 'UTF8')),
        regexp_count(frame, E'\n') - 1, p_areas, p_by);
    INSERT INTO roster.drawn (wave, draw, place, code, grp, unit, agent, area,
        stratum)
    SELECT p_wave, no, k.place, k.code, k.grp, k.unit, k.agent, k.area,
        k.stratum
    FROM roster.pick(frame, seed, share, p_count) AS k
    ORDER BY gen_random_uuid();
    GET DIAGNOSTICS n = ROW_COUNT;
    PERFORM roster.tell(p_wave, no, 'draw', p_by, p_role, (SELECT
        jsonb_build_object('body', d.body, 'of', d.of, 'by', d.by, 'share',
            d.share, 'count', d.count, 'hide', d.hide, 'seed', d.seed,
            'method', d.method, 'frame_n', d.frame_n, 'frame_sha256',
            encode(d.frame_sha256, 'hex'), 'drawn', n)
        FROM roster.draw AS d WHERE d.wave = p_wave AND d.draw = no));
    RETURN QUERY SELECT no, n, NULL::integer, encode(sha256(convert_to(frame,
        'UTF8')), 'hex');
END
$$;
COMMENT ON FUNCTION roster.recheck_draw(integer, text, text, text[], text,
    numeric, integer, text, text, integer, text) IS
    'draws persons for a re-survey; nobody''s sheet is looked at';

-- ---- what they said ----------------------------------------------------------
-- "1-3,7" as numbers.
CREATE FUNCTION roster.places(p_text text) RETURNS integer[]
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    part text;
    ends text[];
    found integer[] := '{}';
BEGIN
    FOREACH part IN ARRAY regexp_split_to_array(btrim(coalesce(p_text, '')),
        '\s*[,;\s]\s*') LOOP
        ends := regexp_match(part, '^([0-9]{1,6})(?:(?:-|\.\.)([0-9]{1,6}))?$');
        IF ends IS NULL OR coalesce(ends[2], ends[1])::integer
            NOT BETWEEN ends[1]::integer AND ends[1]::integer + 99999 THEN
            RAISE EXCEPTION 'số thứ tự viết như 1-3,7, không phải "%" (lines '
                'of the list are written so)', part USING ERRCODE = '22023';
        END IF;
        found := found || ARRAY(SELECT generate_series(ends[1]::integer,
            coalesce(ends[2], ends[1])::integer));
    END LOOP;
    RETURN found;
END
$$;
COMMENT ON FUNCTION roster.places(text) IS 'lines of a list, "1-3,7"';

CREATE FUNCTION roster.recheck_result(p_wave integer, p_by text, p_role text,
    p_areas text[], p_draw integer, p_places text, p_result text,
    p_visitor text, p_day date)
RETURNS TABLE (event integer, moved integer, paper integer, made text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    d roster.draw;
    lines integer[] := roster.places(p_places);
    within text[] := CASE WHEN p_areas IS NOT NULL THEN ARRAY(SELECT u.code
        FROM plan.unit AS u WHERE u.wave = p_wave
            AND u.unit = ANY (field.units_under(p_wave, p_areas))) END;
    today date := (now() AT TIME ZONE 'UTC' + interval '7 hours')::date;
    bad integer;
    n integer;
BEGIN
    SELECT * INTO d FROM roster.draw AS x
    WHERE x.wave = p_wave AND x.draw = p_draw;
    PERFORM roster.take(p_wave, coalesce(d.status, '-'), 'result', p_role,
        NULL);
    IF p_result NOT IN ('confirmed', 'differs', 'not-found', 'refused') THEN
        RAISE EXCEPTION 'kết quả là confirmed, differs, not-found hoặc '
            'refused, không phải "%" (no such result)', p_result
            USING ERRCODE = '22023';
    ELSIF p_day > today THEN
        RAISE EXCEPTION 'ngày ở tương lai (a day to come)'
            USING ERRCODE = '22023';
    ELSIF p_visitor IS NOT NULL THEN
        PERFORM field.ledger_agent(p_visitor);
    END IF;
    SELECT l INTO bad FROM unnest(lines) AS x (l)
    WHERE NOT EXISTS (SELECT FROM roster.drawn AS r WHERE r.wave = p_wave
        AND r.draw = p_draw AND r.place = x.l
        AND (within IS NULL OR r.unit = ANY (within))) LIMIT 1;
    IF bad IS NOT NULL THEN
        RAISE EXCEPTION 'danh sách không có số thứ tự % (no such line)', bad
            USING ERRCODE = '22023';
    END IF;
    SELECT r.place INTO bad FROM roster.drawn AS r
    WHERE r.wave = p_wave AND r.draw = p_draw AND r.place = ANY (lines)
        AND p_result = 'confirmed' AND p_visitor <> r.agent
        AND r.agent <> '' LIMIT 1;
    IF bad IS NOT NULL THEN
        RAISE EXCEPTION 'số thứ tự %: người khác đến, vậy là "differs" '
            '(somebody else came: that differs)', bad USING ERRCODE = '22023';
    END IF;
    UPDATE roster.drawn AS r SET result = p_result,
        visitor = CASE WHEN p_result IN ('not-found', 'refused') THEN ''
            ELSE coalesce(p_visitor, '') END,
        checked_on = coalesce(p_day, today)
    WHERE r.wave = p_wave AND r.draw = p_draw AND r.place = ANY (lines);
    GET DIAGNOSTICS n = ROW_COUNT;
    PERFORM roster.mix_drawn(p_wave, p_draw);
    PERFORM roster.tell(p_wave, p_draw, 'result', p_by, p_role,
        jsonb_build_object('count', n));
    RETURN QUERY SELECT p_draw, n, NULL::integer, NULL::text;
END
$$;
COMMENT ON FUNCTION roster.recheck_result(integer, text, text, text[],
    integer, text, text, text, date) IS
    'what drawn persons said of the visit; never a sheet';

CREATE FUNCTION roster.recheck_status(p_wave integer, p_by text, p_role text,
    p_areas text[], p_act text, p_draw integer, p_reason text)
RETURNS TABLE (event integer, moved integer, paper integer, made text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    d roster.draw;
    open_lines integer;
BEGIN
    IF p_act NOT IN ('close', 'reopen') THEN
        RAISE EXCEPTION 'không có việc "%" (no such act)', p_act
            USING ERRCODE = '22023';
    END IF;
    SELECT * INTO d FROM roster.draw AS x
    WHERE x.wave = p_wave AND x.draw = p_draw;
    IF FOUND AND p_areas IS NOT NULL
        AND NOT coalesce(d.areas <@ p_areas, false) THEN
        d := NULL;
    END IF;
    PERFORM roster.take(p_wave, coalesce(d.status, '-'), p_act, p_role,
        p_reason);
    SELECT count(*) INTO open_lines FROM roster.drawn AS r
    WHERE r.wave = p_wave AND r.draw = p_draw AND r.result IS NULL;
    IF p_act = 'close' AND open_lines > 0 THEN
        RAISE EXCEPTION 'còn % người chưa có kết quả (no result yet)',
            open_lines USING ERRCODE = '55000';
    END IF;
    UPDATE roster.draw AS x SET status = r.next FROM field.sheet_rule AS r
    WHERE x.wave = p_wave AND x.draw = p_draw AND r.of = 'recheck'
        AND r.status = x.status AND r.act = p_act;
    PERFORM roster.tell(p_wave, p_draw, p_act, p_by, p_role,
        jsonb_build_object('reason', coalesce(p_reason, '')));
    RETURN QUERY SELECT p_draw, NULL::integer, NULL::integer, NULL::text;
END
$$;
COMMENT ON FUNCTION roster.recheck_status(integer, text, text, text[], text,
    integer, text) IS 'closes a draw when every line has its result; reopens';

CREATE FUNCTION roster.recheck_houses(p_wave integer, p_by text, p_role text,
    p_areas text[], p_body text, p_unit text, p_agent text,
    p_confirmed integer, p_differs integer, p_not_found integer,
    p_refused integer)
RETURNS TABLE (event integer, moved integer, paper integer, made text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    no integer;
    place integer;
    n integer := coalesce(p_confirmed, 0) + coalesce(p_differs, 0)
        + coalesce(p_not_found, 0) + coalesce(p_refused, 0);
BEGIN
    PERFORM roster.take(p_wave, '-', 'houses', p_role, NULL);
    SELECT u.unit INTO place FROM plan.unit AS u
    WHERE u.wave = p_wave AND u.code = p_unit AND (p_areas IS NULL
        OR u.unit = ANY (field.units_under(p_wave, p_areas)));
    IF place IS NULL THEN
        RAISE EXCEPTION 'không có đơn vị này (no such unit)'
            USING ERRCODE = '22023';
    ELSIF n = 0 OR least(p_confirmed, p_differs, p_not_found, p_refused) < 0
    THEN
        RAISE EXCEPTION 'cho số nhà đã đến: xác nhận, sai khác, không gặp, từ '
            'chối (how many visits of each kind?)' USING ERRCODE = '22023';
    ELSIF p_agent IS NOT NULL THEN
        PERFORM field.ledger_agent(p_agent);
    END IF;
    no := (SELECT coalesce(max(h.house), 0) + 1 FROM roster.house AS h
        WHERE h.wave = p_wave);
    INSERT INTO roster.house (wave, house, body, unit, agent, confirmed,
        differs, not_found, refused, said_by)
    VALUES (p_wave, no, p_body, place, coalesce(p_agent, ''),
        coalesce(p_confirmed, 0), coalesce(p_differs, 0),
        coalesce(p_not_found, 0), coalesce(p_refused, 0), p_by);
    PERFORM audit.append(0::smallint, 'recheck', p_by, jsonb_build_object(
        'wave', p_wave, 'act', 'houses', 'role', p_role, 'body', p_body,
        'unit', p_unit, 'count', n)::text);
    RETURN QUERY SELECT no, n, NULL::integer, NULL::text;
END
$$;
COMMENT ON FUNCTION roster.recheck_houses(integer, text, text, text[], text,
    text, text, integer, integer, integer, integer) IS
    'visits by hand where there is no list of persons, as counts';

-- ---- lists of persons --------------------------------------------------------
CREATE FUNCTION roster.recheck_list(p_wave integer, p_areas text[],
    p_draw integer)
RETURNS TABLE (draw integer, place integer, code text, name text,
    contact text, grp text, grp_name text, unit text, unit_name text,
    area text, agent text, result text, visitor text, checked_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.draw, r.place, r.code, coalesce(p.name, ''),
        coalesce(p.contact, ''), r.grp, g.name, r.unit, coalesce(u.name, ''),
        r.area, r.agent, coalesce(r.result, ''), r.visitor, r.checked_on
    FROM roster.drawn AS r
    LEFT JOIN roster.person AS p ON p.wave = p_wave AND p.code = r.code
    LEFT JOIN plan.respondent_group AS g ON g.wave = p_wave
        AND g.code = r.grp
    LEFT JOIN plan.unit AS u ON u.wave = p_wave AND u.code = r.unit
    WHERE r.wave = p_wave AND r.draw = p_draw AND (p_areas IS NULL
        OR u.unit = ANY (field.units_under(p_wave, p_areas)))
    ORDER BY r.place
$$;
COMMENT ON FUNCTION roster.recheck_list(integer, text[], integer) IS
    'the printed list of a draw, with names';

CREATE FUNCTION roster.recheck_frame(p_wave integer, p_areas text[],
    p_draw integer)
RETURNS TABLE (code text, grp text, unit text, agent text, area text,
    stratum text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT split_part(l.line, ',', 1), split_part(l.line, ',', 2),
        split_part(l.line, ',', 3), split_part(l.line, ',', 4),
        split_part(l.line, ',', 5), split_part(l.line, ',', 6)
    FROM roster.draw AS d, string_to_table(d.frame, E'\n') WITH ORDINALITY
        AS l (line, at)
    WHERE d.wave = p_wave AND d.draw = p_draw AND l.at > 1 AND l.line <> ''
        AND (p_areas IS NULL OR d.areas <@ p_areas)
    ORDER BY l.at
$$;
COMMENT ON FUNCTION roster.recheck_frame(integer, text[], integer) IS
    'the frame of a draw, a row a person, no name';

CREATE FUNCTION roster.persons(p_wave integer, p_areas text[])
RETURNS TABLE (code text, grp text, unit text, agent text, visited boolean,
    collected boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.code, g.code, coalesce(u.code, ''), p.agent, p.handed_out,
        p.collected
    FROM roster.person AS p
    LEFT JOIN plan.respondent_group AS g ON g.wave = p_wave AND g.grp = p.grp
    LEFT JOIN plan.unit AS u ON u.wave = p_wave AND u.unit = p.home
    WHERE p.wave = p_wave AND (p_areas IS NULL
        OR p.home = ANY (field.units_under(p_wave, p_areas)))
    ORDER BY u.code, p.code
$$;
COMMENT ON FUNCTION roster.persons(integer, text[]) IS
    'persons of a wave by code, and whether they were visited; no name';

-- ---- what may be known without persons ---------------------------------------
CREATE FUNCTION roster.recheck_draws(p_wave integer, p_areas text[])
RETURNS TABLE (draw integer, status text, body text, drawn_on date,
    drawn_by text, of text, by text, share numeric, count integer,
    hide integer, seed text, method text, frame_n integer,
    frame_sha256 text, drawn bigint, confirmed bigint, differs bigint,
    not_found bigint, refused bigint, waiting bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT d.draw, d.status, d.body, d.drawn_on, d.drawn_by, d.of, d.by,
        trim_scale(d.share), d.count, d.hide, d.seed, d.method, d.frame_n,
        encode(d.frame_sha256, 'hex'), count(*),
        count(*) FILTER (WHERE r.result = 'confirmed'),
        count(*) FILTER (WHERE r.result = 'differs'),
        count(*) FILTER (WHERE r.result = 'not-found'),
        count(*) FILTER (WHERE r.result = 'refused'),
        count(*) FILTER (WHERE r.result IS NULL)
    FROM roster.draw AS d
    JOIN roster.drawn AS r USING (wave, draw)
    WHERE d.wave = p_wave AND (p_areas IS NULL OR d.areas <@ p_areas)
    GROUP BY d.wave, d.draw
    ORDER BY d.draw
$$;
COMMENT ON FUNCTION roster.recheck_draws(integer, text[]) IS
    'draws of a wave with seed, frame hash and counts; nobody''s name';

-- By agent, area and in all; houses visited by hand are in.
CREATE FUNCTION roster.recheck_counts(p_wave integer, p_areas text[])
RETURNS TABLE (side text, code text, drawn bigint, confirmed bigint,
    differs bigint, not_found bigint, refused bigint, waiting bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH area AS (
        SELECT u.unit, u.code, coalesce(a.code, '') AS area
        FROM plan.unit AS u
        LEFT JOIN plan.unit AS a ON a.wave = p_wave
            AND a.unit = field.area_of(p_wave, u.unit)
        WHERE u.wave = p_wave AND (p_areas IS NULL
            OR u.unit = ANY (field.units_under(p_wave, p_areas)))
    ), said AS (
        SELECT r.agent, r.area, r.result, 1 AS n
        FROM roster.drawn AS r
        WHERE r.wave = p_wave AND (p_areas IS NULL
            OR r.unit IN (SELECT a.code FROM area AS a))
        UNION ALL
        SELECT h.agent, a.area, x.result, x.n
        FROM roster.house AS h
        JOIN area AS a ON a.unit = h.unit
        CROSS JOIN LATERAL (VALUES ('confirmed', h.confirmed),
            ('differs', h.differs), ('not-found', h.not_found),
            ('refused', h.refused)) AS x (result, n)
        WHERE h.wave = p_wave AND x.n > 0)
    SELECT CASE WHEN grouping(s.agent) = 0 THEN 'agent'
            WHEN grouping(s.area) = 0 THEN 'area' ELSE 'total' END,
        coalesce(s.agent, s.area, ''), sum(s.n),
        coalesce(sum(s.n) FILTER (WHERE s.result = 'confirmed'), 0),
        coalesce(sum(s.n) FILTER (WHERE s.result = 'differs'), 0),
        coalesce(sum(s.n) FILTER (WHERE s.result = 'not-found'), 0),
        coalesce(sum(s.n) FILTER (WHERE s.result = 'refused'), 0),
        coalesce(sum(s.n) FILTER (WHERE s.result IS NULL), 0)
    FROM said AS s
    GROUP BY GROUPING SETS ((s.agent), (s.area), ())
    HAVING count(*) > 0
    ORDER BY 1, 2
$$;
COMMENT ON FUNCTION roster.recheck_counts(integer, text[]) IS
    'what was said of visits, by agent and area: counts, nobody''s name';

-- How many of the drawn may have had a sheet of this cell, and how many must.
CREATE FUNCTION roster.recheck_hides(p_wave integer, p_grp text,
    p_unit text, p_agent text, OUT n bigint, OUT wanted integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT count(DISTINCT r.code) FILTER (WHERE r.grp = p_grp
            AND r.unit = p_unit AND r.agent IN ('', p_agent)
            AND r.result IS DISTINCT FROM 'not-found'
            AND r.result IS DISTINCT FROM 'refused'),
        coalesce(max(d.hide), 0)
    FROM roster.draw AS d JOIN roster.drawn AS r USING (wave, draw)
    WHERE d.wave = p_wave
$$;
COMMENT ON FUNCTION roster.recheck_hides(integer, text, text, text) IS
    'among how many drawn persons a shown sheet hides, and how many it must';

-- What of the draws is not as frame, seed and log say; none: all is well.
CREATE FUNCTION roster.recheck_verify(p_wave integer)
RETURNS TABLE (draw integer, words text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH said AS (
        SELECT (a.content::jsonb ->> 'draw')::integer AS draw,
            a.content::jsonb AS c, a.seq
        FROM audit.entry AS a
        WHERE a.lane = 0 AND a.kind = 'recheck'
            AND (a.content::jsonb ->> 'wave')::integer = p_wave
            AND a.content::jsonb ? 'draw')
    SELECT coalesce(d.draw, s.draw), CASE
        WHEN d.draw IS NULL THEN 'in the log, not among the draws'
        WHEN s.draw IS NULL THEN 'not in the log'
        WHEN s.c ->> 'frame_sha256' <> encode(d.frame_sha256, 'hex')
            OR s.c ->> 'seed' <> d.seed
            THEN 'its frame or seed is not that of the log'
        WHEN EXISTS (SELECT FROM roster.pick(d.frame, d.seed, d.share,
                d.count) AS k
            FULL JOIN (SELECT x.* FROM roster.drawn AS x
                WHERE x.wave = p_wave AND x.draw = d.draw) AS r
                ON r.place = k.place AND r.code = k.code
            WHERE r.code IS NULL OR k.code IS NULL)
            THEN 'those drawn are not whom frame and seed give'
        ELSE 'its results are not those of the log' END
    FROM (SELECT x.* FROM roster.draw AS x WHERE x.wave = p_wave) AS d
    FULL JOIN (SELECT y.* FROM said AS y WHERE y.c ->> 'act' = 'draw') AS s
        ON s.draw = d.draw
    WHERE d.draw IS NULL OR s.draw IS NULL
        OR s.c ->> 'frame_sha256' <> encode(d.frame_sha256, 'hex')
        OR s.c ->> 'seed' <> d.seed
        OR EXISTS (SELECT FROM roster.pick(d.frame, d.seed, d.share, d.count)
                AS k
            FULL JOIN (SELECT x.* FROM roster.drawn AS x
                WHERE x.wave = p_wave AND x.draw = d.draw) AS r
                ON r.place = k.place AND r.code = k.code
            WHERE r.code IS NULL OR k.code IS NULL)
        OR roster.draw_digest(p_wave, d.draw) <> (SELECT y.c ->> 'digest'
            FROM said AS y WHERE y.draw = d.draw ORDER BY y.seq DESC LIMIT 1)
    ORDER BY 1
$$;
COMMENT ON FUNCTION roster.recheck_verify(integer) IS
    'draws that frame, seed and log do not bear out';

-- ---- sheets whose number was shown -------------------------------------------
-- What they said first and again; fixed when it is compared, so that a later
-- correction changes no agreement.  No person, no draw, no day, no time.
CREATE TABLE field.recheck_sheet (
    wave integer NOT NULL REFERENCES plan.wave,
    sheet text COLLATE "C" NOT NULL,
    form integer NOT NULL,
    grp integer NOT NULL,
    home integer NOT NULL,
    agent integer NOT NULL,
    asked integer NOT NULL,
    same integer NOT NULL,
    PRIMARY KEY (wave, sheet)
);
COMMENT ON TABLE field.recheck_sheet IS
    'Sheets asked again where their number was shown; nobody''s name or day';
COMMENT ON COLUMN field.recheck_sheet.wave IS 'Wave';
COMMENT ON COLUMN field.recheck_sheet.sheet IS 'Number of the sheet';
COMMENT ON COLUMN field.recheck_sheet.form IS 'Form';
COMMENT ON COLUMN field.recheck_sheet.grp IS 'Group';
COMMENT ON COLUMN field.recheck_sheet.home IS 'Unit it is counted in, 0: none';
COMMENT ON COLUMN field.recheck_sheet.agent IS 'Agent who brought it';
COMMENT ON COLUMN field.recheck_sheet.asked IS 'Answers compared';
COMMENT ON COLUMN field.recheck_sheet.same IS 'Of them the same';

CREATE TABLE field.recheck_rating (
    wave integer NOT NULL,
    sheet text COLLATE "C" NOT NULL,
    unit integer NOT NULL,
    first bytea NOT NULL,
    again bytea NOT NULL,
    PRIMARY KEY (wave, sheet, unit)
);
COMMENT ON TABLE field.recheck_rating IS
    'First and second answers, a byte a question as in field.rating';
COMMENT ON COLUMN field.recheck_rating.wave IS 'Wave';
COMMENT ON COLUMN field.recheck_rating.sheet IS 'Number of the sheet';
COMMENT ON COLUMN field.recheck_rating.unit IS 'Unit rated';
COMMENT ON COLUMN field.recheck_rating.first IS 'As it came in';
COMMENT ON COLUMN field.recheck_rating.again IS 'As said again; 0: not asked';

CREATE TABLE field.recheck_decision (
    wave integer NOT NULL REFERENCES plan.wave,
    decision integer NOT NULL CHECK (decision > 0),
    number text NOT NULL,
    reason text NOT NULL,
    agent integer REFERENCES field.agent,
    sheets integer NOT NULL,
    status text COLLATE "C" NOT NULL DEFAULT 'decided'
        CHECK (status IN ('decided', 'undone')),
    decided_by text NOT NULL,
    decided_on date NOT NULL
        DEFAULT (now() AT TIME ZONE 'UTC' + interval '7 hours')::date,
    undone_number text,
    undone_by text,
    undone_on date,
    undone_reason text,
    PRIMARY KEY (wave, decision)
);
COMMENT ON TABLE field.recheck_decision IS
    'Decisions on a re-survey: nothing else makes a sheet invalid by V12';
COMMENT ON COLUMN field.recheck_decision.wave IS 'Wave';
COMMENT ON COLUMN field.recheck_decision.decision IS 'From 1, in order';
COMMENT ON COLUMN field.recheck_decision.number IS
    'Number and day of the paper, as written there';
COMMENT ON COLUMN field.recheck_decision.reason IS 'Why';
COMMENT ON COLUMN field.recheck_decision.agent IS
    'Agent all of whose sheets it is about, NULL: sheets by number';
COMMENT ON COLUMN field.recheck_decision.sheets IS 'How many it rejected';
COMMENT ON COLUMN field.recheck_decision.status IS 'decided or undone';
COMMENT ON COLUMN field.recheck_decision.decided_by IS 'Who entered it';
COMMENT ON COLUMN field.recheck_decision.decided_on IS 'Day in Vietnam';
COMMENT ON COLUMN field.recheck_decision.undone_number IS
    'Number of the decision that took it back';
COMMENT ON COLUMN field.recheck_decision.undone_by IS 'Who entered that';
COMMENT ON COLUMN field.recheck_decision.undone_on IS 'Day in Vietnam';
COMMENT ON COLUMN field.recheck_decision.undone_reason IS 'Why it was undone';

CREATE TABLE field.recheck_decided (
    wave integer NOT NULL,
    decision integer NOT NULL,
    sheet text COLLATE "C" NOT NULL,
    instance text COLLATE "C" NOT NULL,
    state smallint NOT NULL,
    faults jsonb,
    PRIMARY KEY (wave, decision, sheet),
    FOREIGN KEY (wave, decision) REFERENCES field.recheck_decision
        DEFERRABLE INITIALLY DEFERRED
);
COMMENT ON TABLE field.recheck_decided IS
    'Sheets of a decision and what they were before it';
COMMENT ON COLUMN field.recheck_decided.wave IS 'Wave';
COMMENT ON COLUMN field.recheck_decided.decision IS 'Decision';
COMMENT ON COLUMN field.recheck_decided.sheet IS 'Number of the sheet';
COMMENT ON COLUMN field.recheck_decided.instance IS 'Its submission';
COMMENT ON COLUMN field.recheck_decided.state IS 'State before';
COMMENT ON COLUMN field.recheck_decided.faults IS 'Faults before';

ALTER TABLE field.recheck_sheet ENABLE ROW LEVEL SECURITY;
ALTER TABLE field.recheck_rating ENABLE ROW LEVEL SECURITY;
ALTER TABLE field.recheck_decision ENABLE ROW LEVEL SECURITY;
ALTER TABLE field.recheck_decided ENABLE ROW LEVEL SECURITY;
CREATE POLICY backup_all ON field.recheck_sheet FOR SELECT TO phieu_backup
    USING (true);
CREATE POLICY backup_all ON field.recheck_rating FOR SELECT TO phieu_backup
    USING (true);
CREATE POLICY backup_all ON field.recheck_decision FOR SELECT
    TO phieu_backup USING (true);
CREATE POLICY backup_all ON field.recheck_decided FOR SELECT TO phieu_backup
    USING (true);

-- What was said again, an answer a row.  Two ways to write it: the "ratings"
-- of a submission (JSON; null: left blank), or a line a unit,
-- "so-tu-phap: A B - _ ?": options in the form's order, - not asked, _ left
-- blank, ? don't know.
CREATE FUNCTION field.recheck_said(p_answers text)
RETURNS TABLE (unit text, question text, place bigint, answer text)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.v ->> 'unit', a.key, NULL::bigint, CASE jsonb_typeof(a.value)
        WHEN 'null' THEN '_' WHEN 'string' THEN a.value #>> '{}'
        ELSE '' END
    FROM jsonb_array_elements(CASE WHEN p_answers ~ '^\s*\['
        THEN p_answers::jsonb ELSE '[]' END) AS r (v)
    CROSS JOIN LATERAL jsonb_each(r.v -> 'answers') AS a
    UNION ALL
    SELECT btrim(split_part(l.line, ':', 1)), NULL, a.at, a.answer
    FROM regexp_split_to_table(CASE WHEN p_answers ~ '^\s*\[' THEN ''
        ELSE p_answers END, '[\r\n]+') AS l (line)
    CROSS JOIN LATERAL regexp_split_to_table(btrim(regexp_replace(l.line,
        '^[^:]*:?', '')), '[\s,;]+') WITH ORDINALITY AS a (answer, at)
    WHERE btrim(l.line) <> ''
$$;
COMMENT ON FUNCTION field.recheck_said(text) IS
    'answers given again, as they were written';

CREATE FUNCTION field.recheck_read(p_wave integer, p_form integer,
    p_answers text) RETURNS TABLE (unit text, slot integer, byte integer)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    bad record;
BEGIN
    FOR bad IN
        SELECT s.unit, coalesce(s.question, s.place::text) AS q,
            min(s.answer) AS answer, count(*) AS n
        FROM field.recheck_said(p_answers) AS s
        LEFT JOIN (SELECT x.code, x.slot, x.question, row_number() OVER (
                ORDER BY x.slot) AS place FROM plan.question AS x
            WHERE x.wave = p_wave AND x.form = p_form
                AND x.slot IS NOT NULL) AS f
            ON f.code = s.question OR f.place = s.place
        LEFT JOIN plan.option AS o ON o.wave = p_wave AND o.form = p_form
            AND o.question = f.question AND o.code = s.answer
        GROUP BY 1, 2
        HAVING count(*) > 1 OR bool_or(f.slot IS NULL OR (o.ordinal IS NULL
            AND s.answer NOT IN ('-', '_', '?')))
        LIMIT 1
    LOOP
        RAISE EXCEPTION '%, câu %: không có phương án "%" hoặc ghi hai lần '
            '(no such question or option, or twice)', bad.unit, bad.q,
            bad.answer USING ERRCODE = '22023';
    END LOOP;
    RETURN QUERY
    SELECT s.unit, f.slot, CASE s.answer WHEN '_' THEN 255
        WHEN '?' THEN 254 ELSE o.ordinal::integer END
    FROM field.recheck_said(p_answers) AS s
    JOIN (SELECT x.code, x.slot, x.question, row_number() OVER (
            ORDER BY x.slot) AS place FROM plan.question AS x
        WHERE x.wave = p_wave AND x.form = p_form AND x.slot IS NOT NULL)
        AS f ON f.code = s.question OR f.place = s.place
    LEFT JOIN plan.option AS o ON o.wave = p_wave AND o.form = p_form
        AND o.question = f.question AND o.code = s.answer
    WHERE s.answer <> '-';
END
$$;
COMMENT ON FUNCTION field.recheck_read(integer, integer, text) IS
    'answers given again as bytes of a form; refuses what it has not';

CREATE FUNCTION field.recheck_bytes(p_wave integer, p_form integer,
    p_unit text, p_answers text) RETURNS bytea
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    b bytea;
    a record;
BEGIN
    SELECT decode(repeat('00', f.slots), 'hex') INTO b FROM plan.form AS f
    WHERE f.wave = p_wave AND f.form = p_form;
    FOR a IN SELECT * FROM field.recheck_read(p_wave, p_form, p_answers) AS r
        WHERE r.unit = p_unit LOOP
        b := set_byte(b, a.slot, a.byte);
    END LOOP;
    RETURN b;
END
$$;
COMMENT ON FUNCTION field.recheck_bytes(integer, integer, text, text) IS
    'one unit''s answers given again, a byte a question';

-- Is this answer compared?  Not what was not asked in either, and not what
-- could not be read at first.
CREATE FUNCTION field.recheck_counts(p_first bytea, p_again bytea,
    OUT asked integer, OUT same integer)
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT count(*)::integer, count(*) FILTER (WHERE x.a = x.b)::integer
    FROM (SELECT get_byte(p_first, i) AS a, get_byte(p_again, i) AS b
        FROM generate_series(0, least(length(p_first), length(p_again)) - 1)
            AS i) AS x
    WHERE x.a NOT IN (0, 253) AND x.b <> 0
$$;
COMMENT ON FUNCTION field.recheck_counts(bytea, bytea) IS
    'how many answers of a rating were asked again, and how many agree';

CREATE FUNCTION field.recheck_mix(p_wave integer) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    WITH old AS (DELETE FROM field.recheck_sheet WHERE wave = p_wave
        RETURNING *)
    INSERT INTO field.recheck_sheet SELECT * FROM old
    ORDER BY gen_random_uuid();
    WITH old AS (DELETE FROM field.recheck_rating WHERE wave = p_wave
        RETURNING *)
    INSERT INTO field.recheck_rating SELECT * FROM old
    ORDER BY gen_random_uuid()
$$;
COMMENT ON FUNCTION field.recheck_mix(integer) IS
    'writes a wave''s compared sheets anew in random order';

-- The respondent showed the stub: what the sheet said is compared with what
-- he says now.  The first answers are told to nobody: only which agree.
CREATE FUNCTION field.recheck_compare(p_wave integer, p_by text, p_role text,
    p_areas text[], p_sheet text, p_answers text, p_reason text)
RETURNS TABLE (event integer, moved integer, paper integer, made text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    w plan.wave;
    s record;
    hides record;
    stranger text;
    n integer;
    same integer;
BEGIN
    PERFORM pg_advisory_xact_lock(7077, p_wave);
    PERFORM pg_advisory_xact_lock_shared(7001, p_wave);
    SELECT * INTO w FROM plan.wave WHERE wave = p_wave;
    PERFORM field.ledger_refuse('recheck', CASE WHEN EXISTS (SELECT
            FROM field.recheck_sheet AS x WHERE x.wave = p_wave
                AND x.sheet = p_sheet) THEN 'compared' ELSE '-' END,
        'compare', p_role, p_reason, 'phiếu ' || p_sheet);
    IF w.state NOT IN ('open', 'closed') THEN
        RAISE EXCEPTION 'số liệu đã khóa, không đối chiếu nữa (the wave is '
            'frozen)' USING ERRCODE = '55000';
    END IF;
    SELECT r.response, r.form, r.grp, k.agent, a.code AS agent_code,
        coalesce(t.now_home, r.home, 0) AS home, g.code AS grp_code,
        coalesce(u.code, '') AS unit_code
    INTO s FROM field.response AS r
    JOIN field.agent_key AS k ON k.key = r.key
    JOIN field.agent AS a ON a.agent = k.agent
    JOIN plan.respondent_group AS g ON g.wave = p_wave AND g.grp = r.grp
    LEFT JOIN field.sheet AS t ON t.wave = p_wave AND t.sheet = r.sheet
    LEFT JOIN plan.unit AS u ON u.wave = p_wave
        AND u.unit = coalesce(t.now_home, r.home, 0)
    WHERE r.wave = p_wave AND r.sheet = p_sheet AND r.keying = 1
        AND r.state <> 4 AND (p_areas IS NULL
            OR coalesce(t.now_home, r.home, 0)
                = ANY (field.units_under(p_wave, p_areas)))
    ORDER BY r.counted DESC, r.version DESC, r.response DESC LIMIT 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'phiếu % chưa nhập hoặc không có (no such sheet came '
            'in)', p_sheet USING ERRCODE = '22023';
    END IF;
    SELECT * INTO hides FROM roster.recheck_hides(p_wave, s.grp_code,
        s.unit_code, s.agent_code);
    IF hides.n < hides.wanted THEN
        RAISE EXCEPTION 'trong số người rút được chỉ % người có thể có phiếu '
            'như thế, ít hơn %: đối chiếu sẽ chỉ ra người (too few were drawn '
            'among whom this sheet hides)', hides.n, hides.wanted
            USING ERRCODE = '55000';
    END IF;
    SELECT x.unit INTO stranger
    FROM (SELECT DISTINCT r.unit FROM field.recheck_read(p_wave, s.form,
        p_answers) AS r) AS x
    WHERE NOT EXISTS (SELECT FROM plan.unit AS u
        JOIN field.rating AS f ON f.wave = p_wave
            AND f.response = s.response AND f.unit = u.unit
        WHERE u.wave = p_wave AND u.code = x.unit) LIMIT 1;
    IF stranger IS NOT NULL THEN
        RAISE EXCEPTION 'phiếu này không hỏi về "%" (this sheet does not rate '
            'it)', stranger USING ERRCODE = '22023';
    END IF;
    DELETE FROM field.recheck_rating WHERE wave = p_wave AND sheet = p_sheet;
    DELETE FROM field.recheck_sheet WHERE wave = p_wave AND sheet = p_sheet;
    INSERT INTO field.recheck_rating (wave, sheet, unit, first, again)
    SELECT p_wave, p_sheet, f.unit, f.answers, field.recheck_bytes(p_wave,
        s.form, u.code, p_answers)
    FROM field.rating AS f
    JOIN plan.unit AS u ON u.wave = p_wave AND u.unit = f.unit
    WHERE f.wave = p_wave AND f.response = s.response AND u.code IN (SELECT
        r.unit FROM field.recheck_read(p_wave, s.form, p_answers) AS r);
    SELECT coalesce(sum(c.asked), 0), coalesce(sum(c.same), 0) INTO n, same
    FROM field.recheck_rating AS r
    CROSS JOIN LATERAL field.recheck_counts(r.first, r.again) AS c
    WHERE r.wave = p_wave AND r.sheet = p_sheet;
    IF n = 0 THEN
        RAISE EXCEPTION 'chưa có câu nào hỏi lại so được (nothing to compare)'
            USING ERRCODE = '22023';
    END IF;
    INSERT INTO field.recheck_sheet (wave, sheet, form, grp, home, agent,
        asked, same)
    VALUES (p_wave, p_sheet, s.form, s.grp, s.home, s.agent, n, same);
    PERFORM field.recheck_mix(p_wave);
    PERFORM audit.append(0::smallint, 'recheck', p_by, jsonb_build_object(
        'wave', p_wave, 'act', 'compare', 'role', p_role, 'answers', n,
        'reason', coalesce(p_reason, ''))::text);
    RETURN QUERY SELECT NULL::integer, n, NULL::integer, same || '/' || n;
END
$$;
COMMENT ON FUNCTION field.recheck_compare(integer, text, text, text[], text,
    text, text) IS
    'compares a sheet with what its respondent says again; no person in it';

CREATE FUNCTION field.recheck_compared(p_wave integer, p_areas text[])
RETURNS TABLE (sheet text, form text, grp text, unit text, area text,
    agent text, asked integer, same integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.sheet, f.code, g.code, coalesce(u.code, ''),
        coalesce(n.code, ''), a.code, s.asked, s.same
    FROM field.recheck_sheet AS s
    JOIN plan.form AS f ON f.wave = p_wave AND f.form = s.form
    JOIN plan.respondent_group AS g ON g.wave = p_wave AND g.grp = s.grp
    JOIN field.agent AS a ON a.agent = s.agent
    LEFT JOIN plan.unit AS u ON u.wave = p_wave AND u.unit = s.home
    LEFT JOIN plan.unit AS n ON n.wave = p_wave
        AND n.unit = field.area_of(p_wave, s.home)
    WHERE s.wave = p_wave AND (p_areas IS NULL
        OR s.home = ANY (field.units_under(p_wave, p_areas)))
    ORDER BY s.sheet
$$;
COMMENT ON FUNCTION field.recheck_compared(integer, text[]) IS
    'sheets that were compared, and how many answers agree';

CREATE FUNCTION field.recheck_answers(p_wave integer, p_areas text[],
    p_sheet text)
RETURNS TABLE (sheet text, unit text, question text, agrees boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.sheet, u.code, q.code,
        get_byte(r.first, q.slot) = get_byte(r.again, q.slot)
    FROM field.recheck_sheet AS s
    JOIN field.recheck_rating AS r USING (wave, sheet)
    JOIN plan.unit AS u ON u.wave = p_wave AND u.unit = r.unit
    JOIN plan.question AS q ON q.wave = p_wave AND q.form = s.form
        AND q.slot < least(length(r.first), length(r.again))
    WHERE s.wave = p_wave AND s.sheet = p_sheet AND (p_areas IS NULL
            OR s.home = ANY (field.units_under(p_wave, p_areas)))
        AND get_byte(r.first, q.slot) NOT IN (0, 253)
        AND get_byte(r.again, q.slot) <> 0
    ORDER BY u.code, q.slot
$$;
COMMENT ON FUNCTION field.recheck_answers(integer, text[], text) IS
    'which answers of a compared sheet agree; never which they were';

-- Sheets compared by agent, area and in all: counts, no answer.
CREATE FUNCTION field.recheck_sides(p_wave integer, p_areas text[])
RETURNS TABLE (side text, code text, sheets bigint, asked bigint,
    same bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN grouping(c.agent) = 0 THEN 'agent'
            WHEN grouping(c.area) = 0 THEN 'area' ELSE 'total' END,
        coalesce(c.agent, c.area, ''), count(*), sum(c.asked), sum(c.same)
    FROM field.recheck_compared(p_wave, p_areas) AS c
    GROUP BY GROUPING SETS ((c.agent), (c.area), ())
    HAVING count(*) > 0
    ORDER BY 1, 2
$$;
COMMENT ON FUNCTION field.recheck_sides(integer, text[]) IS
    'how many sheets were compared and how many answers agree, by agent, area';

-- First answer by second, of whoever has at least p_k sheets compared.
CREATE FUNCTION field.recheck_pairs(p_wave integer, p_areas text[],
    p_k integer)
RETURNS TABLE (side text, code text, form text, question text,
    first integer, again integer, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH one AS (
        SELECT c.agent, c.area, c.form, q.code AS question,
            get_byte(r.first, q.slot) AS a, get_byte(r.again, q.slot) AS b
        FROM field.recheck_compared(p_wave, p_areas) AS c
        JOIN field.recheck_sheet AS s ON s.wave = p_wave
            AND s.sheet = c.sheet
        JOIN field.recheck_rating AS r ON r.wave = p_wave
            AND r.sheet = c.sheet
        JOIN plan.question AS q ON q.wave = p_wave AND q.form = s.form
            AND q.slot < least(length(r.first), length(r.again))
    ), counted AS (
        SELECT CASE WHEN grouping(o.agent) = 0 THEN 'agent'
                WHEN grouping(o.area) = 0 THEN 'area' ELSE 'total' END AS side,
            coalesce(o.agent, o.area, '') AS code, o.form, o.question, o.a,
            o.b, count(*) AS n
        FROM one AS o WHERE o.a NOT IN (0, 253) AND o.b <> 0
        GROUP BY GROUPING SETS ((o.agent, o.form, o.question, o.a, o.b),
            (o.area, o.form, o.question, o.a, o.b),
            (o.form, o.question, o.a, o.b)))
    SELECT k.side, k.code, k.form, k.question, k.a, k.b, k.n
    FROM counted AS k
    JOIN field.recheck_sides(p_wave, p_areas) AS s ON s.side = k.side
        AND s.code = k.code AND s.sheets >= p_k
    ORDER BY 1, 2, 3, 4, 5, 6
$$;
COMMENT ON FUNCTION field.recheck_pairs(integer, text[], integer) IS
    'counts of first answer by second, where enough sheets are behind them';

-- ---- decisions -----------------------------------------------------------------
-- The submissions that count of the sheets a decision names, or of an agent.
CREATE FUNCTION field.recheck_named(p_wave integer, p_areas text[],
    p_from text[], p_to text[], p_agent text)
RETURNS SETOF field.response
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w plan.wave;
    sheets text[];
    missing text;
    who integer;
BEGIN
    SELECT * INTO w FROM plan.wave WHERE wave = p_wave;
    IF (p_from IS NULL) = (p_agent IS NULL) THEN
        RAISE EXCEPTION 'cho số phiếu hoặc một điều tra viên (give sheets, or '
            'an agent)' USING ERRCODE = '22023';
    ELSIF p_from IS NOT NULL AND w.ledger THEN
        sheets := field.ledger_pick(p_wave, p_areas, NULL, p_from, p_to, NULL,
            NULL, NULL);
    ELSIF p_from IS NOT NULL THEN
        IF p_from <> p_to THEN
            RAISE EXCEPTION 'đợt không có sổ phiếu: ghi từng số (no ledger: '
                'one number after the other)' USING ERRCODE = '22023';
        END IF;
        sheets := p_from;
    ELSE
        who := field.ledger_agent(p_agent);
    END IF;
    SELECT x.s INTO missing FROM unnest(sheets) AS x (s)
    WHERE NOT EXISTS (SELECT FROM field.response AS r WHERE r.wave = p_wave
        AND r.sheet = x.s AND r.keying = 1 AND r.counted) LIMIT 1;
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'phiếu % không có bài nào đang tính (nothing of it '
            'counts)', missing USING ERRCODE = '55000';
    END IF;
    RETURN QUERY SELECT r.* FROM field.response AS r
    JOIN field.agent_key AS k ON k.key = r.key
    LEFT JOIN field.sheet AS t ON t.wave = p_wave AND t.sheet = r.sheet
    WHERE r.wave = p_wave AND r.keying = 1 AND r.counted
        AND (r.sheet = ANY (sheets) OR k.agent = who)
        AND (p_areas IS NULL OR coalesce(t.now_home, r.home, 0)
            = ANY (field.units_under(p_wave, p_areas)))
    ORDER BY r.sheet;
END
$$;
COMMENT ON FUNCTION field.recheck_named(integer, text[], text[], text[],
    text) IS 'what counts of the sheets that a decision is about';

-- Sheets that the ledger locked are unlocked first, by the role that decides;
-- the review moves them.
CREATE FUNCTION field.recheck_unlock(p_wave integer, p_by text, p_role text,
    p_sheets text[], p_reason text, p_detail jsonb)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    ev integer := field.ledger_next(p_wave);
    there text[];
BEGIN
    there := ARRAY(SELECT s.sheet FROM field.sheet AS s
        WHERE s.wave = p_wave AND s.sheet = ANY (p_sheets)
            AND s.status = 'locked' ORDER BY s.sheet);
    IF there = '{}' THEN
        RETURN;
    END IF;
    PERFORM field.ledger_move(p_wave, ev, 'unlock', p_role, p_reason, there,
        NULL, NULL, NULL);
    PERFORM field.ledger_seal(p_wave, ev, 'unlock', p_by, p_role, p_reason,
        NULL, false, p_detail);
END
$$;
COMMENT ON FUNCTION field.recheck_unlock(integer, text, text, text[], text,
    jsonb) IS 'unlocks the sheets that a decision is about';

CREATE FUNCTION field.recheck_decide(p_wave integer, p_by text, p_role text,
    p_areas text[], p_number text, p_from text[], p_to text[], p_agent text,
    p_reason text)
RETURNS TABLE (event integer, moved integer, paper integer, made text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    w plan.wave;
    no integer;
    r field.response;
    sheets text[] := '{}';
    items text[] := '{}';
    ev integer;
BEGIN
    SELECT * INTO w FROM plan.wave WHERE wave = p_wave;
    PERFORM field.ledger_refuse('recheck', '-', 'decide', p_role, p_reason,
        'phúc tra');
    IF w.ledger THEN
        PERFORM field.ledger_take(p_wave, true);
        PERFORM field.ledger_sync(p_wave);
    ELSE
        PERFORM pg_advisory_xact_lock(7004, p_wave);
    END IF;
    no := (SELECT coalesce(max(d.decision), 0) + 1
        FROM field.recheck_decision AS d WHERE d.wave = p_wave);
    FOR r IN SELECT * FROM field.recheck_named(p_wave, p_areas, p_from, p_to,
        p_agent) LOOP
        INSERT INTO field.recheck_decided (wave, decision, sheet, instance,
            state, faults)
        VALUES (p_wave, no, r.sheet, r.instance, r.state, r.faults);
        sheets := sheets || r.sheet;
        items := items || r.instance;
    END LOOP;
    IF sheets = '{}' THEN
        RAISE EXCEPTION 'không có phiếu nào đang tính (nothing counts here)'
            USING ERRCODE = '55000';
    END IF;
    INSERT INTO field.recheck_decision (wave, decision, number, reason,
        agent, sheets, decided_by)
    VALUES (p_wave, no, p_number, p_reason, CASE WHEN p_agent IS NOT NULL
        THEN field.ledger_agent(p_agent) END, cardinality(sheets), p_by);
    IF w.ledger THEN
        PERFORM field.recheck_unlock(p_wave, p_by, p_role, sheets, p_reason,
            jsonb_build_object('decision', no, 'number', p_number));
    END IF;
    PERFORM field.review_do(p_wave, p_by, 'owner', NULL, NULL, 'reject',
        items, 'V12', p_number || ': ' || p_reason, NULL);
    IF w.ledger THEN
        ev := field.ledger_next(p_wave) - 1;
    END IF;
    PERFORM audit.append(0::smallint, 'recheck', p_by, jsonb_build_object(
        'wave', p_wave, 'act', 'decide', 'role', p_role, 'decision', no,
        'number', p_number, 'agent', p_agent, 'count', cardinality(sheets),
        'reason', p_reason)::text);
    RETURN QUERY SELECT ev, cardinality(sheets), NULL::integer, no::text;
END
$$;
COMMENT ON FUNCTION field.recheck_decide(integer, text, text, text[], text,
    text[], text[], text, text) IS
    'a decision makes sheets invalid (V12), in answers and ledger at once';

CREATE FUNCTION field.recheck_undo(p_wave integer, p_by text, p_role text,
    p_areas text[], p_decision integer, p_number text, p_reason text)
RETURNS TABLE (event integer, moved integer, paper integer, made text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    w plan.wave;
    d field.recheck_decision;
    r record;
    sheets text[] := '{}';
    items text[] := '{}';
    ev integer;
BEGIN
    SELECT * INTO w FROM plan.wave WHERE wave = p_wave;
    IF w.ledger THEN
        PERFORM field.ledger_take(p_wave, true);
        PERFORM field.ledger_sync(p_wave);
    ELSE
        PERFORM pg_advisory_xact_lock(7004, p_wave);
    END IF;
    SELECT * INTO d FROM field.recheck_decision AS x
    WHERE x.wave = p_wave AND x.decision = p_decision;
    PERFORM field.ledger_refuse('recheck', coalesce(d.status, '-'), 'undo',
        p_role, p_reason, 'quyết định ' || coalesce(p_decision::text, ''));
    FOR r IN SELECT x.*, n.state AS now, n.faults -> 0 ->> 'code' AS code,
            coalesce(t.now_home, n.home, 0) AS place
        FROM field.recheck_decided AS x
        JOIN field.response AS n ON n.wave = p_wave
            AND n.instance = x.instance
        LEFT JOIN field.sheet AS t ON t.wave = p_wave AND t.sheet = x.sheet
        WHERE x.wave = p_wave AND x.decision = p_decision
        ORDER BY x.sheet LOOP
        IF r.now <> 6 OR r.code IS DISTINCT FROM 'V12' THEN
            RAISE EXCEPTION 'phiếu % đã được kết luận khác sau quyết định '
                '(judged otherwise since)', r.sheet USING ERRCODE = '55000';
        ELSIF p_areas IS NOT NULL
            AND r.place <> ALL (field.units_under(p_wave, p_areas)) THEN
            RAISE EXCEPTION 'quyết định có phiếu ngoài địa bàn của bạn (not '
                'all of it lies in your area)' USING ERRCODE = '42501';
        END IF;
        sheets := sheets || r.sheet;
        items := items || r.instance;
    END LOOP;
    UPDATE field.recheck_decision AS x SET status = 'undone',
        undone_number = p_number, undone_by = p_by, undone_reason = p_reason,
        undone_on = (now() AT TIME ZONE 'UTC' + interval '7 hours')::date
    WHERE x.wave = p_wave AND x.decision = p_decision;
    IF w.ledger THEN
        PERFORM field.recheck_unlock(p_wave, p_by, p_role, sheets, p_reason,
            jsonb_build_object('decision', p_decision, 'undone_by',
                p_number));
    END IF;
    PERFORM field.review_do(p_wave, p_by, 'owner', NULL, NULL, 'undo', items,
        NULL, p_number || ': ' || p_reason, NULL);
    IF w.ledger THEN
        ev := field.ledger_next(p_wave) - 1;
    END IF;
    PERFORM audit.append(0::smallint, 'recheck', p_by, jsonb_build_object(
        'wave', p_wave, 'act', 'undo', 'role', p_role, 'decision',
        p_decision, 'number', p_number, 'count', cardinality(sheets),
        'reason', p_reason)::text);
    RETURN QUERY SELECT ev, cardinality(sheets), NULL::integer,
        p_decision::text;
END
$$;
COMMENT ON FUNCTION field.recheck_undo(integer, text, text, text[], integer,
    text, text) IS 'takes a decision back by another: its sheets count again';

CREATE FUNCTION field.recheck_decisions(p_wave integer, p_areas text[])
RETURNS TABLE (decision integer, status text, number text, decided_on date,
    decided_by text, agent text, sheets integer, reason text,
    undone_number text, undone_on date, undone_by text, undone_reason text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT d.decision, d.status, d.number, d.decided_on, d.decided_by,
        a.code, d.sheets, d.reason, d.undone_number, d.undone_on,
        d.undone_by, d.undone_reason
    FROM field.recheck_decision AS d
    LEFT JOIN field.agent AS a USING (agent)
    WHERE d.wave = p_wave AND (p_areas IS NULL OR EXISTS (SELECT
        FROM field.recheck_decided AS x
        JOIN field.response AS r ON r.wave = p_wave
            AND r.instance = x.instance
        LEFT JOIN field.sheet AS t ON t.wave = p_wave AND t.sheet = x.sheet
        WHERE x.wave = p_wave AND x.decision = d.decision
            AND coalesce(t.now_home, r.home, 0)
                = ANY (field.units_under(p_wave, p_areas))))
    ORDER BY d.decision
$$;
COMMENT ON FUNCTION field.recheck_decisions(integer, text[]) IS
    'decisions on a re-survey, undone ones too';

CREATE FUNCTION field.recheck_decided_sheets(p_wave integer, p_areas text[],
    p_decision integer)
RETURNS TABLE (decision integer, sheet text, agent text, unit text,
    state_now smallint, code_now text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT x.decision, x.sheet, a.code, coalesce(u.code, ''), r.state,
        r.faults -> 0 ->> 'code'
    FROM field.recheck_decided AS x
    JOIN field.response AS r ON r.wave = p_wave AND r.instance = x.instance
    JOIN field.agent_key AS k ON k.key = r.key
    JOIN field.agent AS a ON a.agent = k.agent
    LEFT JOIN field.sheet AS t ON t.wave = p_wave AND t.sheet = x.sheet
    LEFT JOIN plan.unit AS u ON u.wave = p_wave
        AND u.unit = coalesce(t.now_home, r.home, 0)
    WHERE x.wave = p_wave AND x.decision = p_decision AND (p_areas IS NULL
        OR u.unit = ANY (field.units_under(p_wave, p_areas)))
    ORDER BY x.sheet
$$;
COMMENT ON FUNCTION field.recheck_decided_sheets(integer, text[], integer) IS
    'the sheets of a decision and how they stand now';

-- ---- who may -------------------------------------------------------------------
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA roster FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA field FROM PUBLIC;
GRANT EXECUTE ON FUNCTION roster.import(integer, text, text, jsonb),
    roster.mark(integer, text, text, text[], text, text, boolean),
    roster.forget(integer, text, text, text),
    roster.recheck_draw(integer, text, text, text[], text, numeric, integer,
        text, text, integer, text),
    roster.recheck_result(integer, text, text, text[], integer, text, text,
        text, date),
    roster.recheck_status(integer, text, text, text[], text, integer, text),
    roster.recheck_houses(integer, text, text, text[], text, text, text,
        integer, integer, integer, integer),
    roster.recheck_list(integer, text[], integer),
    roster.recheck_frame(integer, text[], integer),
    roster.persons(integer, text[]) TO phieu_roster;
GRANT EXECUTE ON FUNCTION roster.is_code(text) TO phieu_roster;
-- which wave is meant
GRANT SELECT ON plan.wave TO phieu_roster;
GRANT SELECT (wave, version) ON plan.version TO phieu_roster;
GRANT USAGE ON SCHEMA roster TO phieu_server;
GRANT EXECUTE ON FUNCTION roster.recheck_draws(integer, text[]),
    roster.recheck_counts(integer, text[]),
    roster.recheck_verify(integer) TO phieu_roster, phieu_server;
GRANT EXECUTE ON FUNCTION field.recheck_compare(integer, text, text, text[],
        text, text, text),
    field.recheck_compared(integer, text[]),
    field.recheck_answers(integer, text[], text),
    field.recheck_sides(integer, text[]),
    field.recheck_pairs(integer, text[], integer),
    field.recheck_decide(integer, text, text, text[], text, text[], text[],
        text, text),
    field.recheck_undo(integer, text, text, text[], integer, text, text),
    field.recheck_decisions(integer, text[]),
    field.recheck_decided_sheets(integer, text[], integer) TO phieu_server;
