-- Tells the days of an inspection, or moves them.  $1 round, $2 who, $3
-- inspection, $4 first day, $5 last day or NULL: the same, $6 form, $7 team,
-- $8 reason, $9 version seen; NULL where not given.
SELECT assess.inspect_schedule($1::integer, $3::integer, $9::integer,
    $4::date, $5::date, $6, $7, $8, $2);
