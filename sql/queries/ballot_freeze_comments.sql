-- Words of mixed ballots among those of the freeze.  $1 wave, $2 freeze
SELECT ballot.freeze_comments($1::integer, $2::integer);
