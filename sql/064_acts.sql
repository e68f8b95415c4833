-- Acts of a round by HTTP: what an office sees, answers by the office that
-- leads, and an entry of the log for each change of a self-assessment.

-- p_office NULL: nothing is narrowed.  An office sees what it leads or
-- cooperates on (node NULL: of all criteria), and its own unit only when the
-- round says so.
CREATE FUNCTION assess.office_sees(p_round integer, p_office text,
    p_unit integer, p_node integer) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT p_office IS NULL
        OR (assess.office_role(p_round, p_office, p_node) IS NOT NULL
            AND NOT EXISTS (SELECT FROM assess.office AS o
                JOIN assess.round AS r USING (round)
                WHERE o.round = p_round AND o.office = p_office
                    AND o.unit = p_unit AND NOT r.own_unit))
$$;
COMMENT ON FUNCTION assess.office_sees(integer, text, integer, integer) IS
    'may an office see what stands about a unit and criterion';

-- p_office NULL: by the secretariat or the council; p_unit: the unit that
-- supplies what it was asked for.
DROP FUNCTION assess.answer(bigint, text, text, text);
CREATE FUNCTION assess.answer(p_request bigint, p_outcome text, p_text text,
    p_by text, p_office text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old assess.request;
BEGIN
    SELECT * INTO old FROM assess.request WHERE request = p_request
    FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF p_office IS NOT NULL AND NOT (assess.office_role(old.round, p_office,
            old.node) IS NOT DISTINCT FROM 'lead'
        AND assess.office_sees(old.round, p_office, old.unit, old.node)) THEN
        RAISE EXCEPTION 'cơ quan này không chủ trì thẩm định tiêu chí của đề nghị (the office does not lead the appraisal of what is asked)'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF old.outcome IS NOT NULL THEN
        RAISE EXCEPTION 'đề nghị đã được trả lời (the request is answered already)'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    UPDATE assess.request SET outcome = p_outcome, answer = p_text,
        answered_by = p_by, answered_at = now() WHERE request = p_request;
    PERFORM assess.changed(old.round, old.unit, old.node, 'request', 'open',
        p_outcome, p_text, p_by);
    PERFORM assess.note(old.round, 'answer', p_by, jsonb_build_object(
        'request', p_request, 'unit', old.unit, 'office', p_office,
        'outcome', p_outcome, 'text', p_text));
    RETURN true;
END
$$;
COMMENT ON FUNCTION assess.answer(bigint, text, text, text, text) IS
    'answers a request once; false: there is none such';

CREATE OR REPLACE FUNCTION assess.self_explain(p_round integer,
    p_unit integer, p_version integer, p_text text, p_by text)
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old assess.self;
BEGIN
    PERFORM assess.self_open(p_round, p_unit);
    SELECT * INTO old FROM assess.self
    WHERE round = p_round AND unit = p_unit;
    IF old.version <> p_version THEN
        RETURN 0;
    END IF;
    UPDATE assess.self SET explanation = p_text, version = version + 1
    WHERE round = p_round AND unit = p_unit;
    PERFORM assess.changed(p_round, p_unit, NULL, 'explanation',
        old.explanation, p_text, NULL, p_by);
    PERFORM assess.note(p_round, 'explain', p_by, jsonb_build_object('unit',
        p_unit, 'sha256', encode(sha256(convert_to(p_text, 'UTF8')),
            'hex')));
    RETURN old.version + 1;
END
$$;

-- Of the unit that is named: a number of another's file is none.
DROP FUNCTION assess.evidence_remove(bigint, text);
CREATE FUNCTION assess.evidence_remove(p_round integer, p_unit integer,
    p_evidence bigint, p_by text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old assess.evidence;
BEGIN
    SELECT * INTO old FROM assess.evidence
    WHERE evidence = p_evidence AND round = p_round AND unit = p_unit
        AND removed_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM assess.self_open(old.round, old.unit);
    UPDATE assess.evidence SET removed_by = p_by, removed_at = now()
    WHERE evidence = p_evidence;
    PERFORM assess.changed(old.round, old.unit, old.node, 'evidence',
        old.name || ' ' || encode(old.sha256, 'hex'), NULL, NULL, p_by);
    PERFORM assess.note(p_round, 'evidence.removed', p_by,
        jsonb_build_object('unit', p_unit, 'evidence', p_evidence, 'name',
        old.name, 'sha256', encode(old.sha256, 'hex')));
    RETURN true;
END
$$;
COMMENT ON FUNCTION assess.evidence_remove(integer, integer, bigint, text) IS
    'takes a file of evidence away; its bytes and its history stay';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA assess FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    assess.office_sees(integer, text, integer, integer),
    assess.answer(bigint, text, text, text, text),
    assess.evidence_remove(integer, integer, bigint, text) TO phieu_server;
