-- Respondents by group and home, as the freeze counted them.  $1 wave,
-- $2 freeze
SELECT (c ->> 'grp')::integer, (c ->> 'home')::integer, (c ->> 'n')::bigint
FROM frozen.aggregate AS a, jsonb_array_elements(a.content) AS c
WHERE a.wave = $1::integer AND a.freeze_no = $2::integer
    AND a.name = 'respondents'
ORDER BY 1, 2;
