-- copy_frozen_responses.sql for some respondents: those that
-- frozen_window.sql has set.
COPY (
    SELECT r.respondent, r.form, r.grp, r.home, r.profile::text,
        a.unit, a.form, a.grp, a.home, a.answers, a.extra::text
    FROM frozen.response AS r
    LEFT JOIN frozen.rating AS a USING (wave, freeze_no, respondent)
    WHERE r.wave = (SELECT current_setting('phieu.wave')::integer)
        AND r.freeze_no = (SELECT current_setting('phieu.freeze')::integer)
        AND r.respondent > (SELECT current_setting('phieu.after')::integer)
        AND r.respondent <= (SELECT current_setting('phieu.last')::integer)
    ORDER BY r.respondent, a.unit
) TO STDOUT (FORMAT binary);
