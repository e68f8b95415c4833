-- Decisions on agents.  $1 wave, $2 areas or NULL
SELECT d.decision, e.done_on AS day, e.done_by AS by, a.code AS agent,
    a.name, a.office, d.verdict, t.agent IS NOT NULL AS in_force, d.rule,
    d.draw, d.fields, d.errors, e.reason
FROM field.second_decision AS d
JOIN field.sheet_event AS e ON e.wave = d.wave AND e.event = d.event
JOIN field.agent AS a ON a.agent = d.agent
LEFT JOIN field.second_stop AS t ON t.wave = d.wave AND t.agent = d.agent
    AND t.decision = d.decision
WHERE d.wave = $1::integer AND $2::text[] IS DISTINCT FROM '{}'
ORDER BY d.decision;
