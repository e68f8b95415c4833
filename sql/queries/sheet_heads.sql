-- What is known of a sheet, without its answers, newest first.  $1 wave, $2
-- instance or NULL, $3 sheet number or NULL.
SELECT r.instance, coalesce(r.sheet, ''), r.state, r.counted, r.keying,
    coalesce(f.code, ''), coalesce(g.code, ''), coalesce(u.code, ''),
    coalesce(k.code, ''), r.flags, coalesce(r.faults::text, '[]'),
    r.version, coalesce(r.replaces, '')
FROM field.response AS r
LEFT JOIN plan.form AS f ON f.wave = r.wave AND f.form = r.form
LEFT JOIN plan.respondent_group AS g ON g.wave = r.wave AND g.grp = r.grp
LEFT JOIN plan.unit AS u ON u.wave = r.wave AND u.unit = r.home
LEFT JOIN field.key_code AS k ON k.key = r.key
WHERE r.wave = $1::integer AND (r.instance = $2 OR r.sheet = $3)
ORDER BY r.received_at DESC, r.instance;
