-- What a unit gave itself.  $1 round, $2 unit.
SELECT n.code, i.self::text, i.self_na, i.self_note, i.typed::text,
    i.version
FROM assess.item AS i
JOIN assess.node AS n ON n.round = i.round AND n.node = i.node
WHERE i.round = $1::integer AND i.unit = $2::integer AND n.in_force
ORDER BY n.place;
