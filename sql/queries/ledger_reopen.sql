-- Opens it again.  $1 wave, $2 by whom, $3 role, $4 reason
SELECT field.ledger_reopen($1::integer, $2, $3, $4), NULL, NULL, NULL;
