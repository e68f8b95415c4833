-- Another number in place of a sheet.  $1 wave, $2 by whom, $3 role, $4 areas
-- or NULL, $5 sheet, $6 reason, $7 version seen
SELECT NULL, 1, NULL, field.ledger_replace($1::integer, $2, $3, $4::text[],
    $5, $6, $7::integer);
