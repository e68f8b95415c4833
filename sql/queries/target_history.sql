-- Values recorded of targets, corrections too.  $1 round, $2 target or NULL.
SELECT target, no AS version, trim_scale(value)::text AS value,
    measured_on::text AS day, source, coalesce(reason, '') AS reason,
    done_by AS by, to_char(done_at AT TIME ZONE 'UTC',
    'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS at
FROM assess.target_value
WHERE round = $1::integer AND ($2::text IS NULL OR target = $2)
ORDER BY target, no;
