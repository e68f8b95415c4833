-- Its sealed ballots.  $1 wave, $2 group (ordinals)
SELECT b.receipt, b.home, b.sealed
FROM ballot.mix_ballots($1::integer, $2::integer) AS b;
