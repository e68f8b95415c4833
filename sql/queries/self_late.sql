-- Every unit and how far its self-assessment is.  $1 round.
SELECT u.code, u.name, coalesce(s.state, 'none'),
    (SELECT count(*) FROM assess.item AS i
        WHERE i.round = u.round AND i.unit = u.unit
            AND (i.self IS NOT NULL OR i.self_na)),
    (SELECT count(*) FROM assess.evidence AS e
        WHERE e.round = u.round AND e.unit = u.unit
            AND e.removed_at IS NULL),
    coalesce(s.submitted_by, ''),
    coalesce(to_char(s.submitted_at AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '')
FROM assess.unit AS u
LEFT JOIN assess.self AS s ON s.round = u.round AND s.unit = u.unit
WHERE u.round = $1::integer AND u.in_force
ORDER BY u.unit;
