-- A batch of submissions; what each parameter is stands at field.intake in
-- 010_intake.sql: $1 wave, $2 lane, $3 receipt key, $4 fault of a reused
-- sheet, $5 Merkle root, $6-$26 one element a submission, $27-$30 one
-- element a rating.
SELECT ord, outcome, state, flags, faults, receipt_key, replaced
FROM field.intake($1::integer, $2::smallint, $3::smallint, $4::jsonb,
    $5::text, $6::integer[], $7::text[], $8::bytea[], $9::bytea[],
    $10::smallint[], $11::integer[], $12::integer[], $13::integer[],
    $14::text[], $15::smallint[], $16::date[], $17::timestamptz[],
    $18::timestamptz[], $19::text[], $20::smallint[], $21::integer[],
    $22::jsonb[], $23::jsonb[], $24::boolean[], $25::text[], $26::text[],
    $27::integer[], $28::integer[], $29::bytea[], $30::jsonb[]);
