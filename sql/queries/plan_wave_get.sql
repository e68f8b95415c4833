-- A wave with its newest plan.
-- $1 code
SELECT w.wave, w.state, w.simulated, v.version, v.content
FROM plan.wave w
JOIN plan.version v USING (wave)
WHERE w.code = $1
ORDER BY v.version DESC
LIMIT 1;
