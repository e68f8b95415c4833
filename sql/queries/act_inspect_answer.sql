-- What the team saw of an item of the outline.  $1 round, $2 who, $3
-- inspection, $4 item, $5 verdict, $6 words, $7 version of the answer seen or
-- NULL.
SELECT assess.inspect_answer($1::integer, $3::integer, $7::integer, $4, $5,
    $6, $2);
