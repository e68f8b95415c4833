-- Answers a request of the round.  $1 round, $2 who, $3 number, $4 outcome, $5
-- words, $6 office or NULL: it answers what it leads, never for its own unit.
SELECT assess.answer(q.request, $4, $5, $2, $6) FROM assess.request AS q
WHERE q.round = $1::integer AND q.request = $3::bigint;
