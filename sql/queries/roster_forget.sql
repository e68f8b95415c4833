-- Names and contacts go for good.  $1 wave, $2 by whom, $3 role, $4 reason
SELECT f.event, f.moved, f.paper, f.made
FROM roster.forget($1::integer, $2, $3, $4) AS f;
