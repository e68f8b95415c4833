-- Who opened differing answers, of which sheets.  $1 wave, $2 areas or NULL
SELECT o.opened, o.opened_on AS day, o.opened_by AS by, o.role,
    cardinality(o.sheets) AS sheets, array_to_string(o.sheets, ', ') AS list
FROM field.second_opened AS o
WHERE o.wave = $1::integer AND $2::text[] IS NULL
ORDER BY o.opened;
