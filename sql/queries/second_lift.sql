-- Lifts the stop of an agent.  $1 wave, $2 by whom, $3 role, $4 agent,
-- $5 reason
SELECT a.event, NULL, NULL, a.made
FROM field.second_decide($1::integer, $2, $3, 'lift', $4, NULL, $5) AS a;
