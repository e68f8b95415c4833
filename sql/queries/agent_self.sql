-- $1 an agent's key (its number).
SELECT code, name, office, expires, wave_name, wave_state, trial
FROM field.agent_self($1::integer);
