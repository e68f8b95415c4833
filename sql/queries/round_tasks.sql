-- Tasks in force with how late they are today.  $1 round.
SELECT t.task, t.title, coalesce(t.step, ''), coalesce(t.opens::text, ''),
    t.due::text,
    (SELECT string_agg(coalesce(o.name, x.code), '; ' ORDER BY x.ord)
        FROM unnest(t.lead) WITH ORDINALITY AS x (code, ord)
        LEFT JOIN assess.office AS o
            ON o.round = t.round AND o.office = x.code),
    coalesce((SELECT string_agg(coalesce(o.name, x.code), '; '
            ORDER BY x.ord)
        FROM unnest(t.cooperating) WITH ORDINALITY AS x (code, ord)
        LEFT JOIN assess.office AS o
            ON o.round = t.round AND o.office = x.code), ''),
    t.state, coalesce(t.note, ''), coalesce(t.changed_by, ''),
    coalesce(to_char(t.changed_at AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS"Z"'), ''), t.version,
    CASE WHEN t.state = 'done' THEN 0
        ELSE greatest(assess.today() - t.due, 0) END
FROM assess.task AS t
WHERE t.round = $1::integer AND t.in_force
ORDER BY t.place;
