-- Receipts of a closed campaign, sorted.  $1 wave (code), $2 group
SELECT r.receipt FROM ballot.receipts($1, $2) AS r;
