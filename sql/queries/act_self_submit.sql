-- Hands a unit's self-assessment in.  $1 round, $2 who, $3 unit, $4 version
-- seen or NULL: the newest.
SELECT assess.self_turn(u.round, u.unit, coalesce($4::integer, (SELECT version
    FROM assess.self AS s WHERE s.round = u.round AND s.unit = u.unit), 1),
    true, NULL, $2)
FROM assess.unit AS u
WHERE u.round = $1::integer AND u.code = $3 AND u.in_force;
