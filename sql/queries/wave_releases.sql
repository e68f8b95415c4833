-- The ledger of releases of a wave, newest first.  $1 wave.
SELECT r.release, r.snapshot, s.freeze_no, r.kind, r.supersedes, r.reason,
    to_char(r.released_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    s.method, encode(s.sha256, 'hex')
FROM publish.release AS r
JOIN publish.snapshot AS s USING (wave, snapshot)
WHERE r.wave = $1::integer
ORDER BY r.release DESC;
