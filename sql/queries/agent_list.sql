-- Agents with the number of their keys that work today.
SELECT a.code, a.name, a.office, count(k.key) FILTER (
    WHERE k.revoked_at IS NULL AND k.expires_at > now())
FROM field.agent AS a
LEFT JOIN field.agent_key AS k USING (agent)
GROUP BY a.agent
ORDER BY a.code;
