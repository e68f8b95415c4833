-- Changes a task.  $1 round, $2 who, $3 number, $4 reason, then NULL where it
-- stays: $5 words, $6 lead, $7 who cooperates, $8 day, $9 points hoped for; $10
-- version seen or NULL.
SELECT assess.improve_change($1::integer, $3::integer, coalesce($10::integer,
    (SELECT version FROM assess.improve WHERE round = $1::integer
        AND improve = $3::integer)), $5, $6,
    (SELECT array_agg(btrim(x)) FROM regexp_split_to_table($7, ';') AS x
        WHERE btrim(x) <> ''), $8::date, $9::numeric, $4, $2);
