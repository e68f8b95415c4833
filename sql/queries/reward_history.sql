-- Lists of commendation.  $1 round.
SELECT l.list, to_char(l.made_at AT TIME ZONE 'UTC',
    'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS at, l.made_by AS by,
    l.version AS rules, l.release, l.result,
    CASE WHEN l.decision IS NULL THEN 'draft' ELSE 'decided' END AS state,
    coalesce(l.decision, '') AS decision,
    coalesce(l.decided_on::text, '') AS day,
    assess.reward_stale(l.round, l.list) AS outdated,
    (r.trial OR p.trial)::text AS trial
FROM assess.reward_list AS l
JOIN assess.round AS r USING (round)
JOIN assess.reward_plan AS p USING (round, version)
WHERE l.round = $1::integer ORDER BY l.list;
