-- Deletes a wave's fieldwork side; rows that went, by table.  $1 wave's code,
-- $2 reason, $3 by whom
SELECT d.what, d.n
FROM field.destroy(coalesce((SELECT w.wave FROM plan.wave AS w
    WHERE w.code = $1), 0), $2, $3) AS d;
