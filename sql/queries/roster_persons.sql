-- Persons by code, no name.  $1 wave, $2 areas or NULL
SELECT p.code, p.grp AS "group", p.unit, p.agent, p.visited, p.collected
FROM roster.persons($1::integer, $2::text[]) AS p;
