-- A second wall behind the grants.  A GRANT too many, by a later migration or
-- by hand, must not open an answer, a person or a password: with row security
-- on and no policy for its role, a service sees no row of these tables and
-- writes none, whatever it was granted.
--
-- ENABLE, never FORCE: the owner goes through, and so do the functions that
-- run as the owner (field.intake and the rest), the freeze and a restore.
-- FORCE would put policies into every statement of intake for nothing: who is
-- the owner can drop them.

-- The fieldwork side: nobody but copies.
ALTER TABLE field.raw ENABLE ROW LEVEL SECURITY;
ALTER TABLE field.rating ENABLE ROW LEVEL SECURITY;
ALTER TABLE field.comment ENABLE ROW LEVEL SECURITY;
ALTER TABLE field.response_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE field.conflict ENABLE ROW LEVEL SECURITY;
ALTER TABLE field.quarantine ENABLE ROW LEVEL SECURITY;

-- The frozen side: scoring says first which wave it reads, as
-- sql/queries/freeze_scope.sql does, and sees that wave only; a statement
-- that forgets its WHERE mixes no two waves.  An unset setting is NULL or,
-- after a transaction that set it, an empty text.  The setting stands in a
-- SELECT of its own so that it is read once a statement and not once a row.
ALTER TABLE frozen.response ENABLE ROW LEVEL SECURITY;
ALTER TABLE frozen.rating ENABLE ROW LEVEL SECURITY;
ALTER TABLE frozen.comment ENABLE ROW LEVEL SECURITY;
CREATE POLICY analysis_wave ON frozen.response FOR SELECT TO phieu_analysis
    USING (wave = (SELECT nullif(current_setting('phieu.wave', true),
        '')::integer));
CREATE POLICY analysis_wave ON frozen.rating FOR SELECT TO phieu_analysis
    USING (wave = (SELECT nullif(current_setting('phieu.wave', true),
        '')::integer));
CREATE POLICY analysis_wave ON frozen.comment FOR SELECT TO phieu_analysis
    USING (wave = (SELECT nullif(current_setting('phieu.wave', true),
        '')::integer));

-- Persons who are handed a sheet: one wave at a time, in writing as well, so
-- that nobody joins the lists of two years.
ALTER TABLE roster.person ENABLE ROW LEVEL SECURITY;
CREATE POLICY roster_wave ON roster.person TO phieu_roster
    USING (wave = (SELECT nullif(current_setting('phieu.wave', true),
        '')::integer))
    WITH CHECK (wave = (SELECT nullif(current_setting('phieu.wave', true),
        '')::integer));

-- Passwords, sessions, keys: the office's service, within its grants.
ALTER TABLE people.account ENABLE ROW LEVEL SECURITY;
ALTER TABLE people.session ENABLE ROW LEVEL SECURITY;
ALTER TABLE people.password_reset ENABLE ROW LEVEL SECURITY;
ALTER TABLE people.api_key ENABLE ROW LEVEL SECURITY;
CREATE POLICY server_all ON people.account TO phieu_server
    USING (true) WITH CHECK (true);
CREATE POLICY server_all ON people.session TO phieu_server
    USING (true) WITH CHECK (true);
CREATE POLICY server_all ON people.password_reset TO phieu_server
    USING (true) WITH CHECK (true);
CREATE POLICY server_all ON people.api_key TO phieu_server
    USING (true) WITH CHECK (true);

-- Copies hold everything.  A walled table without this policy would come out
-- empty with no error said: sql/queries/care_hidden.sql looks for one before
-- each backup.
CREATE POLICY backup_all ON field.raw FOR SELECT TO phieu_backup
    USING (true);
CREATE POLICY backup_all ON field.rating FOR SELECT TO phieu_backup
    USING (true);
CREATE POLICY backup_all ON field.comment FOR SELECT TO phieu_backup
    USING (true);
CREATE POLICY backup_all ON field.response_version FOR SELECT TO phieu_backup
    USING (true);
CREATE POLICY backup_all ON field.conflict FOR SELECT TO phieu_backup
    USING (true);
CREATE POLICY backup_all ON field.quarantine FOR SELECT TO phieu_backup
    USING (true);
CREATE POLICY backup_all ON frozen.response FOR SELECT TO phieu_backup
    USING (true);
CREATE POLICY backup_all ON frozen.rating FOR SELECT TO phieu_backup
    USING (true);
CREATE POLICY backup_all ON frozen.comment FOR SELECT TO phieu_backup
    USING (true);
CREATE POLICY backup_all ON roster.person FOR SELECT TO phieu_backup
    USING (true);
CREATE POLICY backup_all ON people.account FOR SELECT TO phieu_backup
    USING (true);
CREATE POLICY backup_all ON people.session FOR SELECT TO phieu_backup
    USING (true);
CREATE POLICY backup_all ON people.password_reset FOR SELECT TO phieu_backup
    USING (true);
CREATE POLICY backup_all ON people.api_key FOR SELECT TO phieu_backup
    USING (true);
