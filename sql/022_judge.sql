-- Judging a sheet by hand: the codes that no program can compute (V09 the
-- same person twice, V11 confirmation missing, V12 rejected in phúc tra, V13
-- withdrawn) and taking back what was judged wrongly.  The reading before is
-- kept as a version, the act stands in the log.  Called inside the caller's
-- transaction, by the owner.
-- state: 1 valid, 3 invalid, 5 accepted, 6 rejected, 7 withdrawn.
CREATE FUNCTION field.judge(p_wave integer, p_instance text,
    p_state smallint, p_faults jsonb, p_reason text, p_by text)
RETURNS smallint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old field.response;
BEGIN
    IF p_state NOT IN (1, 3, 5, 6, 7) THEN
        RAISE EXCEPTION 'no state that a person may set: %', p_state
            USING ERRCODE = 'check_violation';
    END IF;
    PERFORM pg_advisory_xact_lock_shared(7001, p_wave);
    IF NOT EXISTS (SELECT FROM plan.wave WHERE wave = p_wave
        AND state IN ('open', 'closed')) THEN
        RAISE EXCEPTION 'the wave is frozen: its sheets change no more'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    SELECT * INTO old FROM field.response
    WHERE wave = p_wave AND instance = p_instance FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF old.state = 4 THEN
        RAISE EXCEPTION 'the sheet was replaced by a mended one'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    INSERT INTO field.response_version (wave, response, version, content,
        changed_by, reason)
    VALUES (p_wave, old.response, old.version, jsonb_build_object('state',
        old.state, 'counted', old.counted, 'flags', old.flags, 'faults',
        old.faults), p_by, p_reason);
    UPDATE field.response SET state = p_state, counted = p_state IN (1, 5),
        faults = p_faults, version = version + 1
    WHERE wave = p_wave AND instance = p_instance;
    PERFORM audit.append(0::smallint, 'judge', p_by, json_build_object(
        'wave', p_wave, 'instance', p_instance, 'from', old.state,
        'to', p_state, 'faults', p_faults, 'reason', p_reason)::text);
    RETURN old.state;
END
$$;
COMMENT ON FUNCTION field.judge(integer, text, smallint, jsonb, text, text) IS
    'sets a sheet''s state by hand, keeps the reading before, logs the act';
REVOKE ALL ON FUNCTION field.judge(integer, text, smallint, jsonb, text,
    text) FROM PUBLIC;
