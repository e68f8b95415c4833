#include <pthread.h>

#include "phieu/hash.h"
#include "phieu/migrate.h"
#include "support/pg.h"

/* R21.  Each test has a database of its own, empty. */
static struct db *fresh(const char *name)
{
	PGconn *c = pg_as("super", "postgres");
	char sql[128], conninfo[512];
	struct db *db;
	struct err e;

	(void)snprintf(sql, sizeof sql, "CREATE DATABASE %s OWNER phieu_owner",
		       name);
	pg_do(c, sql);
	PQfinish(c);
	pg_conninfo(conninfo, sizeof conninfo, "owner", name);
	db = db_open(conninfo, "dbtest", DB_ANY_ROLE, 0, &e);
	if (!db)
		fail_msg("%s", e.msg);
	return db;
}

static void refused(bool ok, const struct err *e, enum err_kind kind,
		    const char *word)
{
	assert_false(ok);
	assert_int_equal(e->kind, kind);
	if (!strstr(e->msg, word))
		fail_msg("\"%s\" does not say \"%s\"", e->msg, word);
}

static void an_empty_database_gets_all_and_then_nothing(void **state)
{
	struct db *db = fresh("m_all");
	struct err e;
	size_t n;

	(void)state;
	refused(migrate_check(db, &e), &e, ERR_CONFLICT, "empty");
	assert_true(migrate_up(db, &n, &e));
	assert_int_equal(n, migrations_n);
	assert_true(migrate_check(db, &e));
	assert_true(migrate_up(db, &n, &e));
	assert_int_equal(n, 0);
	db_close(db);
}

static void the_shell_and_the_program_agree_on_checksums(void **state)
{
	struct err e;
	struct db *db =
		db_open(getenv("PHIEU_TEST_DB"), "dbtest", DB_ANY_ROLE, 0, &e);

	(void)state;
	assert_non_null(db);
	if (!migrate_check(db, &e))
		fail_msg("%s", e.msg);
	db_close(db);
}

/* Sums come from the files, texts through awk and the compiler. */
static void every_sum_is_that_of_the_text_compiled_in(void **state)
{
	(void)state;
	for (size_t i = 0; i < migrations_n; i++) {
		const char *sql = migrations[i].sql;
		uint8_t sum[SHA256_BYTES];
		char hex[65];

		sha256(sql, strlen(sql), sum);
		hex_text(sum, sizeof sum, hex);
		assert_string_equal(migrations[i].sha256, hex);
	}
}

static void a_changed_text_is_refused(void **state)
{
	struct db *db = fresh("m_changed");
	PGconn *c = pg_as("owner", "m_changed");
	struct err e;
	size_t n;

	(void)state;
	assert_true(migrate_up(db, &n, &e));
	pg_do(c, "UPDATE meta.migration SET sha256 = sha256('x') "
		 "WHERE name LIKE '003%'");
	refused(migrate_up(db, &n, &e), &e, ERR_CONFLICT, "checksums");
	refused(migrate_check(db, &e), &e, ERR_CONFLICT, "003_");
	PQfinish(c);
	db_close(db);
}

static void an_unknown_migration_is_refused(void **state)
{
	struct db *db = fresh("m_unknown");
	PGconn *c = pg_as("owner", "m_unknown");
	struct err e;
	size_t n;

	(void)state;
	assert_true(migrate_up(db, &n, &e));
	pg_do(c, "INSERT INTO meta.migration VALUES ('999_later', "
		 "sha256('x'))");
	refused(migrate_up(db, &n, &e), &e, ERR_CONFLICT, "999_later");
	refused(migrate_check(db, &e), &e, ERR_CONFLICT, "newer");
	PQfinish(c);
	db_close(db);
}

static void a_missing_migration_is_named(void **state)
{
	struct db *db = fresh("m_missing");
	struct err e;
	size_t n;

	(void)state;
	assert_true(migrate_list_up(db, migrations, 3, &n, &e));
	assert_int_equal(n, 3);
	refused(migrate_check(db, &e), &e, ERR_CONFLICT, migrations[3].name);
	assert_true(migrate_up(db, &n, &e));
	assert_int_equal(n, migrations_n - 3);
	assert_true(migrate_check(db, &e));
	db_close(db);
}

