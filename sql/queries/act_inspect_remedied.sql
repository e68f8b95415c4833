-- A unit answers that a finding is remedied.  $1 round, $2 who, $3 unit, $4
-- finding, $5 words, $6 version seen or NULL.
SELECT assess.finding_turn(u.round, $4::integer, $6::integer, u.unit,
    'answer', $5, NULL, $2)
FROM assess.unit AS u WHERE u.round = $1::integer AND u.code = $3;
