-- $1 BLAKE2b of an agent's key from a QR picture, $2 deviceID.
SELECT field.key_bind($1::bytea, $2);
