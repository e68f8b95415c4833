-- A sheet against what is said again.  $1 wave, $2 by whom, $3 role, $4 areas
-- or NULL, $5 sheet, $6 answers, $7 reason
SELECT c.event, c.moved, c.paper, c.made
FROM field.recheck_compare($1::integer, $2, $3, $4::text[], $5, $6, $7) AS c;
