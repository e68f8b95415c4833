-- The fieldwork side: who brought which sheet.  Destroyed at the retention
-- date (D12) by a recorded act; scoring never reads it.
CREATE TABLE field.agent (
    agent integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text COLLATE "C" NOT NULL UNIQUE,
    name text NOT NULL,
    office text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- forms, homes NULL: all of the wave.
CREATE TABLE field.agent_key (
    key integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    agent integer NOT NULL REFERENCES field.agent,
    wave integer NOT NULL REFERENCES plan.wave,
    hash bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
    forms integer[],
    homes integer[],
    issued_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);

CREATE TABLE field.receipt_key (
    key_id smallint PRIMARY KEY CHECK (key_id > 0),
    key bytea NOT NULL CHECK (length(key) = 32),
    created_at timestamptz NOT NULL DEFAULT now()
);

-- Numbered copies; filled when sheets are planned and issued.
CREATE TABLE field.sheet (
    wave integer NOT NULL REFERENCES plan.wave,
    sheet text COLLATE "C" NOT NULL,
    form integer NOT NULL,
    grp integer NOT NULL,
    home integer NOT NULL,
    agent integer REFERENCES field.agent,
    state text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned',
        'issued', 'left', 'collected', 'keyed', 'second-keyed', 'checked',
        'valid', 'invalid', 'locked')),
    disposition text CHECK (disposition IN ('refused', 'not-met', 'moved',
        'lost', 'cancelled', 'replaced')),
    replaced_by text COLLATE "C",
    has_stub boolean NOT NULL DEFAULT true,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (wave, sheet)
);

CREATE SEQUENCE field.response_id AS bigint CACHE 100;

-- What a submission was understood to be.  One row an instance; a mended
-- sheet is a new instance that names the old one in `replaces`.
-- state: 1 valid, 2 queried, 3 invalid, 4 replaced, 5 accepted, 6 rejected,
-- 7 withdrawn.  No foreign keys on this side's hot tables: the only writer
-- is field.intake, which draws every number from the plan it checked.
CREATE TABLE field.response (
    wave integer NOT NULL,
    instance text COLLATE "C" NOT NULL,
    response bigint NOT NULL,
    sha256 bytea NOT NULL,
    state smallint NOT NULL CHECK (state BETWEEN 1 AND 7),
    counted boolean NOT NULL CHECK (NOT counted OR state IN (1, 2, 5)),
    form integer,
    grp integer,
    home integer,
    sheet text COLLATE "C",
    keying smallint NOT NULL CHECK (keying IN (1, 2)),
    collected date,
    started_at timestamptz,
    ended_at timestamptz,
    device text,
    way smallint NOT NULL,
    key integer NOT NULL,
    received_at timestamptz NOT NULL,
    flags integer NOT NULL,
    faults jsonb,
    profile jsonb,
    simulated boolean NOT NULL,
    replaces text COLLATE "C",
    version integer NOT NULL DEFAULT 1,
    lane smallint NOT NULL,
    batch bigint NOT NULL,
    PRIMARY KEY (wave, instance)
);
CREATE UNIQUE INDEX response_sheet_counted
    ON field.response (wave, sheet, keying) WHERE counted;

CREATE TABLE field.raw (
    wave integer NOT NULL,
    response bigint NOT NULL,
    bytes bytea COMPRESSION lz4 NOT NULL,
    PRIMARY KEY (wave, response)
);

CREATE TABLE field.rating (
    wave integer NOT NULL,
    response bigint NOT NULL,
    unit integer NOT NULL,
    answers bytea NOT NULL,
    extra jsonb,
    PRIMARY KEY (wave, response, unit)
);

CREATE TABLE field.comment (
    wave integer NOT NULL,
    response bigint NOT NULL,
    comment text NOT NULL,
    PRIMARY KEY (wave, response)
);

-- Earlier readings of a response that was corrected in review.
CREATE TABLE field.response_version (
    wave integer NOT NULL,
    response bigint NOT NULL,
    version integer NOT NULL,
    content jsonb NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    reason text NOT NULL,
    PRIMARY KEY (wave, response, version)
);

CREATE TABLE field.attachment (
    wave integer NOT NULL,
    instance text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    sha256 bytea,
    bytes bigint,
    media_type text,
    received_at timestamptz,
    PRIMARY KEY (wave, instance, name)
);

-- The same instance with other bytes: both kept for the supervisor.
CREATE TABLE field.conflict (
    wave integer NOT NULL,
    instance text COLLATE "C" NOT NULL,
    sha256 bytea NOT NULL,
    bytes bytea COMPRESSION lz4 NOT NULL,
    key integer NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (wave, instance, sha256)
);

-- What could not be understood at all.
CREATE TABLE field.quarantine (
    wave integer NOT NULL,
    day date NOT NULL,
    sha256 bytea NOT NULL,
    bytes bytea COMPRESSION lz4 NOT NULL,
    key integer NOT NULL,
    code text NOT NULL,
    words text NOT NULL,
    way smallint NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (wave, day, sha256)
);

-- Refused at the door (wrong wave or form for the key): size and hash only.
CREATE TABLE field.refusal (
    wave integer NOT NULL,
    day date NOT NULL,
    sha256 bytea NOT NULL,
    key integer NOT NULL,
    bytes bigint NOT NULL,
    reason text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (wave, day, sha256, key)
);
