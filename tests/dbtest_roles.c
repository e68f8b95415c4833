/* What each login role may do, compared cell by cell with the expected
 * matrix in tests/data/roles_matrix.txt, and tried: what PostgreSQL says of
 * rights and what it does must be the same (S7).  A migration that grants
 * something changes the matrix in the same commit:
 *	PHIEU_TEST_REWRITE=1 tests/with_pg.sh build/debug/tests/dbtest_roles */
#include "phieu/file.h"
#include "phieu/store_care.h"
#include "support/pg.h"

#define MATRIX "tests/data/roles_matrix.txt"

static const char *const roles[] = { "analysis",  "auditor", "backup",
				     "collector", "publish", "roster",
				     "server",	  "mixer" };
#define ROLES (sizeof roles / sizeof roles[0])

static char *matrix(void)
{
	struct buf text = BUF_INIT(1 << 20);
	struct err e;
	struct db *db =
		db_open(getenv("PHIEU_TEST_DB"), "dbtest", DB_ANY_ROLE, 0, &e);
	char *s;

	assert_non_null(db);
	assert_true(store_care_matrix(db, &text, &e));
	db_close(db);
	s = buf_take(&text);
	assert_non_null(s);
	return s;
}

/* Is the line (n bytes) one of the text's lines? */
static bool has_line(const char *text, const char *line, size_t n)
{
	for (const char *s = text; *s; s += strcspn(s, "\n") + 1)
		if (strcspn(s, "\n") == n && memcmp(s, line, n) == 0)
			return true;
	return false;
}

static size_t print_missing(const char *sign, const char *from, const char *in)
{
	size_t missing = 0;

	for (const char *s = from; *s; s += strcspn(s, "\n") + 1) {
		size_t n = strcspn(s, "\n");

		if (has_line(in, s, n))
			continue;
		print_error("%s %.*s\n", sign, (int)n, s);
		missing++;
	}
	return missing;
}

static void the_matrix_is_the_expected_one(void **state)
{
	char *got = matrix(), *want;
	size_t n, wrong;
	struct err e;

	(void)state;
	if (getenv("PHIEU_TEST_REWRITE"))
		assert_true(file_write(MATRIX, got, strlen(got), 0644, &e));
	want = file_read(MATRIX, 1 << 20, &n, &e);
	if (!want)
		fail_msg("%s", e.msg);
	wrong = print_missing("granted, not expected:", got, want) +
		print_missing("expected, not granted:", want, got);
	assert_int_equal(wrong, 0);
	assert_true(n > 1000);
	free(want);
	free(got);
}

/* Runs a statement in a transaction that is taken back.  A row that only a
 * policy refuses was granted: the same SQLSTATE, told by its words. */
static bool is_allowed(PGconn *c, const char *sql)
{
	const char *state;
	PGresult *r;
	bool denied;

	pg_do(c, "BEGIN");
	r = PQexec(c, sql);
	state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	denied = state && strcmp(state, "42501") == 0 &&
		 !strstr(PQresultErrorMessage(r), "row-level security");
	PQclear(r);
	PQclear(PQexec(c, "ROLLBACK"));
	return !denied;
}

/* The letters of sql/queries/care_matrix.sql, found by trying. */
static void try_table(PGconn *c, const char *role, const char *name,
		      const char *column, const char *matrix_text)
{
	char sql[512], verbs[8] = "", line[256];
	const char *s;
	size_t n;

	static const struct {
		char verb;
		const char *before, *middle, *after;
	} tries[] = {
		{ 's', "SELECT * FROM ", " LIMIT 0", NULL },
		{ 'i', "INSERT INTO ", " DEFAULT VALUES", NULL },
		{ 'u', "UPDATE ", " SET ", " = DEFAULT WHERE false" },
		{ 'd', "DELETE FROM ", " WHERE false", NULL },
		{ 't', "TRUNCATE ", "", NULL },
	};

	n = (size_t)snprintf(line, sizeof line, "phieu_%s %s ", role, name);
	s = strstr(matrix_text, line);
	(void)snprintf(verbs, sizeof verbs, "%.*s",
		       s ? (int)strcspn(s + n, "\n") : 0, s ? s + n : "");
	for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
		(void)snprintf(sql, sizeof sql, "%s%s%s%s%s", tries[i].before,
			       name, tries[i].middle,
			       tries[i].after ? column : "",
			       tries[i].after ? tries[i].after : "");
		if (is_allowed(c, sql) != (strchr(verbs, tries[i].verb) != 0))
			fail_msg("%s: %s is not what the matrix says (%s)",
				 role, sql, verbs);
	}
}

