-- What is late of the inspections, and whose.  $1 round, $2 unit or NULL: all.
WITH p AS (
    SELECT r.year, v.conclusion_days, v.content::jsonb #>> '{plan,authority}'
        AS authority
    FROM assess.round AS r
    JOIN assess.inspect_plan AS v USING (round)
    WHERE r.round = $1::integer
    ORDER BY v.version DESC LIMIT 1
), i AS (
    SELECT k.*, u.code, u.name AS unit_name, t.name AS team_name, p.*,
        make_date(p.year, 3 * coalesce((SELECT max(q) FROM unnest(k.quarters)
            AS q), 4), 1) + interval '1 month - 1 day' AS quarter_end
    FROM p, assess.inspection AS k
    JOIN assess.unit AS u USING (round, unit)
    LEFT JOIN assess.team AS t USING (round, team)
    WHERE k.round = $1::integer AND k.in_force
        AND ($2::text IS NULL OR u.code = $2)
), late AS (
    SELECT 'inspection' AS kind, inspection, inspection AS number,
        code AS unit, 'chưa có ngày kiểm tra' AS what,
        quarter_end::date AS due, authority AS whose
    FROM i WHERE state = 'planned'
    UNION ALL
    SELECT 'inspection', inspection, inspection, code, 'chưa bắt đầu',
        first_day, team_name FROM i WHERE state = 'scheduled'
    UNION ALL
    SELECT 'documents', inspection, inspection, code,
        'chưa gửi báo cáo, hồ sơ', documents_due, unit_name
    FROM i WHERE state IN ('scheduled', 'running') AND documents_on IS NULL
    UNION ALL
    SELECT 'conclusion', inspection, inspection, code, 'chưa kết luận',
        last_day + conclusion_days, team_name
    FROM i WHERE state = 'running' AND conclusion_days IS NOT NULL
    UNION ALL
    SELECT 'finding', f.inspection, f.finding, i.code, f.content, f.due,
        f.responsible
    FROM i JOIN assess.finding AS f USING (round, inspection)
    WHERE f.state = 'open'
    UNION ALL
    SELECT 'measure', m.inspection, m.measure, i.code, m.content, m.due,
        m.addressee
    FROM i JOIN assess.measure AS m USING (round, inspection)
    WHERE m.state IN ('recommended', 'accepted')
)
SELECT kind, inspection, number, unit, what, due, assess.today() - due
    AS days_late, coalesce(whose, '') AS whose
FROM late WHERE due < assess.today()
ORDER BY due, kind, number;
