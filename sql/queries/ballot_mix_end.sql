-- Keeps what was opened, destroys the ballots.  $1 wave, $2 group, $3 by,
-- $4 Merkle root, $5 invalid by code, $6 leave small homes out, $7 homes,
-- $8 profiles, $9 flags of the valid; $10 of, $11 unit, $12 answers, $13 extra
-- of their ratings; $14 of, $15 question, $16 unit, $17 text of their words
SELECT m.valid, m.invalid, m.left_out
FROM ballot.mix_end($1::integer, $2, $3, $4::bytea, $5::jsonb, $6::boolean,
    $7::integer[], $8::jsonb[], $9::integer[], $10::integer[],
    $11::integer[], $12::bytea[], $13::jsonb[], $14::integer[], $15::text[],
    $16::integer[], $17::text[]) AS m;
