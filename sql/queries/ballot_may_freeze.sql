-- Raises when ballots of the wave wait.  $1 wave
SELECT ballot.may_freeze($1::integer);
