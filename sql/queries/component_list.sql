-- $1 wave, $2 release, $3 kind or NULL, $4 offset, $5 limit or NULL.  The
-- last column but one counts all that fit.
SELECT c.kind, u.unit, c.criterion, c.points, c.points_exact, c.maximum,
    coalesce(c.n_asked, -1), coalesce(c.n_valid, -1),
    round(c.standard_error::numeric, 6), round(c.low::numeric, 6),
    round(c.high::numeric, 6), count(*) OVER (), c.guarded
FROM publish.component AS c
JOIN plan.unit AS u ON u.wave = c.wave AND u.unit = c.unit
WHERE c.wave = $1::integer AND c.release = $2::integer
    AND ($3::text IS NULL OR c.kind = $3)
ORDER BY c.unit, c.position
LIMIT $5::bigint OFFSET $4::bigint;
