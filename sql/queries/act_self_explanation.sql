-- A unit's explanation report.  $1 round, $2 who, $3 unit, $4 text, $5 version
-- seen or NULL: the newest.
SELECT assess.self_explain(u.round, u.unit, coalesce($5::integer,
    (SELECT version FROM assess.self AS s WHERE s.round = u.round
        AND s.unit = u.unit), 1), $4, $2)
FROM assess.unit AS u
WHERE u.round = $1::integer AND u.code = $3 AND u.in_force;
