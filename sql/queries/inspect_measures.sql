-- Measures recommended.  $1 round, $2 unit or NULL: all.
SELECT m.measure, m.inspection, u.code AS unit,
    coalesce(m.finding::text, '') AS finding, m.addressee, m.content,
    coalesce(m.due::text, '') AS due, m.state,
    CASE WHEN m.state IN ('recommended', 'accepted') AND m.due < assess.today()
        THEN assess.today() - m.due ELSE 0 END AS days_late,
    coalesce(m.outcome, '') AS outcome, m.version
FROM assess.measure AS m
JOIN assess.inspection AS i USING (round, inspection)
JOIN assess.unit AS u USING (round, unit)
WHERE m.round = $1::integer AND ($2::text IS NULL OR u.code = $2)
ORDER BY m.measure;
