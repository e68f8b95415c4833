-- Begins a ledger or fits it to the quotas.  $1 wave, $2 by whom, $3 role,
-- $4 reason
SELECT NULL, field.ledger_plan($1::integer, $2, $3, $4), NULL, NULL;
