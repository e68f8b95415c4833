-- Submissions by status in review.  $1 wave, $2 by whom, $3 role, $4 areas or
-- NULL; each NULL for all: $5 status, $6 agent, $7 unit, $8 group, $9 fault,
-- $10 flag, $11 number; $12 from which row, $13 how many
SELECT l.sheet, l.item, l.status, l.form, l."group", l.unit, l.agent,
    l.flags, l.faults, l.addressee, l.words, l.changed_on, l.replaces,
    l.version
FROM field.review_list($1::integer, $2, $3, $4::text[], $5, $6, $7, $8, $9,
    $10, $11, $12::integer, $13::integer) AS l;
