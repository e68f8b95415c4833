-- $1 an agent's key (its number): his sheets as they stand.
SELECT s.sheet, s.form, s.grp, s.home, s.status, s.changed_on
FROM field.agent_sheets_now($1::integer) AS s;
