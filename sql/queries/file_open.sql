-- One file of a sheet, logged.  $1 wave, $2 instance, $3 name, $4 why, $5 who.
SELECT media_type, sha256, bytes
FROM field.file_open($1::integer, $2, $3, $4, $5);
