-- What sheets are paid, the newest of each last.  $1 wave, $2 areas or NULL
SELECT r.form, r.item, r.dong, r.revision, r.revision = max(r.revision)
        OVER (PARTITION BY r.form, r.item) AS in_force,
    r.reason, r.decided_by, r.decided_on
FROM field.pay_rate AS r
WHERE r.wave = $1::integer AND ($2::text[] IS NULL OR true)
ORDER BY r.form, r.item, r.revision;
