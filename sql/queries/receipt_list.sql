-- $1 an agent's key (its number), $2 state or NULL, $3 instant and
-- $4 instance before which the list goes on (both NULL: from the newest),
-- $5 how many.
SELECT instance, sha256, sheet, form, grp, home, keying, state, flags, faults,
    receipt_key, received, replaces
FROM field.receipt_list($1::integer, $2::smallint, $3::timestamptz, $4::text,
    $5::integer);
