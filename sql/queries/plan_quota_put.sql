-- A new revision of each cell that changed; a cell that is no longer in the
-- plan gets a revision of 0 sheets.  The old ones stay.  Compared with what
-- the document said last: an amendment in mid-wave stands until the document
-- itself says another number.
-- $1 wave, $2 {"cells":[…]}, $3 reason, $4 by whom
WITH item AS (
    SELECT g.grp, coalesce(u.unit, 0) AS home, cell.planned,
        cell.population, cell.rule
    FROM jsonb_to_recordset($2::jsonb -> 'cells') AS cell (grp text,
        home text, planned integer, population integer, rule text)
    JOIN plan.respondent_group g ON g.wave = $1::integer
        AND g.code = cell.grp
    LEFT JOIN plan.unit u ON u.wave = $1::integer AND u.code = cell.home
)
INSERT INTO plan.quota (wave, grp, home, revision, planned, population, rule,
    reason, decided_by)
SELECT $1::integer, grp, home, coalesce(top.revision, 0) + 1,
    coalesce(item.planned, 0), item.population,
    coalesce(item.rule, old.rule), $3, $4
FROM item
FULL JOIN (SELECT DISTINCT ON (q.grp, q.home) q.grp, q.home, q.planned,
        q.population, q.rule
    FROM plan.quota q WHERE q.wave = $1::integer AND NOT q.amended
    ORDER BY q.grp, q.home, q.revision DESC) old
    USING (grp, home)
LEFT JOIN (SELECT q.grp, q.home, max(q.revision) AS revision
    FROM plan.quota q WHERE q.wave = $1::integer
    GROUP BY q.grp, q.home) top
    USING (grp, home)
WHERE (item.grp IS NOT NULL OR old.planned <> 0)
    AND (old.planned IS NULL OR item.planned IS DISTINCT FROM old.planned
        OR item.population IS DISTINCT FROM old.population
        OR item.rule IS DISTINCT FROM old.rule)
ORDER BY grp, home;
