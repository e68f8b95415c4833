-- What is past its day, or its next report is, and whose.  $1 round, $2 unit or
-- NULL: all, $3 office or NULL: all.
SELECT t.lead, t.lead_name, t.improve AS task, t.unit, t.criterion, t.content,
    t.due, t.late, coalesce(t.report_due::text, '') AS report_due,
    greatest(assess.today() - t.report_due, 0) AS report_late
FROM assess.improve_seen($1::integer, $2, $3) AS t
WHERE t.late > 0 OR t.report_due < assess.today()
ORDER BY t.late DESC, t.lead, t.improve;
