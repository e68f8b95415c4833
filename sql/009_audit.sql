-- The auditor recomputes the roots of intake: which submissions came in which
-- batch, by number and hash, never what they say.
GRANT SELECT (wave, instance, sha256, lane, batch) ON field.response
    TO phieu_auditor;
-- A backup holds the heads of the log at its moment.
GRANT SELECT ON audit.lane TO phieu_backup;

-- The hashed text joins its parts by '|'.  With none of them inside the parts
-- before the content, no two entries have the same text.
ALTER TABLE audit.entry ADD CONSTRAINT entry_parts
    CHECK (position('|' IN at || kind || actor) = 0);
