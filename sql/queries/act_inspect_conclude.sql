-- The conclusion.  $1 round, $2 who, $3 inspection, $4 number, $5 date, $6
-- words, $7 version seen or NULL.
SELECT assess.inspect_conclude($1::integer, $3::integer, $7::integer, $4,
    $5::date, $6, $2);
