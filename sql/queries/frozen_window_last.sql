-- The last of the next respondents who filled in a form, NULL when there is
-- none.  $1 wave, $2 freeze, $3 form, $4 after, $5 how many
SELECT max(s.respondent)
FROM (SELECT respondent
    FROM frozen.response
    WHERE wave = $1::integer AND freeze_no = $2::integer
        AND form = $3::integer AND respondent > $4::integer
    ORDER BY respondent
    LIMIT $5::integer) AS s;
