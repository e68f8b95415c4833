-- What is asked of an agent about sheets that he sent.  $1 key's number
SELECT query, instance, coalesce(sheet, ''), form, grp, home, keying, status,
    words, to_char(opened_on, 'YYYY-MM-DD'), answer, version
FROM field.agent_queries($1::integer);
