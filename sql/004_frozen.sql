-- The frozen side: what scoring reads.  No agent, sheet number, time or
-- device; respondent numbers are a fresh random order in each freeze.
CREATE TABLE frozen.freeze (
    wave integer NOT NULL REFERENCES plan.wave,
    freeze_no integer NOT NULL CHECK (freeze_no > 0),
    plan_version integer NOT NULL,
    simulated boolean NOT NULL,
    n_responses bigint NOT NULL,
    n_ratings bigint NOT NULL,
    content_sha256 bytea NOT NULL CHECK (length(content_sha256) = 32),
    reason text NOT NULL,
    frozen_by text NOT NULL,
    frozen_on date NOT NULL,
    PRIMARY KEY (wave, freeze_no),
    FOREIGN KEY (wave, plan_version) REFERENCES plan.version
);

CREATE TABLE frozen.response (
    wave integer NOT NULL,
    freeze_no integer NOT NULL,
    respondent integer NOT NULL,
    form integer NOT NULL,
    grp integer NOT NULL,
    home integer NOT NULL,
    profile jsonb,
    PRIMARY KEY (wave, freeze_no, respondent)
);

CREATE TABLE frozen.rating (
    wave integer NOT NULL,
    freeze_no integer NOT NULL,
    respondent integer NOT NULL,
    unit integer NOT NULL,
    form integer NOT NULL,
    grp integer NOT NULL,
    home integer NOT NULL,
    answers bytea NOT NULL,
    extra jsonb,
    PRIMARY KEY (wave, freeze_no, respondent, unit)
);

-- Shuffled on their own: nothing ties a comment to a respondent.
CREATE TABLE frozen.comment (
    wave integer NOT NULL,
    freeze_no integer NOT NULL,
    comment_no integer NOT NULL,
    form integer NOT NULL,
    comment text NOT NULL,
    PRIMARY KEY (wave, freeze_no, comment_no)
);

-- What needs agents, times, dispositions, computed before the copy.
CREATE TABLE frozen.aggregate (
    wave integer NOT NULL,
    freeze_no integer NOT NULL,
    name text COLLATE "C" NOT NULL,
    content jsonb NOT NULL,
    PRIMARY KEY (wave, freeze_no, name)
);

CREATE TABLE publish.snapshot (
    wave integer NOT NULL,
    snapshot integer NOT NULL CHECK (snapshot > 0),
    freeze_no integer NOT NULL,
    method text NOT NULL,
    content text NOT NULL,
    sha256 bytea NOT NULL,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (wave, snapshot),
    FOREIGN KEY (wave, freeze_no) REFERENCES frozen.freeze,
    CHECK (sha256 = pg_catalog.sha256(convert_to(content, 'UTF8')))
);

-- The ledger of releases: what left the house, numbered; a correction
-- supersedes, nothing is taken back.
CREATE TABLE publish.release (
    wave integer NOT NULL,
    release integer NOT NULL CHECK (release > 0),
    snapshot integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('trial', 'official')),
    supersedes integer,
    reason text NOT NULL,
    released_by text NOT NULL,
    released_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (wave, release),
    FOREIGN KEY (wave, snapshot) REFERENCES publish.snapshot
);

-- Cells shown to anybody, for differencing checks over all releases.
CREATE TABLE publish.released_cell (
    wave integer NOT NULL,
    release integer NOT NULL,
    cell text COLLATE "C" NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (wave, release, cell)
);

CREATE TABLE publish.component (
    wave integer NOT NULL,
    release integer NOT NULL,
    unit integer NOT NULL,
    criterion text COLLATE "C" NOT NULL,
    points text,
    points_exact text,
    maximum text NOT NULL,
    n_asked bigint,
    n_valid bigint,
    standard_error double precision,
    low double precision,
    high double precision,
    PRIMARY KEY (wave, release, unit, criterion),
    FOREIGN KEY (wave, release) REFERENCES publish.release
);

-- One outbox for webhooks.
CREATE TABLE publish.outbox (
    event bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    wave integer NOT NULL,
    kind text NOT NULL,
    content jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL DEFAULT now(),
    delivered_at timestamptz
);
