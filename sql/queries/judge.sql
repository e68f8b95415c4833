-- Set the state of a sheet by hand.  $1 wave, $2 instance, $3 state, $4
-- faults (JSON) or NULL, $5 reason, $6 who.  NULL: there is no such sheet.
SELECT field.judge($1::integer, $2, $3::smallint, $4::jsonb, $5, $6);
