-- A sheet and one of its files.  $1 an agent's key (its number), $2 instance,
-- $3 name of the file, NFC.
SELECT sha256, state, receipt_key, file_sha, media_type, missing
FROM field.file_known($1::integer, $2::text, $3::text);
