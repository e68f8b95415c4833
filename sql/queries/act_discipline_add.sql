-- A discipline of a unit.  $1 round, $2 who, $3 unit, $4 what, $5 source, $6
-- day.
SELECT assess.discipline_add(u.round, u.unit, $4, $5, $6::date, $2)
FROM assess.unit AS u
WHERE u.round = $1::integer AND u.code = $3 AND u.in_force;