static void every_right_is_as_it_is_said(void **state)
{
	PGconn *owner = pg_as("owner", NULL);
	char *said = matrix();
	PGresult *r;

	(void)state;
	r = PQexec(
		owner,
		"SELECT n.nspname || '.' || c.relname, (SELECT attname FROM "
		"pg_attribute a WHERE a.attrelid = c.oid AND attnum > 0 AND "
		"NOT attisdropped AND attidentity = '' ORDER BY attnum LIMIT "
		"1) FROM pg_class c JOIN pg_namespace n ON n.oid = "
		"c.relnamespace WHERE n.nspname IN ('plan', 'field', "
		"'frozen', 'people', 'roster', 'audit', 'publish', 'assess', "
		"'ballot', 'meta') "
		"AND c.relkind = 'r' ORDER BY 1");
	assert_true(PQntuples(r) > 35);
	for (size_t i = 0; i < ROLES; i++) {
		PGconn *c = pg_as(roles[i], NULL);

		for (int j = 0; j < PQntuples(r); j++)
			try_table(c, roles[i], PQgetvalue(r, j, 0),
				  PQgetvalue(r, j, 1), said);
		PQfinish(c);
	}
	PQclear(r);
	free(said);
	PQfinish(owner);
}

/* The promises of the design, one by one and by name, whatever the matrix
 * file says. */
