-- What every unit and criterion has.  $1 round.  Unit, criterion, source,
-- value (points), own points, does not apply, standard error, reason, origin.
-- A bonus or deduction that nobody claimed is no value that is missing.
SELECT u.code, n.code, n.source, s.points::text,
    CASE WHEN s.self_na THEN NULL ELSE s.self::text END, s.na, NULL::text,
    CASE WHEN s.ruling IS NOT NULL THEN s.ruling_reason ELSE s.reason END,
    CASE WHEN s.ruling IS NOT NULL THEN 'kết luận ' || s.ruling
        WHEN s.state <> 'pending' THEN 'thẩm định: ' || o.name END
FROM assess.standing AS s
JOIN assess.unit AS u USING (round, unit)
JOIN assess.node AS n USING (round, node)
LEFT JOIN assess.office AS o USING (round, office)
WHERE s.round = $1::integer AND (n.effect = 'counts' OR s.self IS NOT NULL
    OR s.state <> 'pending' OR s.ruling IS NOT NULL)
UNION ALL
SELECT u.code, n.code, n.source, c.points_exact, NULL, false,
    c.standard_error::text, NULL,
    w.code || '/' || l.release || ' ' || encode(p.sha256, 'hex')
FROM assess.round AS r
JOIN plan.wave AS w ON w.wave = r.wave
CROSS JOIN LATERAL (SELECT release, snapshot FROM publish.release
    WHERE wave = r.wave ORDER BY release DESC LIMIT 1) AS l
JOIN publish.snapshot AS p ON p.wave = r.wave AND p.snapshot = l.snapshot
JOIN publish.component AS c ON c.wave = r.wave AND c.release = l.release
JOIN plan.unit AS pu ON pu.wave = c.wave AND pu.unit = c.unit
JOIN assess.unit AS u
    ON u.round = r.round AND u.code = pu.code AND u.in_force
JOIN assess.node AS n ON n.round = r.round AND n.code = c.criterion
    AND n.in_force AND n.leaf AND n.source IN ('survey', 'satisfaction')
WHERE r.round = $1::integer
UNION ALL
SELECT u.code, n.code, n.source, x.value, NULL, false, NULL, NULL, x.source
FROM assess.external_value AS x
JOIN assess.unit AS u ON u.round = x.round AND u.unit = x.unit
    AND u.in_force
JOIN assess.node AS n ON n.round = x.round AND n.node = x.node
    AND n.in_force
WHERE x.round = $1::integer;
