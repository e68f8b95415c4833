-- Every sheet, also those never started.  $1 wave, $2 areas or NULL,
-- $3 agent, $4 status, $5 group, $6 unit, $7 area, $8 sheet, each NULL for all;
-- names beside codes
SELECT s.sheet, f.code AS form, g.code AS "group", u.code AS unit,
    n.code AS unit_now, s.slot, a.code AS agent, a.office, s.state,
    s.disposition, s.status, s.code, s.replaced_by, s.changed_on, s.version,
    f.name AS form_name, g.name AS group_name, n.name AS unit_now_name,
    a.name AS agent_name
FROM field.sheet AS s
JOIN plan.form AS f ON f.wave = s.wave AND f.form = s.form
JOIN plan.respondent_group AS g ON g.wave = s.wave AND g.grp = s.grp
LEFT JOIN plan.unit AS u ON u.wave = s.wave AND u.unit = s.home
LEFT JOIN plan.unit AS n ON n.wave = s.wave
    AND n.unit = coalesce(s.now_home, s.home)
LEFT JOIN field.agent AS a ON a.agent = s.agent
WHERE s.wave = $1::integer AND s.prefix IS NOT NULL
    AND ($2::text[] IS NULL OR coalesce(s.now_home, s.home)
        = ANY ((SELECT field.units_under($1::integer, $2::text[]))::integer[]))
    AND ($3::text IS NULL OR a.code = $3) AND ($4::text IS NULL
        OR s.status = $4)
    AND ($5::text IS NULL OR g.code = $5)
    AND ($6::text IS NULL OR n.code = $6)
    AND ($7::text IS NULL OR n.unit = ANY ((SELECT field.units_counted(
        $1::integer, $7::text))::integer[]))
    AND ($8::text IS NULL OR s.sheet = $8)
ORDER BY s.form, s.prefix, s.serial;
