-- What came of sending; true when the event was given up.  $1 event, $2 error
-- or NULL, $3 ms until its next try, $4 ms until the hook's next try, $5 days
-- after which it is given up.
SELECT publish.hook_note($1::bigint, $2, $3::integer, $4::integer,
    $5::integer);
