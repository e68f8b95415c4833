-- Open queries.  $1 wave, $2 by whom, $3 role, $4 areas or NULL; each NULL for
-- all: $5 agent, $6 unit, $7 to whom; $8 true: those that are done with, too
SELECT q.query, q.sheet, q.item, q.status, q.unit, q.agent, q.addressee,
    q.code, q.words, q.opened_on, q.answer, q.answered_by, q.answered_on,
    q.days, q.version
FROM field.review_queries($1::integer, $2, $3, $4::text[], $5, $6, $7,
    $8::boolean) AS q;
