-- The daily sheet of faults.  $1 wave, $2 by whom, $3 role, $4 areas or NULL,
-- $5 office, $6 day or NULL (yesterday), $7 what Q06 found
SELECT part AS kind, office, agent, name, sheet, form, unit, code, place, why,
    received, open
FROM field.quality_faults($1::integer, $2, $3, $4::text[], $5, $6,
    $7::jsonb);
