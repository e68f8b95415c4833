-- The plan to improve on the round's result, if there is one.  $1 round.
SELECT p.title, p.basis, coalesce(p.report_days::text, '') AS days,
    coalesce(n.code, '') AS next, p.changed_by AS by, p.version
FROM assess.improve_plan AS p
LEFT JOIN assess.round AS n ON n.round = p.next_round
WHERE p.round = $1::integer;
