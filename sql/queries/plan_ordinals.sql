-- Ordinals of the wave's units (u), groups (g) and forms (f).
-- $1 wave
SELECT 'u', code, unit FROM plan.unit WHERE wave = $1::integer
UNION ALL
SELECT 'g', code, grp FROM plan.respondent_group WHERE wave = $1::integer
UNION ALL
SELECT 'f', code || '/' || version, form FROM plan.form
WHERE wave = $1::integer;
