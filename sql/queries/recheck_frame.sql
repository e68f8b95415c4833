-- The list a draw was made from, no name.  $1 wave, $2 areas or NULL, $3 draw
SELECT f.code, f.grp AS "group", f.unit, f.agent, f.area, f.stratum
FROM roster.recheck_frame($1::integer, $2::text[], $3::integer) AS f;
