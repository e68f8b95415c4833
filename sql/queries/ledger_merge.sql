-- Sheets and quota of a unit that merged.  $1 wave, $2 by whom, $3 role,
-- $4 unit, $5 reason
SELECT NULL, field.ledger_merge($1::integer, $2, $3, $4, $5), NULL, NULL;
