-- Electronic answers by respondents: a campaign per wave and group, sealed
-- letters with one-time tokens, sealed ballots, a mixer.
--
-- What lies where (DESIGN 5.7, docs/BALLOT.md): of a token its BLAKE2b-256
-- alone (it has 160 random bits: nothing to guess, no slow hash), of an
-- answer a libsodium sealed box to a key whose private half is with another
-- body.  That a token was used and its ballot are one transaction, for
-- neither may be lost or doubled; so both tables are written anew, in random
-- order, in one transaction and in new files, whenever enough has come in, at
-- closing, and emptied by mixing.  No row here has a time, an address or a
-- number that counts up; days of a campaign's steps are all.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles
        WHERE rolname = 'phieu_mixer') THEN
        CREATE ROLE phieu_mixer LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE
            NOREPLICATION NOBYPASSRLS;
    END IF;
    EXECUTE pg_catalog.format('GRANT CONNECT ON DATABASE %I TO phieu_mixer',
        pg_catalog.current_database());
END
$$;
GRANT USAGE ON SCHEMA plan, meta TO phieu_mixer;
GRANT SELECT ON plan.wave, plan.version, plan.unit, plan.form,
    plan.respondent_group TO phieu_mixer;
GRANT SELECT ON meta.migration TO phieu_mixer;

