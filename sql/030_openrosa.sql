-- Phones with ODK Collect, KoboCollect, Enketo: keys that a picture hands to
-- one device, names and passwords of devices, files sent beside a sheet.

-- A key from a picture (QR): whoever uses it first, until bind_until, is the
-- only device that may ever use it.  bind_until NULL: any device may.
ALTER TABLE field.agent_key ADD COLUMN bind_until timestamptz,
    ADD COLUMN device text COLLATE "C",
    ADD COLUMN bound_at timestamptz;
COMMENT ON COLUMN field.agent_key.bind_until IS
    'a key from a QR picture: until when it must be used first; NULL: any device may use it';
COMMENT ON COLUMN field.agent_key.device IS
    'deviceID that used such a key first; no other may';
COMMENT ON COLUMN field.agent_key.bound_at IS 'when that was';

-- Name and password of a device, for clients that know no key in an address.
-- What Digest needs is as good as the password itself, which is why these
-- stand apart, work for the unkeyed addresses only, and the passwords are
-- random (128 bits) and nobody's own.  What a device may do is its key's.
CREATE TABLE field.device_login (
    login text COLLATE "C" PRIMARY KEY
        CHECK (login ~ '^[a-z0-9][a-z0-9._-]{2,31}$'),
    key integer NOT NULL UNIQUE REFERENCES field.agent_key
        DEFERRABLE INITIALLY DEFERRED,
    ha1 text COLLATE "C" NOT NULL CHECK (length(ha1) = 32),
    made_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE field.device_login IS
    'names and passwords of devices for HTTP Basic and Digest, apart from the keys';
COMMENT ON COLUMN field.device_login.login IS 'the user name';
COMMENT ON COLUMN field.device_login.key IS
    'the key that says what the device may do and until when';
COMMENT ON COLUMN field.device_login.ha1 IS
    'MD5(login:phieu:password) in hex, as Digest wants it: as good as the password';
COMMENT ON COLUMN field.device_login.made_at IS 'when it was made';
ALTER TABLE field.device_login ENABLE ROW LEVEL SECURITY;
CREATE POLICY backup_all ON field.device_login FOR SELECT TO phieu_backup
    USING (true);
GRANT SELECT ON field.device_login TO phieu_backup;

-- Files.  The bytes stand once a content and wave, apart from the names they
-- came under.
ALTER TABLE field.attachment
    ADD COLUMN named boolean NOT NULL DEFAULT true,
    ADD COLUMN key integer;
COMMENT ON COLUMN field.attachment.named IS
    'the sheet names this file; false: it came all the same';
COMMENT ON COLUMN field.attachment.key IS 'whose file it is; NULL: not here yet';

CREATE TABLE field.attachment_bytes (
    wave integer NOT NULL,
    sha256 bytea NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (wave, sha256)
);
ALTER TABLE field.attachment_bytes ALTER COLUMN bytes SET STORAGE EXTERNAL;
COMMENT ON TABLE field.attachment_bytes IS
    'contents of files sent beside sheets, each once';
COMMENT ON COLUMN field.attachment_bytes.wave IS 'the wave';
COMMENT ON COLUMN field.attachment_bytes.sha256 IS 'SHA-256 of the bytes';
COMMENT ON COLUMN field.attachment_bytes.bytes IS 'the file';

CREATE TABLE field.attachment_conflict (
    wave integer NOT NULL,
    instance text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    sha256 bytea NOT NULL,
    bytes bigint NOT NULL,
    media_type text NOT NULL,
    key integer NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (wave, instance, name, sha256)
);
COMMENT ON TABLE field.attachment_conflict IS
    'a file of a name that had come before with other content: both are kept';
COMMENT ON COLUMN field.attachment_conflict.wave IS 'the wave';
COMMENT ON COLUMN field.attachment_conflict.instance IS 'the sheet''s instanceID';
COMMENT ON COLUMN field.attachment_conflict.name IS 'name of the file, NFC';
COMMENT ON COLUMN field.attachment_conflict.sha256 IS 'SHA-256 of the later content';
COMMENT ON COLUMN field.attachment_conflict.bytes IS 'its size';
COMMENT ON COLUMN field.attachment_conflict.media_type IS 'its type as sent';
COMMENT ON COLUMN field.attachment_conflict.key IS 'the key it came with';
COMMENT ON COLUMN field.attachment_conflict.received_at IS 'when it came';

ALTER TABLE field.attachment_bytes ENABLE ROW LEVEL SECURITY;
ALTER TABLE field.attachment_conflict ENABLE ROW LEVEL SECURITY;
CREATE POLICY backup_all ON field.attachment_bytes FOR SELECT TO phieu_backup
    USING (true);
CREATE POLICY backup_all ON field.attachment_conflict FOR SELECT
    TO phieu_backup USING (true);
GRANT SELECT ON field.attachment_bytes, field.attachment_conflict
    TO phieu_backup;

-- Sheets whose files have not all come: named and not here, or (flag 8) the
-- sheet names files and the connection broke before their list was kept.
CREATE VIEW field.incomplete AS
SELECT r.wave, r.instance, r.sheet, r.key, r.received_at,
    count(a.name) FILTER (WHERE a.named) AS expected,
    count(a.sha256) FILTER (WHERE a.named) AS present
FROM field.response AS r
LEFT JOIN field.attachment AS a
    ON a.wave = r.wave AND a.instance = r.instance
WHERE r.flags & 8 <> 0
GROUP BY r.wave, r.instance
HAVING count(a.name) FILTER (WHERE a.named) = 0
    OR count(a.name) FILTER (WHERE a.named)
        > count(a.sha256) FILTER (WHERE a.named);
COMMENT ON VIEW field.incomplete IS
    'sheets that name files which have not (all) come';
COMMENT ON COLUMN field.incomplete.wave IS 'the wave';
COMMENT ON COLUMN field.incomplete.instance IS 'the sheet''s instanceID';
COMMENT ON COLUMN field.incomplete.sheet IS 'its number';
COMMENT ON COLUMN field.incomplete.key IS 'the key it came with';
COMMENT ON COLUMN field.incomplete.received_at IS 'when it came';
COMMENT ON COLUMN field.incomplete.expected IS
    'files it names; 0: their list was not kept yet';
COMMENT ON COLUMN field.incomplete.present IS 'of these, here';
GRANT SELECT ON field.incomplete TO phieu_server, phieu_backup;

-- Whose key is it, and on which device may it be used?
DROP FUNCTION field.key_find(bytea);
CREATE FUNCTION field.key_find(p_hash bytea)
RETURNS TABLE (key integer, agent integer, wave integer, wave_code text,
    forms integer[], homes integer[], seconds_left double precision,
    revoked boolean, binds boolean, device text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT k.key, k.agent, k.wave, w.code, k.forms, k.homes,
        extract(epoch FROM k.expires_at - now())::double precision,
        k.revoked_at IS NOT NULL, k.bind_until IS NOT NULL, k.device
    FROM field.agent_key AS k
    JOIN plan.wave AS w ON w.wave = k.wave
    WHERE k.hash = p_hash
$$;
COMMENT ON FUNCTION field.key_find(bytea) IS
    'whose key it is, also when it is revoked or expired';

-- The first device takes the key; says which device has it now (NULL: none,
-- it was too late).
CREATE FUNCTION field.key_bind(p_hash bytea, p_device text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    k field.agent_key;
BEGIN
    UPDATE field.agent_key AS o SET device = p_device, bound_at = now()
    WHERE o.hash = p_hash AND o.bind_until > now() AND o.device IS NULL
        AND o.revoked_at IS NULL AND p_device <> ''
        AND length(p_device) <= 249
    RETURNING * INTO k;
    IF FOUND THEN
        PERFORM audit.append(0::smallint, 'agent-key-bind', 'collector',
            json_build_object('key', k.key)::text);
        RETURN k.device;
    END IF;
    RETURN (SELECT o.device FROM field.agent_key AS o WHERE o.hash = p_hash);
END
$$;
COMMENT ON FUNCTION field.key_bind(bytea, text) IS
    'binds a key from a QR picture to the device that uses it first';

-- A device's name with the password (Basic; p_response NULL) or with the
-- answer to a challenge: p_secret is then nonce:nc:cnonce:auth:MD5(method:uri).
-- The stored half of the password never leaves here.
CREATE FUNCTION field.login_find(p_login text, p_secret text, p_response text)
RETURNS TABLE (key integer, agent integer, wave integer, wave_code text,
    forms integer[], homes integer[], seconds_left double precision,
    revoked boolean, binds boolean, device text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT k.key, k.agent, k.wave, w.code, k.forms, k.homes,
        extract(epoch FROM k.expires_at - now())::double precision,
        k.revoked_at IS NOT NULL, false, NULL::text
    FROM field.device_login AS d
    JOIN field.agent_key AS k ON k.key = d.key
    JOIN plan.wave AS w ON w.wave = k.wave
    WHERE d.login = p_login AND CASE WHEN p_response IS NULL
        THEN md5(p_login || ':phieu:' || p_secret) = d.ha1
        ELSE md5(d.ha1 || ':' || p_secret) = p_response END
$$;
COMMENT ON FUNCTION field.login_find(text, text, text) IS
    'the key of a device that gave its name and password, or its answer to a challenge';

-- What is known of an instance of the key's agent.
CREATE FUNCTION field.instance_find(p_key integer, p_instance text)
RETURNS TABLE (sha256 bytea, state smallint, sheet text, keying smallint,
    received timestamptz, expected bigint, present bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.sha256, r.state, r.sheet, r.keying, r.received_at,
        (SELECT count(*) FROM field.attachment AS a WHERE a.wave = r.wave
            AND a.instance = r.instance AND a.named),
        (SELECT count(a.sha256) FROM field.attachment AS a
            WHERE a.wave = r.wave AND a.instance = r.instance AND a.named)
    FROM field.agent_key AS me
    JOIN field.response AS r ON r.wave = me.wave AND r.instance = p_instance
    JOIN field.agent_key AS k ON k.key = r.key AND k.agent = me.agent
    WHERE me.key = p_key
$$;
COMMENT ON FUNCTION field.instance_find(integer, text) IS
    'state, sheet, arrival and files of an instance, for the agent who sent it';

-- Files of an instance that is there with these bytes (p_sha): the names the
-- sheet gives, and what came.  The same again changes nothing, another
-- content under a name that has one is kept apart, an empty file has not
-- come.  outcome: 1 done, 3 no such instance or with other bytes, 4 denied,
-- 5 closed; then how many of the named are missing now, how many came with
-- other content than before, how many were one too many (p_max a sheet).
CREATE FUNCTION field.attach(p_wave integer, p_lane smallint, p_key integer,
    p_instance text, p_sha bytea, p_max integer, p_named text[],
    p_name text[], p_file_sha bytea[], p_bytes bytea[], p_type text[])
RETURNS TABLE (outcome smallint, missing integer, conflicts integer,
    refused integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    head audit.lane;
    leaves bytea[] := '{}';
    had field.attachment;
    n_conflicts integer := 0;
    n_refused integer := 0;
    n_here integer;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7001, p_wave);
    IF NOT EXISTS (SELECT FROM plan.wave WHERE wave = p_wave
        AND state IN ('open', 'closed')) THEN
        RETURN QUERY SELECT 5::smallint, 0, 0, 0;
        RETURN;
    END IF;
    IF NOT EXISTS (SELECT FROM field.agent_key WHERE key = p_key
        AND wave = p_wave AND revoked_at IS NULL AND expires_at > now()) THEN
        RETURN QUERY SELECT 4::smallint, 0, 0, 0;
        RETURN;
    END IF;
    -- two requests with files of one sheet come one after the other
    PERFORM FROM field.response WHERE wave = p_wave AND instance = p_instance
        AND sha256 = p_sha FOR UPDATE;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 3::smallint, 0, 0, 0;
        RETURN;
    END IF;
    head := audit.head(p_lane);
    INSERT INTO field.attachment (wave, instance, name)
    SELECT p_wave, p_instance, u.name FROM unnest(p_named) AS u (name)
    ON CONFLICT DO NOTHING;
    FOR i IN 1..cardinality(p_name) LOOP
        CONTINUE WHEN length(p_bytes[i]) = 0;
        SELECT * INTO had FROM field.attachment WHERE wave = p_wave
            AND instance = p_instance AND name = p_name[i];
        IF NOT FOUND THEN
            SELECT count(*) INTO n_here FROM field.attachment
            WHERE wave = p_wave AND instance = p_instance;
            IF n_here >= p_max THEN
                n_refused := n_refused + 1;
                CONTINUE;
            END IF;
        END IF;
        n_conflicts := n_conflicts
            + coalesce(had.sha256 <> p_file_sha[i], false)::integer;
        CONTINUE WHEN had.sha256 = p_file_sha[i];
        IF had.sha256 IS NOT NULL THEN
            SELECT count(*) INTO n_here FROM field.attachment_conflict
            WHERE wave = p_wave AND instance = p_instance;
            IF n_here >= p_max THEN
                n_refused := n_refused + 1;
                CONTINUE;
            END IF;
        END IF;
        INSERT INTO field.attachment_bytes
        VALUES (p_wave, p_file_sha[i], p_bytes[i]) ON CONFLICT DO NOTHING;
        IF had.sha256 IS NULL THEN
            INSERT INTO field.attachment (wave, instance, name, sha256, bytes,
                media_type, received_at, named, key)
            VALUES (p_wave, p_instance, p_name[i], p_file_sha[i],
                length(p_bytes[i]), p_type[i], clock_timestamp(), false,
                p_key)
            ON CONFLICT (wave, instance, name) DO UPDATE
                SET sha256 = excluded.sha256, bytes = excluded.bytes,
                    media_type = excluded.media_type,
                    received_at = excluded.received_at, key = excluded.key;
        ELSE
            INSERT INTO field.attachment_conflict (wave, instance, name,
                sha256, bytes, media_type, key)
            VALUES (p_wave, p_instance, p_name[i], p_file_sha[i],
                length(p_bytes[i]), p_type[i], p_key)
            ON CONFLICT DO NOTHING;
        END IF;
        leaves := leaves || sha256('\x00' || convert_to(p_instance || '|'
            || p_name[i], 'UTF8') || p_file_sha[i]);
    END LOOP;
    IF cardinality(leaves) > 0 THEN
        PERFORM audit.seal(head, 'attachment', '{"wave":' || p_wave
            || ',"count":' || cardinality(leaves) || ',"root":"'
            || encode(audit.merkle(leaves), 'hex') || '"}');
    END IF;
    RETURN QUERY SELECT 1::smallint,
        (SELECT count(*)::integer FROM field.attachment
            WHERE wave = p_wave AND instance = p_instance AND named
                AND sha256 IS NULL), n_conflicts, n_refused;
END
$$;
COMMENT ON FUNCTION field.attach(integer, smallint, integer, text, bytea,
    integer, text[], text[], bytea[], bytea[], text[]) IS
    'stores files of a sheet that is there, and which files it names';

REVOKE ALL ON FUNCTION field.key_find(bytea), field.key_bind(bytea, text),
    field.login_find(text, text, text), field.instance_find(integer, text),
    field.attach(integer, smallint, integer, text, bytea, integer, text[],
        text[], bytea[], bytea[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION field.key_find(bytea), field.key_bind(bytea, text),
    field.login_find(text, text, text), field.instance_find(integer, text),
    field.attach(integer, smallint, integer, text, bytea, integer, text[],
        text[], bytea[], bytea[], text[]) TO phieu_collector;
