-- The plan's head.  $1 round.
SELECT p.title, p.basis, coalesce(p.report_days::text, ''),
    coalesce(n.name, '')
FROM assess.improve_plan AS p
LEFT JOIN assess.round AS n ON n.round = p.next_round
WHERE p.round = $1::integer;