CREATE OR REPLACE FUNCTION meta.set_role_password(p_role text,
    p_verifier text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF p_role NOT IN ('phieu_collector', 'phieu_server', 'phieu_analysis',
        'phieu_roster', 'phieu_publish', 'phieu_auditor', 'phieu_backup',
        'phieu_mixer')
    THEN
        RAISE invalid_parameter_value USING MESSAGE = 'no role of phieu';
    END IF;
    IF p_verifier NOT LIKE 'SCRAM-SHA-256$%' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'no SCRAM verifier';
    END IF;
    EXECUTE format('ALTER ROLE %I PASSWORD %L', p_role, p_verifier);
END
$$;

CREATE SCHEMA ballot;
COMMENT ON SCHEMA ballot IS
    'Electronic answers until they are mixed: campaigns, tokens, sealed ballots';

CREATE TABLE ballot.campaign (
    wave integer NOT NULL,
    grp integer NOT NULL,
    state text COLLATE "C" NOT NULL CHECK (state IN ('made', 'open',
        'closed', 'mixed', 'dropped')),
    version integer NOT NULL DEFAULT 1,
    public_key bytea NOT NULL CHECK (length(public_key) = 32),
    holder text NOT NULL CHECK (holder <> ''),
    size integer NOT NULL CHECK (size BETWEEN 4096 AND 131072),
    fewest integer NOT NULL DEFAULT 10 CHECK (fewest >= 10),
    letters integer NOT NULL DEFAULT 0,
    closed_on date,
    ballots integer,
    root bytea CHECK (length(root) = 32),
    mixed_on date,
    valid integer,
    invalid jsonb,
    left_out integer,
    PRIMARY KEY (wave, grp),
    FOREIGN KEY (wave, grp) REFERENCES plan.respondent_group
);
COMMENT ON TABLE ballot.campaign IS
    'A group of a wave that answers electronically';
COMMENT ON COLUMN ballot.campaign.wave IS 'Wave';
COMMENT ON COLUMN ballot.campaign.grp IS 'Group of respondents';
COMMENT ON COLUMN ballot.campaign.state IS
    'made, open, closed, mixed, or dropped (ballots destroyed unopened)';
COMMENT ON COLUMN ballot.campaign.version IS
    'Goes up with each act: two people see each other';
COMMENT ON COLUMN ballot.campaign.public_key IS
    'X25519 public key of the body that holds the private half';
COMMENT ON COLUMN ballot.campaign.holder IS
    'The body that holds the private half';
COMMENT ON COLUMN ballot.campaign.size IS
    'Bytes that each answer is padded to before it is sealed';
COMMENT ON COLUMN ballot.campaign.fewest IS
    'Fewest valid ballots of a group and home that are mixed';
COMMENT ON COLUMN ballot.campaign.letters IS 'Letters made, one token each';
COMMENT ON COLUMN ballot.campaign.closed_on IS 'Day of closing, in Vietnam';
COMMENT ON COLUMN ballot.campaign.ballots IS 'Ballots at closing';
COMMENT ON COLUMN ballot.campaign.root IS
    'Merkle root over the sorted receipts, as it stands in the log';
COMMENT ON COLUMN ballot.campaign.mixed_on IS 'Day of mixing, in Vietnam';
COMMENT ON COLUMN ballot.campaign.valid IS 'Ballots that became responses';
COMMENT ON COLUMN ballot.campaign.invalid IS
    'Ballots that were not valid, by the code of their first fault';
COMMENT ON COLUMN ballot.campaign.left_out IS
    'Valid ballots of homes with too few: destroyed, not counted';

CREATE TABLE ballot.token (
    hash bytea PRIMARY KEY CHECK (length(hash) = 32),
    wave integer NOT NULL,
    grp integer NOT NULL,
    home integer NOT NULL
);
CREATE INDEX token_campaign ON ballot.token (wave, grp);
COMMENT ON TABLE ballot.token IS
    'Tokens of the letters; who holds which is nowhere';
COMMENT ON COLUMN ballot.token.hash IS 'BLAKE2b-256 of the token';
COMMENT ON COLUMN ballot.token.wave IS 'Wave';
COMMENT ON COLUMN ballot.token.grp IS 'Group';
COMMENT ON COLUMN ballot.token.home IS
    'Unit whose letters it is among; 0: the group has no home';

CREATE TABLE ballot.used (
    hash bytea PRIMARY KEY
);
COMMENT ON TABLE ballot.used IS
    'Tokens that were used; shuffled apart from the ballots';
COMMENT ON COLUMN ballot.used.hash IS 'BLAKE2b-256 of the token';

CREATE TABLE ballot.sealed (
    receipt bytea PRIMARY KEY CHECK (length(receipt) = 32),
    wave integer NOT NULL,
    grp integer NOT NULL,
    home integer NOT NULL,
    fresh boolean NOT NULL DEFAULT true,
    sealed bytea NOT NULL
);
-- ciphertext does not pack
ALTER TABLE ballot.sealed ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE INDEX sealed_campaign ON ballot.sealed (wave, grp, home);
COMMENT ON TABLE ballot.sealed IS
    'Sealed ballots until they are mixed; nobody here can open one';
COMMENT ON COLUMN ballot.sealed.receipt IS 'SHA-256 of the sealed ballot';
COMMENT ON COLUMN ballot.sealed.wave IS 'Wave';
COMMENT ON COLUMN ballot.sealed.grp IS 'Group';
COMMENT ON COLUMN ballot.sealed.home IS 'Home that the token was given for';
COMMENT ON COLUMN ballot.sealed.fresh IS
    'True until the next time all of it is written anew in random order';
COMMENT ON COLUMN ballot.sealed.sealed IS
    'crypto_box_seal of the answer, padded to the campaign''s size';

CREATE TABLE ballot.receipt (
    wave integer NOT NULL,
    grp integer NOT NULL,
    receipt bytea NOT NULL,
    PRIMARY KEY (wave, grp, receipt),
    FOREIGN KEY (wave, grp) REFERENCES ballot.campaign
);
COMMENT ON TABLE ballot.receipt IS
    'The published list of a closed campaign, in the order of its values';
COMMENT ON COLUMN ballot.receipt.wave IS 'Wave';
COMMENT ON COLUMN ballot.receipt.grp IS 'Group';
COMMENT ON COLUMN ballot.receipt.receipt IS 'SHA-256 of a sealed ballot';

CREATE TABLE ballot.comment (
    wave integer NOT NULL,
    form integer NOT NULL,
    comment text NOT NULL,
    question text COLLATE "C" NOT NULL,
    unit integer
);
COMMENT ON TABLE ballot.comment IS
    'What was written in words on mixed ballots, shuffled apart from them';
COMMENT ON COLUMN ballot.comment.wave IS 'Wave';
COMMENT ON COLUMN ballot.comment.form IS 'Form';
COMMENT ON COLUMN ballot.comment.comment IS 'The words';
COMMENT ON COLUMN ballot.comment.question IS
    'Text question it answers, empty for the comment of a ballot';
COMMENT ON COLUMN ballot.comment.unit IS
    'Unit it was said about, NULL for the comment of a ballot';

-- Nobody reads these tables but the functions beside them, and copies; a wall
-- behind the grants stands around what could ever be linked.
ALTER TABLE ballot.token ENABLE ROW LEVEL SECURITY;
ALTER TABLE ballot.used ENABLE ROW LEVEL SECURITY;
ALTER TABLE ballot.sealed ENABLE ROW LEVEL SECURITY;
ALTER TABLE ballot.comment ENABLE ROW LEVEL SECURITY;
CREATE POLICY backup_all ON ballot.token FOR SELECT TO phieu_backup
    USING (true);
CREATE POLICY backup_all ON ballot.used FOR SELECT TO phieu_backup
    USING (true);
CREATE POLICY backup_all ON ballot.sealed FOR SELECT TO phieu_backup
    USING (true);
CREATE POLICY backup_all ON ballot.comment FOR SELECT TO phieu_backup
    USING (true);
GRANT USAGE ON SCHEMA ballot TO phieu_collector, phieu_server, phieu_mixer,
    phieu_auditor, phieu_backup;
GRANT SELECT ON ALL TABLES IN SCHEMA ballot TO phieu_backup;

-- ---- what may follow what ------------------------------------------------
INSERT INTO field.sheet_rule (of, status, act, next, roles, reason) VALUES
    ('campaign', '-', 'make', 'made', '{analyst}', false),
    ('campaign', 'made', 'letters', 'made', '{analyst}', false),
    ('campaign', 'made', 'open', 'open', '{analyst}', false),
    ('campaign', 'made', 'drop', 'dropped', '{analyst}', true),
    ('campaign', 'open', 'close', 'closed', '{analyst}', false),
    ('campaign', 'closed', 'reopen', 'open', '{analyst}', true),
    ('campaign', 'closed', 'mix', 'mixed', '{system}', false),
    ('campaign', 'closed', 'drop', 'dropped', '{analyst}', true);
COMMENT ON COLUMN field.response.way IS
    'Way in: JSON, NDJSON, OpenRosa, a file, a mixed ballot, by number';
