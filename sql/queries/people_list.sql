-- Everybody, with roles in one text.
SELECT a.login, a.name,
    coalesce((SELECT string_agg(concat_ws(':', r.role, w.code, r.unit), ' '
            ORDER BY r.role, w.code NULLS FIRST, r.unit NULLS FIRST)
        FROM people.account_role AS r
        LEFT JOIN plan.wave AS w ON w.wave = r.wave
        WHERE r.account = a.account), ''),
    CASE WHEN a.disabled_at IS NOT NULL THEN 'disabled'
        WHEN a.locked_until > now() THEN 'locked'
        WHEN a.must_change THEN 'must change password'
        ELSE 'active' END,
    to_char(a.created_at AT TIME ZONE 'UTC' + interval '7 hours', 'YYYY-MM-DD')
FROM people.account AS a
ORDER BY a.login;
