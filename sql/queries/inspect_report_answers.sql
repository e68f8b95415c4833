-- The checklist of one inspection, for paper.  $1 round, $2 inspection.
SELECT item, coalesce(part, ''), title, coalesce(verdict, ''),
    coalesce(content, '')
FROM assess.checklist
WHERE round = $1::integer AND inspection = $2::integer
ORDER BY place;
