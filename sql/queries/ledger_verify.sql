-- What of the ledger is not as its history and the log say.  $1 wave, $2 areas
-- or NULL: of them alone
SELECT v.event, v.words FROM field.ledger_verify($1::integer, $2::text[]) AS v;
