-- What needs the fieldwork side, before it goes: counts of responses per
-- state and of sheets per disposition, by group and home (of a unit that merged
-- where its quota went, as progress has it); and of the frozen
-- respondents, so that scoring need not count them.  $1 wave, $2 freeze
INSERT INTO frozen.aggregate (wave, freeze_no, name, content)
SELECT $1::integer, $2::integer, 'responses', coalesce(jsonb_agg(
    jsonb_build_object('grp', t.grp, 'home', t.home, 'keying', t.keying,
        'state', t.state, 'counted', t.counted, 'n', t.n)
    ORDER BY t.grp, t.home, t.keying, t.state, t.counted), '[]')
FROM (SELECT r.grp, coalesce(s.now_home, r.home) AS home, r.keying, r.state,
        r.counted, count(*) AS n
    FROM field.response AS r
    LEFT JOIN field.sheet AS s ON s.wave = r.wave AND s.sheet = r.sheet
        AND s.now_home IS NOT NULL AND s.grp = r.grp
    WHERE r.wave = $1::integer
    GROUP BY 1, 2, 3, 4, 5) AS t
UNION ALL
SELECT $1::integer, $2::integer, 'sheets', coalesce(jsonb_agg(
    jsonb_build_object('grp', t.grp, 'home', t.home, 'state', t.state,
        'disposition', t.disposition, 'n', t.n)
    ORDER BY t.grp, t.home, t.state, t.disposition), '[]')
FROM (SELECT s.grp, coalesce(s.now_home, s.home) AS home, s.state,
        s.disposition, count(*) AS n
    FROM field.sheet AS s WHERE s.wave = $1::integer
    GROUP BY 1, 2, 3, 4) AS t
UNION ALL
SELECT $1::integer, $2::integer, 'respondents', coalesce(jsonb_agg(
    jsonb_build_object('grp', t.grp, 'home', t.home, 'n', t.n)
    ORDER BY t.grp, t.home), '[]')
FROM (SELECT f.grp, f.home, count(*) AS n FROM frozen.response AS f
    WHERE f.wave = $1::integer AND f.freeze_no = $2::integer
    GROUP BY 1, 2) AS t;
