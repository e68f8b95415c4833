-- The room of the bookkeeping, made before the first migration.
CREATE SCHEMA IF NOT EXISTS meta;
