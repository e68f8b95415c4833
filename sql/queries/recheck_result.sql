-- What persons said of the visit.  $1 wave, $2 by whom, $3 role, $4 areas or
-- NULL, $5 draw, $6 lines of the list, $7 result, $8 visitor, $9 day
SELECT r.event, r.moved, r.paper, r.made
FROM roster.recheck_result($1::integer, $2, $3, $4::text[], $5::integer, $6,
    $7, $8, $9::date) AS r;
