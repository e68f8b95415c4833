-- Keeps the hashes of new letters.  $1 wave, $2 by, $3 role, $4 group,
-- $5 hashes (bytea[]), $6 homes (integer[])
SELECT ballot.letters($1::integer, $2, $3, $4, $5::bytea[], $6::integer[]);
