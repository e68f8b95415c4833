-- What forms of a desk offer: agents, groups and units by code, with names.
-- $1 wave, $2 areas or NULL: units within them
SELECT 'agent' AS kind, a.code, a.name, a.office AS more, a.office AS sort
FROM field.agent AS a
UNION ALL
SELECT 'group', g.code, g.name, '', lpad(g.grp::text, 9, '0')
FROM plan.respondent_group AS g WHERE g.wave = $1::integer
UNION ALL
SELECT 'unit', u.code, u.name, '', lpad(u.unit::text, 9, '0')
FROM plan.unit AS u WHERE u.wave = $1::integer
    AND ($2::text[] IS NULL OR u.unit
        = ANY ((SELECT field.units_under($1::integer, $2::text[]))::integer[]))
ORDER BY kind, sort, name, code;
