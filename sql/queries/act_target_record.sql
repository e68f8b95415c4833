-- A measured value of a target.  $1 round, $2 who, $3 target, $4 value, $5
-- source, $6 day, $7 reason of a correction or NULL, $8 version seen or NULL.
SELECT assess.target_record($1::integer, $3, $8::integer, $4::numeric, $5,
    $6::date, $7, $2);
