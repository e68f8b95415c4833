-- Closes a draw or opens it again.  $1 wave, $2 by whom, $3 role, $4 areas or
-- NULL, $5 act, $6 draw, $7 reason
SELECT s.event, s.moved, s.paper, s.made
FROM roster.recheck_status($1::integer, $2, $3, $4::text[], $5,
    $6::integer, $7) AS s;
