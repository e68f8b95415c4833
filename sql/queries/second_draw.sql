-- Draws sheets to be keyed again.  $1 wave, $2 by whom, $3 role, $4 areas or
-- NULL, $5 stratum, $6 only this one of it, $7 form, $8 share in percent,
-- $9 number, $10 seed, $11 agent to assign to, $12 reason
SELECT d.event, d.moved, NULL, d.made
FROM field.second_draw($1::integer, $2, $3, $4::text[],
    coalesce($5, 'agent'), $6, $7, $8, $9::integer, $10, $11, $12) AS d;
