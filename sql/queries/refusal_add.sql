-- $1 wave, $2 lane, $3 key, $4 SHA-256, $5 number of bytes, $6 reason.
SELECT field.refusal_add($1::integer, $2::smallint, $3::integer,
    $4::bytea, $5::bigint, $6::text);
