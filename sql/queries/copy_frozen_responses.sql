-- Responses and their ratings side by side, in one order, for the content hash
-- and for whoever reads them row by row.
-- Sub-selects: a setting is read once, not for each row.
COPY (
    SELECT r.respondent, r.form, r.grp, r.home, r.profile::text,
        a.unit, a.form, a.grp, a.home, a.answers, a.extra::text
    FROM frozen.response AS r
    LEFT JOIN frozen.rating AS a USING (wave, freeze_no, respondent)
    WHERE r.wave = (SELECT current_setting('phieu.wave')::integer)
        AND r.freeze_no = (SELECT current_setting('phieu.freeze')::integer)
    ORDER BY r.respondent, a.unit
) TO STDOUT (FORMAT binary);
