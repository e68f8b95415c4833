-- Do open queries stand against closing?  $1 wave, $2 by whom, $3 role,
-- $4 true: not any more, $5 reason
SELECT field.review_require($1::integer, $2, $3, $4::boolean, $5), NULL,
    NULL, NULL;
