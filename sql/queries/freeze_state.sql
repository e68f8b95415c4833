-- How the wave stands, under the lock.  $1 wave
SELECT w.state,
    (SELECT coalesce(max(f.freeze_no), 0) FROM frozen.freeze AS f
    WHERE f.wave = w.wave),
    (SELECT max(v.version) FROM plan.version AS v WHERE v.wave = w.wave),
    (SELECT coalesce(bool_or(r.simulated), false) FROM field.response AS r
    WHERE r.wave = w.wave AND r.counted AND r.keying = 1),
    (SELECT count(*) FROM field.response AS r
    WHERE r.wave = w.wave AND r.counted AND r.keying = 1),
    w.destroyed_on
FROM plan.wave AS w WHERE w.wave = $1::integer;
