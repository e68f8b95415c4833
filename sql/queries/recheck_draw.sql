-- Draws persons.  $1 wave, $2 by whom, $3 role, $4 areas or NULL, $5 body,
-- $6 share, $7 count, $8 strata, $9 of whom, $10 hide, $11 seed
SELECT d.event, d.moved, d.paper, d.made
FROM roster.recheck_draw($1::integer, $2, $3, $4::text[], $5, $6::numeric,
    $7::integer, $8, $9, $10::integer, $11) AS d;
