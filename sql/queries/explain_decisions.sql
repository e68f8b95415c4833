-- Who changed what of a unit and criterion until a result was computed, first
-- to last; of the total its deductions.  $1 round, $2 result, $3 unit,
-- $4 criterion or NULL: the total, $5 office or NULL: only what it may see.
-- When, who, criterion, what, was, becomes, why, ruling, meeting, its day,
-- document of a deduction, appraising office.
SELECT to_char(c.done_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    c.done_by, coalesce(n.code, ''), c.what, v.was, v.becomes, c.why,
    r.ruling, r.meeting, m.held, d.document, o.name
FROM assess.result AS x
JOIN assess.unit AS u ON u.round = x.round AND u.code = $3
JOIN assess.change AS c ON c.round = x.round AND c.unit = u.unit
    AND c.done_at <= x.made_at
-- points have six decimals there: 3.25 is enough
CROSS JOIN LATERAL (SELECT
    regexp_replace(c.was, t.zeros, '\1') AS was,
    regexp_replace(c.becomes, t.zeros, '\1') AS becomes
    FROM (SELECT CASE WHEN c.what IN ('self', 'appraised', 'ruled',
        'deduction') THEN '(?:\.0+|(\.[0-9]*[1-9])0+)$' END AS zeros) AS t
    WHERE t.zeros IS NOT NULL
    UNION ALL SELECT c.was, c.becomes WHERE c.what NOT IN ('self',
        'appraised', 'ruled', 'deduction')) AS v
LEFT JOIN assess.node AS n ON n.round = c.round AND n.node = c.node
LEFT JOIN assess.ruling AS r ON c.what = 'ruled' AND r.round = c.round
    AND r.unit = c.unit AND r.node = c.node AND r.done_at = c.done_at
LEFT JOIN assess.meeting AS m
    ON m.round = r.round AND m.meeting = r.meeting
LEFT JOIN assess.deduction AS d ON c.what = 'deduction'
    AND d.round = c.round AND d.unit = c.unit
    AND d.node IS NOT DISTINCT FROM c.node AND d.done_at = c.done_at
LEFT JOIN assess.appraisal AS a ON c.what = 'appraised'
    AND a.round = c.round AND a.unit = c.unit AND a.node = c.node
    AND a.done_at = c.done_at
LEFT JOIN assess.office AS o
    ON o.round = a.round AND o.office = a.office
WHERE x.round = $1::integer AND x.result = $2::integer
    AND (n.code = $4 OR ($4::text IS NULL AND c.what = 'deduction'))
    AND assess.office_sees(c.round, $5, c.unit, c.node)
ORDER BY c.change;
