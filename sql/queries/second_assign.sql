-- Gives drawn sheets to an agent.  $1 wave, $2 by whom, $3 role, $4 areas or
-- NULL, $5 agent, $6 numbers from, $7 to, $8 draw, $9 how many, $10 reason
SELECT a.event, a.moved, NULL, NULL
FROM field.second_assign($1::integer, $2, $3, $4::text[], $5, $6::text[],
    $7::text[], $8::integer, $9::integer, $10) AS a;
