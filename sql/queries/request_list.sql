-- Requests of a round.  $1 round, $2 unit or NULL: all.
SELECT q.request, u.code, coalesce(n.code, ''), q.kind, q.due::text,
    CASE WHEN q.outcome IS NULL AND q.due < current_date THEN 'late'
        ELSE coalesce(q.outcome, 'open') END,
    q.content, coalesce(q.answer, ''), q.asked_by,
    coalesce(q.answered_by, '')
FROM assess.request AS q
JOIN assess.unit AS u USING (round, unit)
LEFT JOIN assess.node AS n ON n.round = q.round AND n.node = q.node
WHERE q.round = $1::integer AND ($2::text IS NULL OR u.code = $2)
ORDER BY q.request;
