-- A person who works for the province as a whole.  $1 round, $2 who, $3 name,
-- $4 position, $5 merit, $6 paper or NULL.
SELECT assess.reward_name($1::integer, NULL, $3, $4, $5, $6, $2);
