-- Offices of a round and the units they are.  $1 round.
SELECT o.office, u.code
FROM assess.office AS o
LEFT JOIN assess.unit AS u
    ON u.round = o.round AND u.unit = o.unit AND u.in_force
WHERE o.round = $1::integer AND o.in_force
ORDER BY o.office;
