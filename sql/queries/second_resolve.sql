-- Settles what two readings read otherwise.  $1 wave, $2 by whom, $3 role,
-- $4 areas or NULL, $5 sheet, $6 field or @all, $7 first, second or typed,
-- $8 what the paper says, $9 reason, $10 version seen
SELECT a.event, a.moved, NULL, NULL
FROM field.second_resolve($1::integer, $2, $3, $4::text[], $5, $6, $7, $8,
    $9, $10::integer) AS a;
