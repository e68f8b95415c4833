-- What may follow in a status, by the one table of rules.  $1 of what,
-- $2 status
SELECT r.act FROM field.sheet_rule AS r WHERE r.of = $1 AND r.status = $2;
