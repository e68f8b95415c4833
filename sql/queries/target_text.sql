-- Targets in force.  $1 round.  Text, version, trial.
SELECT content, version, trial FROM assess.target_plan
WHERE round = $1::integer ORDER BY version DESC LIMIT 1;
