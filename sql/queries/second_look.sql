-- Brings the ledger and the comparisons up to date.  $1 wave
SELECT field.second_look($1::integer);
