-- An index of the province.  $1 round, $2 who, $3 index, $4 year, $5 points,
-- $6 source, $7 rank or NULL, $8 among how many or NULL, $9 reason of a
-- correction or NULL, $10 version seen or NULL.
SELECT assess.series_put($1::integer, $3, $4::integer, $10::integer,
    $5::numeric, $7::integer, $8::integer, $6, $9, $2);
