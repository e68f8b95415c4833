-- $1 an agent's key (its number), $2 instance.
SELECT sha256, state, sheet, keying,
    to_char(received AT TIME ZONE 'UTC' + interval '7 hours',
        'DD/MM/YYYY HH24:MI'), expected, present
FROM field.instance_find($1::integer, $2);
