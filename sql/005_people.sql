-- Accounts of people, keys of engines, and the log of acts.
CREATE TABLE people.account (
    account integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login text COLLATE "C" NOT NULL UNIQUE
        CHECK (login ~ '^[a-z0-9][a-z0-9._-]{1,63}$'),
    name text NOT NULL,
    password_hash text NOT NULL,
    must_change boolean NOT NULL DEFAULT true,
    disabled_at timestamptz,
    failures integer NOT NULL DEFAULT 0,
    locked_until timestamptz,
    password_at timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now()
);

-- wave, unit NULL: everywhere.
CREATE TABLE people.account_role (
    account integer NOT NULL REFERENCES people.account,
    role text NOT NULL CHECK (role IN ('administrator', 'analyst',
        'post-supervisor', 'agent', 'unit', 'appraiser', 'secretariat',
        'council', 'supervisor', 'auditor')),
    wave integer REFERENCES plan.wave,
    unit text COLLATE "C",
    given_by text NOT NULL,
    given_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE NULLS NOT DISTINCT (account, role, wave, unit)
);

CREATE TABLE people.session (
    hash bytea PRIMARY KEY CHECK (length(hash) = 32),
    account integer NOT NULL REFERENCES people.account,
    csrf_hash bytea NOT NULL CHECK (length(csrf_hash) = 32),
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);

CREATE TABLE people.password_reset (
    hash bytea PRIMARY KEY CHECK (length(hash) = 32),
    account integer NOT NULL REFERENCES people.account,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);

-- Programs: index engines and analysts' scripts.
CREATE TABLE people.api_key (
    key integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    hash bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
    role text NOT NULL CHECK (role IN ('engine', 'analyst')),
    wave integer REFERENCES plan.wave,
    issued_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);

CREATE TABLE people.setting (
    name text COLLATE "C" PRIMARY KEY,
    value text NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now()
);

-- Persons of a roster never meet sheet numbers (DESIGN 5.7).
CREATE TABLE roster.person (
    wave integer NOT NULL REFERENCES plan.wave,
    person uuid NOT NULL DEFAULT gen_random_uuid(),
    grp integer NOT NULL,
    home integer NOT NULL,
    name text NOT NULL,
    contact text,
    handed_out boolean NOT NULL DEFAULT false,
    collected boolean NOT NULL DEFAULT false,
    PRIMARY KEY (wave, person)
);

-- Hash-chained log.  Lane 0: acts of people, one by one.  Lanes from 1:
-- intake, one entry a committed batch, one lane a writing connection, so
-- that batches do not queue behind one tail.
-- hash = SHA-256(prev || UTF-8 of lane|seq|at|kind|actor|content).
CREATE TABLE audit.lane (
    lane smallint PRIMARY KEY CHECK (lane >= 0),
    seq bigint NOT NULL DEFAULT 0,
    hash bytea NOT NULL DEFAULT '\x'
);

CREATE TABLE audit.entry (
    lane smallint NOT NULL REFERENCES audit.lane,
    seq bigint NOT NULL CHECK (seq > 0),
    at text NOT NULL,
    kind text NOT NULL,
    actor text NOT NULL,
    content text NOT NULL,
    prev bytea NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (lane, seq)
);

CREATE FUNCTION audit.append(p_lane smallint, p_kind text, p_actor text,
    p_content text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    head audit.lane;
    moment text := to_char(clock_timestamp() AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
    digest bytea;
BEGIN
    SELECT * INTO head FROM audit.lane WHERE lane = p_lane FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO audit.lane (lane) VALUES (p_lane) ON CONFLICT DO NOTHING;
        SELECT * INTO head FROM audit.lane WHERE lane = p_lane FOR UPDATE;
    END IF;
    digest := sha256(head.hash || convert_to(p_lane || '|' || head.seq + 1
        || '|' || moment || '|' || p_kind || '|' || p_actor || '|'
        || p_content, 'UTF8'));
    INSERT INTO audit.entry
    VALUES (p_lane, head.seq + 1, moment, p_kind, p_actor, p_content,
        head.hash, digest);
    UPDATE audit.lane SET seq = head.seq + 1, hash = digest
    WHERE lane = p_lane;
    RETURN head.seq + 1;
END
$$;
