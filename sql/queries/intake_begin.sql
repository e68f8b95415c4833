-- Opens the transaction of an all-or-nothing batch.
BEGIN;
