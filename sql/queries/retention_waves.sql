-- Each wave with its state, retention date, the day of its destruction, and
-- what is there of it: submissions, raw sheets, files
SELECT w.code, w.name, w.state, plan.retention(w.wave) AS retention,
    w.destroyed_on,
    (SELECT count(*) FROM field.response AS r WHERE r.wave = w.wave)
        AS submissions,
    (SELECT count(*) FROM field.raw AS r WHERE r.wave = w.wave) AS raw,
    (SELECT count(*) FROM field.attachment AS a WHERE a.wave = w.wave)
        AS files
FROM plan.wave AS w ORDER BY w.code;
