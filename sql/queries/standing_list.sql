-- Items as they stand.  $1 round, $2 unit or NULL: all, $3 office or NULL:
-- all; an office sees what it leads or cooperates on, and its own unit only
-- when the round says so.
SELECT u.code, n.code, trim_scale(n.maximum)::text,
    CASE WHEN s.self_na THEN 'n/a' ELSE coalesce(trim_scale(s.self)::text,
        '') END,
    s.state, CASE WHEN s.appraised_na THEN 'n/a'
        ELSE coalesce(trim_scale(s.appraised)::text, '') END,
    coalesce(s.reason, ''), s.opinion, coalesce(s.opinion_text, ''),
    CASE WHEN s.na THEN 'n/a' ELSE coalesce(trim_scale(s.points)::text, '')
        END,
    CASE WHEN s.ruling IS NULL THEN '' ELSE s.ruling::text END, s.version
FROM assess.standing AS s
JOIN assess.round AS r USING (round)
JOIN assess.unit AS u USING (round, unit)
JOIN assess.node AS n USING (round, node)
WHERE s.round = $1::integer AND ($2::text IS NULL OR u.code = $2)
    AND ($3::text IS NULL OR (assess.office_role(s.round, $3, s.node)
            IS NOT NULL
        AND (r.own_unit OR NOT EXISTS (SELECT FROM assess.office AS o
            WHERE o.round = s.round AND o.office = $3
                AND o.unit = s.unit))))
ORDER BY u.unit, n.place;
