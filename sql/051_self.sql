-- The index: self-assessment.  A row of assess.item is what stands about one
-- unit and criterion; every change of it is a row of assess.change.  Points
-- are typed for criteria of source "assessed" alone: survey, satisfaction and
-- external values cannot be typed by anyone.
CREATE TABLE assess.self (
    round integer NOT NULL,
    unit integer NOT NULL,
    state text NOT NULL DEFAULT 'draft'
        CHECK (state IN ('draft', 'submitted', 'reopened')),
    explanation text,
    submitted_by text,
    submitted_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (round, unit),
    FOREIGN KEY (round, unit) REFERENCES assess.unit
);
COMMENT ON TABLE assess.self IS 'A unit''s self-assessment as a whole';
COMMENT ON COLUMN assess.self.round IS 'Round';
COMMENT ON COLUMN assess.self.unit IS 'Unit';
COMMENT ON COLUMN assess.self.state IS
    'draft, submitted, or reopened (with a reason, in assess.change)';
COMMENT ON COLUMN assess.self.explanation IS
    'The explanation report (báo cáo giải trình)';
COMMENT ON COLUMN assess.self.submitted_by IS 'Who handed it in last';
COMMENT ON COLUMN assess.self.submitted_at IS 'When';
COMMENT ON COLUMN assess.self.version IS
    'Goes up with each change: two people see each other';

CREATE TABLE assess.item (
    round integer NOT NULL,
    unit integer NOT NULL,
    node integer NOT NULL,
    self numeric(12, 6),
    self_na boolean NOT NULL DEFAULT false,
    self_note text,
    typed numeric(12, 6),
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (round, unit, node),
    FOREIGN KEY (round, unit) REFERENCES assess.unit,
    FOREIGN KEY (round, node) REFERENCES assess.node,
    CHECK (NOT (self_na AND self IS NOT NULL))
);
COMMENT ON TABLE assess.item IS
    'What stands about one unit and one criterion';
COMMENT ON COLUMN assess.item.round IS 'Round';
COMMENT ON COLUMN assess.item.unit IS 'Unit';
COMMENT ON COLUMN assess.item.node IS 'Criterion';
COMMENT ON COLUMN assess.item.self IS
    'Points the unit gives itself (điểm tự chấm), NULL: none yet';
COMMENT ON COLUMN assess.item.self_na IS
    'The unit says that the criterion does not apply to it';
COMMENT ON COLUMN assess.item.self_note IS 'The unit''s note';
COMMENT ON COLUMN assess.item.typed IS
    'A sum typed in the unit''s file for a node that has children: checked, never used';
COMMENT ON COLUMN assess.item.version IS
    'Goes up with each change: two people see each other';

CREATE TABLE assess.change (
    change bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    round integer NOT NULL,
    unit integer,
    node integer,
    what text COLLATE "C" NOT NULL,
    was text,
    becomes text,
    why text,
    done_by text NOT NULL,
    done_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX change_of ON assess.change (round, unit, node, change);
COMMENT ON TABLE assess.change IS
    'Every change in a round: who, when, from, to, why; only added to';
COMMENT ON COLUMN assess.change.change IS 'Order';
COMMENT ON COLUMN assess.change.round IS 'Round';
COMMENT ON COLUMN assess.change.unit IS 'Unit, NULL: none';
COMMENT ON COLUMN assess.change.node IS 'Criterion, NULL: none';
COMMENT ON COLUMN assess.change.what IS 'What changed, as self, appraised';
COMMENT ON COLUMN assess.change.was IS 'Before, NULL: nothing';
COMMENT ON COLUMN assess.change.becomes IS 'After, NULL: nothing';
COMMENT ON COLUMN assess.change.why IS 'Reason, NULL: none asked for';
COMMENT ON COLUMN assess.change.done_by IS 'Who';
COMMENT ON COLUMN assess.change.done_at IS 'When';

CREATE TABLE assess.evidence_content (
    sha256 bytea PRIMARY KEY CHECK (length(sha256) = 32),
    bytes bytea NOT NULL,
    type text NOT NULL,
    scanned text,
    CHECK (sha256 = pg_catalog.sha256(bytes))
);
COMMENT ON TABLE assess.evidence_content IS
    'Bytes of evidence, once a content';
COMMENT ON COLUMN assess.evidence_content.sha256 IS 'SHA-256 of the bytes';
COMMENT ON COLUMN assess.evidence_content.bytes IS 'The file as it came';
COMMENT ON COLUMN assess.evidence_content.type IS 'Media type by content';
COMMENT ON COLUMN assess.evidence_content.scanned IS
    'What the scanner said of it, NULL: none is set up';

CREATE TABLE assess.evidence (
    evidence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    round integer NOT NULL,
    unit integer NOT NULL,
    node integer,
    name text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 249),
    sha256 bytea NOT NULL REFERENCES assess.evidence_content,
    added_by text NOT NULL,
    added_at timestamptz NOT NULL DEFAULT now(),
    removed_by text,
    removed_at timestamptz,
    FOREIGN KEY (round, unit) REFERENCES assess.unit,
    FOREIGN KEY (round, node) REFERENCES assess.node
);
CREATE UNIQUE INDEX evidence_name ON assess.evidence (round, unit, node, name)
    NULLS NOT DISTINCT WHERE removed_at IS NULL;
