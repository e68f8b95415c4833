-- The plan of a wave.  plan.version holds the text that programs read; the
-- tables beside it are the same facts for foreign keys, SQL and people.
-- Ordinals (unit, grp, form) are given once per wave and never reused, so
-- stored rows keep their meaning when a plan is amended.
CREATE TABLE plan.wave (
    wave integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text COLLATE "C" NOT NULL UNIQUE
        CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
    name text NOT NULL,
    opens date NOT NULL,
    closes date NOT NULL CHECK (closes >= opens),
    state text NOT NULL DEFAULT 'open'
        CHECK (state IN ('draft', 'open', 'closed', 'frozen', 'published')),
    trial boolean NOT NULL,
    simulated boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE plan.version (
    wave integer NOT NULL REFERENCES plan.wave,
    version integer NOT NULL CHECK (version > 0),
    content text NOT NULL,
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    reason text NOT NULL,
    loaded_by text NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (wave, version),
    CHECK (sha256 = pg_catalog.sha256(convert_to(content, 'UTF8')))
);

CREATE TABLE plan.unit (
    wave integer NOT NULL REFERENCES plan.wave,
    unit integer NOT NULL CHECK (unit > 0),
    code text COLLATE "C" NOT NULL,
    name text NOT NULL,
    kind text COLLATE "C" NOT NULL,
    rated boolean NOT NULL,
    parent integer,
    merged_into integer,
    valid_from date,
    valid_to date CHECK (valid_to >= valid_from),
    PRIMARY KEY (wave, unit),
    UNIQUE (wave, code),
    FOREIGN KEY (wave, parent) REFERENCES plan.unit (wave, unit)
        DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (wave, merged_into) REFERENCES plan.unit (wave, unit)
        DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE plan.form (
    wave integer NOT NULL REFERENCES plan.wave,
    form integer NOT NULL CHECK (form > 0),
    code text COLLATE "C" NOT NULL,
    version text COLLATE "C" NOT NULL,
    name text NOT NULL,
    slots integer NOT NULL CHECK (slots BETWEEN 0 AND 500),
    example boolean NOT NULL,
    PRIMARY KEY (wave, form),
    UNIQUE (wave, code, version)
);

CREATE TABLE plan.question (
    wave integer NOT NULL,
    form integer NOT NULL,
    question integer NOT NULL CHECK (question > 0),
    code text COLLATE "C" NOT NULL,
    type text NOT NULL
        CHECK (type IN ('scale', 'single', 'multiple', 'number', 'text')),
    slot integer,
    text text NOT NULL,
    PRIMARY KEY (wave, form, question),
    UNIQUE (wave, form, code),
    FOREIGN KEY (wave, form) REFERENCES plan.form
);

CREATE TABLE plan.option (
    wave integer NOT NULL,
    form integer NOT NULL,
    question integer NOT NULL,
    ordinal smallint NOT NULL CHECK (ordinal BETWEEN 1 AND 200),
    code text COLLATE "C" NOT NULL,
    label text NOT NULL,
    coefficient numeric(9, 6) CHECK (coefficient BETWEEN 0 AND 100),
    satisfied boolean NOT NULL,
    PRIMARY KEY (wave, form, question, ordinal),
    FOREIGN KEY (wave, form, question) REFERENCES plan.question
);

-- home 0: the group has no home (provincial councillors).
CREATE TABLE plan.respondent_group (
    wave integer NOT NULL REFERENCES plan.wave,
    grp integer NOT NULL CHECK (grp > 0),
    code text COLLATE "C" NOT NULL,
    name text NOT NULL,
    form integer NOT NULL,
    home_kind text COLLATE "C",
    PRIMARY KEY (wave, grp),
    UNIQUE (wave, code),
    FOREIGN KEY (wave, form) REFERENCES plan.form
);

-- The newest revision of a cell is in force; the old ones stay.
CREATE TABLE plan.quota (
    wave integer NOT NULL,
    grp integer NOT NULL,
    home integer NOT NULL CHECK (home >= 0),
    revision integer NOT NULL CHECK (revision > 0),
    planned integer NOT NULL CHECK (planned >= 0),
    population integer CHECK (population >= 0),
    rule text NOT NULL,
    reason text NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (wave, grp, home, revision),
    FOREIGN KEY (wave, grp) REFERENCES plan.respondent_group
);

CREATE VIEW plan.quota_in_force AS
SELECT DISTINCT ON (wave, grp, home)
    wave, grp, home, planned, population, rule, revision
FROM plan.quota
ORDER BY wave, grp, home, revision DESC;
