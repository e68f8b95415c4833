-- Takes up a task again.  $1 round, $2 who, $3 number, $4 reason, $5 version seen
-- or NULL.
SELECT assess.improve_turn($1::integer, $3::integer, coalesce($5::integer,
    (SELECT version FROM assess.improve WHERE round = $1::integer
        AND improve = $3::integer)), 'doing', $4, $2);
