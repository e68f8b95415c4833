-- Outcomes by group, as the freeze counted them.  $1 wave, $2 freeze
WITH counted AS (
    SELECT (c ->> 'grp')::integer AS grp, (c ->> 'n')::bigint AS n,
        (c ->> 'state')::integer AS state, NULL AS fate
    FROM frozen.aggregate AS a, jsonb_array_elements(a.content) AS c
    WHERE a.wave = $1::integer AND a.freeze_no = $2::integer
        AND a.name = 'responses' AND (c ->> 'keying')::integer = 1
    UNION ALL
    SELECT (c ->> 'grp')::integer, (c ->> 'n')::bigint, NULL,
        c ->> 'disposition'
    FROM frozen.aggregate AS a, jsonb_array_elements(a.content) AS c
    WHERE a.wave = $1::integer AND a.freeze_no = $2::integer
        AND a.name = 'sheets' AND c ->> 'disposition' IS NOT NULL
)
SELECT c.grp,
    coalesce(sum(c.n) FILTER (WHERE c.state IN (1, 5)), 0)::bigint,
    coalesce(sum(c.n) FILTER (WHERE c.state IN (2, 3)), 0)::bigint,
    coalesce(sum(c.n) FILTER (WHERE c.fate = 'refused'), 0)::bigint,
    coalesce(sum(c.n) FILTER (WHERE c.fate = 'not-met'), 0)::bigint,
    coalesce(sum(c.n) FILTER (WHERE c.fate = 'lost'), 0)::bigint,
    coalesce(sum(c.n) FILTER (WHERE c.fate IN ('moved', 'cancelled')),
        0)::bigint
FROM counted AS c WHERE c.grp IS NOT NULL GROUP BY c.grp ORDER BY c.grp;
