-- Refuses when the unit may not add evidence now.  $1 round, $2 unit.
SELECT assess.evidence_open($1::integer, $2::integer);
