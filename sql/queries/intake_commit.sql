-- Ends the transaction of an all-or-nothing batch: all stored.
COMMIT;
