-- An edited sheet names files that came with the one it took the place of, and
-- clients send again only what changed: they are taken over, without a key,
-- until one of that name comes with the edit itself.
-- Files of an instance that is there with these bytes (p_sha): the names the
-- sheet gives, and what came.  The same again changes nothing, another
-- content under a name that has one is kept apart, an empty file has not
-- come.  outcome: 1 done, 3 no such instance or with other bytes, 4 denied,
-- 5 closed; then how many of the named are missing now, how many came with
-- other content than before, how many were one too many (p_max a sheet).
CREATE OR REPLACE FUNCTION field.attach(p_wave integer, p_lane smallint, p_key integer,
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
        CONTINUE WHEN had.sha256 = p_file_sha[i] AND had.key IS NOT NULL;
        IF had.key IS NOT NULL THEN
            n_conflicts := n_conflicts + 1;
            SELECT count(*) INTO n_here FROM field.attachment_conflict
            WHERE wave = p_wave AND instance = p_instance;
            IF n_here >= p_max THEN
                n_refused := n_refused + 1;
                CONTINUE;
            END IF;
        END IF;
        INSERT INTO field.attachment_bytes
        VALUES (p_wave, p_file_sha[i], p_bytes[i]) ON CONFLICT DO NOTHING;
        IF had.key IS NULL THEN
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
    UPDATE field.attachment AS a
    SET sha256 = o.sha256, bytes = o.bytes, media_type = o.media_type,
        received_at = o.received_at
    FROM field.response AS r
    JOIN field.response AS old ON old.wave = r.wave
        AND old.instance = r.replaces AND old.state = 4
    JOIN field.attachment AS o ON o.wave = old.wave
        AND o.instance = old.instance
    WHERE r.wave = p_wave AND r.instance = p_instance AND a.wave = p_wave
        AND a.instance = p_instance AND a.name = o.name AND a.named
        AND a.sha256 IS NULL AND o.sha256 IS NOT NULL;
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
COMMENT ON COLUMN field.attachment.key IS
    'whose file it is; NULL: not here yet, or taken over from the sheet that was edited';
