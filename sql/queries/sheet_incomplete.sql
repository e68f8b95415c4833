-- Sheets whose files have not all come, oldest first, but for those that were
-- replaced or withdrawn.  $1 wave's code.
SELECT i.instance, coalesce(i.sheet, ''), i.key,
    to_char(i.received_at AT TIME ZONE 'UTC' + interval '7 hours',
        'YYYY-MM-DD HH24:MI'),
    i.expected, i.present,
    coalesce((SELECT string_agg(f.name, ', ' ORDER BY f.name)
        FROM field.attachment AS f WHERE f.wave = i.wave
            AND f.instance = i.instance AND f.named AND f.sha256 IS NULL), '')
FROM field.incomplete AS i
JOIN plan.wave AS w ON w.wave = i.wave
JOIN field.response AS r ON r.wave = i.wave AND r.instance = i.instance
WHERE w.code = $1 AND r.state NOT IN (4, 7)
ORDER BY i.received_at, i.instance;
