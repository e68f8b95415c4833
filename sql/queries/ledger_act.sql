-- An act on sheets.  $1 wave, $2 by whom, $3 role, $4 areas or NULL, $5 act,
-- $6 numbers from, $7 to, $8 group, $9 unit, $10 how many, $11 agent,
-- $12 reason, $13 version seen
SELECT a.event, a.moved, a.paper, NULL
FROM field.ledger_act($1::integer, $2, $3, $4::text[], $5, $6::text[],
    $7::text[], $8, $9, $10::integer, $11, $12, $13::integer) AS a;
