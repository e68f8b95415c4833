-- Data quality by agent, by area and in all.  $1 wave, $2 share of the median
-- time below which a sheet is fast, $3 and $4 slack and fewest answers of a
-- straight line, $5 who asks.
SELECT side, code, name, received, valid, queried, invalid, set_aside,
    refused, not_met, other, not_eligible, planned, timed, fast, ratings,
    straight, asked, blank
FROM field.quality($1::integer, $2::double precision, $3::integer,
    $4::integer, $5);
