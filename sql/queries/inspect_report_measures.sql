-- Measures of one inspection, for paper.  $1 round, $2 inspection.
SELECT measure, addressee, content, coalesce(due::text, ''), state,
    coalesce(outcome, '')
FROM assess.measure
WHERE round = $1::integer AND inspection = $2::integer
ORDER BY measure;
