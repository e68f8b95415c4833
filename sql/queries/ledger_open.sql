-- What stands against closing, names beside codes.  $1 wave, $2 areas or NULL
SELECT o.kind, o.sheet, o.status, o.grp AS "group", o.unit, o.agent,
    o.changed_on, g.name AS group_name, u.name AS unit_name,
    a.name AS agent_name
FROM field.ledger_open($1::integer, $2::text[]) AS o
LEFT JOIN plan.respondent_group AS g ON g.wave = $1::integer
    AND g.code = o.grp
LEFT JOIN plan.unit AS u ON u.wave = $1::integer AND u.code = o.unit
LEFT JOIN field.agent AS a ON a.code = o.agent
ORDER BY o.kind, o.sheet, o.grp, o.unit;
