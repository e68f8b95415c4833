-- Where and when agents work, the newest first.  $1 wave, $2 areas or NULL
SELECT g.office, g.code AS agent, a.revision, a.from_day, a.to_day,
    array_to_string(a.units, ' ') AS units, a.reason, a.decided_by,
    a.decided_on
FROM field.assignment AS a
JOIN field.agent AS g USING (agent)
WHERE a.wave = $1::integer
    AND ($2::text[] IS NULL OR field.units_under($1::integer, a.units)
        && field.units_under($1::integer, $2::text[]))
ORDER BY g.office, g.code, a.revision DESC;
