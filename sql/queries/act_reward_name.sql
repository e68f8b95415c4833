-- A unit names a person.  $1 round, $2 who, $3 unit, $4 name, $5 position, $6
-- merit, $7 the unit's paper or NULL.
SELECT assess.reward_name(u.round, u.unit, $4, $5, $6, $7, $2)
FROM assess.unit AS u
WHERE u.round = $1::integer AND u.code = $3 AND u.in_force;
