-- $1 wave, $2 number or 0 for the newest
SELECT s.snapshot, s.freeze_no, s.method, encode(s.sha256, 'hex'),
    to_char(s.made_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    s.content
FROM publish.snapshot AS s
WHERE s.wave = $1::integer AND ($2::integer = 0 OR s.snapshot = $2::integer)
ORDER BY s.snapshot DESC LIMIT 1;