static const struct {
	const char *role, *sql;
} never[] = {
	/* the collector sees no answer and no roster */
	{ "collector", "SELECT * FROM field.response" },
	{ "collector", "SELECT instance FROM field.response" },
	{ "collector", "SELECT * FROM field.raw" },
	{ "collector", "SELECT * FROM field.rating" },
	{ "collector", "SELECT * FROM field.comment" },
	{ "collector", "SELECT * FROM field.quarantine" },
	{ "collector", "SELECT * FROM field.conflict" },
	{ "collector", "INSERT INTO field.response DEFAULT VALUES" },
	{ "collector", "INSERT INTO field.raw DEFAULT VALUES" },
	{ "collector", "UPDATE field.response SET counted = true" },
	{ "collector", "DELETE FROM field.response" },
	{ "collector", "SELECT * FROM field.receipt_key" },
	{ "collector", "SELECT hash FROM field.agent_key" },
	{ "collector", "SELECT * FROM roster.person" },
	{ "collector", "SELECT * FROM people.account" },
	{ "collector", "SELECT * FROM frozen.rating" },
	{ "collector", "SELECT * FROM audit.entry" },
	{ "collector", "UPDATE audit.lane SET seq = 0" },
	{ "collector", "UPDATE plan.wave SET state = 'open'" },
	{ "collector", "SELECT audit.append(0::smallint, 'a', 'b', 'c')" },
	{ "collector", "SELECT * FROM ballot.sealed" },
	{ "collector", "SELECT * FROM ballot.token" },
	{ "collector", "INSERT INTO ballot.used VALUES ('x')" },
	{ "collector", "SELECT * FROM ballot.mix_ballots(1, 1)" },
	/* ballots: nobody reads one but the mixer, by its function */
	{ "mixer", "SELECT * FROM ballot.sealed" },
	{ "mixer", "SELECT * FROM ballot.used" },
	{ "mixer", "SELECT * FROM field.response" },
	{ "mixer", "SELECT * FROM ballot.put('x', 'x')" },
	{ "server", "SELECT * FROM ballot.sealed" },
	{ "server", "SELECT * FROM ballot.used" },
	{ "server", "SELECT * FROM ballot.mix_ballots(1, 1)" },
	{ "server", "SELECT * FROM ballot.mix_begin('x', 'x')" },
	{ "analysis", "SELECT * FROM ballot.sealed" },
	{ "auditor", "SELECT * FROM ballot.sealed" },
	{ "publish", "SELECT * FROM ballot.sealed" },
	{ "roster", "SELECT * FROM ballot.token" },
	/* the server sees who brought what, never what it says */
	{ "server", "SELECT * FROM field.raw" },
	{ "server", "SELECT * FROM field.rating" },
	{ "server", "SELECT * FROM field.comment" },
	{ "server", "SELECT * FROM field.response_version" },
	{ "server", "SELECT * FROM field.review_query" },
	{ "server", "SELECT * FROM field.review" },
	{ "server", "SELECT field.review_fields(1, 1)" },
	{ "server", "SELECT * FROM field.receipt_key" },
	{ "server", "INSERT INTO field.response DEFAULT VALUES" },
	{ "server", "UPDATE field.response SET counted = true" },
	{ "server", "SELECT * FROM frozen.rating" },
	{ "server", "SELECT * FROM frozen.response" },
	{ "server", "SELECT * FROM frozen.comment" },
	{ "server", "SELECT * FROM roster.person" },
	{ "server", "SELECT * FROM audit.entry" },
	{ "server", "DELETE FROM people.account" },
	{ "server", "INSERT INTO publish.snapshot DEFAULT VALUES" },
	{ "server", "UPDATE publish.release SET reason = ''" },
	{ "server", "DELETE FROM publish.component" },
	{ "server", "SELECT audit.append(1::smallint, 'intake', 'x', '{}')" },
	{ "publish", "SELECT audit.append(1::smallint, 'intake', 'x', '{}')" },
	/* scoring reads the frozen side alone */
	{ "analysis", "SELECT * FROM field.response" },
	{ "analysis", "SELECT count(*) FROM field.rating" },
	{ "analysis", "SELECT * FROM field.raw" },
	{ "analysis", "SELECT * FROM field.agent" },
	{ "analysis", "SELECT * FROM field.sheet" },
	{ "analysis", "SELECT * FROM roster.person" },
	{ "analysis", "SELECT * FROM people.account" },
	{ "analysis", "UPDATE frozen.rating SET answers = ''" },
	{ "analysis", "DELETE FROM frozen.response" },
	{ "analysis", "UPDATE publish.snapshot SET content = ''" },
	/* the roster and the sheets never meet, from either side */
	{ "roster", "SELECT * FROM field.sheet" },
	{ "roster", "SELECT * FROM field.response" },
	{ "roster", "SELECT * FROM field.agent" },
	{ "roster", "SELECT * FROM frozen.response" },
	{ "roster", "SELECT * FROM people.account" },
	{ "publish", "SELECT * FROM field.response" },
	{ "publish", "SELECT * FROM frozen.rating" },
	{ "publish", "SELECT * FROM roster.person" },
	{ "publish", "UPDATE publish.release SET kind = 'official'" },
	{ "publish", "DELETE FROM publish.release" },
	{ "publish", "INSERT INTO publish.snapshot DEFAULT VALUES" },
	/* the auditor reads the log and writes nothing */
	{ "auditor", "INSERT INTO audit.entry DEFAULT VALUES" },
	{ "auditor", "UPDATE audit.entry SET content = ''" },
	{ "auditor", "DELETE FROM audit.entry" },
	{ "auditor", "TRUNCATE audit.entry" },
	{ "auditor", "UPDATE audit.lane SET seq = 0" },
	{ "auditor", "SELECT audit.append(0::smallint, 'a', 'b', 'c')" },
	{ "auditor", "SELECT state FROM field.response" },
	{ "auditor", "SELECT sheet FROM field.response" },
	{ "auditor", "SELECT profile FROM field.response" },
	{ "auditor", "SELECT * FROM field.rating" },
	{ "auditor", "SELECT * FROM frozen.rating" },
	{ "auditor", "SELECT * FROM roster.person" },
	{ "auditor", "SELECT * FROM people.account" },
	/* a copy is read, never written */
	{ "backup", "INSERT INTO plan.wave DEFAULT VALUES" },
	{ "backup", "UPDATE people.account SET name = ''" },
	{ "backup", "DELETE FROM field.response" },
	{ "backup", "SELECT audit.append(0::smallint, 'a', 'b', 'c')" },
};

static void nobody_does_what_his_role_must_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
		PGconn *c = pg_as(never[i].role, NULL);
		char why[6];

		if (strcmp(pg_state(c, never[i].sql, why), "42501") != 0)
			fail_msg("%s: %s gave '%s'", never[i].role,
				 never[i].sql, why);
		PQfinish(c);
	}
}

