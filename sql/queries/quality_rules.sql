-- Thresholds in force and what they were.  $1 wave, $2 areas or NULL
SELECT d.rule, r.form, trim_scale(r.value)::text AS value, r.revision,
    r.in_force, d.words, r.reason, r.decided_by, r.decided_on
FROM field.flag_default AS d
CROSS JOIN LATERAL (
    SELECT x.form, x.value, x.revision, x.revision = max(x.revision)
            OVER (PARTITION BY x.form) AS in_force,
        x.reason, x.decided_by, x.decided_on
    FROM field.flag_rule AS x
    WHERE x.wave = $1::integer AND x.rule = d.rule
    UNION ALL
    SELECT '', d.value, 0, NOT EXISTS (SELECT FROM field.flag_rule AS y
            WHERE y.wave = $1::integer AND y.rule = d.rule AND y.form = ''),
        'mẫu thử, không phải quy định (example)', '', NULL::date) AS r
WHERE $2::text[] IS NULL OR true
ORDER BY d.place, r.form, r.revision;
