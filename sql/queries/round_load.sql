-- A round or its next version, 0: unchanged.  $1 code, $2 name, $3 year,
-- $4 wave or NULL, $5 trial, $6 text, $7 tables (JSON), $8 reason, $9 who.
SELECT assess.load($1, $2, $3::integer, $4, $5::boolean, $6, $7::jsonb, $8,
    $9);
