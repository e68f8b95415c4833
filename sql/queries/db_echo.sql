-- $1 bytes, given back, and whether there were any: checks the formats in
-- which parameters and results travel.
SELECT $1::bytea, $1::bytea IS NOT NULL;
