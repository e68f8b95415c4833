-- What is not as history and log say.  $1 wave, $2 areas or NULL
SELECT v.event, v.words FROM field.review_verify($1::integer, $2::text[])
    AS v;
