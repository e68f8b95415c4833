-- $1 wave, $2 release, $3 cells, $4 respondents behind each
INSERT INTO publish.released_cell (wave, release, cell, n)
SELECT $1::integer, $2::integer, c.cell, c.n
FROM unnest($3::text[], $4::bigint[]) AS c (cell, n);
