-- Groups: known codes keep their ordinal, new ones get the next.
-- $1 wave, $2 {"groups":[…]}
INSERT INTO plan.respondent_group (wave, grp, code, name, form, home_kind)
SELECT $1::integer, coalesce(old.grp, last.grp + item.position), item.code,
    item.name, f.form, item.home_kind
FROM jsonb_to_recordset($2::jsonb -> 'groups') AS item (position integer,
    code text, name text, form text, version text, home_kind text)
JOIN plan.form f ON f.wave = $1::integer AND f.code = item.form
    AND f.version = item.version
LEFT JOIN plan.respondent_group old ON old.wave = $1::integer
    AND old.code = item.code
CROSS JOIN (SELECT coalesce(max(grp), 0) AS grp FROM plan.respondent_group
    WHERE wave = $1::integer) last
ORDER BY item.position
ON CONFLICT (wave, code) DO UPDATE
SET name = excluded.name, form = excluded.form,
    home_kind = excluded.home_kind;
