-- Files of a sheet; what each parameter is stands at field.attach in
-- 030_openrosa.sql: $1 wave, $2 lane, $3 key, $4 instance, $5 SHA-256 of the
-- sheet, $6 most files, $7 names in the sheet, $8-$11 one element a file.
SELECT outcome, missing, conflicts, refused
FROM field.attach($1::integer, $2::smallint, $3::integer, $4::text,
    $5::bytea, $6::integer, $7::text[], $8::text[], $9::bytea[],
    $10::bytea[], $11::text[]);
