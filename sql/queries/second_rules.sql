-- Acceptance rules, the last in force.  $1 wave, $2 areas or NULL
SELECT r.rule, e.done_on AS day, e.done_by AS by,
    CASE WHEN r.maximum IS NULL THEN '' ELSE trim_scale(r.maximum) || '%' END
        AS maximum,
    r.accept, r.least, trim_scale(r.level) || '%' AS level, r.unresolved,
    e.reason
FROM field.second_rule AS r
JOIN field.sheet_event AS e ON e.wave = r.wave AND e.event = r.event
WHERE r.wave = $1::integer AND $2::text[] IS DISTINCT FROM '{}'
ORDER BY r.rule;
