-- How many sheets were compared, by agent and area.  $1 wave, $2 areas or NULL
SELECT s.side, s.code, coalesce(a.name, u.name, '') AS name, s.sheets,
    s.asked, s.same
FROM field.recheck_sides($1::integer, $2::text[]) AS s
LEFT JOIN field.agent AS a ON s.side = 'agent' AND a.code = s.code
LEFT JOIN plan.unit AS u ON s.side = 'area' AND u.wave = $1::integer
    AND u.code = s.code;
