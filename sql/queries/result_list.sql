-- Results and their releases.  $1 round.
SELECT x.result, to_char(x.made_at AT TIME ZONE 'UTC',
    'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS made_at, x.made_by, x.complete,
    encode(x.sha256, 'hex') AS sha256,
    coalesce(l.release::text, '') AS release, coalesce(l.kind, '') AS kind,
    coalesce(l.decision, '') AS decision, coalesce(l.reason, '') AS reason
FROM assess.result AS x
LEFT JOIN assess.release AS l USING (round, result)
WHERE x.round = $1::integer
ORDER BY x.result, l.release;
