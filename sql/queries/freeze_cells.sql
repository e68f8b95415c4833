-- Respondents by group and home.  $1 wave, $2 freeze
SELECT r.grp, r.home, count(*)
FROM frozen.response AS r
WHERE r.wave = $1::integer AND r.freeze_no = $2::integer
GROUP BY r.grp, r.home ORDER BY r.grp, r.home;
