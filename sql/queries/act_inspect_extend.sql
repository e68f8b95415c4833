-- More time for a finding.  $1 round, $2 who, $3 finding, $4 new deadline, $5
-- reason, $6 version seen or NULL.
SELECT assess.finding_turn($1::integer, $3::integer, $6::integer, NULL,
    'extend', $5, $4::date, $2);
