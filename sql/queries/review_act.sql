-- An act of review.  $1 wave, $2 by whom, $3 role, $4 areas or NULL, $5 act,
-- $6 "number@version,…", $7 reason, $8 code of a reason, $9 to whom a query
-- goes
SELECT a.event, a.moved, NULL, NULL
FROM field.review_act($1::integer, $2, $3, $4::text[], $5, $6, $8, $7, $9)
    AS a;
