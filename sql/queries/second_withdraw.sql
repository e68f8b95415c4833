-- Takes drawn sheets back from an agent.  $1 wave, $2 by whom, $3 role,
-- $4 areas or NULL, $5 numbers from, $6 to, $7 reason
SELECT a.event, a.moved, NULL, NULL
FROM field.second_withdraw($1::integer, $2, $3, $4::text[], $5::text[],
    $6::text[], $7) AS a;
