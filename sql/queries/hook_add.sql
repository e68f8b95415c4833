-- A new hook; NULL: no such wave.  $1 wave's code, $2 address, $3 kinds of
-- events with commas, $4 secret, $5 who.
SELECT publish.hook_add($1, $2, string_to_array($3, ','), $4::bytea, $5);
