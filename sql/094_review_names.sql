-- Whoever opens a sheet reads names beside the codes of its head.

CREATE OR REPLACE FUNCTION field.review_fields(p_wave integer, p_response bigint)
RETURNS TABLE (place integer, unit text, question text, words text,
    value text, label text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    WITH r AS (
        SELECT * FROM field.response WHERE wave = p_wave
            AND response = p_response
    ), cell AS (
        SELECT coalesce(u.code, '') AS unit, q.question AS place, q.code AS question,
            q.text AS words, q.type,
            CASE WHEN q.slot < length(t.answers)
                THEN get_byte(t.answers, q.slot) END AS byte,
            t.extra -> q.code AS extra, q.form
        FROM r JOIN field.rating AS t ON t.wave = p_wave
            AND t.response = r.response
        JOIN plan.question AS q ON q.wave = p_wave AND q.form = r.form
        LEFT JOIN plan.unit AS u ON u.wave = p_wave AND u.unit = t.unit)
    SELECT h.place, '', h.question, h.words, h.value, h.label
    FROM r, LATERAL (VALUES
        (-5, '(sheet)', 'Số phiếu', r.sheet, NULL),
        (-4, '(form)', 'Mẫu', (SELECT f.code FROM plan.form AS f
            WHERE f.wave = p_wave AND f.form = r.form),
            (SELECT f.name FROM plan.form AS f
            WHERE f.wave = p_wave AND f.form = r.form)),
        (-3, '(group)', 'Đối tượng', (SELECT g.code
            FROM plan.respondent_group AS g WHERE g.wave = p_wave
                AND g.grp = r.grp), (SELECT g.name
            FROM plan.respondent_group AS g WHERE g.wave = p_wave
                AND g.grp = r.grp)),
        (-2, '(home)', 'Đơn vị', (SELECT u.code FROM plan.unit AS u
            WHERE u.wave = p_wave AND u.unit = r.home),
            (SELECT u.name FROM plan.unit AS u
            WHERE u.wave = p_wave AND u.unit = r.home)),
        (1000000, '(comment)', 'Ý kiến', (SELECT c.comment
            FROM field.comment AS c WHERE c.wave = p_wave
                AND c.response = r.response), NULL))
        AS h (place, question, words, value, label)
    WHERE h.value IS NOT NULL
    UNION ALL
    SELECT -1, '', '(' || p.key || ')', p.key, p.value, NULL
    FROM r, LATERAL jsonb_each_text(r.profile) AS p
    WHERE jsonb_typeof(r.profile) = 'object'
    UNION ALL
    SELECT c.place, c.unit, c.question, c.words,
        CASE WHEN c.type NOT IN ('scale', 'single')
                THEN coalesce(c.extra #>> '{}', '-')
            ELSE coalesce(o.code, CASE c.byte WHEN 253 THEN '?'
                WHEN 254 THEN 'DK' WHEN 255 THEN '-' END) END,
        CASE WHEN c.type NOT IN ('scale', 'single') THEN NULL
            ELSE coalesce(o.label, CASE c.byte
                WHEN 253 THEN 'không đọc được hoặc hai lựa chọn'
                WHEN 254 THEN 'không biết' WHEN 255 THEN 'bỏ trống' END) END
    FROM cell AS c
    LEFT JOIN plan.option AS o ON o.wave = p_wave AND o.form = c.form
        AND o.question = c.place AND o.ordinal = c.byte
    WHERE c.type NOT IN ('scale', 'single') OR c.byte <> 0
$$;
