-- Outcomes by group and unit.  $1 wave, $2 by whom, $3 role, $4 areas or NULL
SELECT grp AS "group", unit, planned, issued, refused, not_met, moved, lost,
    cancelled, received, valid, queried, invalid, set_aside, rr1
FROM field.quality_outcomes($1::integer, $2, $3, $4::text[]);
