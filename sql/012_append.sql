-- Lanes from 1 are written by the functions of intake alone: a service that
-- may note acts of people must not be able to make up a batch.
CREATE OR REPLACE FUNCTION audit.append(p_lane smallint, p_kind text,
    p_actor text, p_content text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    head audit.lane;
    moment text;
    digest bytea;
BEGIN
    IF p_lane <> 0 AND NOT pg_has_role(session_user, current_user, 'MEMBER')
    THEN
        RAISE insufficient_privilege
            USING MESSAGE = 'acts of people stand in lane 0';
    END IF;
    SELECT * INTO head FROM audit.lane WHERE lane = p_lane FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO audit.lane (lane) VALUES (p_lane) ON CONFLICT DO NOTHING;
        SELECT * INTO head FROM audit.lane WHERE lane = p_lane FOR UPDATE;
    END IF;
    -- after the lock: times within a lane go one way
    moment := to_char(clock_timestamp() AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
    digest := sha256(head.hash || convert_to(p_lane || '|' || head.seq + 1
        || '|' || moment || '|' || p_kind || '|' || p_actor || '|'
        || p_content, 'UTF8'));
    INSERT INTO audit.entry
    VALUES (p_lane, head.seq + 1, moment, p_kind, p_actor, p_content,
        head.hash, digest);
    UPDATE audit.lane SET seq = head.seq + 1, hash = digest
    WHERE lane = p_lane;
    RETURN head.seq + 1;
END
$$;
