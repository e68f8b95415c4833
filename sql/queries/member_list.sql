-- Members of the council and the secretariat.  $1 round.
SELECT body, name, position, basis FROM assess.member
WHERE round = $1::integer
ORDER BY body, name;
