-- $1 wave, $2 snapshot, $3 trial or official, $4 reason, $5 by whom
SELECT publish.release_open($1::integer, $2::integer, $3, $4, $5);
