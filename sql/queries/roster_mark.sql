-- Who was visited.  $1 wave, $2 by whom, $3 role, $4 areas or NULL, $5 codes,
-- $6 agent, $7 a sheet was collected
SELECT m.event, m.moved, m.paper, m.made
FROM roster.mark($1::integer, $2, $3, $4::text[], $5, $6, $7::boolean) AS m;
