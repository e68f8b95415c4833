-- The explanation report; 0: the version is another.  $1 round, $2 unit, $3
-- version, $4 text, $5 who.
SELECT assess.self_explain($1::integer, $2::integer, $3::integer, $4, $5);
