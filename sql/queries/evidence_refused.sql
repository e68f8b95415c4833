-- A file of evidence was refused.  $1 round, $2 unit, $3 criterion's code or
-- NULL, $4 name, $5 SHA-256 in hex, $6 bytes, $7 why, $8 who.
SELECT assess.evidence_refused($1::integer, $2::integer, $3, $4, $5,
    $6::bigint, $7, $8);
