-- Parents and merges, once every unit has its ordinal.
-- $1 wave, $2 {"units":[…]}
UPDATE plan.unit u
SET parent = up.unit, merged_into = heir.unit
FROM jsonb_to_recordset($2::jsonb -> 'units') AS item (code text,
    parent text, merged_into text)
LEFT JOIN plan.unit up ON up.wave = $1::integer AND up.code = item.parent
LEFT JOIN plan.unit heir ON heir.wave = $1::integer
    AND heir.code = item.merged_into
WHERE u.wave = $1::integer AND u.code = item.code
    AND (u.parent, u.merged_into) IS DISTINCT FROM (up.unit, heir.unit);
