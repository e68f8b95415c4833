-- An on-site verification.  $1 round, $2 who, $3 unit, $4 day, $5 team, $6
-- what was found.
SELECT assess.visit_add(u.round, u.unit, $4::date, $5, $6, $2)
FROM assess.unit AS u
WHERE u.round = $1::integer AND u.code = $3 AND u.in_force;
