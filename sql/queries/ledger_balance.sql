-- The balance; issued = collected + refused + not_met + lost + cancelled +
-- still_out in every row; moved is part of not_met, replaced says how many
-- have another number in their place; planned is NULL by agent and
-- office.  $1 wave, $2 areas or NULL, $3 by (total when NULL), $4 agent,
-- $5 area, as the balance by area
-- counts
SELECT b.code, b.name, b.planned, b.slots, b.void, b.waiting, b.issued,
    b.collected, b.refused, b.not_met, b.moved, b.lost, b.cancelled,
    b.replaced, b.still_out, b.keyed, b.valid, b.invalid,
    b.planned - b.slots AS missing
FROM field.ledger_balance($1::integer, coalesce($3, 'total'), $2::text[], $4,
    $5) AS b;
