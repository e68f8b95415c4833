-- Closes a wave's ledger.  $1 wave, $2 by whom, $3 role, $4 reason,
-- $5 override
SELECT NULL, field.ledger_close($1::integer, $2, $3, $4, $5::boolean), NULL,
    NULL;
