-- Draws of a wave.  $1 wave, $2 areas or NULL
SELECT d.draw, e.done_on AS day, e.done_by AS by, e.role,
    d.stratum AS stratum, coalesce(d.only_code, '') AS only,
    coalesce(d.form, '') AS form,
    CASE WHEN d.share IS NULL THEN '' ELSE trim_scale(d.share) || '%' END
        AS share,
    d.number, d.seed, d.method, d.program,
    encode(d.frame_sha256, 'hex') AS frame_sha256,
    cardinality(d.frame) AS frame, d.drawn, e.reason
FROM field.second_draw AS d
JOIN field.sheet_event AS e ON e.wave = d.wave AND e.event = d.event
WHERE d.wave = $1::integer AND $2::text[] IS DISTINCT FROM '{}'
ORDER BY d.draw;
