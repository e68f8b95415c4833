-- A quota in mid-wave.  $1 wave, $2 by whom, $3 role, $4 group, $5 unit or
-- NULL, $6 planned, $7 reason
SELECT NULL, abs(field.ledger_amend($1::integer, $2, $3, $4, $5, $6::integer,
    $7)), NULL, NULL;
