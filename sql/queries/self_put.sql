-- Points a unit gives itself; rows are refusals.  $1 round, $2 unit, $3 items
-- (JSON), $4 who.
SELECT node, refused FROM assess.self_put($1::integer, $2::integer,
    $3::jsonb, $4);
