-- Files sent beside sheets, opened: whose sheet it is, by the agent's code and
-- no more, and one file at a time with an entry in the log.
CREATE VIEW field.key_code AS
SELECT k.key, k.wave, a.code FROM field.agent_key AS k
JOIN field.agent AS a ON a.agent = k.agent;
COMMENT ON VIEW field.key_code IS
    'which agent a key belongs to: the code, neither name nor key';
COMMENT ON COLUMN field.key_code.key IS 'the key''s number';
COMMENT ON COLUMN field.key_code.wave IS 'Wave, plan.wave';
COMMENT ON COLUMN field.key_code.code IS 'code of its agent';
GRANT SELECT ON field.key_code TO phieu_server;

COMMENT ON TABLE field.attachment_bytes IS
    'contents of files sent beside sheets, each once: pictures without what cameras write beside them';
COMMENT ON COLUMN field.attachment_bytes.sha256 IS
    'SHA-256 of the file as received; what is stored of a picture is less';
COMMENT ON COLUMN field.attachment.sha256 IS
    'SHA-256 of the file as received, NULL: not here yet';
COMMENT ON COLUMN field.attachment.bytes IS 'bytes stored of it';
COMMENT ON COLUMN field.attachment.media_type IS
    'by content; application/octet-stream: unknown, or a damaged picture';

-- Logged before a byte is seen, in the caller's transaction.
CREATE FUNCTION field.file_open(p_wave integer, p_instance text,
    p_name text, p_reason text, p_by text)
RETURNS TABLE (media_type text, sha256 text, bytes bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF NOT EXISTS (SELECT FROM field.attachment AS f
        WHERE f.wave = p_wave AND f.instance = p_instance
            AND f.name = p_name AND f.sha256 IS NOT NULL) THEN
        RETURN;
    END IF;
    PERFORM audit.append(0::smallint, 'file.open', p_by, json_build_object(
        'wave', p_wave, 'instance', p_instance, 'name', p_name,
        'reason', p_reason)::text);
    RETURN QUERY SELECT f.media_type, encode(f.sha256, 'hex'), b.bytes
    FROM field.attachment AS f
    JOIN field.attachment_bytes AS b ON b.wave = f.wave
        AND b.sha256 = f.sha256
    WHERE f.wave = p_wave AND f.instance = p_instance AND f.name = p_name;
END
$$;
COMMENT ON FUNCTION field.file_open(integer, text, text, text, text) IS
    'one file of a sheet; who opens it and why stands in the log';
REVOKE ALL ON FUNCTION field.file_open(integer, text, text, text, text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION field.file_open(integer, text, text, text, text)
    TO phieu_server;
