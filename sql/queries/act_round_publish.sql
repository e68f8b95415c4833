-- Publishes a result; NULL: none such.  $1 round, $2 who, $3 result, $4
-- decision, $5 reason.
SELECT assess.publish($1::integer, $3::integer, $4, $5, $2);
