-- Takes a file of evidence away.  $1 round or NULL: any, $2 unit or NULL: any,
-- $3 number, $4 who.  No row, or false: there is none such.
SELECT assess.evidence_remove(e.round, e.unit, e.evidence, $4)
FROM assess.evidence AS e
WHERE e.evidence = $3::bigint
    AND ($1::integer IS NULL OR e.round = $1::integer)
    AND ($2::integer IS NULL OR e.unit = $2::integer);
