-- Results and their releases.  $1 round.
SELECT x.result, to_char(x.made_at AT TIME ZONE 'UTC',
    'YYYY-MM-DD"T"HH24:MI:SS"Z"'), x.made_by, x.complete,
    encode(x.sha256, 'hex'), coalesce(l.release::text, ''),
    coalesce(l.kind, ''), coalesce(l.decision, ''), coalesce(l.reason, '')
FROM assess.result AS x
LEFT JOIN assess.release AS l USING (round, result)
WHERE x.round = $1::integer
ORDER BY x.result, l.release;