static void nobody_but_the_owner_changes_the_schema(void **state)
{
	static const char *const tries[] = {
		"CREATE TABLE public.x (i integer)",
		"CREATE TABLE field.x (i integer)",
		"CREATE SCHEMA x",
		"CREATE TEMP TABLE x (i integer)",
		"ALTER TABLE plan.wave ADD COLUMN x integer",
		"DROP TABLE plan.quota",
		"CREATE INDEX ON plan.wave (name)",
		"CREATE OR REPLACE FUNCTION audit.append(p_lane smallint, "
		"p_kind text, p_actor text, p_content text) RETURNS bigint "
		"LANGUAGE sql AS 'SELECT 1::bigint'",
		"ALTER TABLE audit.entry DISABLE TRIGGER ALL",
		"ALTER TABLE field.rating OWNER TO CURRENT_USER",
		"CREATE ROLE x",
		"ALTER ROLE phieu_owner PASSWORD 'x'",
		"SET ROLE phieu_owner",
		"SET ROLE phieu_super",
		"SET SESSION AUTHORIZATION phieu_owner",
		"COPY plan.wave TO PROGRAM 'cat'",
		"COPY (SELECT 1) TO '/tmp/phieu-no-such-file'",
		"SELECT pg_read_file('/etc/passwd')",
		"SELECT lo_import('/etc/passwd')",
		"ALTER SYSTEM SET fsync = off",
		"SELECT meta.set_role_password('phieu_server', "
		"'SCRAM-SHA-256$x')",
		"SELECT * FROM pg_authid",
	};

	(void)state;
	for (size_t i = 0; i < ROLES; i++) {
		PGconn *c = pg_as(roles[i], NULL);

		for (size_t j = 0; j < sizeof tries / sizeof tries[0]; j++) {
			char why[6];

			(void)pg_state(c, tries[j], why);
			if (strcmp(why, "42501") != 0)
				fail_msg("%s: %s gave '%s'", roles[i], tries[j],
					 why);
		}
		PQfinish(c);
	}
}

static void no_role_is_more_than_a_login(void **state)
{
	PGconn *c = pg_as("super", NULL);
	char *s = pg_text(c, "SELECT rolname FROM pg_roles WHERE rolname LIKE "
			     "'phieu\\_%' AND rolname <> 'phieu_super' AND "
			     "(rolsuper OR rolbypassrls OR rolreplication OR "
			     "rolcreatedb OR (rolcreaterole AND rolname <> "
			     "'phieu_owner'))");

	(void)state;
	assert_string_equal(s, "");
	free(s);
	s = pg_text(c, "SELECT m.member::regrole || ' in ' || "
		       "m.roleid::regrole FROM pg_auth_members m WHERE "
		       "m.member::regrole::text LIKE 'phieu\\_%' AND "
		       "m.member::regrole::text <> 'phieu_owner'");
	assert_string_equal(s, "");
	free(s);
	s = pg_text(
		c,
		"SELECT c.oid::regclass FROM pg_class c JOIN "
		"pg_namespace n ON n.oid = c.relnamespace WHERE "
		"n.nspname IN ('plan', 'field', 'frozen', 'people', "
		"'roster', 'audit', 'publish', 'assess', 'ballot', 'meta') AND "
		"c.relowner <> 'phieu_owner'::regrole");
	assert_string_equal(s, "");
	free(s);
	PQfinish(c);
}

/* Those that only insist on the caller's search_path, which is faster, must
 * do so before anything else. */
static void functions_that_insist_on_the_search_path_do(void **state)
{
	PGconn *owner = pg_as("owner", NULL), *c = pg_as("collector", NULL);
	PGresult *calls, *r;

	(void)state;
	calls = PQexec(owner,
		       "SELECT format('SELECT %s(%s)', p.oid::regproc, "
		       "array_to_string(array_fill('NULL'::text, "
		       "ARRAY[p.pronargs::integer]), ',')) FROM pg_proc p "
		       "WHERE p.prosrc LIKE "
		       "'%search\\_path is not pg\\_catalog, pg\\_temp%' AND "
		       "has_function_privilege('phieu_collector', p.oid, "
		       "'EXECUTE')");
	assert_int_equal(PQresultStatus(calls), PGRES_TUPLES_OK);
	assert_true(PQntuples(calls) >= 3);
	for (int i = 0; i < PQntuples(calls); i++) {
		pg_do(c, "SET search_path = plan, pg_catalog");
		r = PQexec(c, PQgetvalue(calls, i, 0));
		if (!strstr(PQresultErrorMessage(r), "search_path is not"))
			fail_msg("%s: %s", PQgetvalue(calls, i, 0),
				 PQresultErrorMessage(r));
		PQclear(r);
	}
	PQclear(calls);
	PQfinish(c);
	PQfinish(owner);
}

