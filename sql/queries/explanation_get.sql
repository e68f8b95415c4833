-- What is behind a component.  $1 wave's code, $2 release or NULL: the newest,
-- $3 unit, $4 criterion.  Release, snapshot, hash of it, freeze, content (NULL:
-- not kept).
SELECT l.release, l.snapshot, encode(s.sha256, 'hex'), s.freeze_no, x.content
FROM plan.wave AS w
JOIN publish.release AS l ON l.wave = w.wave
JOIN publish.snapshot AS s ON s.wave = l.wave AND s.snapshot = l.snapshot
JOIN plan.unit AS u ON u.wave = w.wave AND u.code = $3
LEFT JOIN publish.explanation AS x ON x.wave = l.wave
    AND x.release = l.release AND x.unit = u.unit AND x.criterion = $4
WHERE w.code = $1 AND ($2::text IS NULL OR l.release = $2::integer)
ORDER BY l.release DESC LIMIT 1;
