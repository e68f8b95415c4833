-- The copy itself.  $1 wave, $2 freeze, $3 profile fields kept (text[])
SELECT c.responses, c.ratings, c.comments
FROM frozen.copy_answers($1::integer, $2::integer, $3::text[]) AS c;
