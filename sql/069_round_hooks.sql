-- Index engines are told that a round's index was published or corrected.  A
-- hook belongs to a wave or to a round.
ALTER TABLE publish.hook ALTER COLUMN wave DROP NOT NULL;
ALTER TABLE publish.hook ADD COLUMN round integer REFERENCES assess.round;
ALTER TABLE publish.hook DROP CONSTRAINT hook_events_check;
ALTER TABLE publish.hook ADD CONSTRAINT hook_events_check
    CHECK (num_nonnulls(wave, round) = 1 AND cardinality(events) > 0
        AND events <@ CASE WHEN round IS NULL
            THEN ARRAY['submission.stored', 'submission.edited',
                'submission.reviewed', 'wave.frozen', 'release.published']
            ELSE ARRAY['round.published', 'round.corrected'] END);
ALTER TABLE publish.outbox ALTER COLUMN wave DROP NOT NULL;
ALTER TABLE publish.outbox ADD COLUMN round integer;
ALTER TABLE publish.outbox ADD CONSTRAINT outbox_of_one
    CHECK (num_nonnulls(wave, round) = 1);
COMMENT ON COLUMN publish.hook.wave IS 'Wave, plan.wave; NULL: of a round';
COMMENT ON COLUMN publish.hook.round IS 'Round, assess.round; NULL: of a wave';
COMMENT ON COLUMN publish.outbox.wave IS 'Wave; NULL: of a round';
COMMENT ON COLUMN publish.outbox.round IS 'Round; NULL: of a wave';

CREATE FUNCTION publish.hook_round() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    what text := CASE WHEN NEW.supersedes IS NULL THEN 'round.published'
        ELSE 'round.corrected' END;
BEGIN
    INSERT INTO publish.outbox (round, kind, content, hook)
    SELECT NEW.round, what, jsonb_strip_nulls(jsonb_build_object('release',
        NEW.release, 'supersedes', NEW.supersedes, 'trial',
        NEW.kind = 'trial', 'sha256', encode(x.sha256, 'hex'), 'at',
        NEW.released_at)), h.hook
    FROM publish.hook AS h
    JOIN assess.result AS x ON x.round = NEW.round AND x.result = NEW.result
    WHERE h.round = NEW.round AND h.removed_at IS NULL
        AND what = ANY (h.events);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION publish.hook_round() IS
    'events of published and corrected indices';
REVOKE ALL ON FUNCTION publish.hook_round() FROM PUBLIC;
CREATE TRIGGER hook_round AFTER INSERT ON assess.release
    FOR EACH ROW EXECUTE FUNCTION publish.hook_round();

-- By the owner, as `phieu hook`.  One of p_wave and p_round is NULL; NULL: no
-- such wave or round.
DROP FUNCTION publish.hook_add(text, text, text[], bytea, text);
CREATE FUNCTION publish.hook_add(p_wave text, p_round text, p_url text,
    p_events text[], p_secret bytea, p_by text) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w integer := (SELECT wave FROM plan.wave WHERE code = p_wave);
    r integer := (SELECT round FROM assess.round WHERE code = p_round);
    made integer;
BEGIN
    PERFORM pg_advisory_xact_lock(7002);
    IF num_nonnulls(w, r) <> 1 THEN
        RETURN NULL;
    END IF;
    INSERT INTO publish.hook (wave, round, url, events, secret, made_by)
    VALUES (w, r, p_url, p_events, p_secret, p_by) RETURNING hook INTO made;
    PERFORM publish.hook_triggers();
    PERFORM audit.append(0::smallint, 'hook.add', p_by,
        jsonb_strip_nulls(jsonb_build_object('wave', w, 'round', r, 'hook',
        made, 'host', substring(p_url FROM '^[^/]+//[^/?#]+'), 'events',
        p_events))::text);
    RETURN made;
END
$$;
COMMENT ON FUNCTION publish.hook_add(text, text, text, text[], bytea, text) IS
    'makes a hook and logs it';
REVOKE ALL ON FUNCTION publish.hook_add(text, text, text, text[], bytea, text)
    FROM PUBLIC;

-- Its rows no longer name a wave: the body does.
DROP FUNCTION publish.hook_take();
CREATE FUNCTION publish.hook_take() RETURNS TABLE (event bigint, id uuid,
    kind text, hook integer, url text, secret bytea, body text,
    attempts integer, failures integer)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT o.event, o.id, o.kind, h.hook, h.url, h.secret,
        (o.content || jsonb_strip_nulls(jsonb_build_object('id', o.id,
            'kind', o.kind, 'wave', w.code, 'round', r.code)))::text,
        o.attempts, h.failures
    FROM publish.outbox AS o
    JOIN publish.hook AS h ON h.hook = o.hook
    LEFT JOIN plan.wave AS w ON w.wave = o.wave
    LEFT JOIN assess.round AS r ON r.round = o.round
    WHERE o.delivered_at IS NULL AND o.dead_at IS NULL
        AND o.next_at <= now() AND h.next_at <= now()
        AND h.removed_at IS NULL
    ORDER BY o.event LIMIT 1 FOR UPDATE OF o SKIP LOCKED;
$$;
COMMENT ON FUNCTION publish.hook_take() IS 'the next event to send, locked';
REVOKE ALL ON FUNCTION publish.hook_take() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION publish.hook_take() TO phieu_publish;
