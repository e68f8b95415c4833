-- Makes a campaign.  $1 wave, $2 by, $3 role, $4 group, $5 public key (hex),
-- $6 who holds the private half
SELECT a.event, a.moved, a.paper, a.made
FROM ballot.make($1::integer, $2, $3, $4, $5, $6) AS a;
