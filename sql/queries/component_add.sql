-- $1 wave, $2 release, then arrays: $3 unit, $4 criterion, $5 kind,
-- $6 position, $7 points, $8 exact points, $9 maximum, $10 asked, $11 valid,
-- $12 standard error, $13 low, $14 high (texts, empty for none), $15 guarded
-- (1 or 0)
INSERT INTO publish.component (wave, release, unit, criterion, kind,
    position, points, points_exact, maximum, n_asked, n_valid,
    standard_error, low, high, guarded)
SELECT $1::integer, $2::integer, c.unit, c.criterion, c.kind, c.position,
    nullif(c.points, ''), nullif(c.exact, ''), c.maximum,
    nullif(c.asked, -1), nullif(c.valid, -1),
    nullif(c.se, '')::double precision, nullif(c.low, '')::double precision,
    nullif(c.high, '')::double precision, c.guarded <> 0
FROM unnest($3::integer[], $4::text[], $5::text[], $6::integer[],
    $7::text[], $8::text[], $9::text[], $10::bigint[], $11::bigint[],
    $12::text[], $13::text[], $14::text[], $15::integer[])
    AS c (unit, criterion, kind, position, points, exact, maximum, asked,
    valid, se, low, high, guarded);
