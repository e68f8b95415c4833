-- Items as they stand.  $1 round, $2 unit or NULL: all, $3 office or NULL:
-- all; an office sees what it leads or cooperates on, and its own unit only
-- when the round says so.  What inspections found of a criterion, or of one
-- above it, stands beside it: number, inspection, state.
WITH RECURSIVE reach AS (
    SELECT f.finding, f.inspection, i.unit, f.node, f.stands
    FROM assess.finding_now AS f
    JOIN assess.inspection AS i USING (round, inspection)
    WHERE f.round = $1::integer AND f.stands <> 'withdrawn'
    UNION ALL
    SELECT r.finding, r.inspection, r.unit, n.node, r.stands
    FROM reach AS r
    JOIN assess.node AS n ON n.round = $1::integer AND n.parent = r.node
), found AS (
    SELECT unit, node, string_agg(format('phát hiện %s (đợt kiểm tra %s): %s',
        finding, inspection, CASE stands WHEN 'overdue' THEN 'quá hạn'
        WHEN 'answered' THEN 'đơn vị báo đã khắc phục'
        WHEN 'remedied' THEN 'đã khắc phục' ELSE 'chưa khắc phục' END),
        '; ' ORDER BY finding) AS words
    FROM reach GROUP BY unit, node
)
SELECT u.code AS unit, n.code AS criterion,
    trim_scale(n.maximum)::text AS maximum,
    CASE WHEN s.self_na THEN 'n/a' ELSE coalesce(trim_scale(s.self)::text,
        '') END AS self,
    s.state, CASE WHEN s.appraised_na THEN 'n/a'
        ELSE coalesce(trim_scale(s.appraised)::text, '') END AS appraised,
    coalesce(s.reason, '') AS reason, s.opinion,
    coalesce(s.opinion_text, '') AS opinion_text,
    CASE WHEN s.na THEN 'n/a' ELSE coalesce(trim_scale(s.points)::text, '')
        END AS points,
    CASE WHEN s.ruling IS NULL THEN '' ELSE s.ruling::text END AS ruling,
    coalesce(f.words, '') AS inspection, s.version
FROM assess.standing AS s
JOIN assess.unit AS u USING (round, unit)
JOIN assess.node AS n USING (round, node)
LEFT JOIN found AS f ON f.unit = s.unit AND f.node = s.node
WHERE s.round = $1::integer AND ($2::text IS NULL OR u.code = $2)
    AND assess.office_sees(s.round, $3, s.unit, s.node)
ORDER BY u.unit, n.place;
