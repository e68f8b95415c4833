-- His answer with a note; the status after.  $1 key's number, $2 query,
-- $3 note, $4 version as he saw it or NULL
SELECT field.agent_query_answer($1::integer, $2::integer, $3, $4::integer);
