-- Hands sheets to an agent.  $1 wave, $2 by whom, $3 role, $4 areas or NULL,
-- $5 agent, $6 numbers from, $7 to, or $8 group, $9 unit, $10 how many;
-- $11 version seen
SELECT a.event, a.moved, a.paper, NULL
FROM field.ledger_act($1::integer, $2, $3, $4::text[], 'issue', $6::text[],
    $7::text[], $8, $9, $10::integer, $5, NULL, $11::integer) AS a;
