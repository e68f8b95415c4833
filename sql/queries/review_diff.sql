-- Two versions of a sheet, logged.  $1 wave, $2 by whom, $3 role, $4 areas or
-- NULL, $5 number or instanceID, $6 why, $7 with which, NULL: what it replaced
SELECT d.unit, d.question, d.words, d.before, d.after
FROM field.review_diff($1::integer, $2, $3, $4::text[], $5, $7, $6) AS d;
