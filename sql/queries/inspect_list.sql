-- The inspection plan with its states.  $1 round, $2 unit or NULL: all.
SELECT i.inspection, u.code AS unit, u.name AS unit_name,
    CASE i.quarters WHEN '{}' THEN '' ELSE array_to_string(i.quarters, ',')
        END AS quarters,
    coalesce(i.form, '') AS form, coalesce(i.team, '') AS team, i.state,
    coalesce(i.first_day::text, '') AS first_day,
    coalesce(i.last_day::text, '') AS last_day,
    coalesce(i.documents_due::text, '') AS documents_due,
    coalesce(i.documents_on::text, '') AS documents_on,
    CASE WHEN i.state = 'cancelled' OR i.documents_due IS NULL
            OR i.documents_on IS NULL AND i.state = 'concluded' THEN 0
        ELSE greatest(coalesce(i.documents_on, assess.today())
            - i.documents_due, 0) END AS documents_late,
    (SELECT count(verdict) || '/' || count(*) FROM assess.checklist AS c
        WHERE c.round = i.round AND c.inspection = i.inspection) AS answered,
    f.n AS findings, f.overdue, coalesce(i.number, '') AS conclusion,
    coalesce(i.concluded_on::text, '') AS concluded_on,
    coalesce(i.reason, '') AS reason, i.version
FROM assess.inspection AS i
JOIN assess.unit AS u USING (round, unit)
CROSS JOIN LATERAL (SELECT count(*) AS n,
        count(*) FILTER (WHERE stands = 'overdue') AS overdue
    FROM assess.finding_now WHERE round = i.round
        AND inspection = i.inspection AND stands <> 'withdrawn') AS f
WHERE i.round = $1::integer AND i.in_force
    AND ($2::text IS NULL OR u.code = $2)
ORDER BY i.inspection;
