-- Requests of a round.  $1 round, $2 unit or NULL: all, $3 office or NULL:
-- all; an office sees those of what it appraises.
SELECT q.request, u.code AS unit, coalesce(n.code, '') AS criterion, q.kind,
    q.due::text AS due,
    CASE WHEN q.outcome IS NULL AND q.due < assess.today() THEN 'late'
        ELSE coalesce(q.outcome, 'open') END AS state,
    q.content, coalesce(q.answer, '') AS answer, q.asked_by,
    coalesce(q.answered_by, '') AS answered_by
FROM assess.request AS q
JOIN assess.unit AS u USING (round, unit)
LEFT JOIN assess.node AS n ON n.round = q.round AND n.node = q.node
WHERE q.round = $1::integer AND ($2::text IS NULL OR u.code = $2)
    AND assess.office_sees(q.round, $3, q.unit, q.node)
ORDER BY q.request;
