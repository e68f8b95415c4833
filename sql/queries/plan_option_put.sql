-- $1 wave, $2 {"options":[…]}
INSERT INTO plan.option (wave, form, question, ordinal, code, label,
    coefficient, satisfied)
SELECT $1::integer, f.form, item.question, item.ordinal, item.code,
    item.label, item.coefficient::numeric, item.satisfied
FROM jsonb_to_recordset($2::jsonb -> 'options') AS item (form text,
    version text, question integer, ordinal smallint, code text, label text,
    coefficient text, satisfied boolean)
JOIN plan.form f ON f.wave = $1::integer AND f.code = item.form
    AND f.version = item.version;
