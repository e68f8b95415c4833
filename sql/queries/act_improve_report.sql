-- A report.  $1 round, $2 who, $3 number, $4 words, $5 office or $6 unit that
-- leads it, $7 state or NULL: doing, $8 day or NULL: today, $9 version seen or
-- NULL.
SELECT assess.improve_report($1::integer, $3::integer, coalesce($9::integer,
    (SELECT version FROM assess.improve WHERE round = $1::integer
        AND improve = $3::integer)), $5, $6, coalesce($7, 'doing'),
    coalesce($8::date, assess.today()), $4, $2);
