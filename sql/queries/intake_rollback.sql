-- Ends the transaction of an all-or-nothing batch: nothing kept.
ROLLBACK;
