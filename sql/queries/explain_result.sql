-- A result with what was published of it.  $1 round, $2 result or NULL: the
-- newest.  Release NULL: a draft.
SELECT x.result, x.input, x.content, encode(x.sha256, 'hex'),
    encode(x.input_sha256, 'hex'), x.method, x.version,
    to_char(x.made_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    x.made_by, l.release, l.kind, l.decision, l.reason,
    to_char(l.released_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    (SELECT release FROM assess.release AS n
        WHERE n.round = x.round AND n.supersedes = l.release)
FROM assess.result AS x
LEFT JOIN LATERAL (SELECT * FROM assess.release AS l
    WHERE l.round = x.round AND l.result = x.result
    ORDER BY release DESC LIMIT 1) AS l ON true
WHERE x.round = $1::integer AND ($2::text IS NULL OR x.result = $2::integer)
ORDER BY x.result DESC LIMIT 1;
