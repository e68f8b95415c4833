-- Raises when the wave's ledger stands against a freeze.  $1 wave
SELECT field.ledger_may_freeze($1::integer);
