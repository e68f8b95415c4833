-- What is behind components, and the groups that it shows into the ledger;
-- those that are there stay.  $1 wave, $2 release, then arrays: $3 unit,
-- $4 criterion, $5 content; $6 cell, $7 respondents.
WITH kept AS (
    INSERT INTO publish.explanation (wave, release, unit, criterion, content)
    SELECT $1::integer, $2::integer, x.unit, x.criterion, x.content
    FROM unnest($3::integer[], $4::text[], $5::text[])
        AS x (unit, criterion, content)
    ON CONFLICT DO NOTHING
)
INSERT INTO publish.released_cell (wave, release, cell, n)
SELECT $1::integer, $2::integer, c.cell, c.n
FROM unnest($6::text[], $7::bigint[]) AS c (cell, n)
ON CONFLICT DO NOTHING;
