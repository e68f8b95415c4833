-- Rounds, newest first.  $1 code or NULL: all.
SELECT r.round, r.code, r.name, coalesce(w.code, ''), r.year, v.version,
    r.trial, r.published, coalesce(r.wave, 0)
FROM assess.round AS r
LEFT JOIN plan.wave AS w ON w.wave = r.wave
CROSS JOIN LATERAL (SELECT max(version) AS version FROM assess.version
    WHERE round = r.round) AS v
WHERE $1::text IS NULL OR r.code = $1
ORDER BY r.year DESC, r.code;
