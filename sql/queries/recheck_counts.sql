-- What was said of visits.  $1 wave, $2 areas or NULL
SELECT c.side, c.code, coalesce(a.name, u.name, '') AS name, c.drawn,
    c.confirmed, c.differs, c.not_found, c.refused, c.waiting
FROM roster.recheck_counts($1::integer, $2::text[]) AS c
LEFT JOIN field.agent AS a ON c.side = 'agent' AND a.code = c.code
LEFT JOIN plan.unit AS u ON c.side = 'area' AND u.wave = $1::integer
    AND u.code = c.code;
