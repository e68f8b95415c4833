-- What anybody may know of a campaign.  $1 wave (code), $2 group
SELECT a.state, a.ballots, a.root, a.closed_on, a.fingerprint, a.holder
FROM ballot.about($1, $2) AS a;
