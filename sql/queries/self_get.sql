-- A unit's self-assessment as a whole.  $1 round, $2 unit code.  No row: no
-- such unit.
SELECT u.unit, coalesce(s.state, 'draft'), coalesce(s.version, 1),
    coalesce(s.explanation, ''), coalesce(s.submitted_by, ''),
    coalesce(to_char(s.submitted_at AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '')
FROM assess.unit AS u
LEFT JOIN assess.self AS s ON s.round = u.round AND s.unit = u.unit
WHERE u.round = $1::integer AND u.code = $2 AND u.in_force;