/* A definer's function runs as the owner: what it finds must be fixed. */
static void functions_of_the_owner_fix_their_search_path(void **state)
{
	PGconn *c = pg_as("owner", NULL);
	char *s = pg_text(
		c, "SELECT p.oid::regprocedure FROM pg_proc p JOIN "
		   "pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname "
		   "IN ('plan', 'field', 'frozen', 'people', 'roster', "
		   "'audit', 'publish', 'assess', 'ballot', 'meta') AND "
		   "p.prosecdef AND "
		   "NOT EXISTS "
		   "(SELECT FROM unnest(p.proconfig) AS s WHERE s LIKE "
		   "'search\\_path=pg\\_catalog%') AND p.prosrc NOT LIKE "
		   "'%search\\_path is not pg\\_catalog, pg\\_temp%'");

	(void)state;
	assert_string_equal(s, "");
	free(s);
	s = pg_text(c, "SELECT p.oid::regprocedure FROM pg_proc p JOIN "
		       "pg_namespace n ON n.oid = p.pronamespace WHERE "
		       "n.nspname IN ('plan', 'field', 'frozen', 'people', "
		       "'roster', 'audit', 'publish', 'assess', 'ballot', "
		       "'meta') AND EXISTS "
		       "(SELECT FROM aclexplode(coalesce(p.proacl, "
		       "acldefault('f', p.proowner))) AS a WHERE a.grantee = "
		       "0)");
	assert_string_equal(s, "");
	free(s);
	PQfinish(c);
}

/* ---- row security: the wall behind the grants -------------------------- */

/* Every walled table, and how it gets a row in each of two waves w. */
static const struct {
	const char *table, *columns, *row;
} walled[] = {
	{ "field.raw", "", "w, 1, 'x'" },
	{ "field.rating", "", "w, 1, 1, 'x'" },
	{ "field.comment", "", "w, 1, 'x'" },
	{ "field.response_version", "", "w, 1, 1, '{}', 'x', now(), 'x'" },
	{ "field.review_query", "", "w, 1, 1, 1, 'i', 'agent', NULL, 'x'" },
	{ "field.conflict", "", "w, 'uuid:1', 'x', 'x', 1" },
	{ "field.quarantine", "", "w, now(), 'x', 'x', 1, 'x', 'x', 1" },
	{ "field.attachment_bytes", "", "w, 'x', 'x'" },
	{ "field.import", "", "w, sha256('x'), 1, 1, 1, now(), 'x'" },
	{ "field.attachment_conflict", "", "w, 'i', 'n', 'x', 1, 't', 1" },
	{ "field.device_login", "", "'may-' || w, w, md5('x')" },
	{ "field.second_difference",
	  "(wave, sheet, pair, field, kind, question, one, two, place)",
	  "w, 'T1', 1, 'f', 'slot', 'q', 'a', 'b', 1" },
	{ "frozen.response", "", "w, 1, 1, 1, 1, 0" },
	{ "frozen.rating", "", "w, 1, 1, 1, 1, 1, 0, 'x'" },
	{ "frozen.comment", "", "w, 1, 1, 1, 'x'" },
	{ "roster.person", "", "w, gen_random_uuid(), 1, 0, 'x'" },
	{ "roster.draw",
	  "(wave, draw, body, of, by, count, hide, seed, method, frame, "
	  "frame_sha256, frame_n, drawn_by)",
	  "w, 1, 'x', 'all', 'none', 1, 3, 'x', 'x', 'x', sha256('x'), 1, "
	  "'x'" },
	{ "roster.drawn", "", "w, 1, 1, 'p', 'g', 'u', 'a', 'a', 's'" },
	{ "roster.house", "", "w, 1, 'x', 1, '', 1, 0, 0, 0, 'x'" },
	{ "field.recheck_sheet", "", "w, 'T1', 1, 1, 0, 1, 1, 1" },
	{ "field.recheck_rating", "", "w, 'T1', 1, 'x', 'x'" },
	{ "field.recheck_decision",
	  "(wave, decision, number, reason, sheets, decided_by)",
	  "w, 1, 'x', 'x', 1, 'x'" },
	{ "field.recheck_decided", "", "w, 1, 'T1', 'x', 1" },
	{ "people.account", "(login, name, password_hash)",
	  "'x' || w, '', ''" },
	{ "people.session", "",
	  "sha256(int4send(w)), account, sha256(''), now(), now(), now()" },
	{ "people.password_reset", "", "sha256(int4send(w)), account, now()" },
	{ "people.api_key", "(name, hash, role, expires_at)",
	  "'', sha256(int4send(w)), 'engine', now()" },
	{ "publish.hook", "(wave, url, events, secret, made_by)",
	  "w, 'https://x', '{release.published}', sha256(''), 'x'" },
	{ "ballot.token", "", "sha256(int4send(w)), w, 1, 0" },
	{ "ballot.used", "", "sha256(int4send(w))" },
	{ "ballot.sealed", "(receipt, wave, grp, home, sealed)",
	  "sha256(int4send(w)), w, 1, 0, 'x'" },
	{ "ballot.comment", "", "w, 1, 'x', ''" },
};
#define WALLED (sizeof walled / sizeof walled[0])

