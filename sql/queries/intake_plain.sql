-- A batch without duplicates; what each parameter is stands at
-- field.intake_plain in 010_intake.sql: $1 wave, $2 lane, $3 receipt key,
-- $4 Merkle root, $5-$24 submissions, $25-$28 ratings.
SELECT field.intake_plain($1::integer, $2::smallint, $3::smallint, $4::text,
    $5::integer[], $6::text[], $7::bytea[], $8::bytea[], $9::smallint[],
    $10::integer[], $11::integer[], $12::integer[], $13::text[],
    $14::smallint[], $15::date[], $16::timestamptz[], $17::timestamptz[],
    $18::text[], $19::smallint[], $20::integer[], $21::jsonb[],
    $22::jsonb[], $23::boolean[], $24::text[], $25::integer[],
    $26::integer[], $27::bytea[], $28::jsonb[]);
