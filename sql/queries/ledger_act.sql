-- An act on sheets.  $1 wave, $2 by whom, $3 role, $4 areas or NULL, $5 act,
-- $6 numbers from, $7 to, $8 reason, $9 version seen, $10 agent (of a
-- transfer)
SELECT a.event, a.moved, a.paper, NULL
FROM field.ledger_act($1::integer, $2, $3, $4::text[], $5, $6::text[],
    $7::text[], NULL, NULL, NULL, $10, $8, $9::integer) AS a;
