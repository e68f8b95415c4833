-- Asks for more evidence: the item waits, and the request has a day.  $1
-- round, $2 who, $3 office, $4 unit, $5 criterion, $6 what, $7 day, $8 version
-- seen or NULL.
WITH done AS (
    SELECT s.round, s.unit, s.node, assess.appraise(s.round, s.unit, s.node,
        coalesce($8::integer, s.version), $3, 'asked', NULL, false, $6, $2)
        AS version
    FROM assess.standing AS s
    JOIN assess.unit AS u USING (round, unit)
    JOIN assess.node AS n USING (round, node)
    WHERE s.round = $1::integer AND u.code = $4 AND n.code = $5)
SELECT CASE version WHEN 0 THEN 0 ELSE assess.ask(round, unit, node,
    'evidence', $6, $7::date, $2) END
FROM done;
