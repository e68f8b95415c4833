-- Webhooks: who wants to know of what happens in a wave.  A row of the outbox
-- is written in the transaction of what happened and by nothing else; it
-- leaves only when the receiver said 2xx, or after days of trying (state
-- dead), where it stays to be seen.
CREATE TABLE publish.hook (
    hook integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    wave integer NOT NULL REFERENCES plan.wave,
    url text COLLATE "C" NOT NULL CHECK (url ~ '^https?://'),
    events text[] NOT NULL CHECK (cardinality(events) > 0
        AND events <@ ARRAY['submission.stored', 'submission.edited',
            'submission.reviewed', 'release.published']),
    secret bytea NOT NULL CHECK (length(secret) BETWEEN 16 AND 256),
    made_by text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    removed_at timestamptz,
    failures integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL DEFAULT now(),
    last_error text
);
COMMENT ON TABLE publish.hook IS 'Addresses that are told of events';
COMMENT ON COLUMN publish.hook.hook IS 'Number of the hook';
COMMENT ON COLUMN publish.hook.wave IS 'Wave, plan.wave';
COMMENT ON COLUMN publish.hook.url IS 'Where events are sent';
COMMENT ON COLUMN publish.hook.events IS 'Which kinds';
COMMENT ON COLUMN publish.hook.secret IS
    'key of the HMAC that signs what is sent; the receiver has the same';
COMMENT ON COLUMN publish.hook.made_by IS 'Who made it';
COMMENT ON COLUMN publish.hook.made_at IS 'When';
COMMENT ON COLUMN publish.hook.removed_at IS 'When it was taken away, NULL: not';
COMMENT ON COLUMN publish.hook.failures IS
    'Tries in a row that failed, of whichever event';
COMMENT ON COLUMN publish.hook.next_at IS 'Nothing is sent before';
COMMENT ON COLUMN publish.hook.last_error IS 'Why the last try failed';

-- Nothing was ever written to it before.
ALTER TABLE publish.outbox
    ADD COLUMN hook integer NOT NULL REFERENCES publish.hook,
    ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid(),
    ADD COLUMN dead_at timestamptz,
    ADD COLUMN last_error text;
CREATE INDEX outbox_waiting ON publish.outbox (hook, next_at)
    WHERE delivered_at IS NULL AND dead_at IS NULL;
COMMENT ON COLUMN publish.outbox.hook IS 'For whom, publish.hook';
COMMENT ON COLUMN publish.outbox.id IS
    'what the receiver knows the event by; the same in each try';
COMMENT ON COLUMN publish.outbox.dead_at IS
    'When it was given up, NULL: not';
COMMENT ON COLUMN publish.outbox.last_error IS 'Why the last try failed';

ALTER TABLE publish.hook ENABLE ROW LEVEL SECURITY;
CREATE POLICY backup_all ON publish.hook FOR SELECT TO phieu_backup
    USING (true);
GRANT SELECT ON publish.hook TO phieu_backup;

-- One row a hook that wants it.  No answers, no sheet number, no agent.
CREATE FUNCTION publish.hook_put(p_wave integer, p_kind text,
    p_content jsonb) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO publish.outbox (wave, kind, content, hook)
    SELECT p_wave, p_kind, p_content, h.hook FROM publish.hook AS h
    WHERE h.wave = p_wave AND h.removed_at IS NULL
        AND p_kind = ANY (h.events);
$$;
COMMENT ON FUNCTION publish.hook_put(integer, text, jsonb) IS
    'puts an event into the outbox of every hook that wants it';

CREATE FUNCTION publish.hook_stored() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO publish.outbox (wave, kind, content, hook)
    SELECT n.wave, k.kind, jsonb_strip_nulls(jsonb_build_object('instance',
        n.instance, 'replaces', n.replaces, 'at', n.received_at)), h.hook
    FROM added AS n
    CROSS JOIN LATERAL (SELECT CASE WHEN n.replaces IS NULL
        THEN 'submission.stored' ELSE 'submission.edited' END) AS k (kind)
    JOIN publish.hook AS h ON h.wave = n.wave AND h.removed_at IS NULL
        AND k.kind = ANY (h.events);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION publish.hook_stored() IS
    'events of sheets that came in, new or edited';

-- A judgement makes a new version; that a sheet was replaced does not, and is
-- told as the edit that replaced it.
CREATE FUNCTION publish.hook_reviewed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM publish.hook_put(NEW.wave, 'submission.reviewed',
        jsonb_build_object('instance', NEW.instance, 'version', NEW.version,
            'at', now()));
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION publish.hook_reviewed() IS 'events of sheets judged';

CREATE FUNCTION publish.hook_published() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM publish.hook_put(NEW.wave, 'release.published',
        jsonb_build_object('release', NEW.release, 'at', NEW.released_at));
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION publish.hook_published() IS 'events of releases';
CREATE TRIGGER hook_published AFTER INSERT ON publish.release
    FOR EACH ROW EXECUTE FUNCTION publish.hook_published();

-- A trigger that reads what a statement added makes PostgreSQL keep it a
-- second time, even when it is disabled: the triggers of sheets are there
-- only while a hook is, and intake pays nothing without.
CREATE FUNCTION publish.hook_triggers() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wanted boolean := EXISTS (SELECT FROM publish.hook
        WHERE removed_at IS NULL AND events && ARRAY['submission.stored',
            'submission.edited', 'submission.reviewed']);
    here boolean := EXISTS (SELECT FROM pg_trigger
        WHERE tgrelid = 'field.response'::regclass
            AND tgname = 'hook_stored');
