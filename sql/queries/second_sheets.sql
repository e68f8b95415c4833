-- Sheets to be keyed again.  $1 wave, $2 areas or NULL, $3 sheet, $4 draw,
-- $5 agent, $6 status
SELECT d.sheet, d.draw, f.code AS form, g.code AS "group",
    coalesce(u.code, '') AS unit, a.code AS first_agent,
    coalesce(b.code, '') AS second_agent, coalesce(b.office, '') AS office,
    d.status, d.changed_on AS day, d.version
FROM field.second_sheet AS d
JOIN field.sheet AS s ON s.wave = d.wave AND s.sheet = d.sheet
JOIN plan.form AS f ON f.wave = d.wave AND f.form = s.form
JOIN plan.respondent_group AS g ON g.wave = d.wave AND g.grp = s.grp
LEFT JOIN plan.unit AS u ON u.wave = d.wave
    AND u.unit = coalesce(s.now_home, s.home)
LEFT JOIN field.agent AS a ON a.agent = d.first_agent
LEFT JOIN field.agent AS b ON b.agent = d.agent
WHERE d.wave = $1::integer
    AND ($2::text[] IS NULL OR coalesce(s.now_home, s.home)
        = ANY (field.units_under($1::integer, $2::text[])))
    AND ($3::text IS NULL OR d.sheet = $3)
    AND ($4::integer IS NULL OR d.draw = $4::integer)
    AND ($5::text IS NULL OR b.code = $5)
    AND ($6::text IS NULL OR d.status = $6)
ORDER BY d.draw, s.prefix, s.serial;
