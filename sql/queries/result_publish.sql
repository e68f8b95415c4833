-- Publishes a result; NULL: none such.  $1 round, $2 result, $3 decision, $4
-- reason, $5 who.
SELECT assess.publish($1::integer, $2::integer, $3, $4, $5);
