-- Fields keyed wrongly.  $1 wave, $2 areas or NULL, $3 by what (agent),
-- $4 keying (1), $5 draw
SELECT c.code, c.name, c.sheets, c.fields, c.differ, c.unresolved,
    c.fields - c.unresolved AS judged, c.errors, r.maximum, r.accept,
    r.least, coalesce(r.level, 95) AS level
FROM field.second_counts($1::integer, $2::text[], coalesce($3, 'agent'),
    coalesce($4::integer, 1), $5::integer) AS c
LEFT JOIN LATERAL (SELECT x.* FROM field.second_rule AS x
    WHERE x.wave = $1::integer ORDER BY x.rule DESC LIMIT 1) AS r ON true
ORDER BY c.code COLLATE "C";
