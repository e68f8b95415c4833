-- A unit says that it supplied what was asked for.  $1 round, $2 who, $3 unit,
-- $4 number, $5 words.
SELECT assess.answer(q.request, 'answered', $5, $2, NULL)
FROM assess.request AS q
JOIN assess.unit AS u USING (round, unit)
WHERE q.round = $1::integer AND u.code = $3 AND q.request = $4::bigint
    AND q.kind = 'evidence';
