-- Recommends a measure.  $1 round, $2 who, $3 inspection, $4 to whom, $5 words,
-- $6 finding or NULL, $7 deadline or NULL.
SELECT assess.measure_add($1::integer, $3::integer, $4, $5, $6::integer,
    $7::date, $2);
