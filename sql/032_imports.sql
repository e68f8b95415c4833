-- Excel and CSV files that sheets came in, each kept once; and what counts
-- already of the sheets in a file that comes again.

CREATE TABLE field.import (
    wave integer NOT NULL,
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    form integer NOT NULL,
    key integer NOT NULL,
    sheets integer NOT NULL CHECK (sheets > 0),
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    bytes bytea NOT NULL,
    PRIMARY KEY (wave, sha256)
);
ALTER TABLE field.import ALTER COLUMN bytes SET STORAGE EXTERNAL;
COMMENT ON TABLE field.import IS
    'files of filled sheets (Excel, CSV) as received; written in the transaction that stored their sheets';
COMMENT ON COLUMN field.import.wave IS 'the wave';
COMMENT ON COLUMN field.import.sha256 IS 'SHA-256 of the file';
COMMENT ON COLUMN field.import.form IS 'ordinal of the form its sheets are of';
COMMENT ON COLUMN field.import.key IS 'the key it came with first';
COMMENT ON COLUMN field.import.sheets IS 'how many sheets it holds';
COMMENT ON COLUMN field.import.received_at IS 'when it came first';
COMMENT ON COLUMN field.import.bytes IS 'the file';

ALTER TABLE field.import ENABLE ROW LEVEL SECURITY;
CREATE POLICY backup_all ON field.import FOR SELECT TO phieu_backup
    USING (true);
GRANT SELECT ON field.import TO phieu_backup;

-- The same file again is the same row.
CREATE FUNCTION field.import_add(p_key integer, p_sha256 bytea,
    p_form integer, p_sheets integer, p_bytes bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO field.import (wave, sha256, form, key, sheets, bytes)
    SELECT k.wave, p_sha256, p_form, k.key, p_sheets, p_bytes
    FROM field.agent_key AS k
    WHERE k.key = p_key AND k.revoked_at IS NULL AND k.expires_at > now()
    ON CONFLICT DO NOTHING;
    RETURN FOUND;
END $$;
COMMENT ON FUNCTION field.import_add(integer, bytea, integer, integer, bytea)
    IS 'keeps a file of filled sheets; true when it is new';

CREATE INDEX response_sheet_other ON field.response (wave, sheet)
    WHERE NOT counted;

-- Of these sheets, what came from files of the same agent before; `open` is
-- what a later file may replace: counted, and judged by nobody.
CREATE FUNCTION field.import_known(p_key integer, p_sheets text[],
    p_keyings smallint[])
RETURNS TABLE (n bigint, instance text, replaces text, open boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.n, r.instance, r.replaces, r.counted AND r.state IN (1, 2)
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
    WHERE me.key = p_key AND r.way = 4 AND r.keying = s.keying
    ORDER BY s.n, r.received_at DESC, r.instance
$$;
COMMENT ON FUNCTION field.import_known(integer, text[], smallint[]) IS
    'what came of the sheets of a file before, from files of the same agent';

REVOKE ALL ON FUNCTION
    field.import_add(integer, bytea, integer, integer, bytea),
    field.import_known(integer, text[], smallint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    field.import_add(integer, bytea, integer, integer, bytea),
    field.import_known(integer, text[], smallint[]) TO phieu_collector;
