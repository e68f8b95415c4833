-- A decision taken back.  $1 wave, $2 by whom, $3 role, $4 areas or NULL,
-- $5 decision, $6 number of the one that does it, $7 reason
SELECT d.event, d.moved, d.paper, d.made
FROM field.recheck_undo($1::integer, $2, $3, $4::text[], $5::integer, $6,
    $7) AS d;
