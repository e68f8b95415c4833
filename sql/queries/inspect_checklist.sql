-- The outline as a checklist, with what the team saw.  $1 round, $2 unit, $3
-- inspection; NULL: all.
SELECT c.inspection, u.code AS unit, c.item, coalesce(c.part, '') AS part,
    c.title,
    coalesce(c.verdict, '') AS verdict, coalesce(c.content, '') AS content,
    c.version, array_to_string(c.asks, '; ') AS asks, i.state
FROM assess.checklist AS c
JOIN assess.inspection AS i USING (round, inspection)
JOIN assess.unit AS u USING (round, unit)
WHERE c.round = $1::integer AND i.in_force
    AND ($2::text IS NULL OR u.code = $2)
    AND ($3::integer IS NULL OR c.inspection = $3::integer)
ORDER BY c.inspection, c.place;
