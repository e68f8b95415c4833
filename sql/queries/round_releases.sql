-- What was published of a round, newest first.  $1 round, $2 release or NULL:
-- all.
SELECT l.release, l.kind = 'trial', l.supersedes, l.decision, l.reason,
    to_char(l.released_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    l.result, encode(x.sha256, 'hex'), encode(x.input_sha256, 'hex'),
    x.method, x.wave_release, x.version
FROM assess.release AS l
JOIN assess.result AS x USING (round, result)
WHERE l.round = $1::integer
    AND ($2::text IS NULL OR l.release = $2::integer)
ORDER BY l.release DESC;