/* A superuser's transaction with two rows in each walled table, where every
 * role was granted all there is: what a slip of the hand could do at worst. */
static int slip_grants(void **state)
{
	PGconn *c = pg_as("super", NULL);
	char sql[600];

	pg_do(c, "BEGIN");
	pg_do(c, "INSERT INTO plan.wave (wave, code, name, opens, closes, "
		 "trial) OVERRIDING SYSTEM VALUE SELECT w, 'w' || w, 'x', "
		 "now(), now(), true FROM generate_series(900001, 900002) w");
	for (size_t i = 0; i < WALLED; i++) {
		(void)snprintf(sql, sizeof sql,
			       "INSERT INTO %s %s SELECT %s FROM "
			       "generate_series(900001, 900002) AS w LEFT JOIN "
			       "people.account ON login = 'x' || w",
			       walled[i].table, walled[i].columns,
			       walled[i].row);
		pg_do(c, sql);
	}
	for (size_t i = 0; i < ROLES; i++) {
		(void)snprintf(sql, sizeof sql,
			       "GRANT USAGE ON SCHEMA field, frozen, people, "
			       "publish, roster, ballot TO phieu_%s; GRANT ALL "
			       "ON ALL TABLES IN SCHEMA field, frozen, people, "
			       "publish, roster, ballot TO phieu_%s",
			       roles[i], roles[i]);
		pg_do(c, sql);
	}
	*state = c;
	return 0;
}

/* Also after a failure, or the next test would wait for its locks. */
static int take_back(void **state)
{
	PQfinish(*state);
	return 0;
}

static void become(PGconn *c, const char *role)
{
	char sql[64];

	(void)snprintf(sql, sizeof sql, "SET LOCAL ROLE phieu_%s", role);
	pg_do(c, sql);
}

/* Rows of the test's waves (or accounts) that the session sees. */
static long seen(PGconn *c, const char *table)
{
	char sql[128];

	(void)snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", table);
	return pg_long(c, sql);
}

/* Tables where a role sees what is in its wave, or all of it. */
static bool is_by_wave(const char *role, const char *table)
{
	return (strcmp(role, "analysis") == 0 &&
		strncmp(table, "frozen.", 7) == 0) ||
	       (strcmp(role, "roster") == 0 &&
		strcmp(table, "roster.person") == 0);
}

static bool is_open(const char *role, const char *table)
{
	return strcmp(role, "backup") == 0 ||
	       (strcmp(role, "server") == 0 &&
		strncmp(table, "people.", 7) == 0);
}

static void a_grant_too_many_shows_no_row(void **state)
{
	PGconn *c = *state;
	char sql[128];

	for (size_t i = 0; i < ROLES; i++) {
		become(c, roles[i]);
		for (size_t j = 0; j < WALLED; j++) {
			const char *t = walled[j].table;
			long got = seen(c, t), changed;
			PGresult *r;

			/* two of ours, and what others may have left */
			if (is_open(roles[i], t) ? got < 2 : got != 0)
				fail_msg("%s sees %ld rows of %s", roles[i],
					 got, t);
			if (is_open(roles[i], t))
				continue;
			(void)snprintf(sql, sizeof sql, "DELETE FROM %s", t);
			r = PQexec(c, sql);
			assert_int_equal(PQresultStatus(r), PGRES_COMMAND_OK);
			changed = strtol(PQcmdTuples(r), NULL, 10);
			PQclear(r);
			if (changed != 0)
				fail_msg("%s deletes from %s", roles[i], t);
		}
		pg_do(c, "RESET ROLE");
	}
}

