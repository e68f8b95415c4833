-- Draws that frame, seed and log do not bear out, whoever drew them.  $1 wave,
-- $2 areas or NULL
SELECT v.draw, v.words
FROM roster.recheck_verify($1::integer) AS v, (SELECT $2::text[]) AS everywhere;
