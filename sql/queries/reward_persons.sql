-- Persons named, with what a list says of them.  $1 round, $2 unit or NULL:
-- all, $3 list or NULL: the newest.
SELECT p.person, coalesce(u.code, '') AS unit,
    coalesce(u.name, '') AS unit_name, p.name, p.position, p.merit,
    coalesce(p.decision, '') AS decision,
    CASE WHEN p.withdrawn_by IS NOT NULL THEN 'withdrawn'
        WHEN n.person IS NULL THEN 'named'
        WHEN n.listed THEN 'listed' ELSE 'kept-out' END AS state,
    coalesce(n.title, '') AS title,
    CASE WHEN p.withdrawn_by IS NOT NULL THEN p.withdrawn_why
        ELSE coalesce(n.why, '') END AS reason
FROM assess.reward_person AS p
LEFT JOIN assess.unit AS u USING (round, unit)
LEFT JOIN assess.reward_named AS n ON n.round = p.round
    AND n.person = p.person AND n.list = coalesce($3::integer,
        (SELECT max(list) FROM assess.reward_list
            WHERE round = $1::integer))
WHERE p.round = $1::integer AND ($2::text IS NULL OR u.code = $2)
ORDER BY p.person;