static void a_role_sees_only_the_wave_it_names(void **state)
{
	PGconn *c = *state;
	char sql[128];
	size_t tried = 0;

	for (size_t i = 0; i < ROLES; i++) {
		become(c, roles[i]);
		for (size_t j = 0; j < WALLED; j++) {
			const char *t = walled[j].table;
			bool mine = is_by_wave(roles[i], t);

			if (is_open(roles[i], t))
				continue;
			pg_do(c, "SET LOCAL phieu.wave = '900002'");
			if (seen(c, t) != (mine ? 1 : 0))
				fail_msg("%s sees %ld rows of %s", roles[i],
					 seen(c, t), t);
			pg_do(c, "SET LOCAL phieu.wave = ''");
			assert_int_equal(seen(c, t), 0);
			if (!mine)
				continue;
			pg_do(c, "SET LOCAL phieu.wave = '900002'");
			(void)snprintf(sql, sizeof sql,
				       "SELECT min(wave) FROM %s", t);
			assert_int_equal(pg_long(c, sql), 900002);
			tried++;
		}
		pg_do(c, "RESET ROLE");
	}
	assert_int_equal(tried, 4);
}

static void the_roster_is_written_in_the_wave_it_names(void **state)
{
	PGconn *c = *state;
	char why[6];

	become(c, "roster");
	pg_do(c, "SET LOCAL phieu.wave = '900001'");
	pg_do(c, "INSERT INTO roster.person (wave, grp, home, name) VALUES "
		 "(900001, 1, 0, 'y')");
	assert_int_equal(seen(c, "roster.person"), 2);
	(void)pg_state(c,
		       "INSERT INTO roster.person (wave, grp, home, name) "
		       "VALUES (900002, 1, 0, 'y')",
		       why);
	assert_string_equal(why, "42501");
}

/* Whoever walls a table adds it above, and one more that holds answers is
 * walled. */
static void no_table_with_answers_is_without_its_wall(void **state)
{
	PGconn *c = pg_as("owner", NULL);
	char *s = pg_text(c, "SELECT c.oid::regclass FROM pg_class c WHERE "
			     "c.relrowsecurity AND NOT c.relforcerowsecurity");
	size_t n = 0;

	(void)state;
	for (const char *p = s; *p; p++)
		n += *p == '\n';
	assert_int_equal(n, WALLED);
	for (size_t i = 0; i < WALLED; i++)
		assert_true(
			has_line(s, walled[i].table, strlen(walled[i].table)));
	free(s);
	s = pg_text(c,
		    "SELECT DISTINCT c.oid::regclass FROM pg_class c JOIN "
		    "pg_namespace n ON n.oid = c.relnamespace JOIN "
		    "pg_attribute a ON a.attrelid = c.oid WHERE n.nspname IN "
		    "('field', 'frozen') AND c.relkind = 'r' AND a.attname IN "
		    "('answers', 'comment', 'extra') AND a.atttypid IN "
		    "('bytea'::regtype, 'text'::regtype, 'jsonb'::regtype) "
		    "AND NOT c.relrowsecurity");
	assert_string_equal(s, "");
	free(s);
	PQfinish(c);
}

static void a_copy_that_would_lack_rows_is_refused(void **state)
{
	PGconn *owner = pg_as("owner", NULL);
	char conninfo[512];
	struct err e = { 0 };
	struct db *db;

	(void)state;
	pg_conninfo(conninfo, sizeof conninfo, "backup", NULL);
	db = db_open(conninfo, "dbtest", DB_SERVICE_ROLE, 0, &e);
	assert_non_null(db);
	if (!store_care_sees_all(db, &e))
		fail_msg("%s", e.msg);
	pg_do(owner, "ALTER POLICY backup_all ON field.raw USING (wave > 0)");
	assert_false(store_care_sees_all(db, &e));
	assert_int_equal(e.kind, ERR_DENIED);
	assert_non_null(strstr(e.msg, "field.raw"));
	pg_do(owner, "ALTER POLICY backup_all ON field.raw USING (true)");
	pg_do(owner, "CREATE POLICY x ON plan.wave AS RESTRICTIVE USING (true);"
		     "ALTER TABLE plan.wave ENABLE ROW LEVEL SECURITY");
	e = (struct err){ 0 };
	assert_false(store_care_sees_all(db, &e));
	assert_non_null(strstr(e.msg, "plan.wave"));
	pg_do(owner, "ALTER TABLE plan.wave DISABLE ROW LEVEL SECURITY;"
		     "DROP POLICY x ON plan.wave");
	e = (struct err){ 0 };
	assert_true(store_care_sees_all(db, &e));
	db_close(db);
	PQfinish(owner);
}

