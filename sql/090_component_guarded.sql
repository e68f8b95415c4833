-- Components of which a small group's mean could be solved for: their
-- fraction and errors are for those who compute with them, not for readers.
-- What was released before this was known is taken to be of that kind.
ALTER TABLE publish.component
    ADD COLUMN guarded boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN publish.component.guarded IS
    'true: exact points and errors would tell of a small group; readers get points alone';
