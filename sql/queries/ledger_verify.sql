-- What of the ledger is not as its history and the log say.  $1 wave, $2 not
-- used: areas
SELECT v.event, v.words FROM field.ledger_verify($1::integer) AS v
WHERE $2::text[] IS NULL;
