-- What a hand-over record lists.  $1 wave, $2 areas or NULL, $3 its number
SELECT e.paper, e.act, e.done_on, e.done_by, a.code AS agent,
    a.name AS agent_name, a.office, e.reason, m.sheet, f.code AS form,
    f.name AS form_name, g.name AS "group", u.name AS unit
FROM field.sheet_event AS e
JOIN field.sheet_move AS m ON m.wave = e.wave AND m.event = e.event
JOIN field.sheet AS s ON s.wave = m.wave AND s.sheet = m.sheet
JOIN plan.form AS f ON f.wave = s.wave AND f.form = s.form
JOIN plan.respondent_group AS g ON g.wave = s.wave AND g.grp = s.grp
LEFT JOIN plan.unit AS u ON u.wave = s.wave AND u.unit = m.now_home
LEFT JOIN field.agent AS a ON a.agent = e.agent
WHERE e.wave = $1::integer AND e.paper = $3::integer
    AND ($2::text[] IS NULL OR m.now_home
        = ANY ((SELECT field.units_under($1::integer, $2::text[]))::integer[]))
ORDER BY s.form, s.prefix, s.serial;
