-- What is done with what is not settled.  $1 wave, $2 by whom, $3 role,
-- $4 refuse or first, $5 reason
SELECT a.event, NULL, NULL, a.made
FROM field.second_rule_put($1::integer, $2, $3, 'keep', NULL, NULL, NULL,
    NULL, $4, $5) AS a;
