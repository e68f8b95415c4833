-- Units: known codes keep their ordinal, new ones get the next.
-- $1 wave, $2 {"units":[…]}
INSERT INTO plan.unit (wave, unit, code, name, kind, rated, valid_from,
    valid_to)
SELECT $1::integer, coalesce(old.unit, last.unit + item.position), item.code,
    item.name, item.kind, item.rated, item.valid_from, item.valid_to
FROM jsonb_to_recordset($2::jsonb -> 'units') AS item (position integer,
    code text, name text, kind text, rated boolean, valid_from date,
    valid_to date)
LEFT JOIN plan.unit old ON old.wave = $1::integer AND old.code = item.code
CROSS JOIN (SELECT coalesce(max(unit), 0) AS unit FROM plan.unit
    WHERE wave = $1::integer) last
ORDER BY item.position
ON CONFLICT (wave, code) DO UPDATE
SET name = excluded.name, kind = excluded.kind, rated = excluded.rated,
    valid_from = excluded.valid_from, valid_to = excluded.valid_to;
