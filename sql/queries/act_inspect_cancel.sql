-- Cancels an inspection.  $1 round, $2 who, $3 inspection, $4 reason, $5
-- version seen or NULL.
SELECT assess.inspect_cancel($1::integer, $3::integer, $5::integer, $4, $2);
