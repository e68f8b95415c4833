-- The persons of a draw, with names.  $1 wave, $2 areas or NULL, $3 draw
SELECT l.draw, l.place, l.code, l.name, l.contact, l.grp AS "group",
    l.grp_name AS group_name, l.unit, l.unit_name, l.area, l.agent, l.result,
    l.visitor, l.checked_on
FROM roster.recheck_list($1::integer, $2::text[], $3::integer) AS l;