static void a_service_refuses_to_run_as_owner_or_superuser(void **state)
{
	static const char *const too_much[] = { "owner", "super" };
	char conninfo[512];
	struct err e;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		pg_conninfo(conninfo, sizeof conninfo, too_much[i], NULL);
		assert_null(
			db_open(conninfo, "dbtest", DB_SERVICE_ROLE, 0, &e));
		assert_int_equal(e.kind, ERR_DENIED);
	}
	for (size_t i = 0; i < ROLES; i++) {
		struct db *db;

		pg_conninfo(conninfo, sizeof conninfo, roles[i], NULL);
		db = db_open(conninfo, "dbtest", DB_SERVICE_ROLE, 0, &e);
		if (!db)
			fail_msg("%s: %s", roles[i], e.msg);
		db_close(db);
	}
}

static void a_role_gets_a_scram_password(void **state)
{
	PGconn *super = pg_as("super", NULL);
	struct err e;
	struct db *db =
		db_open(getenv("PHIEU_TEST_DB"), "dbtest", DB_ANY_ROLE, 0, &e);
	char *s;

	(void)state;
	assert_non_null(db);
	if (!store_care_password(db, "phieu_server", "một mật khẩu dài", &e))
		fail_msg("%s", e.msg);
	s = pg_text(super, "SELECT rolpassword FROM pg_authid WHERE rolname = "
			   "'phieu_server'");
	assert_int_equal(strncmp(s, "SCRAM-SHA-256$4096:", 19), 0);
	free(s);
	assert_false(store_care_password(db, "phieu_super", "x", &e));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_false(store_care_password(db, "phieu_server\"; DROP", "x", &e));
	db_close(db);
	PQfinish(super);
}

static void the_settings_of_durability_are_watched(void **state)
{
	struct care_status s;
	struct err e;
	struct db *db =
		db_open(getenv("PHIEU_TEST_DB"), "dbtest", DB_ANY_ROLE, 0, &e);

	(void)state;
	assert_non_null(db);
	assert_true(store_care_status(db, &s, &e));
	assert_int_equal(s.settings_n, 5);
	assert_int_equal(s.sizes_n, 10);
	/* store tests run without fsync: it must be seen */
	assert_string_equal(care_unsafe(&s), "fsync");
	(void)snprintf(s.settings[1].value, sizeof s.settings[1].value, "on");
	assert_string_equal(care_unsafe(&s), "");
	(void)snprintf(s.settings[4].value, sizeof s.settings[4].value,
		       "local");
	assert_string_equal(care_unsafe(&s), "synchronous_commit");
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_matrix_is_the_expected_one),
		cmocka_unit_test(every_right_is_as_it_is_said),
		cmocka_unit_test(nobody_does_what_his_role_must_not),
		cmocka_unit_test(nobody_but_the_owner_changes_the_schema),
		cmocka_unit_test(no_role_is_more_than_a_login),
		cmocka_unit_test(functions_that_insist_on_the_search_path_do),
		cmocka_unit_test(functions_of_the_owner_fix_their_search_path),
		cmocka_unit_test_setup_teardown(a_grant_too_many_shows_no_row,
						slip_grants, take_back),
		cmocka_unit_test_setup_teardown(
			a_role_sees_only_the_wave_it_names, slip_grants,
			take_back),
		cmocka_unit_test_setup_teardown(
			the_roster_is_written_in_the_wave_it_names, slip_grants,
			take_back),
		cmocka_unit_test(no_table_with_answers_is_without_its_wall),
		cmocka_unit_test(a_copy_that_would_lack_rows_is_refused),
		cmocka_unit_test(
			a_service_refuses_to_run_as_owner_or_superuser),
		cmocka_unit_test(a_role_gets_a_scram_password),
		cmocka_unit_test(the_settings_of_durability_are_watched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
