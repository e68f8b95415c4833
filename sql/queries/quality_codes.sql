-- Validity codes.  $1 wave, $2 by whom, $3 role, $4 areas or NULL
SELECT form, grp AS "group", code, sheets, faults
FROM field.quality_codes($1::integer, $2, $3, $4::text[]);
