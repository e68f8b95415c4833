-- Every unit and how far its self-assessment is.  $1 round, $2 unit or NULL:
-- all.
SELECT u.code AS unit, u.name, coalesce(s.state, 'none') AS state,
    (SELECT count(*) FROM assess.item AS i
        WHERE i.round = u.round AND i.unit = u.unit
            AND (i.self IS NOT NULL OR i.self_na)) AS items,
    (SELECT count(*) FROM assess.evidence AS e
        WHERE e.round = u.round AND e.unit = u.unit
            AND e.removed_at IS NULL) AS files,
    coalesce(s.submitted_by, '') AS submitted_by,
    coalesce(to_char(s.submitted_at AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '') AS submitted_at,
    coalesce(s.version, 1) AS version
FROM assess.unit AS u
LEFT JOIN assess.self AS s ON s.round = u.round AND s.unit = u.unit
WHERE u.round = $1::integer AND u.in_force
    AND ($2::text IS NULL OR u.code = $2)
ORDER BY u.unit;
