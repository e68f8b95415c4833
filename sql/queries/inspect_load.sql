-- The next version of a round's inspection plan, 0: unchanged.  $1 round, $2
-- trial, $3 text, $4 tables (JSON), $5 reason, $6 who.
SELECT assess.inspect_load($1::integer, $2::boolean, $3, $4::jsonb, $5, $6);
