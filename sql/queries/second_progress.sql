-- How far it is, by draw and the agent who keys again.  $1 wave, $2 areas or
-- NULL
SELECT d.draw, coalesce(b.code, '') AS agent, coalesce(b.name, '') AS name,
    coalesce(b.office, '') AS office, count(*) AS sheets,
    count(*) FILTER (WHERE d.status IN ('drawn', 'assigned')) AS waiting,
    count(*) FILTER (WHERE d.status NOT IN ('drawn', 'assigned')) AS keyed,
    count(*) FILTER (WHERE d.status = 'same') AS same,
    count(*) FILTER (WHERE d.status = 'differs') AS differs,
    count(*) FILTER (WHERE d.status = 'resolved') AS resolved
FROM field.second_sheet AS d
JOIN field.sheet AS s ON s.wave = d.wave AND s.sheet = d.sheet
LEFT JOIN field.agent AS b ON b.agent = d.agent
WHERE d.wave = $1::integer
    AND ($2::text[] IS NULL OR coalesce(s.now_home, s.home)
        = ANY (field.units_under($1::integer, $2::text[])))
GROUP BY d.draw, b.code, b.name, b.office
ORDER BY d.draw, b.code;
