-- A decision on an agent.  $1 wave, $2 by whom, $3 role, $4 agent, $5 accept,
-- stop or rekey, $6 reason
SELECT a.event, a.moved, NULL, a.made
FROM field.second_decide($1::integer, $2, $3, 'decide', $4, $5, $6) AS a;
