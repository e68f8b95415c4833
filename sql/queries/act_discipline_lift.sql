-- A discipline is lifted.  $1 round, $2 who, $3 number, $4 reason.
SELECT assess.discipline_lift($1::integer, $3::integer, $4, $2);
