-- A batch of submissions; what each parameter is stands at field.intake in
-- 010_intake.sql: $1 wave, $2 lane, $3 receipt key, $4 fault of a reused
-- sheet, $5-$25 one element a submission, $26-$29 one element a rating.
SELECT ord, outcome, state, flags, faults, receipt_key, replaced
FROM field.intake($1::integer, $2::smallint, $3::smallint, $4::jsonb,
    $5::integer[], $6::text[], $7::bytea[], $8::bytea[], $9::smallint[],
    $10::integer[], $11::integer[], $12::integer[], $13::text[],
    $14::smallint[], $15::date[], $16::timestamptz[], $17::timestamptz[],
    $18::text[], $19::smallint[], $20::integer[], $21::jsonb[],
    $22::jsonb[], $23::boolean[], $24::text[], $25::text[],
    $26::integer[], $27::integer[], $28::bytea[], $29::jsonb[]);
