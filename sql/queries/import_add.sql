-- $1 an agent's key (its number), $2 SHA-256, $3 form, $4 sheets, $5 the file.
SELECT field.import_add($1::integer, $2::bytea, $3::integer, $4::integer,
    $5::bytea);
