-- What collector/submission_check.c says of each of two readings, it says of
-- neither when fields of both are put together: units settled one by one may be
-- none, or more than a respondent rates (V04), and a day of one reading may be
-- after the end of a unit of the other.  Everything else that makes a sheet valid
-- is of one field (field.second_typed) or a count of answers
-- (field.second_lacks); group, home, number and form are never settled.

CREATE FUNCTION field.second_misplaced(p_wave integer, p_response bigint,
    p_sheet text, p_pair integer, p_units integer[]) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM field.second_difference AS d
            WHERE d.wave = p_wave AND d.sheet = p_sheet AND d.pair = p_pair
                AND d.kind IN ('unit', 'collected'))
        AND ((SELECT count(*) FROM field.rating AS a WHERE a.wave = p_wave
                AND a.response = p_response) <> ALL (p_units)
            OR EXISTS (SELECT FROM field.response AS r
                JOIN field.rating AS a ON a.wave = p_wave
                    AND a.response = r.response
                JOIN plan.unit AS u ON u.wave = p_wave AND u.unit = a.unit
                WHERE r.wave = p_wave AND r.sheet = p_sheet
                    AND r.response = p_response
                    AND (u.valid_to < r.collected
                        OR u.valid_from > r.collected)))
$$;
COMMENT ON FUNCTION field.second_misplaced(integer, bigint, text, integer,
    integer[]) IS
    'are the units of a settled reading not those that it may rate?';
REVOKE ALL ON FUNCTION field.second_misplaced(integer, bigint, text, integer,
    integer[]) FROM PUBLIC;

-- A unit that the paper has and the reading that counts has too stays with its
-- answers: it was taken out, to be put in from a reading that lacks it.
CREATE OR REPLACE FUNCTION field.second_put(p_wave integer, p_response bigint,
    p_second bigint, p_form integer, d field.second_difference)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    q plan.question;
BEGIN
    SELECT * INTO q FROM plan.question AS x WHERE x.wave = p_wave
        AND x.form = p_form AND x.code = d.question;
    IF d.kind = 'slot' THEN
        UPDATE field.rating SET answers = set_byte(answers, q.slot,
            CASE d.value WHEN '~' THEN 0 WHEN '*' THEN 253 WHEN '-' THEN 254
                WHEN '.' THEN 255 ELSE (SELECT o.ordinal
                    FROM plan.option AS o WHERE o.wave = p_wave
                        AND o.form = p_form AND o.question = q.question
                        AND o.code = d.value) END)
        WHERE wave = p_wave AND response = p_response AND unit = d.unit;
    ELSIF d.kind IN ('multiple', 'number', 'text') THEN
        UPDATE field.rating SET extra = nullif(CASE WHEN d.value = '.'
            THEN coalesce(extra, '{}') - d.question
            ELSE coalesce(extra, '{}') || jsonb_build_object(d.question,
                CASE d.kind WHEN 'multiple'
                    THEN to_jsonb(string_to_array(d.value, ','))
                    ELSE to_jsonb(d.value) END) END, '{}'::jsonb)
        WHERE wave = p_wave AND response = p_response AND unit = d.unit;
    ELSIF d.kind = 'profile' THEN
        UPDATE field.response SET profile = CASE WHEN d.value = '.'
            THEN profile - substr(d.question, 10)
            ELSE profile || jsonb_build_object(substr(d.question, 10),
                d.value) END
        WHERE wave = p_wave AND sheet = d.sheet AND response = p_response;
    ELSIF d.kind = 'collected' THEN
        UPDATE field.response SET collected = nullif(d.value, '.')::date
        WHERE wave = p_wave AND sheet = d.sheet AND response = p_response;
    ELSIF d.kind = 'comment' THEN
        DELETE FROM field.comment
        WHERE wave = p_wave AND response = p_response;
        INSERT INTO field.comment (wave, response, comment)
        SELECT p_wave, p_response, d.value WHERE d.value <> '.';
    ELSIF d.kind = 'unit' AND d.value = 'x' THEN
        INSERT INTO field.rating
        SELECT p_wave, p_response, a.unit, a.answers, a.extra
        FROM field.rating AS a WHERE a.wave = p_wave
            AND a.response = p_second AND a.unit = d.unit
        ON CONFLICT (wave, response, unit) DO NOTHING;
    ELSIF d.kind = 'unit' THEN
        DELETE FROM field.rating WHERE wave = p_wave
            AND response = p_response AND unit = d.unit;
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION field.second_apply(p_wave integer, p_sheet text,
    p_pair integer, p_by text, p_reason text) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    p field.second_pair;
    r field.response;
    d field.second_difference;
    was jsonb;
    answers integer;
    kinds integer;
    units integer[];
