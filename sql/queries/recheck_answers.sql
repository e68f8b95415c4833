-- Which answers of a sheet agree.  $1 wave, $2 areas or NULL, $3 sheet
SELECT a.sheet, a.unit, a.question, a.agrees
FROM field.recheck_answers($1::integer, $2::text[], $3) AS a;
