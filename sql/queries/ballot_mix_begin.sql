-- Takes a closed campaign for mixing.  $1 wave (code), $2 group
SELECT m.wave, m.grp, m.size, m.fewest, m.ballots, m.public_key, m.root
FROM ballot.mix_begin($1, $2) AS m;