static void one_left_out_in_the_middle_is_refused(void **state)
{
	struct db *db = fresh("m_gap");
	PGconn *c = pg_as("owner", "m_gap");
	struct err e;
	size_t n;

	(void)state;
	assert_true(migrate_up(db, &n, &e));
	pg_do(c, "DELETE FROM meta.migration WHERE name LIKE '002%'");
	refused(migrate_check(db, &e), &e, ERR_CONFLICT, "003_");
	PQfinish(c);
	db_close(db);
}

static const struct migration good = {
	.name = "001_good",
	.sql = "CREATE TABLE public.a (i integer);\n"
	       "INSERT INTO public.a VALUES (1);\n"
};

static long tables(const char *dbname)
{
	PGconn *c = pg_as("owner", dbname);
	long n = pg_long(c, "SELECT count(*) FROM pg_class WHERE relname IN "
			    "('a', 'b') AND relkind = 'r'");

	PQfinish(c);
	return n;
}

static void one_that_fails_leaves_nothing_and_can_be_mended(void **state)
{
	const struct migration broken[] = {
		good,
		{ .name = "002_more",
		  .sql = "CREATE TABLE public.b (i integer);\n"
			 "INSERT INTO public.b SELECT 1 / 0;\n" },
	};
	const struct migration mended[] = {
		good,
		{ .name = "002_more",
		  .sql = "CREATE TABLE public.b (i integer);\n" },
	};
	struct db *db = fresh("m_fails");
	struct err e;
	size_t n;

	(void)state;
	refused(migrate_list_up(db, broken, 2, &n, &e), &e, ERR_INPUT,
		"002_more");
	assert_int_equal(n, 1);
	assert_int_equal(tables("m_fails"), 1);
	assert_true(migrate_list_up(db, mended, 2, &n, &e));
	assert_int_equal(n, 1);
	assert_int_equal(tables("m_fails"), 2);
	db_close(db);
}

static void a_connection_cut_in_the_middle_leaves_nothing(void **state)
{
	const struct migration cut[] = {
		good,
		{ .name = "002_cut",
		  .sql = "CREATE TABLE public.b (i integer);\n"
			 "SELECT pg_catalog.pg_terminate_backend("
			 "pg_catalog.pg_backend_pid());\n"
			 "CREATE TABLE public.c (i integer);\n" },
	};
	struct db *db = fresh("m_cut");
	PGconn *c;
	struct err e;
	size_t n;

	(void)state;
	refused(migrate_list_up(db, cut, 2, &n, &e), &e, ERR_DOWN, "002_cut");
	assert_int_equal(tables("m_cut"), 1);
	c = pg_as("owner", "m_cut");
	assert_int_equal(pg_long(c, "SELECT count(*) FROM meta.migration"), 1);
	PQfinish(c);
	db_close(db);
}

struct runner {
	const char *conninfo;
	size_t applied;
	bool ok;
	char why[256];
};

static void *run(void *arg)
{
	struct runner *r = arg;
	struct err e = { 0 };
	struct db *db = db_open(r->conninfo, "dbtest", DB_ANY_ROLE, 0, &e);

	r->ok = db && migrate_up(db, &r->applied, &e);
	memcpy(r->why, e.msg, sizeof r->why);
	db_close(db);
	return NULL;
}

static void programs_that_start_together_take_turns(void **state)
{
	struct db *db = fresh("m_together");
	struct runner runners[4] = { 0 };
	pthread_t threads[4];
	char conninfo[512];
	size_t sum = 0;

	(void)state;
	db_close(db);
	pg_conninfo(conninfo, sizeof conninfo, "owner", "m_together");
	for (int i = 0; i < 4; i++) {
		runners[i].conninfo = conninfo;
		assert_int_equal(pthread_create(&threads[i], NULL, run,
						&runners[i]),
				 0);
	}
	for (int i = 0; i < 4; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		if (!runners[i].ok)
			fail_msg("%s", runners[i].why);
		sum += runners[i].applied;
	}
	assert_int_equal(sum, migrations_n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_database_gets_all_and_then_nothing),
		cmocka_unit_test(the_shell_and_the_program_agree_on_checksums),
		cmocka_unit_test(every_sum_is_that_of_the_text_compiled_in),
		cmocka_unit_test(a_changed_text_is_refused),
		cmocka_unit_test(an_unknown_migration_is_refused),
		cmocka_unit_test(a_missing_migration_is_named),
		cmocka_unit_test(one_left_out_in_the_middle_is_refused),
		cmocka_unit_test(
			one_that_fails_leaves_nothing_and_can_be_mended),
		cmocka_unit_test(a_connection_cut_in_the_middle_leaves_nothing),
		cmocka_unit_test(programs_that_start_together_take_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
