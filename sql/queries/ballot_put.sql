-- Uses a token and keeps its sealed ballot.  $1 hash of the token, $2 ballot
SELECT p.said, p.receipt FROM ballot.put($1::bytea, $2::bytea) AS p;
