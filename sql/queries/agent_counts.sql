-- $1 an agent's key (its number).
SELECT grp, home, keying, state, counted, n, today
FROM field.agent_counts($1::integer);
