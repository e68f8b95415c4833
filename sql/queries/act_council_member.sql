-- A member of a body.  $1 round, $2 who, $3 body, $4 name, $5 decision, $6
-- position or NULL: no longer.
SELECT 't' FROM assess.member_put($1::integer, $3, $4, $6, $5, $2);
