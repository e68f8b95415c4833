-- Reports, task by task.  $1 round, $2 unit or NULL: all, $3 office or NULL: all.
SELECT r.improve AS task, r.report, r.day, r.said_for, r.state, r.content,
    r.done_by
FROM assess.improve_seen($1::integer, $2, $3) AS t
JOIN assess.improve_report AS r
    ON r.round = $1::integer AND r.improve = t.improve
ORDER BY r.improve, r.report;
