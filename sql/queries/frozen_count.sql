-- Ratings of one form in a freeze.  $1 wave, $2 freeze, $3 form
SELECT count(*)
FROM frozen.rating
WHERE wave = $1::integer AND freeze_no = $2::integer AND form = $3::integer;
