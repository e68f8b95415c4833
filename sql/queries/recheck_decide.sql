-- A decision.  $1 wave, $2 by whom, $3 role, $4 areas or NULL, $5 number of
-- the decision, $6 sheets from, $7 to, $8 agent, $9 reason
SELECT d.event, d.moved, d.paper, d.made
FROM field.recheck_decide($1::integer, $2, $3, $4::text[], $5, $6::text[],
    $7::text[], $8, $9) AS d;
