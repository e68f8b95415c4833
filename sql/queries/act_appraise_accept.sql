-- Takes what a unit gave itself.  $1 round, $2 who, $3 office, $4 unit, $5
-- criterion, $6 version seen or NULL: the newest.
SELECT assess.appraise(s.round, s.unit, s.node, coalesce($6::integer,
    s.version), $3, 'accepted', NULL, false, NULL, $2)
FROM assess.standing AS s
JOIN assess.unit AS u USING (round, unit)
JOIN assess.node AS n USING (round, node)
WHERE s.round = $1::integer AND u.code = $4 AND n.code = $5;
