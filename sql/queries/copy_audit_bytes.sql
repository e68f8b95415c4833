-- Each submission's own bytes beside the hash that its batch in the log holds.
-- What was mixed from sealed ballots (lane 0) never had bytes of its own.
COPY (
    SELECT r.lane, r.batch, r.sha256, w.bytes
    FROM field.response AS r
    LEFT JOIN field.raw AS w ON w.wave = r.wave AND w.response = r.response
    WHERE r.lane <> 0
) TO STDOUT (FORMAT binary);
