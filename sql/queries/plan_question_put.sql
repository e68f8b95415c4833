-- $1 wave, $2 {"questions":[…]}
INSERT INTO plan.question (wave, form, question, code, type, slot, text)
SELECT $1::integer, f.form, item.position, item.code, item.type, item.slot,
    item.text
FROM jsonb_to_recordset($2::jsonb -> 'questions') AS item (form text,
    version text, position integer, code text, type text, slot integer,
    text text)
JOIN plan.form f ON f.wave = $1::integer AND f.code = item.form
    AND f.version = item.version;
