-- A meeting.  $1 round, $2 who, $3 body, $4 day, $5 who was there, parted by
-- semicolons, $6 minutes.
SELECT assess.meeting_add($1::integer, $3, $4::date,
    (SELECT array_agg(btrim(x)) FROM regexp_split_to_table($5, ';') AS x
        WHERE btrim(x) <> ''), $6, $2);
