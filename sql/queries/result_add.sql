-- Keeps a result.  $1 round, $2 release of the wave or NULL, $3 input, $4
-- content, $5 method, $6 complete, $7 who.
SELECT assess.result_add($1::integer, $2::integer, $3, $4, $5, $6::boolean,
    $7);
