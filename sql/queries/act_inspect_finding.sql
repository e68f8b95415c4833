-- A finding.  $1 round, $2 who, $3 inspection, $4 words, $5 deadline, $6 who
-- answers for it, $7 criterion or NULL.
SELECT assess.finding_add($1::integer, $3::integer, $4, $5::date, $6, $7, $2);
