-- Acts on the ledger, the last first.  $1 wave, $2 areas or NULL: of an area
-- those that moved a sheet of it, counted within it
SELECT e.event, e.done_on, e.done_by, e.role, e.act, a.code AS agent,
    e.paper, t.n AS sheets, e.reason,
    CASE WHEN $2::text[] IS NULL THEN e.detail END AS detail,
    a.name AS agent_name
FROM field.sheet_event AS e
LEFT JOIN field.agent AS a ON a.agent = e.agent
CROSS JOIN LATERAL (SELECT count(*) AS n FROM field.sheet_move AS m
    WHERE m.wave = e.wave AND m.event = e.event
        AND ($2::text[] IS NULL OR m.now_home
            = ANY ((SELECT field.units_under($1::integer, $2::text[]))::integer[]))) AS t
WHERE e.wave = $1::integer AND ($2::text[] IS NULL OR t.n > 0)
ORDER BY e.event DESC;
