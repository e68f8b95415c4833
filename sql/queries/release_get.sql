-- $1 wave, $2 number or 0 for the newest
SELECT r.release, r.snapshot, s.freeze_no, coalesce(r.supersedes, 0),
    r.kind = 'trial', s.method, encode(s.sha256, 'hex'),
    to_char(r.released_at AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
FROM publish.release AS r
JOIN publish.snapshot AS s USING (wave, snapshot)
WHERE r.wave = $1::integer AND ($2::integer = 0 OR r.release = $2::integer)
ORDER BY r.release DESC LIMIT 1;
