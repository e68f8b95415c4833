-- $1 wave, $2 freeze, $3 method, $4 content, $5 SHA-256 (hex), $6 by whom
INSERT INTO publish.snapshot (wave, snapshot, freeze_no, method, content,
    sha256, made_by)
SELECT $1::integer, coalesce(max(s.snapshot), 0) + 1, $2::integer, $3, $4,
    decode($5, 'hex'), $6
FROM publish.snapshot AS s WHERE s.wave = $1::integer
RETURNING snapshot;
