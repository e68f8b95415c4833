-- What a key's agent is to key again.  $1 key
SELECT s.sheet, s.form, s.grp, s.home, s.done
FROM field.agent_second($1::integer) AS s;
