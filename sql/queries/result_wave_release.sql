-- The release of the wave that gives survey points, or NULL.  $1 round.
SELECT max(l.release)
FROM assess.round AS r
LEFT JOIN publish.release AS l ON l.wave = r.wave
WHERE r.round = $1::integer;