COMMENT ON TABLE assess.evidence IS
    'Evidence files (tài liệu kiểm chứng) of a unit''s criteria';
COMMENT ON COLUMN assess.evidence.evidence IS 'Number';
COMMENT ON COLUMN assess.evidence.round IS 'Round';
COMMENT ON COLUMN assess.evidence.unit IS 'Unit';
COMMENT ON COLUMN assess.evidence.node IS
    'Criterion, NULL: the explanation report''s own file';
COMMENT ON COLUMN assess.evidence.name IS 'File name, NFC';
COMMENT ON COLUMN assess.evidence.sha256 IS 'Its content';
COMMENT ON COLUMN assess.evidence.added_by IS 'Who added it';
COMMENT ON COLUMN assess.evidence.added_at IS 'When';
COMMENT ON COLUMN assess.evidence.removed_by IS
    'Who took it away, NULL: it stands; the bytes stay';
COMMENT ON COLUMN assess.evidence.removed_at IS 'When';

-- ---- acts -----------------------------------------------------------------
CREATE FUNCTION assess.changed(p_round integer, p_unit integer,
    p_node integer, p_what text, p_was text, p_becomes text, p_why text,
    p_by text) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO assess.change (round, unit, node, what, was, becomes, why,
        done_by)
    SELECT p_round, p_unit, p_node, p_what, p_was, p_becomes, p_why, p_by
    WHERE p_was IS DISTINCT FROM p_becomes
$$;
COMMENT ON FUNCTION assess.changed(integer, integer, integer, text, text,
    text, text, text) IS 'keeps a change, when it is one';

-- The unit's row, locked; made when it is new.  Refuses (55000) what is handed
-- in and a step that is not open.
CREATE FUNCTION assess.self_open(p_round integer, p_unit integer)
RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    s text;
BEGIN
    INSERT INTO assess.self (round, unit) VALUES (p_round, p_unit)
    ON CONFLICT DO NOTHING;
    SELECT state INTO s FROM assess.self
    WHERE round = p_round AND unit = p_unit FOR UPDATE;
    IF s = 'submitted' THEN
        RAISE EXCEPTION 'bản tự đánh giá đã nộp, cần được mở lại (the self-assessment is handed in; have it reopened)'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    IF s = 'draft' THEN
        PERFORM assess.need_step(p_round, 'self-assess');
    END IF;
END
$$;
COMMENT ON FUNCTION assess.self_open(integer, integer) IS
    'locks a unit''s self-assessment for a change, refuses when it is closed';

