-- An inspection begins.  $1 round, $2 who, $3 inspection, $4 day or NULL:
-- today, $5 version seen or NULL.
SELECT assess.inspect_start($1::integer, $3::integer, $5::integer, $4::date,
    $2);
