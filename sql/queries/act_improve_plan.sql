-- Names the plan.  $1 round, $2 who, $3 title, $4 basis, $5 days between reports
-- or NULL, $6 next round or NULL, $7 version seen or NULL.
SELECT assess.improve_plan_put($1::integer, coalesce($7::integer,
    (SELECT version FROM assess.improve_plan WHERE round = $1::integer), 0),
    $3, $4, $5::integer, $6, $2);