BEGIN
    IF wanted AND NOT here THEN
        CREATE TRIGGER hook_stored AFTER INSERT ON field.response
            REFERENCING NEW TABLE AS added
            FOR EACH STATEMENT EXECUTE FUNCTION publish.hook_stored();
        CREATE TRIGGER hook_reviewed AFTER UPDATE ON field.response
            FOR EACH ROW WHEN (NEW.version > OLD.version)
            EXECUTE FUNCTION publish.hook_reviewed();
    ELSIF here AND NOT wanted THEN
        DROP TRIGGER hook_stored ON field.response;
        DROP TRIGGER hook_reviewed ON field.response;
    END IF;
END
$$;
COMMENT ON FUNCTION publish.hook_triggers() IS
    'has the triggers that sheets need while there is a hook, and no longer';

-- By the owner, as `phieu hook`.  NULL: no such wave.
CREATE FUNCTION publish.hook_add(p_wave text, p_url text, p_events text[],
    p_secret bytea, p_by text) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w integer := (SELECT wave FROM plan.wave WHERE code = p_wave);
    made integer;
BEGIN
    PERFORM pg_advisory_xact_lock(7002);
    IF w IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO publish.hook (wave, url, events, secret, made_by)
    VALUES (w, p_url, p_events, p_secret, p_by) RETURNING hook INTO made;
    PERFORM publish.hook_triggers();
    PERFORM audit.append(0::smallint, 'hook.add', p_by, json_build_object(
        'wave', w, 'hook', made, 'host', substring(p_url FROM '^[^/]+//[^/?#]+'),
        'events', p_events)::text);
    RETURN made;
END
$$;
COMMENT ON FUNCTION publish.hook_add(text, text, text[], bytea, text) IS
    'makes a hook and logs it';

-- What waits for it is given up, and stays to be seen.
CREATE FUNCTION publish.hook_remove(p_hook integer, p_by text)
RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7002);
    UPDATE publish.hook SET removed_at = now()
    WHERE hook = p_hook AND removed_at IS NULL;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE publish.outbox SET dead_at = now(), last_error = 'hook removed'
    WHERE hook = p_hook AND delivered_at IS NULL AND dead_at IS NULL;
    PERFORM publish.hook_triggers();
    PERFORM audit.append(0::smallint, 'hook.remove', p_by,
        json_build_object('hook', p_hook)::text);
    RETURN true;
END
$$;
COMMENT ON FUNCTION publish.hook_remove(integer, text) IS
    'takes a hook away and logs it';

-- The sender holds the row it takes until it has noted what came of it, in
-- one transaction: who dies in between lets go, and another sends it again
-- under the same id.
CREATE FUNCTION publish.hook_take() RETURNS TABLE (event bigint, id uuid,
    kind text, wave text, hook integer, url text, secret bytea,
    body text, attempts integer, failures integer)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT o.event, o.id, o.kind, w.code, h.hook, h.url, h.secret,
        (o.content || jsonb_build_object('id', o.id, 'kind', o.kind, 'wave',
            w.code))::text, o.attempts, h.failures
    FROM publish.outbox AS o
    JOIN publish.hook AS h ON h.hook = o.hook
    JOIN plan.wave AS w ON w.wave = o.wave
    WHERE o.delivered_at IS NULL AND o.dead_at IS NULL
        AND o.next_at <= now() AND h.next_at <= now()
        AND h.removed_at IS NULL
    ORDER BY o.event LIMIT 1 FOR UPDATE OF o SKIP LOCKED;
$$;
COMMENT ON FUNCTION publish.hook_take() IS 'the next event to send, locked';

-- p_error NULL: the receiver has it.  Waits are drawn by the sender.
CREATE FUNCTION publish.hook_note(p_event bigint, p_error text,
    p_wait_ms integer, p_pause_ms integer, p_days integer)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    h integer;
    gone boolean;
BEGIN
    UPDATE publish.outbox SET attempts = attempts + 1,
        delivered_at = CASE WHEN p_error IS NULL THEN clock_timestamp() END,
        next_at = clock_timestamp() + p_wait_ms * interval '1 millisecond',
        dead_at = CASE WHEN p_error IS NOT NULL AND created_at
            < clock_timestamp() - p_days * interval '1 day'
            THEN clock_timestamp() END,
        last_error = p_error
    WHERE event = p_event AND delivered_at IS NULL
    RETURNING hook, dead_at IS NOT NULL INTO h, gone;
    UPDATE publish.hook SET
        failures = CASE WHEN p_error IS NULL THEN 0 ELSE failures + 1 END,
        last_error = p_error,
        next_at = clock_timestamp() + p_pause_ms * interval '1 millisecond'
    WHERE hook = h AND (p_error IS NOT NULL OR failures > 0);
    RETURN gone;
END
$$;
COMMENT ON FUNCTION publish.hook_note(bigint, text, integer, integer,
    integer) IS 'what came of sending an event';

-- What receivers have is kept for a while, to look things up.
CREATE FUNCTION publish.hook_forget(p_days integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH gone AS (DELETE FROM publish.outbox
        WHERE delivered_at < now() - greatest(p_days, 1) * interval '1 day'
        RETURNING 1)
    SELECT count(*) FROM gone;
$$;
COMMENT ON FUNCTION publish.hook_forget(integer) IS
    'takes away events that were delivered days ago';

REVOKE ALL ON FUNCTION publish.hook_put(integer, text, jsonb),
    publish.hook_stored(), publish.hook_reviewed(),
    publish.hook_published(), publish.hook_triggers(),
    publish.hook_add(text, text, text[], bytea, text),
    publish.hook_remove(integer, text), publish.hook_take(),
    publish.hook_note(bigint, text, integer, integer, integer),
    publish.hook_forget(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION publish.hook_take(),
    publish.hook_note(bigint, text, integer, integer, integer),
    publish.hook_forget(integer) TO phieu_publish;
