-- Explanation reports of units.  $1 round, $2 unit or NULL: all, $3 office or
-- NULL: all; an office reads those of units it appraises something of, once
-- they are handed in.
SELECT u.code AS unit, u.name, s.state, s.explanation,
    coalesce(s.submitted_by, '') AS submitted_by,
    coalesce(to_char(s.submitted_at AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '') AS submitted_at
FROM assess.self AS s
JOIN assess.unit AS u ON u.round = s.round AND u.unit = s.unit
WHERE s.round = $1::integer AND u.in_force AND s.explanation <> ''
    AND ($2::text IS NULL OR u.code = $2)
    AND ($3::text IS NULL OR (s.state = 'submitted' AND EXISTS (
        SELECT FROM assess.node AS n
        WHERE n.round = s.round AND n.in_force
            AND assess.office_sees(s.round, $3, s.unit, n.node))))
ORDER BY u.unit;
