-- The index: results and releases of a round.  A result keeps its whole input
-- (criteria, rules, units and every value) as one canonical text, so that it
-- can be recomputed from this table alone.
CREATE TABLE assess.result (
    round integer NOT NULL,
    result integer NOT NULL CHECK (result > 0),
    version integer NOT NULL,
    wave_release integer,
    input text NOT NULL,
    input_sha256 bytea NOT NULL,
    content text NOT NULL,
    sha256 bytea NOT NULL,
    method text NOT NULL,
    complete boolean NOT NULL,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (round, result),
    FOREIGN KEY (round, version) REFERENCES assess.version,
    CHECK (input_sha256 = pg_catalog.sha256(convert_to(input, 'UTF8'))),
    CHECK (sha256 = pg_catalog.sha256(convert_to(content, 'UTF8')))
);
COMMENT ON TABLE assess.result IS 'Computed indices, each with its input';
COMMENT ON COLUMN assess.result.round IS 'Round';
COMMENT ON COLUMN assess.result.result IS 'From 1';
COMMENT ON COLUMN assess.result.version IS 'Document it was computed by';
COMMENT ON COLUMN assess.result.wave_release IS
    'Release of the wave that gave the survey points, NULL: none';
COMMENT ON COLUMN assess.result.input IS 'Document with all values, JSON';
COMMENT ON COLUMN assess.result.input_sha256 IS 'SHA-256 of the input';
COMMENT ON COLUMN assess.result.content IS 'The result, JSON';
COMMENT ON COLUMN assess.result.sha256 IS 'SHA-256 of the content';
COMMENT ON COLUMN assess.result.method IS 'Version of the method';
COMMENT ON COLUMN assess.result.complete IS
    'Every unit has a published value';
COMMENT ON COLUMN assess.result.made_by IS 'Who computed it';
COMMENT ON COLUMN assess.result.made_at IS 'When';

CREATE TABLE assess.release (
    round integer NOT NULL,
    release integer NOT NULL CHECK (release > 0),
    result integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('trial', 'official')),
    supersedes integer,
    decision text NOT NULL CHECK (decision <> ''),
    reason text NOT NULL CHECK (reason <> ''),
    released_by text NOT NULL,
    released_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (round, release),
    FOREIGN KEY (round, result) REFERENCES assess.result,
    CHECK ((release = 1) = (supersedes IS NULL))
);
COMMENT ON TABLE assess.release IS
    'Published results, numbered; a correction supersedes, nothing is replaced';
COMMENT ON COLUMN assess.release.round IS 'Round';
COMMENT ON COLUMN assess.release.release IS 'From 1';
COMMENT ON COLUMN assess.release.result IS 'What was published';
COMMENT ON COLUMN assess.release.kind IS
    'trial while some basis is an example';
COMMENT ON COLUMN assess.release.supersedes IS 'The release before';
COMMENT ON COLUMN assess.release.decision IS 'Decision that publishes it';
COMMENT ON COLUMN assess.release.reason IS 'Why, of a correction above all';
COMMENT ON COLUMN assess.release.released_by IS 'Who';
COMMENT ON COLUMN assess.release.released_at IS 'When';

-- The number, or that of the result before when the input is the same.
CREATE FUNCTION assess.result_add(p_round integer, p_wave_release integer,
    p_input text, p_content text, p_method text, p_complete boolean,
    p_by text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    digest bytea := sha256(convert_to(p_content, 'UTF8'));
    last assess.result;
BEGIN
    PERFORM FROM assess.round WHERE round = p_round FOR UPDATE;
    SELECT * INTO last FROM assess.result WHERE round = p_round
    ORDER BY result DESC LIMIT 1;
    IF last.sha256 = digest THEN
        RETURN last.result;
    END IF;
    INSERT INTO assess.result (round, result, version, wave_release, input,
        input_sha256, content, sha256, method, complete, made_by)
    SELECT p_round, coalesce(last.result, 0) + 1, max(version),
        p_wave_release, p_input, sha256(convert_to(p_input, 'UTF8')),
        p_content, digest, p_method, p_complete, p_by
    FROM assess.version WHERE round = p_round;
    PERFORM assess.note(p_round, 'compute', p_by, jsonb_build_object(
        'result', coalesce(last.result, 0) + 1, 'sha256', encode(digest,
        'hex')));
    RETURN coalesce(last.result, 0) + 1;
END
$$;
COMMENT ON FUNCTION assess.result_add(integer, integer, text, text, text,
    boolean, text) IS 'keeps a computed index with its input';

-- The number.  The first publication needs its step; a correction needs a
-- result that differs and a reason.
CREATE FUNCTION assess.publish(p_round integer, p_result integer,
    p_decision text, p_reason text, p_by text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    r assess.round;
    x assess.result;
    last assess.release;
    made integer;
BEGIN
    SELECT * INTO r FROM assess.round WHERE round = p_round FOR UPDATE;
    SELECT * INTO x FROM assess.result
    WHERE round = p_round AND result = p_result;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF NOT x.complete THEN
        RAISE EXCEPTION 'còn đơn vị chưa đủ điểm (some unit has no published value yet)'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    SELECT * INTO last FROM assess.release WHERE round = p_round
    ORDER BY release DESC LIMIT 1;
    IF NOT FOUND THEN
        PERFORM assess.need_step(p_round, 'publish');
    ELSIF last.result = p_result THEN
        RAISE EXCEPTION 'kết quả này đã công bố (this result is published already)'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    made := coalesce(last.release, 0) + 1;
    INSERT INTO assess.release (round, release, result, kind, supersedes,
        decision, reason, released_by)
    VALUES (p_round, made, p_result, CASE WHEN r.trial THEN 'trial'
        ELSE 'official' END, last.release, p_decision, p_reason, p_by);
    UPDATE assess.round SET published = true WHERE round = p_round;
    PERFORM assess.note(p_round, 'publish', p_by, jsonb_build_object(
        'release', made, 'result', p_result, 'sha256', encode(x.sha256,
        'hex'), 'decision', p_decision, 'reason', p_reason));
    RETURN made;
END
$$;
COMMENT ON FUNCTION assess.publish(integer, integer, text, text, text) IS
    'publishes a result under the next number; NULL: there is none such';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA assess FROM PUBLIC;
GRANT SELECT ON assess.result, assess.release
    TO phieu_server, phieu_auditor, phieu_backup;
GRANT EXECUTE ON FUNCTION
    assess.result_add(integer, integer, text, text, text, boolean, text),
    assess.publish(integer, integer, text, text, text) TO phieu_server;
