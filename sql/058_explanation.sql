-- What is behind each published component: counts by option and group as far
-- as the wave's decision D12 lets them be shown, kept when it is published.
-- Whoever reads the component reads this; nobody needs an answer to do so.
CREATE TABLE publish.explanation (
    wave integer NOT NULL,
    release integer NOT NULL,
    unit integer NOT NULL,
    criterion text COLLATE "C" NOT NULL,
    content text NOT NULL,
    PRIMARY KEY (wave, release, unit, criterion),
    FOREIGN KEY (wave, release, unit, criterion) REFERENCES publish.component
);
COMMENT ON TABLE publish.explanation IS
    'What is behind a published component, after the disclosure rule';
COMMENT ON COLUMN publish.explanation.wave IS 'Wave';
COMMENT ON COLUMN publish.explanation.release IS 'Release';
COMMENT ON COLUMN publish.explanation.unit IS 'Unit';
COMMENT ON COLUMN publish.explanation.criterion IS 'Criterion';
COMMENT ON COLUMN publish.explanation.content IS
    'JSON of phieu explain --json: formula, questions, weights, counts';

GRANT SELECT, INSERT ON publish.explanation TO phieu_publish;
GRANT SELECT ON publish.explanation TO phieu_server, phieu_auditor,
    phieu_backup;
