-- $1 name, $2 SHA-256 as hex
INSERT INTO meta.migration (name, sha256) VALUES ($1, decode($2, 'hex'));
