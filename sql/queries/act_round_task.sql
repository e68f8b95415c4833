-- A task's state.  $1 round, $2 who, $3 task, $4 state, $5 note or NULL, $6
-- version seen or NULL: the newest.
SELECT assess.task_put(t.round, t.task, coalesce($6::integer, t.version), $4,
    $5, $2)
FROM assess.task AS t
WHERE t.round = $1::integer AND t.task = $3 AND t.in_force;
