-- Flagged sheets.  $1 wave, $2 by whom, $3 role, $4 areas or NULL, $5 flag,
-- $6 agent, $7 office, $8 unit, $9 only open ones, $10 what Q06 found
SELECT flag, sheet, office, agent, form, grp AS "group", unit, collected,
    measure, bound, others, why, open
FROM field.quality_flags($1::integer, $2, $3, $4::text[], $5, $6, $7, $8,
    $9::boolean, $10::jsonb);
