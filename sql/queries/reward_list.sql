-- Units of a list of commendation, those kept out too.  $1 round, $2 unit or
-- NULL: all, $3 list or NULL: the newest.
SELECT w.list, w.rule, w.title, coalesce(w.block, '') AS block,
    coalesce(w.rank::text, '') AS rank, u.code AS unit, u.name,
    trim_scale(w.published)::text AS points, coalesce(w.grade, '') AS grade,
    l.result, CASE WHEN w.listed THEN 'listed' ELSE 'kept-out' END AS state,
    w.why AS reason
FROM assess.reward_row AS w
JOIN assess.reward_list AS l USING (round, list)
JOIN assess.unit AS u USING (round, unit)
WHERE w.round = $1::integer AND ($2::text IS NULL OR u.code = $2)
    AND w.list = coalesce($3::integer, (SELECT max(list)
        FROM assess.reward_list WHERE round = $1::integer))
ORDER BY w.place;
