-- Files of a sheet, also those that have not come.  $1 wave, $2 instance.
SELECT name, coalesce(media_type, ''), coalesce(bytes::text, ''),
    coalesce(to_char(received_at AT TIME ZONE 'UTC' + interval '7 hours',
        'YYYY-MM-DD HH24:MI'), '')
FROM field.attachment WHERE wave = $1::integer AND instance = $2
ORDER BY name;
