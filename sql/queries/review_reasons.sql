-- Reasons to choose from.  $1 wave, $2 areas (all see all)
SELECT r.act, r.code, r.v_code, r.words, r.words_en, r.basis, r.of_wave
FROM field.review_reasons($1::integer) AS r
WHERE $2::text[] IS NULL OR true;
