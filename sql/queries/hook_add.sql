-- A new hook; NULL: no such wave or round.  $1 wave's code or NULL, $2 round's
-- code or NULL, $3 address, $4 kinds of events with commas, $5 secret, $6 who.
SELECT publish.hook_add($1, $2, $3, string_to_array($4, ','), $5::bytea, $6);
