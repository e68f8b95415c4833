-- Indices of the province, as they stand.  $1 round (any), $2 index or NULL,
-- $3 also what was corrected ('true') or NULL.
SELECT s.index_name AS index, s.year, trim_scale(s.points)::text AS points,
    coalesce(s.rank::text, '') AS rank, coalesce(s.among::text, '') AS among,
    s.source, s.no AS version, coalesce(s.reason, '') AS reason,
    s.done_by AS by
FROM assess.series AS s
WHERE $1::integer IS NOT NULL AND ($2::text IS NULL OR s.index_name = $2)
    AND (coalesce($3, '') = 'true' OR s.no = (SELECT max(no)
        FROM assess.series AS n WHERE n.index_name = s.index_name
            AND n.year = s.year))
ORDER BY array_position(ARRAY['PAR INDEX', 'SIPAS', 'PAPI', 'PCI'],
    s.index_name), s.year, s.no;
