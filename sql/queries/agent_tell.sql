-- What an agent tells of his sheets.  $1 his key (its number), $2 number of
-- what he tells, $3 act, $4 sheets, $5 reason or NULL
SELECT t.sheet, t.outcome, t.words
FROM field.agent_tell($1::integer, $2::uuid, $3, $4::text[], $5) AS t;
