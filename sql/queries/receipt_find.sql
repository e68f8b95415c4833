-- $1 an agent's key (its number), $2 instance.
SELECT sha256, state, flags, faults, receipt_key
FROM field.receipt_find($1::integer, $2::text);
