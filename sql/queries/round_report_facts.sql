-- What is known around a result.  $1 round, $2 result or NULL: the one
-- published last, else the newest.  Counts are those of the freeze behind the
-- release of the wave that the result was computed from.
WITH x AS (
    SELECT x.* FROM assess.result AS x
    WHERE x.round = $1::integer AND CASE WHEN $2::text IS NULL
        THEN x.result = coalesce((SELECT result FROM assess.release
                WHERE round = $1::integer ORDER BY release DESC LIMIT 1),
            (SELECT max(result) FROM assess.result
                WHERE round = $1::integer))
        ELSE x.result = $2::integer END
), counted AS (
    SELECT a.name, sum((c ->> 'n')::bigint) FILTER (WHERE
            c ->> 'state' <> 'planned') AS out,
        sum((c ->> 'n')::bigint) FILTER (WHERE c ->> 'keying' = '1') AS back,
        sum((c ->> 'n')::bigint) FILTER (WHERE c ->> 'keying' = '1'
            AND c ->> 'state' IN ('1', '5')) AS valid
    FROM x JOIN assess.round AS r USING (round)
    JOIN publish.release AS l ON l.wave = r.wave AND l.release = x.wave_release
    JOIN publish.snapshot AS p ON p.wave = l.wave AND p.snapshot = l.snapshot
    JOIN frozen.aggregate AS a ON a.wave = p.wave AND a.freeze_no = p.freeze_no
    CROSS JOIN jsonb_array_elements(a.content) AS c
    WHERE a.name IN ('sheets', 'responses')
    GROUP BY a.name
)
SELECT r.code, r.name, r.year, x.version, x.result, coalesce(l.release, 0),
    coalesce(l.decision, ''), EXISTS (SELECT FROM assess.release AS n
        WHERE n.round = x.round AND n.release > l.release), r.trial,
    encode(x.sha256, 'hex'), x.method, coalesce(w.code, ''),
    coalesce(x.wave_release, 0), coalesce(f.frozen_on::text, ''),
    coalesce((SELECT c.out FROM counted AS c WHERE c.name = 'sheets'), -1),
    coalesce((SELECT c.back FROM counted AS c WHERE c.name = 'responses'),
        -1),
    coalesce((SELECT coalesce(c.valid, 0) FROM counted AS c
        WHERE c.name = 'responses'), -1),
    v.content, x.input
FROM x
JOIN assess.round AS r USING (round)
JOIN assess.version AS v ON v.round = x.round AND v.version = x.version
LEFT JOIN LATERAL (SELECT release, decision FROM assess.release
    WHERE round = x.round AND result = x.result
    ORDER BY release DESC LIMIT 1) AS l ON true
LEFT JOIN plan.wave AS w ON w.wave = r.wave
LEFT JOIN publish.release AS pl
    ON pl.wave = r.wave AND pl.release = x.wave_release
LEFT JOIN publish.snapshot AS ps
    ON ps.wave = pl.wave AND ps.snapshot = pl.snapshot
LEFT JOIN frozen.freeze AS f
    ON f.wave = ps.wave AND f.freeze_no = ps.freeze_no;
