-- Opens again what was settled of a sheet.  $1 wave, $2 by whom, $3 role,
-- $4 areas or NULL, $5 sheet, $6 reason
SELECT a.event, a.moved, NULL, NULL
FROM field.second_reopen($1::integer, $2, $3, $4::text[], $5, $6) AS a;
