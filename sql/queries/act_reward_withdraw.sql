-- A name is withdrawn.  $1 round, $2 who, $3 person, $4 reason, $5 unit or
-- NULL: of any.
SELECT assess.reward_withdraw($1::integer, u.unit, $3::integer, $4, $2)
FROM (SELECT max(unit) AS unit, count(*) AS n FROM assess.unit
    WHERE round = $1::integer AND code = $5) AS u
WHERE $5::text IS NULL OR u.n = 1;
