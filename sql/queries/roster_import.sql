-- Persons of a list, all or none.  $1 wave, $2 by whom, $3 role, $4 rows (JSON).
-- Faults, or one row 0 with made and changed.
SELECT i.place, i.code, i.words, i.made, i.changed
FROM roster.import($1::integer, $2, $3, $4::jsonb) AS i;
