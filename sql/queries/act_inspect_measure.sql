-- What became of a measure.  $1 round, $2 who, $3 measure, $4 state, $5 words,
-- $6 version seen or NULL.
SELECT assess.measure_turn($1::integer, $3::integer, $6::integer, $4, $5, $2);
