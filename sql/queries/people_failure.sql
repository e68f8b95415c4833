-- $1 login as typed, $2 failures that lock, $3 minutes
SELECT people.note_failure($1, $2::integer, $3::integer);
