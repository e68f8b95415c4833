-- Hands in or reopens; 0: the version is another.  $1 round, $2 unit, $3
-- version, $4 hand in, $5 reason or NULL, $6 who.
SELECT assess.self_turn($1::integer, $2::integer, $3::integer, $4::boolean,
    $5, $6);
