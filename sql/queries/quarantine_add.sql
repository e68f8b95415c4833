-- $1 wave, $2 lane, $3 key, $4 SHA-256, $5 bytes, $6 code, $7 words, $8 way in.
SELECT field.quarantine_add($1::integer, $2::smallint, $3::integer,
    $4::bytea, $5::bytea, $6::text, $7::text, $8::smallint);
