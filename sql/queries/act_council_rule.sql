-- A decision of the council on an item.  $1 round, $2 who, $3 meeting, $4
-- unit, $5 criterion, $6 reason, $7 points or NULL, $8 does not apply.
SELECT assess.rule(s.round, $3::integer, s.unit, s.node, $7::numeric,
    $8::boolean, $6, $2)
FROM assess.standing AS s
JOIN assess.unit AS u USING (round, unit)
JOIN assess.node AS n USING (round, node)
WHERE s.round = $1::integer AND u.code = $4 AND n.code = $5;
