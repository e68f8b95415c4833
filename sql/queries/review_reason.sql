-- One more reason of a wave's lists.  $1 wave, $2 by whom, $3 role, $4 for
-- which act, $5 its code, $6 V-code or NULL, $7 words in Vietnamese,
-- $8 in English or NULL, $9 basis or NULL, $10 reason
SELECT field.review_reason_add($1::integer, $2, $3, $4, $5, $6, $7, $8, $9,
    $10), NULL, NULL, NULL;
