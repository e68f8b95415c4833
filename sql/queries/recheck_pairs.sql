-- First answer by second where enough sheets are behind them.  $1 wave, $2
-- areas or NULL, $3 fewest sheets
SELECT p.side, p.code, p.form, p.question, p.first, p.again, p.n
FROM field.recheck_pairs($1::integer, $2::text[], $3::integer) AS p;
