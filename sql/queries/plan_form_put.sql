-- Forms by code and version; ordinals are never reused.
-- $1 wave, $2 {"forms":[…]}
INSERT INTO plan.form (wave, form, code, version, name, slots, example)
SELECT $1::integer, coalesce(old.form, last.form + item.position), item.code,
    item.version, item.name, item.slots, item.example
FROM jsonb_to_recordset($2::jsonb -> 'forms') AS item (position integer,
    code text, version text, name text, slots integer, example boolean)
LEFT JOIN plan.form old ON old.wave = $1::integer AND old.code = item.code
    AND old.version = item.version
CROSS JOIN (SELECT coalesce(max(form), 0) AS form FROM plan.form
    WHERE wave = $1::integer) last
ORDER BY item.position
ON CONFLICT (wave, code, version) DO UPDATE
SET name = excluded.name, slots = excluded.slots, example = excluded.example;
