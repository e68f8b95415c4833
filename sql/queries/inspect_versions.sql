-- Versions of a round's inspection plan, newest first.  $1 round.
SELECT version, to_char(loaded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI"Z"')
    AS loaded_at, loaded_by, reason, left(encode(sha256, 'hex'), 16) AS sha256
FROM assess.inspect_plan WHERE round = $1::integer
ORDER BY version DESC;
