-- What a sheet says, logged.  $1 wave, $2 by whom, $3 role, $4 areas or NULL,
-- $5 number or instanceID, $6 why
SELECT o.unit, o.question, o.words, o.value, o.label
FROM field.review_open($1::integer, $2, $3, $4::text[], $5, $6) AS o;
