-- A freeze is told too, and a wave nobody wants to hear of pays nothing
-- because another wave has a hook: the triggers of sheets are per row, with
-- the waves that have a live hook in their condition, which costs no call.
ALTER TABLE publish.hook DROP CONSTRAINT hook_events_check;
ALTER TABLE publish.hook ADD CONSTRAINT hook_events_check
    CHECK (cardinality(events) > 0 AND events <@ ARRAY['submission.stored',
        'submission.edited', 'submission.reviewed', 'wave.frozen',
        'release.published']);

CREATE FUNCTION publish.hook_frozen() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM publish.hook_put(NEW.wave, 'wave.frozen',
        jsonb_build_object('freeze', NEW.freeze_no, 'at', now()));
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION publish.hook_frozen() IS 'events of frozen waves';
REVOKE ALL ON FUNCTION publish.hook_frozen() FROM PUBLIC;
CREATE TRIGGER hook_frozen AFTER INSERT ON frozen.freeze
    FOR EACH ROW EXECUTE FUNCTION publish.hook_frozen();

-- In words of its own: a function in SQL would be planned for each sheet.
CREATE OR REPLACE FUNCTION publish.hook_stored() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    what text := CASE WHEN NEW.replaces IS NULL THEN 'submission.stored'
        ELSE 'submission.edited' END;
BEGIN
    INSERT INTO publish.outbox (wave, kind, content, hook)
    SELECT NEW.wave, what, jsonb_strip_nulls(jsonb_build_object('instance',
        NEW.instance, 'replaces', NEW.replaces, 'at', NEW.received_at)),
        h.hook
    FROM publish.hook AS h
    WHERE h.wave = NEW.wave AND h.removed_at IS NULL
        AND what = ANY (h.events);
    RETURN NULL;
END
$$;

CREATE FUNCTION publish.hook_waves(p_kind text) RETURNS integer[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT wave ORDER BY wave), '{}')
    FROM publish.hook WHERE removed_at IS NULL AND p_kind = ANY (events);
$$;
COMMENT ON FUNCTION publish.hook_waves(text) IS
    'waves with a live hook that wants this kind of event';
REVOKE ALL ON FUNCTION publish.hook_waves(text) FROM PUBLIC;

CREATE OR REPLACE FUNCTION publish.hook_triggers() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    stored integer[] := publish.hook_waves('submission.stored');
    edited integer[] := publish.hook_waves('submission.edited');
    reviewed integer[] := publish.hook_waves('submission.reviewed');
    here name[] := ARRAY(SELECT tgname FROM pg_trigger
        WHERE tgrelid = 'field.response'::regclass);
BEGIN
    -- replacing waits for writers only, dropping for readers as well
    IF stored || edited <> '{}' THEN
        EXECUTE format('CREATE OR REPLACE TRIGGER hook_stored AFTER INSERT '
            'ON field.response FOR EACH ROW WHEN (NEW.wave = ANY (CASE '
            'WHEN NEW.replaces IS NULL THEN %L::integer[] '
            'ELSE %L::integer[] END)) '
            'EXECUTE FUNCTION publish.hook_stored()', stored, edited);
    ELSIF 'hook_stored' = ANY (here) THEN
        DROP TRIGGER hook_stored ON field.response;
    END IF;
    IF reviewed <> '{}' THEN
        EXECUTE format('CREATE OR REPLACE TRIGGER hook_reviewed AFTER UPDATE '
            'ON field.response FOR EACH ROW WHEN (NEW.version > OLD.version '
            'AND NEW.wave = ANY (%L::integer[])) '
            'EXECUTE FUNCTION publish.hook_reviewed()', reviewed);
    ELSIF 'hook_reviewed' = ANY (here) THEN
        DROP TRIGGER hook_reviewed ON field.response;
    END IF;
END
$$;
COMMENT ON FUNCTION publish.hook_triggers() IS
    'has the triggers that the sheets of waves with a hook need, no others';
-- those of hooks made before this are of another shape
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_trigger WHERE tgname = 'hook_stored') THEN
        DROP TRIGGER hook_stored ON field.response;
        DROP TRIGGER hook_reviewed ON field.response;
    END IF;
    PERFORM publish.hook_triggers();
END
$$;
-- Who sends has functions for it; nobody else needs to see what waits.
REVOKE SELECT ON publish.outbox FROM phieu_server, phieu_auditor,
    phieu_analysis, phieu_publish;
