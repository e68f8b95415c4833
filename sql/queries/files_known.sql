-- The files of a sheet.  $1 an agent's key (its number), $2 instance.
SELECT name, sha256, coalesce(media_type, ''), bytes,
    coalesce(to_char(received_at AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), ''), named
FROM field.files_known($1::integer, $2::text);
