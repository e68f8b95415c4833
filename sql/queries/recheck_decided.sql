-- The sheets of a decision.  $1 wave, $2 areas or NULL, $3 decision
SELECT d.decision, d.sheet, d.agent, d.unit, d.state_now, d.code_now
FROM field.recheck_decided_sheets($1::integer, $2::text[], $3::integer) AS d;
