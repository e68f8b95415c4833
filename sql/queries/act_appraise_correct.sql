-- Puts other points.  $1 round, $2 who, $3 office, $4 unit, $5 criterion, $6
-- reason, $7 points or NULL, $8 does not apply, $9 version seen or NULL.
SELECT assess.appraise(s.round, s.unit, s.node, coalesce($9::integer,
    s.version), $3, 'corrected', $7::numeric, $8::boolean, $6, $2)
FROM assess.standing AS s
JOIN assess.unit AS u USING (round, unit)
JOIN assess.node AS n USING (round, node)
WHERE s.round = $1::integer AND u.code = $4 AND n.code = $5;
