-- Keys that receipts are made with, the one in force first.
SELECT key_id, key FROM field.receipt_keys();
