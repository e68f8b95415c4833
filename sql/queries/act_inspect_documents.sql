-- A unit's report and documents came.  $1 round, $2 who, $3 inspection, $4
-- day, $5 words or NULL, $6 version seen or NULL.
SELECT assess.inspect_documents($1::integer, $3::integer, $6::integer,
    $4::date, $5, $2);
