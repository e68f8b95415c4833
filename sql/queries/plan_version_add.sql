-- $1 wave, $2 version, $3 canonical text, $4 its SHA-256 in hex, $5 reason,
-- $6 by whom
INSERT INTO plan.version (wave, version, content, sha256, reason, loaded_by)
VALUES ($1::integer, $2::integer, $3, decode($4, 'hex'), $5, $6);