BEGIN
    SELECT * INTO p FROM field.second_pair AS x WHERE x.wave = p_wave
        AND x.sheet = p_sheet AND x.pair = p_pair;
    SELECT * INTO r FROM field.response AS x WHERE x.wave = p_wave
        AND x.sheet = p_sheet AND x.keying = 1 AND x.counted FOR UPDATE;
    was := field.second_reading(p_wave, r.instance);
    units := ARRAY[(SELECT count(*) FROM field.rating AS a
            WHERE a.wave = p_wave AND a.response = r.response),
        (SELECT count(*) FROM field.rating AS a
            WHERE a.wave = p_wave AND a.response = p.second)];
    FOR d IN SELECT * FROM field.second_difference AS x
        WHERE x.wave = p_wave AND x.sheet = p_sheet AND x.pair = p_pair
        ORDER BY x.place, x.field
    LOOP
        PERFORM field.second_put(p_wave, r.response, p.second, p.form, d)
        WHERE d.kind <> 'form';
    END LOOP;
    IF field.second_sha(p_wave, r.instance) = p.response_sha THEN
        RETURN false;
    ELSIF EXISTS (SELECT FROM field.sheet AS s WHERE s.wave = p_wave
        AND s.sheet = p_sheet AND s.status = 'locked') THEN
        RAISE EXCEPTION 'phiếu % đã khóa trong sổ, mở khóa trước (locked in '
            'the ledger: unlock it first)', p_sheet USING ERRCODE = '55000';
    ELSIF field.second_lacks(p_wave, r.response, p.form) THEN
        RAISE EXCEPTION 'phiếu %: theo giấy thì thiếu câu trả lời bắt buộc, '
            'phải xét phiếu chứ không sửa được (as the paper has it the sheet '
            'is not valid: judge it)', p_sheet USING ERRCODE = '55000';
    ELSIF field.second_misplaced(p_wave, r.response, p_sheet, p_pair, units)
    THEN
        RAISE EXCEPTION 'phiếu %: theo giấy thì đơn vị được đánh giá không '
            'đúng số lượng hoặc không còn vào ngày thu, phải xét phiếu (the '
            'units it would rate are too few, too many or not of that day: '
            'judge it)', p_sheet USING ERRCODE = '55000';
    END IF;
    -- Q01, as collector/submission_check.c sees it
    SELECT count(*), count(DISTINCT x.b) INTO answers, kinds
    FROM (SELECT get_byte(a.answers, i) AS b FROM field.rating AS a,
            generate_series(0, length(a.answers) - 1) AS i
        WHERE a.wave = p_wave AND a.response = r.response) AS x
    WHERE x.b BETWEEN 1 AND 200;
    INSERT INTO field.response_version (wave, response, version, content,
        changed_by, reason)
    VALUES (p_wave, r.response, r.version, was, p_by, p_reason);
    UPDATE field.response SET version = r.version + 1,
        flags = (flags & ~1) | (answers >= 5 AND kinds = 1)::integer
    WHERE wave = p_wave AND instance = r.instance;
    UPDATE field.second_pair SET response_version = r.version + 1,
        response_sha = field.second_sha(p_wave, r.instance)
    WHERE wave = p_wave AND sheet = p_sheet AND pair = p_pair;
    RETURN true;
END
$$;

-- A reason of NULL passed a check that asks for one that is not empty.
ALTER TABLE assess.target_value ADD CHECK (no = 1 OR reason IS NOT NULL);
ALTER TABLE assess.series ADD CHECK (no = 1 OR reason IS NOT NULL);
