-- A finding is seen to be remedied.  $1 round, $2 who, $3 finding, $4 evidence,
-- $5 day or NULL: today, $6 version seen or NULL.
SELECT assess.finding_turn($1::integer, $3::integer, $6::integer, NULL,
    'verify', $4, coalesce($5::date, assess.today()), $2);
