-- Freezing: fresh respondent numbers, texts apart, and what publication may
-- do beyond inserting.

-- Never goes back, so two freezes share no number; rows are numbered in
-- random order, so numbers say nothing of the order sheets came in.
CREATE SEQUENCE frozen.respondent_number AS integer;
COMMENT ON SEQUENCE frozen.respondent_number IS
    'last respondent number given in any freeze; never set back';
GRANT SELECT ON frozen.respondent_number TO phieu_backup;

-- Answers to text questions leave their ratings and lie among the comments.
ALTER TABLE frozen.comment ADD COLUMN question text COLLATE "C" NOT NULL
    DEFAULT '';
ALTER TABLE frozen.comment ADD COLUMN unit integer;
COMMENT ON COLUMN frozen.comment.question IS
    'code of the text question it answers, empty for the comment of a sheet';
COMMENT ON COLUMN frozen.comment.unit IS
    'unit it was said about, NULL for the comment of a sheet';

ALTER TABLE publish.component ADD COLUMN kind text NOT NULL
    DEFAULT 'criterion' CHECK (kind IN ('criterion', 'group', 'total'));
COMMENT ON COLUMN publish.component.kind IS
    'criterion, group (a sum of criteria) or total of a unit (criterion '''')';
ALTER TABLE publish.component ADD COLUMN position integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN publish.component.position IS
    'order of the criterion in its plan, the total last';

-- Copies the counted responses of first keying.  The owner calls it inside
-- the freeze's transaction, which holds the wave's lock (key 7001).  All
-- rows come from one statement in random order: neither their place, nor
-- their transaction, nor their number leads back.
CREATE FUNCTION frozen.copy_answers(p_wave integer, p_freeze integer,
    p_kept text[])
RETURNS TABLE (responses bigint, ratings bigint, comments bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    n bigint;
BEGIN
    -- One answer set is kept: the one before goes.
    DELETE FROM frozen.rating WHERE wave = p_wave;
    DELETE FROM frozen.response WHERE wave = p_wave;
    DELETE FROM frozen.comment WHERE wave = p_wave;

    CREATE TEMP TABLE freeze_number ON COMMIT DROP AS
    SELECT s.response, nextval('frozen.respondent_number')::integer AS number
    FROM (SELECT r.response FROM field.response AS r
        WHERE r.wave = p_wave AND r.counted AND r.keying = 1
        ORDER BY gen_random_uuid()) AS s;
    ALTER TABLE pg_temp.freeze_number ADD PRIMARY KEY (response);
    ANALYZE pg_temp.freeze_number;

    INSERT INTO frozen.response
    SELECT p_wave, p_freeze, m.number, r.form, r.grp, r.home,
        coalesce((SELECT jsonb_object_agg(k.key, k.value)
            FROM jsonb_each(r.profile) AS k
            WHERE k.key = ANY (p_kept)), '{}'::jsonb)
    FROM pg_temp.freeze_number AS m
    JOIN field.response AS r
        ON r.wave = p_wave AND r.response = m.response AND r.counted
    ORDER BY m.number;
    GET DIAGNOSTICS responses = ROW_COUNT;

    INSERT INTO frozen.rating
    SELECT p_wave, p_freeze, m.number, a.unit, r.form, r.grp, r.home,
        a.answers,
        CASE WHEN a.extra IS NULL THEN NULL ELSE a.extra - coalesce(
            (SELECT array_agg(q.code) FROM plan.question AS q
            WHERE q.wave = p_wave AND q.form = r.form AND q.type = 'text'),
            '{}') END
    FROM pg_temp.freeze_number AS m
    JOIN field.response AS r
        ON r.wave = p_wave AND r.response = m.response AND r.counted
    JOIN field.rating AS a ON a.wave = p_wave AND a.response = m.response
    ORDER BY m.number, a.unit;
    GET DIAGNOSTICS ratings = ROW_COUNT;

    INSERT INTO frozen.comment (wave, freeze_no, comment_no, form, comment,
        question, unit)
    SELECT p_wave, p_freeze, row_number() OVER ()::integer, s.form,
        s.comment, s.question, s.unit
    FROM (SELECT t.* FROM (
        SELECT r.form, c.comment, '' AS question, NULL::integer AS unit
        FROM field.response AS r
        JOIN field.comment AS c
            ON c.wave = p_wave AND c.response = r.response
        WHERE r.wave = p_wave AND r.counted AND r.keying = 1
        UNION ALL
        SELECT r.form, a.extra ->> q.code, q.code, a.unit
        FROM field.response AS r
        JOIN plan.question AS q
            ON q.wave = p_wave AND q.form = r.form AND q.type = 'text'
        JOIN field.rating AS a
            ON a.wave = p_wave AND a.response = r.response
        WHERE r.wave = p_wave AND r.counted AND r.keying = 1
            AND jsonb_typeof(a.extra -> q.code) = 'string') AS t
        ORDER BY gen_random_uuid()) AS s;
    GET DIAGNOSTICS comments = ROW_COUNT;
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION frozen.copy_answers(integer, integer, text[]) IS
    'copies counted answers to the frozen side in random order';

-- Numbers a release, marks the wave, writes the log: publication may insert
-- rows, but not change plan.wave.
CREATE FUNCTION publish.release_open(p_wave integer, p_snapshot integer,
    p_kind text, p_reason text, p_by text)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    last integer;
    w_state text;
BEGIN
    PERFORM pg_advisory_xact_lock(7001, p_wave);
    SELECT state INTO w_state FROM plan.wave WHERE wave = p_wave;
    IF w_state IS NULL OR w_state NOT IN ('frozen', 'published') THEN
        RAISE EXCEPTION 'wave is not frozen' USING ERRCODE = '23514';
    END IF;
    SELECT max(release) INTO last FROM publish.release WHERE wave = p_wave;
    INSERT INTO publish.release (wave, release, snapshot, kind, supersedes,
        reason, released_by)
    VALUES (p_wave, coalesce(last, 0) + 1, p_snapshot, p_kind, last,
        p_reason, p_by);
    UPDATE plan.wave SET state = 'published' WHERE wave = p_wave;
    PERFORM audit.append(0::smallint, 'publish', p_by, jsonb_build_object(
        'wave', p_wave, 'release', coalesce(last, 0) + 1, 'snapshot',
        p_snapshot, 'kind', p_kind, 'reason', p_reason)::text);
    RETURN coalesce(last, 0) + 1;
END
$$;
COMMENT ON FUNCTION publish.release_open(integer, integer, text, text, text)
    IS 'numbers a release of a snapshot, with its log entry';
REVOKE ALL ON FUNCTION publish.release_open(integer, integer, text, text,
    text) FROM PUBLIC;
REVOKE ALL ON FUNCTION frozen.copy_answers(integer, integer, text[])
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION publish.release_open(integer, integer, text, text,
    text) TO phieu_publish;

-- A snapshot is made by scoring or by the freeze, never changed.
CREATE FUNCTION publish.keep() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% is never changed', TG_TABLE_NAME
        USING ERRCODE = '42501';
END
$$;
COMMENT ON FUNCTION publish.keep() IS 'refuses changes of what was published';
CREATE TRIGGER snapshot_stays BEFORE UPDATE OR DELETE ON publish.snapshot
    FOR EACH ROW EXECUTE FUNCTION publish.keep();
CREATE TRIGGER release_stays BEFORE UPDATE OR DELETE ON publish.release
    FOR EACH ROW EXECUTE FUNCTION publish.keep();
CREATE TRIGGER component_stays BEFORE UPDATE OR DELETE ON publish.component
    FOR EACH ROW EXECUTE FUNCTION publish.keep();
CREATE TRIGGER released_cell_stays BEFORE UPDATE OR DELETE
    ON publish.released_cell
    FOR EACH ROW EXECUTE FUNCTION publish.keep();
