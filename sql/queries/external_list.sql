-- Values of external indices.  $1 round, $2 unit or NULL: all.
SELECT u.code AS unit, n.code AS criterion, x.value, x.source, x.done_by,
    x.version
FROM assess.external_value AS x
JOIN assess.unit AS u USING (round, unit)
JOIN assess.node AS n ON n.round = x.round AND n.node = x.node
WHERE x.round = $1::integer AND ($2::text IS NULL OR u.code = $2)
ORDER BY u.unit, n.place;
