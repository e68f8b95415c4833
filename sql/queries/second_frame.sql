-- The frame of a draw, line by line, for drawing it anew.  $1 wave, $2 areas or
-- NULL, $3 draw
SELECT x.i - 1 AS number, x.line,
    encode(field.second_key(d.seed, d.frame_sha256, x.i - 1), 'hex') AS key,
    coalesce(s.draw = d.draw, false) AS drawn
FROM field.second_draw AS d
CROSS JOIN unnest(d.frame) WITH ORDINALITY AS x (line, i)
JOIN field.sheet AS f ON f.wave = d.wave AND f.sheet
    = (string_to_array(x.line, '|'))[cardinality(string_to_array(x.line,
        '|')) - 1]
LEFT JOIN field.second_sheet AS s ON s.wave = d.wave AND s.sheet = f.sheet
WHERE d.wave = $1::integer AND d.draw = $3::integer
    AND ($2::text[] IS NULL OR coalesce(f.now_home, f.home)
        = ANY (field.units_under($1::integer, $2::text[])))
ORDER BY x.i;
