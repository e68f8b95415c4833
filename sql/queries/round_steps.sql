-- The steps of a round and whether they are open today.  $1 round.
SELECT s.step, assess.step_state($1::integer, s.step),
    coalesce(a.until::text, ''), coalesce(a.reason, '')
FROM unnest(ARRAY['self-assess', 'appraise', 'council', 'publish'])
    WITH ORDINALITY AS s (step, ord)
LEFT JOIN LATERAL (SELECT until, reason FROM assess.step_act
    WHERE round = $1::integer AND step = s.step
    ORDER BY act DESC LIMIT 1) AS a ON true
ORDER BY s.ord;