-- p_items: [{"node":code,"version":seen or 0,"self":"1.5"|null,"na":bool,
-- "note":text|null,"typed":"…"|null}]; all or nothing.  Rows: criterion and
-- why it was refused ('stale', 'unknown', 'not-typed' for a source that nobody
-- types, 'range'); none when everything is stored.
CREATE FUNCTION assess.self_put(p_round integer, p_unit integer,
    p_items jsonb, p_by text) RETURNS TABLE (node text, refused text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM assess.self_open(p_round, p_unit);
    CREATE TEMP TABLE given ON COMMIT DROP AS
    SELECT x.node AS code, x.version, x.self, coalesce(x.na, false) AS na,
        x.note, x.typed, n.node, n.leaf, n.source, n.maximum
    FROM jsonb_to_recordset(p_items) AS x (node text, version integer,
        self numeric, na boolean, note text, typed numeric)
    LEFT JOIN assess.node AS n
        ON n.round = p_round AND n.code = x.node AND n.in_force;
    RETURN QUERY
    SELECT g.code, w.why FROM given AS g
    LEFT JOIN assess.item AS i
        ON i.round = p_round AND i.unit = p_unit AND i.node = g.node
    CROSS JOIN LATERAL (SELECT CASE
        WHEN g.node IS NULL THEN 'unknown'
        WHEN g.leaf AND g.source <> 'assessed' AND (g.self IS NOT NULL
            OR g.na) THEN 'not-typed'
        WHEN NOT g.leaf AND (g.self IS NOT NULL OR g.na) THEN 'not-typed'
        WHEN g.self < 0 OR g.self > g.maximum OR (g.self IS NOT NULL
            AND g.na) THEN 'range'
        WHEN coalesce(i.version, 0) <> coalesce(g.version, 0) THEN 'stale'
        END AS why) AS w
    WHERE w.why IS NOT NULL;
    IF NOT FOUND THEN
        PERFORM assess.changed(p_round, p_unit, g.node, 'self',
            CASE WHEN i.self_na THEN 'n/a' ELSE i.self::text END,
            CASE WHEN g.na THEN 'n/a' ELSE g.self::numeric(12, 6)::text END,
            NULL, p_by),
            assess.changed(p_round, p_unit, g.node, 'self-note', i.self_note,
                g.note, NULL, p_by)
        FROM given AS g LEFT JOIN assess.item AS i
            ON i.round = p_round AND i.unit = p_unit AND i.node = g.node;
        INSERT INTO assess.item AS i (round, unit, node, self, self_na,
            self_note, typed)
        SELECT p_round, p_unit, g.node, g.self, g.na, g.note, g.typed
        FROM given AS g
        ON CONFLICT ON CONSTRAINT item_pkey DO UPDATE
        SET self = excluded.self, self_na = excluded.self_na,
            self_note = excluded.self_note, typed = excluded.typed,
            version = i.version + 1;
        UPDATE assess.self SET version = version + 1
        WHERE round = p_round AND unit = p_unit;
        PERFORM assess.note(p_round, 'self', p_by, jsonb_build_object(
            'unit', p_unit, 'items', (SELECT count(*) FROM given),
            'sha256', encode(sha256(convert_to(p_items::text, 'UTF8')),
                'hex')));
    END IF;
    DROP TABLE given;
END
$$;
COMMENT ON FUNCTION assess.self_put(integer, integer, jsonb, text) IS
    'puts points a unit gives itself, all or nothing; rows are refusals';

-- Hands in (why NULL) or reopens (with a reason).  The new version; 0: the
-- version is another.
CREATE FUNCTION assess.self_turn(p_round integer, p_unit integer,
    p_version integer, p_submit boolean, p_why text, p_by text)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old assess.self;
BEGIN
    IF p_submit THEN
        PERFORM assess.self_open(p_round, p_unit);
    END IF;
    SELECT * INTO old FROM assess.self
    WHERE round = p_round AND unit = p_unit FOR UPDATE;
    IF NOT FOUND OR old.version <> p_version THEN
        RETURN 0;
    END IF;
    IF NOT p_submit AND old.state <> 'submitted' THEN
        RAISE EXCEPTION 'bản tự đánh giá chưa nộp (the self-assessment is not handed in)'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    UPDATE assess.self SET
        state = CASE WHEN p_submit THEN 'submitted' ELSE 'reopened' END,
        submitted_by = CASE WHEN p_submit THEN p_by ELSE submitted_by END,
        submitted_at = CASE WHEN p_submit THEN now() ELSE submitted_at END,
        version = version + 1
    WHERE round = p_round AND unit = p_unit;
    PERFORM assess.changed(p_round, p_unit, NULL, 'self-state', old.state,
        CASE WHEN p_submit THEN 'submitted' ELSE 'reopened' END, p_why,
        p_by);
    PERFORM assess.note(p_round, CASE WHEN p_submit THEN 'submit'
        ELSE 'reopen' END, p_by, jsonb_build_object('unit', p_unit,
        'reason', p_why));
    RETURN old.version + 1;
END
$$;
COMMENT ON FUNCTION assess.self_turn(integer, integer, integer, boolean, text,
    text) IS 'hands a self-assessment in, or reopens it with a reason';

CREATE FUNCTION assess.self_explain(p_round integer, p_unit integer,
    p_version integer, p_text text, p_by text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old assess.self;
BEGIN
    PERFORM assess.self_open(p_round, p_unit);
    SELECT * INTO old FROM assess.self
    WHERE round = p_round AND unit = p_unit;
    IF old.version <> p_version THEN
        RETURN 0;
    END IF;
    UPDATE assess.self SET explanation = p_text, version = version + 1
    WHERE round = p_round AND unit = p_unit;
    PERFORM assess.changed(p_round, p_unit, NULL, 'explanation',
        old.explanation, p_text, NULL, p_by);
    RETURN old.version + 1;
END
$$;
COMMENT ON FUNCTION assess.self_explain(integer, integer, integer, text, text)
    IS 'puts the explanation report; 0: the version is another';

-- A file beside a criterion (or, node NULL, the explanation).  False: the same
-- content under the same name is there; 23505: another content has the name.
CREATE FUNCTION assess.evidence_add(p_round integer, p_unit integer,
    p_node integer, p_name text, p_bytes bytea, p_type text, p_scanned text,
    p_by text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    digest bytea := sha256(p_bytes);
BEGIN
    PERFORM assess.self_open(p_round, p_unit);
    IF EXISTS (SELECT FROM assess.evidence WHERE round = p_round
        AND unit = p_unit AND node IS NOT DISTINCT FROM p_node
        AND name = p_name AND sha256 = digest AND removed_at IS NULL) THEN
        RETURN false;
    END IF;
    INSERT INTO assess.evidence_content (sha256, bytes, type, scanned)
    VALUES (digest, p_bytes, p_type, p_scanned) ON CONFLICT DO NOTHING;
    INSERT INTO assess.evidence (round, unit, node, name, sha256, added_by)
    VALUES (p_round, p_unit, p_node, p_name, digest, p_by);
    PERFORM assess.changed(p_round, p_unit, p_node, 'evidence', NULL,
        p_name || ' ' || encode(digest, 'hex'), NULL, p_by);
    PERFORM assess.note(p_round, 'evidence', p_by, jsonb_build_object('unit',
        p_unit, 'node', p_node, 'name', p_name, 'sha256', encode(digest,
        'hex')));
    RETURN true;
END
$$;
COMMENT ON FUNCTION assess.evidence_add(integer, integer, integer, text,
    bytea, text, text, text) IS 'keeps a file of evidence, once a content';

CREATE FUNCTION assess.evidence_remove(p_evidence bigint, p_by text)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old assess.evidence;
BEGIN
    SELECT * INTO old FROM assess.evidence
    WHERE evidence = p_evidence AND removed_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM assess.self_open(old.round, old.unit);
    UPDATE assess.evidence SET removed_by = p_by, removed_at = now()
    WHERE evidence = p_evidence;
    PERFORM assess.changed(old.round, old.unit, old.node, 'evidence',
        old.name || ' ' || encode(old.sha256, 'hex'), NULL, NULL, p_by);
    RETURN true;
END
$$;
COMMENT ON FUNCTION assess.evidence_remove(bigint, text) IS
    'takes a file of evidence away; its bytes and its history stay';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA assess FROM PUBLIC;
GRANT SELECT ON assess.self, assess.item, assess.change, assess.evidence
    TO phieu_server, phieu_auditor, phieu_backup;
GRANT SELECT ON assess.evidence_content TO phieu_server, phieu_backup;
GRANT EXECUTE ON FUNCTION
    assess.self_put(integer, integer, jsonb, text),
    assess.self_turn(integer, integer, integer, boolean, text, text),
    assess.self_explain(integer, integer, integer, text, text),
    assess.evidence_add(integer, integer, integer, text, bytea, text, text,
        text),
    assess.evidence_remove(bigint, text) TO phieu_server;
