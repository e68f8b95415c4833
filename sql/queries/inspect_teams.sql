-- Teams of inspections and their members.  $1 round.
SELECT t.team, t.name AS team_name, t.basis, m.name, m.position,
    coalesce(m.office, '') AS office,
    CASE WHEN m.head THEN 'x' ELSE '' END AS head
FROM assess.team AS t
JOIN assess.team_member AS m USING (round, team)
WHERE t.round = $1::integer AND t.in_force
ORDER BY t.team, m.place;
