-- Words of the draft conclusion.  $1 round, $2 who, $3 inspection, $4 what is
-- good, $5 causes of what is not, $6 version seen; NULL where not given.
SELECT assess.inspect_draft($1::integer, $3::integer, $6::integer, $4, $5,
    $2);
