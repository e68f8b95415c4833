-- Houses visited by hand.  $1 wave, $2 by whom, $3 role, $4 areas or NULL,
-- $5 body, $6 unit, $7 agent, $8 confirmed, $9 differs, $10 not found,
-- $11 refused
SELECT h.event, h.moved, h.paper, h.made
FROM roster.recheck_houses($1::integer, $2, $3, $4::text[], $5, $6, $7,
    $8::integer, $9::integer, $10::integer, $11::integer) AS h;
