-- Files that come by themselves (PUT): what an agent may know of the files of
-- a sheet that the agent sent, so that the same file again is answered from
-- what is there.
CREATE FUNCTION field.file_known(p_key integer, p_instance text, p_name text)
RETURNS TABLE (sha256 bytea, state smallint, receipt_key smallint,
    file_sha bytea, media_type text, missing bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.sha256, r.state, r.receipt_key, f.sha256, f.media_type,
        (SELECT count(*) FROM field.attachment AS a WHERE a.wave = r.wave
            AND a.instance = r.instance AND a.named AND a.sha256 IS NULL)
    FROM field.agent_key AS me
    JOIN field.response AS r ON r.wave = me.wave AND r.instance = p_instance
    JOIN field.agent_key AS k ON k.key = r.key AND k.agent = me.agent
    LEFT JOIN field.attachment AS f ON f.wave = r.wave
        AND f.instance = r.instance AND f.name = p_name AND f.key IS NOT NULL
    WHERE me.key = p_key
$$;
COMMENT ON FUNCTION field.file_known(integer, text, text) IS
    'a sheet and one of its files, for the agent who sent the sheet';

CREATE FUNCTION field.files_known(p_key integer, p_instance text)
RETURNS TABLE (name text, sha256 bytea, media_type text, bytes bigint,
    received_at timestamptz, named boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT a.name, a.sha256, a.media_type, a.bytes, a.received_at, a.named
    FROM field.agent_key AS me
    JOIN field.response AS r ON r.wave = me.wave AND r.instance = p_instance
    JOIN field.agent_key AS k ON k.key = r.key AND k.agent = me.agent
    JOIN field.attachment AS a ON a.wave = r.wave AND a.instance = r.instance
    WHERE me.key = p_key
    ORDER BY a.name
$$;
COMMENT ON FUNCTION field.files_known(integer, text) IS
    'the files of a sheet, here or missing, for the agent who sent the sheet';

REVOKE ALL ON FUNCTION field.file_known(integer, text, text),
    field.files_known(integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION field.file_known(integer, text, text),
    field.files_known(integer, text) TO phieu_collector;

-- Until now TIFF and HEIC were kept as they came; from now on metadata is
-- taken out of them, and a picture that still has it says so in its type.
UPDATE field.attachment SET media_type = media_type || '; metadata=kept'
WHERE media_type IN ('image/tiff', 'image/heic', 'image/heif');
UPDATE field.attachment_conflict
SET media_type = media_type || '; metadata=kept'
WHERE media_type IN ('image/tiff', 'image/heic', 'image/heif');
COMMENT ON COLUMN field.attachment.media_type IS
    'by content; "; metadata=kept": a picture with what cameras write beside it; application/octet-stream: unknown, with "; damaged=1" a damaged picture';
