-- Which migrations this database has had, with the SHA-256 of their texts.
CREATE TABLE IF NOT EXISTS meta.migration (
    name text COLLATE "C" PRIMARY KEY,
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    applied_at timestamptz NOT NULL DEFAULT now()
);
