-- A unit's answer to a finding is not enough.  $1 round, $2 who, $3 finding, $4
-- reason, $5 version seen or NULL.
SELECT assess.finding_turn($1::integer, $3::integer, $5::integer, NULL,
    'return', $4, NULL, $2);
