-- May an office see what stands about a unit and criterion?  $1 round, $2 unit,
-- $3 criterion or NULL: the total, $4 office or NULL: who is none.
SELECT coalesce((SELECT assess.office_sees($1::integer, $4, u.unit, n.node)
    FROM assess.unit AS u
    LEFT JOIN assess.node AS n ON n.round = u.round AND n.code = $3
    WHERE u.round = $1::integer AND u.code = $2
        AND ($4::text IS NULL OR n.node IS NOT NULL)), false);
