-- Payment bases that freezes kept.  $1 wave, $2 areas or NULL
SELECT freeze_no, frozen_on, rows, amount, sha256, holds
FROM field.payment_sets($1::integer) WHERE $2::text[] IS NULL;
