-- Brings a wave's ledger up to date with what came in; has it one?  $1 wave
SELECT field.ledger_look($1::integer);
