-- The receipts of a closed campaign for the office.  $1 wave, $2 areas or
-- NULL (not looked at: they are public), $3 group
SELECT r.receipt FROM plan.wave AS w
CROSS JOIN LATERAL ballot.receipts(w.code, $3) AS r
WHERE w.wave = $1::integer AND ($2::text IS NULL OR $2::text IS NOT NULL);
