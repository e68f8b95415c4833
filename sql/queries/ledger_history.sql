-- Moves of sheets.  $1 wave, $2 areas or NULL, $3 sheet or NULL for all
SELECT m.event, e.done_on, e.done_by, e.role, e.act, m.sheet, m.was, m.now,
    b.code AS was_agent, a.code AS now_agent, x.code AS was_unit,
    u.code AS now_unit, m.code, e.reason,
    a.name AS now_agent_name, u.name AS now_unit_name
FROM field.sheet_move AS m
JOIN field.sheet_event AS e ON e.wave = m.wave AND e.event = m.event
LEFT JOIN field.agent AS b ON b.agent = m.was_agent
LEFT JOIN field.agent AS a ON a.agent = m.now_agent
LEFT JOIN plan.unit AS x ON x.wave = m.wave AND x.unit = m.was_home
LEFT JOIN plan.unit AS u ON u.wave = m.wave AND u.unit = m.now_home
WHERE m.wave = $1::integer AND ($3::text IS NULL OR m.sheet = $3)
    AND ($2::text[] IS NULL OR m.now_home
        = ANY ((SELECT field.units_under($1::integer, $2::text[]))::integer[]))
ORDER BY m.event, m.sheet, m.version;
