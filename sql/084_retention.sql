-- The end of the fieldwork side: at the retention date (D12) everything that
-- tells who brought which sheet and what it said goes, by one recorded act.
-- What was frozen, counted and published stays, and the log stays verifiable:
-- the act says how many submissions went.

ALTER TABLE plan.wave ADD COLUMN destroyed_on date;
COMMENT ON COLUMN plan.wave.destroyed_on IS
    'Day in Vietnam when its fieldwork side was destroyed; NULL: it is there';

-- Tables of a wave that hold no sheet, no person and no answer and stay.
CREATE TABLE field.kept_table (
    name text COLLATE "C" PRIMARY KEY,
    why text NOT NULL
);
COMMENT ON TABLE field.kept_table IS
    'Tables with a wave in schemas field and roster that outlive the fieldwork';
COMMENT ON COLUMN field.kept_table.name IS 'Schema and table';
COMMENT ON COLUMN field.kept_table.why IS 'What it holds, that it may stay';
INSERT INTO field.kept_table (name, why) VALUES
    ('field.agent_key', 'that an agent had a key, not what came by it'),
    ('field.pay_rate', 'what was paid for a sheet'),
    ('field.payment', 'counts and amounts by agent and form'),
    ('field.payment_set', 'how many of them there are, with their hash');

-- Tables with a wave, those first that no other refers to.
CREATE FUNCTION field.wave_tables() RETURNS SETOF regclass
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    waiting oid[] := ARRAY(SELECT c.oid FROM pg_class AS c
        JOIN pg_namespace AS s ON s.oid = c.relnamespace
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'wave'
            AND NOT a.attisdropped
        WHERE s.nspname IN ('field', 'roster') AND c.relkind IN ('r', 'p')
            AND s.nspname || '.' || c.relname NOT IN (SELECT k.name
                FROM field.kept_table AS k)
        ORDER BY s.nspname, c.relname);
    free oid;
BEGIN
    WHILE cardinality(waiting) > 0 LOOP
        SELECT w.t INTO free FROM unnest(waiting) WITH ORDINALITY AS w (t, i)
        WHERE NOT EXISTS (SELECT FROM pg_constraint AS f
            WHERE f.contype = 'f' AND f.confrelid = w.t
                AND f.conrelid <> w.t AND f.conrelid = ANY (waiting))
        ORDER BY w.i LIMIT 1;
        IF free IS NULL THEN
            RAISE EXCEPTION 'tables refer to each other in a circle: %',
                waiting::regclass[];
        END IF;
        RETURN NEXT free::regclass;
        waiting := array_remove(waiting, free);
    END LOOP;
END
$$;
COMMENT ON FUNCTION field.wave_tables() IS
    'tables of the fieldwork side, in an order in which they can be emptied';
REVOKE ALL ON FUNCTION field.wave_tables() FROM PUBLIC;

CREATE FUNCTION plan.retention(p_wave integer) RETURNS date
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT (v.content::jsonb #>> '{decisions,D12,retention}')::date
    FROM plan.version AS v WHERE v.wave = p_wave
    ORDER BY v.version DESC LIMIT 1
$$;
COMMENT ON FUNCTION plan.retention(integer) IS
    'retention date (D12) of a wave''s newest plan; NULL: it says none';
REVOKE ALL ON FUNCTION plan.retention(integer) FROM PUBLIC;

-- Inside the caller's transaction, by the owner.
CREATE FUNCTION field.destroy(p_wave integer, p_reason text, p_by text)
RETURNS TABLE(what text, n bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    w plan.wave;
    today date := (now() AT TIME ZONE 'UTC' + interval '7 hours')::date;
    due date := plan.retention(p_wave);
    t regclass;
    gone bigint;
    responses bigint;
    counts jsonb := '{}';
BEGIN
    PERFORM pg_advisory_xact_lock(7004, p_wave);
    PERFORM pg_advisory_xact_lock(7001, p_wave);
    SELECT * INTO w FROM plan.wave WHERE wave = p_wave FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'không có đợt điều tra này (no such wave)'
            USING ERRCODE = '22023';
    ELSIF coalesce(p_reason, '') = '' THEN
        RAISE EXCEPTION 'phải có lý do (a reason is needed)'
            USING ERRCODE = '22023';
    ELSIF w.destroyed_on IS NOT NULL THEN
        RAISE EXCEPTION 'dữ liệu thực địa đã hủy ngày % (destroyed already)',
            w.destroyed_on USING ERRCODE = '55000';
    ELSIF w.state NOT IN ('frozen', 'published') THEN
        RAISE EXCEPTION 'đợt chưa khóa số liệu, hủy thì mất hết (not frozen: '
            'nothing would be left)' USING ERRCODE = '55000';
    ELSIF due IS NULL THEN
        RAISE EXCEPTION 'kế hoạch chưa ghi hạn lưu giữ (the plan has no '
            'retention date: D12)' USING ERRCODE = '55000';
    ELSIF due > today THEN
        RAISE EXCEPTION 'chưa đến hạn lưu giữ % (the retention date is not '
            'reached)', due USING ERRCODE = '55000';
    END IF;
    SELECT count(*) INTO responses FROM field.response AS r
    WHERE r.wave = p_wave;
    FOR t IN SELECT * FROM field.wave_tables() LOOP
        EXECUTE format('DELETE FROM %s WHERE wave = $1', t) USING p_wave;
        GET DIAGNOSTICS gone = ROW_COUNT;
        IF gone > 0 THEN
            counts := counts || jsonb_build_object(t::text, gone);
        END IF;
    END LOOP;
    UPDATE plan.wave SET destroyed_on = today WHERE wave = p_wave;
    PERFORM audit.append(0::smallint, 'retention', p_by, jsonb_build_object(
        'wave', p_wave, 'responses', responses, 'rows', counts,
        'due', due, 'reason', p_reason)::text);
    RETURN QUERY SELECT c.key, c.value::bigint FROM jsonb_each_text(counts)
        AS c ORDER BY c.key;
END
$$;
COMMENT ON FUNCTION field.destroy(integer, text, text) IS
    'deletes the fieldwork side of a frozen wave whose retention date came';
REVOKE ALL ON FUNCTION field.destroy(integer, text, text) FROM PUBLIC;
