-- A task's state; NULL: no such task, 0: its version is another.  $1 round,
-- $2 task, $3 version, $4 state, $5 note or NULL, $6 who.
SELECT assess.task_put($1::integer, $2, $3::integer, $4, $5, $6);
