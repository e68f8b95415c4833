-- Planned and received sheets by form, group and home.  $1 wave.  Second
-- keyings are of the same sheets and do not count.  A sheet of a unit that
-- merged counts where its quota went.  What could not be placed
-- (no group understood) comes last, by form.  Once the fieldwork side is
-- destroyed, the counts are those of the last freeze.
WITH planned AS (
    SELECT g.form, q.grp, q.home, q.planned::bigint AS planned
    FROM plan.quota_in_force AS q
    JOIN plan.respondent_group AS g USING (wave, grp)
    WHERE q.wave = $1::integer
), came AS (
    SELECT r.grp, coalesce(s.now_home, r.home) AS home, r.form, r.state,
        count(*) AS n
    FROM field.response AS r
    LEFT JOIN field.sheet AS s ON s.wave = r.wave AND s.sheet = r.sheet
        AND s.now_home IS NOT NULL AND s.grp = r.grp
    WHERE r.wave = $1::integer AND r.keying = 1
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT c.grp, c.home, NULL, c.state, c.n
    FROM plan.wave AS w
    CROSS JOIN LATERAL (SELECT a.content FROM frozen.aggregate AS a
        WHERE a.wave = w.wave AND a.name = 'responses'
        ORDER BY a.freeze_no DESC LIMIT 1) AS last
    CROSS JOIN jsonb_to_recordset(last.content) AS c (grp integer,
        home integer, keying smallint, state smallint, n bigint)
    WHERE w.wave = $1::integer AND w.destroyed_on IS NOT NULL
        AND c.keying = 1
), received AS (
    SELECT r.grp, CASE WHEN r.grp IS NOT NULL THEN coalesce(r.home, 0) END
            AS home,
        CASE WHEN r.grp IS NULL THEN r.form END AS form,
        sum(r.n)::bigint AS received,
        coalesce(sum(r.n) FILTER (WHERE r.state IN (1, 5)), 0)::bigint
            AS valid,
        coalesce(sum(r.n) FILTER (WHERE r.state = 2), 0)::bigint AS queried,
        coalesce(sum(r.n) FILTER (WHERE r.state = 3), 0)::bigint AS invalid,
        coalesce(sum(r.n) FILTER (WHERE r.state IN (4, 6, 7)), 0)::bigint
            AS set_aside
    FROM came AS r
    GROUP BY 1, 2, 3
), cell AS (
    SELECT coalesce(p.grp, r.grp) AS grp, coalesce(p.home, r.home) AS home,
        coalesce(p.form, r.form) AS form, coalesce(p.planned, 0) AS planned,
        coalesce(r.received, 0) AS received, coalesce(r.valid, 0) AS valid,
        coalesce(r.queried, 0) AS queried,
        coalesce(r.invalid, 0) AS invalid,
        coalesce(r.set_aside, 0) AS set_aside
    FROM planned AS p
    FULL JOIN received AS r ON r.grp = p.grp AND r.home = p.home
)
SELECT f.code, f.name, g.code, g.name, u.code, u.name, c.planned,
    c.received, c.valid, c.queried, c.invalid, c.set_aside
FROM cell AS c
LEFT JOIN plan.respondent_group AS g ON g.wave = $1::integer AND g.grp = c.grp
LEFT JOIN plan.form AS f ON f.wave = $1::integer
    AND f.form = coalesce(c.form, g.form)
LEFT JOIN plan.unit AS u ON u.wave = $1::integer AND u.unit = c.home
ORDER BY c.grp IS NULL, f.form NULLS LAST, c.grp, c.home;
