-- The acceptance rule.  $1 wave, $2 by whom, $3 role, $4 highest share of
-- wrong fields in percent, $5 acceptance number, $6 least fields compared,
-- $7 level in percent, $8 reason
SELECT a.event, NULL, NULL, a.made
FROM field.second_rule_put($1::integer, $2, $3, 'rule', $4, $6::integer,
    $5::integer, $7, NULL, $8) AS a;
