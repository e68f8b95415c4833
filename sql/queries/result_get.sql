-- A result.  $1 round, $2 number or NULL: the newest.
SELECT result, input, content, encode(sha256, 'hex'), method,
    version::text
FROM assess.result
WHERE round = $1::integer AND ($2::text IS NULL OR result = $2::integer)
ORDER BY result DESC LIMIT 1;
