-- Sheets by group, unit and day.  $1 wave, $2 by whom, $3 role, $4 areas or
-- NULL
SELECT grp AS "group", unit, collected, received, valid, queried, invalid
FROM field.quality_days($1::integer, $2, $3, $4::text[]);
