-- Sheets compared.  $1 wave, $2 areas or NULL
SELECT c.sheet, c.form, c.grp AS "group", c.unit, c.area, c.agent, c.asked,
    c.same
FROM field.recheck_compared($1::integer, $2::text[]) AS c;
