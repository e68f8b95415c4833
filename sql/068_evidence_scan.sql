-- What a virus scanner said of evidence stands with its content, and what it
-- refused stands in the log.
ALTER TABLE assess.evidence_content ADD COLUMN scanned_at timestamptz;
COMMENT ON COLUMN assess.evidence_content.scanned IS
    '"clean", or "not scanned: " and why; NULL: no scanner was set up';
COMMENT ON COLUMN assess.evidence_content.scanned_at IS
    'When the scanner was asked, NULL: it was not';

-- As before; the same content coming again carries what the scanner says now
-- when it says it is clean.
CREATE OR REPLACE FUNCTION assess.evidence_add(p_round integer,
    p_unit integer, p_node integer, p_name text, p_bytes bytea, p_type text,
    p_scanned text, p_by text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    digest bytea := sha256(p_bytes);
BEGIN
    PERFORM assess.self_open(p_round, p_unit);
    INSERT INTO assess.evidence_content AS c (sha256, bytes, type, scanned,
        scanned_at)
    VALUES (digest, p_bytes, p_type, p_scanned,
        CASE WHEN p_scanned IS NOT NULL THEN now() END)
    ON CONFLICT ON CONSTRAINT evidence_content_pkey DO UPDATE
    SET scanned = excluded.scanned, scanned_at = excluded.scanned_at
    WHERE excluded.scanned = 'clean' OR c.scanned IS NULL;
    IF EXISTS (SELECT FROM assess.evidence WHERE round = p_round
        AND unit = p_unit AND node IS NOT DISTINCT FROM p_node
        AND name = p_name AND sha256 = digest AND removed_at IS NULL) THEN
        RETURN false;
    END IF;
    INSERT INTO assess.evidence (round, unit, node, name, sha256, added_by)
    VALUES (p_round, p_unit, p_node, p_name, digest, p_by);
    PERFORM assess.changed(p_round, p_unit, p_node, 'evidence', NULL,
        p_name || ' ' || encode(digest, 'hex'), NULL, p_by);
    PERFORM assess.note(p_round, 'evidence', p_by, jsonb_build_object('unit',
        p_unit, 'node', p_node, 'name', p_name, 'sha256', encode(digest,
        'hex'), 'scanned', p_scanned));
    RETURN true;
END
$$;

-- Nothing of the file is kept but its hash.
CREATE FUNCTION assess.evidence_refused(p_round integer, p_unit integer,
    p_node text, p_name text, p_sha256 text, p_bytes bigint, p_why text,
    p_by text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT assess.note(p_round, 'evidence.refused', p_by, jsonb_build_object(
        'unit', p_unit, 'criterion', p_node, 'name', p_name, 'sha256',
        p_sha256, 'bytes', p_bytes, 'why', p_why))
$$;
COMMENT ON FUNCTION assess.evidence_refused(integer, integer, text, text,
    text, bigint, text, text) IS
    'puts into the log that a file was refused, and why';
REVOKE ALL ON FUNCTION assess.evidence_refused(integer, integer, text, text,
    text, bigint, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION assess.evidence_refused(integer, integer, text,
    text, text, bigint, text, text) TO phieu_server;
