#include "support/test.h"

#include <libpq-fe.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/quality.h"
#include "phieu/store_quality.h"
#include "support/pg.h"

static struct db *owner;
static PGconn *raw;
static struct arena *arena;
static int32_t wave;
static int32_t key[2];

/* A sheet of agent `who` from home `home`, answered in `seconds`, with one
 * rating of these bytes (hex). */
static void sheet(int number, int who, int home, int state, int seconds,
		  const char *answers)
{
	char sql[2048];

	(void)snprintf(
		sql, sizeof sql,
		"WITH r AS (INSERT INTO field.response (wave, instance, "
		"response, sha256, state, counted, form, grp, home, sheet, "
		"keying, started_at, ended_at, way, key, received_at, flags, "
		"simulated, lane, batch) VALUES (%d, 'uuid:%d', "
		"nextval('field.response_id'), sha256('x'), %d, %s, 1, 1, %d, "
		"'S-%d', 1, '2020-02-01 08:00Z', timestamptz "
		"'2020-02-01 08:00Z' + interval '%d s', 1, %d, now(), 0, "
		"false, 1, 1) RETURNING wave, response) INSERT INTO "
		"field.rating (wave, response, unit, answers) SELECT wave, "
		"response, 1, '\\x%s' FROM r",
		(int)wave, number, state, state == 1 ? "true" : "false", home,
		number, seconds, (int)key[who], answers);
	pg_do(raw, sql);
}

/* 12 questions: varied, one line, with two blanks and one not asked. */
#define VARIED	"010203040501020304050102"
#define LINE	"040404040404040404040404"
#define PATCHED "0102ff04fe010203040500fd"
#define AGENTS	"INSERT INTO field.agent (code, name, office) VALUES "
#define EXPIRES "'2030-01-01'"

static void lay_sheets(void)
{
	for (int i = 0; i < 20; i++)
		sheet(i, 0, i % 2 == 0 ? 1 : 2, i == 19 ? 3 : 1,
		      i < 3 ? 100 : 600, i < 2 ? LINE : VARIED);
	for (int i = 20; i < 32; i++)
		sheet(i, 1, i < 30 ? 1 : 3, 1, 600, PATCHED);
	pg_do(raw, "INSERT INTO field.sheet (wave, sheet, form, grp, home, "
		   "agent, disposition) SELECT w.wave, 'R-' || i, 1, 1, 1, "
		   "a.agent, CASE WHEN i < 4 THEN 'refused' ELSE 'not-met' END "
		   "FROM plan.wave AS w, field.agent AS a, "
		   "generate_series(1, 5) AS i "
		   "WHERE w.code = 'thu' AND a.code = 'bd-1'");
}

static int open_all(void **state)
{
	struct err e = { 0 };
	char sql[400];

	(void)state;
	owner = db_open(getenv("PHIEU_TEST_DB"), "t", DB_ANY_ROLE, 0, &e);
	arena = arena_new(1 << 20);
	raw = PQconnectdb(getenv("PHIEU_TEST_DB"));
	if (!owner || !arena || PQstatus(raw) != CONNECTION_OK)
		return -1;
	wave = (int32_t)pg_long(
		raw, "INSERT INTO plan.wave (code, name, opens, closes, trial) "
		     "VALUES ('thu', 'Thử', '2020-01-01', '2020-12-31', true) "
		     "RETURNING wave");
	for (int i = 0; i < 2; i++) {
		(void)snprintf(sql, sizeof sql,
			       "WITH a AS (" AGENTS "('bd-%d', 'Bưu tá %d', "
			       "'x') RETURNING agent) INSERT INTO "
			       "field.agent_key (agent, wave, hash, expires_at)"
			       " SELECT agent, %d, sha256('%d'), " EXPIRES
			       " FROM a RETURNING key",
			       i + 1, i + 1, (int)wave, i);
		key[i] = (int32_t)pg_long(raw, sql);
	}
	lay_sheets();
	return 0;
}

static int close_all(void **state)
{
	(void)state;
	db_close(owner);
	PQfinish(raw);
	arena_free(arena);
	return 0;
}

static struct quality_row *ask(int64_t k, size_t *n)
{
	struct quality_row *rows;
	struct err e = { 0 };

	if (!store_quality(owner, wave, k, "kiểm tra", arena, &rows, n, &e))
		fail_msg("%s", e.msg);
	return rows;
}

static const struct quality_row *find(const struct quality_row *rows, size_t n,
				      enum quality_side side, const char *code,
				      size_t nth)
{
	for (size_t i = 0; i < n; i++)
		if (rows[i].side == side &&
		    (code == NULL || (rows[i].code != NULL &&
				      strcmp(rows[i].code, code) == 0)) &&
		    nth-- == 0)
			return &rows[i];
	fail_msg("no such row");
	return NULL;
}

static void agents_areas_and_all_add_up(void **state)
{
	size_t n;
	struct quality_row *rows = ask(1, &n);
	const struct quality_row *one = find(rows, n, QUALITY_AGENT, "bd-1", 0);
	const struct quality_row *two = find(rows, n, QUALITY_AGENT, "bd-2", 0);
	const struct quality_row *all = find(rows, n, QUALITY_TOTAL, NULL, 0);
	int64_t homes = 0, straight = 0;

	(void)state;
	assert_int_equal(one->received, 20);
	assert_int_equal(one->valid, 19);
	assert_int_equal(one->invalid, 1);
	assert_int_equal(one->refused, 3);
	assert_int_equal(one->not_met, 2);
	/* the median is 600 s: 100 s is fast */
	assert_int_equal(one->timed, 20);
	assert_int_equal(one->fast, 3);
	assert_int_equal(one->straight, 2);
	assert_int_equal(one->asked, 240);
	assert_int_equal(one->blank, 0);
	/* 255 blank, 254 don't know and 253 unreadable are no answer; 0 was
	 * not asked */
	assert_int_equal(two->asked, 12 * 11);
	assert_int_equal(two->blank, 12 * 3);
	assert_int_equal(two->straight, 0);
	assert_int_equal(all->received, 32);
	assert_int_equal(all->ratings, 32);
	assert_int_equal(all->fast, one->fast + two->fast);
	for (size_t i = 0; i < n; i++) {
		homes += rows[i].side == QUALITY_HOME ? rows[i].received : 0;
		straight += rows[i].side == QUALITY_HOME ? rows[i].straight : 0;
		assert_false(rows[i].closed);
	}
	assert_int_equal(homes, 32);
	assert_int_equal(straight, all->straight);
}

static void few_sheets_say_nothing_of_their_answers(void **state)
{
	size_t n, open = 0;
	struct quality_row *rows = ask(11, &n);

	(void)state;
	/* homes: 20, 10 and 2 sheets.  The two small ones are closed */
	for (size_t i = 0; i < n; i++) {
		const struct quality_row *q = &rows[i];

		if (q->side == QUALITY_HOME && !q->closed) {
			open++;
			assert_int_equal(q->received, 20);
		}
		if (q->side == QUALITY_HOME && q->closed)
			assert_true(q->asked == 0 && q->straight == 0 &&
				    q->received > 0);
	}
	assert_int_equal(open, 1);
	/* one closed alone would be the total less the others */
	rows = ask(3, &n);
	open = 0;
	for (size_t i = 0; i < n; i++)
		open += rows[i].side == QUALITY_HOME && !rows[i].closed;
	assert_int_equal(open, 1);
	rows = ask(100, &n);
	for (size_t i = 0; i < n; i++)
		assert_true(rows[i].closed);
}

static void who_asks_stands_in_the_log(void **state)
{
	size_t n;

	(void)state;
	(void)ask(1, &n);
	assert_true(pg_long(raw,
			    "SELECT count(*) FROM audit.entry WHERE "
			    "kind = 'quality' AND actor = 'kiểm tra'") > 0);
}

/* The rule stands once, in quality.h; the run is measured on bytes there and
 * on columns here. */
static void runs_in_the_database_are_those_of_the_analysis(void **state)
{
	uint64_t seed = 88172645463325252u;

	(void)state;
	for (int round = 0; round < 60; round++) {
		double x[12][1];
		const double *column[12];
		char sql[200] = "SELECT field.longest_run('\\x";

		for (size_t j = 0; j < 12; j++) {
			static const unsigned byte[] = { 1, 2, 3,   3,
							 3, 0, 253, 255 };
			unsigned b;

			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			b = byte[(seed >> 40) % 8];
			(void)snprintf(sql + strlen(sql), 8, "%02x", b);
			x[j][0] = b == 0 || b > 200 ? (double)NAN : b;
			column[j] = x[j];
		}
		(void)snprintf(sql + strlen(sql), 8, "')");
		assert_int_equal(pg_long(raw, sql),
				 quality_longstring(
					 &(struct items){
						 .x = column, .n = 1, .k = 12 },
					 0));
	}
}

static void questions_count_what_came_instead_of_an_answer(void **state)
{
	struct quality_question *q;
	struct err e = { 0 };
	int64_t blank = 0, dont_know = 0, unreadable = 0, asked = 0;
	size_t n;

	(void)state;
	assert_true(store_quality_questions(owner, wave, 1, "kiểm tra", arena,
					    &q, &n, &e));
	assert_int_equal(n, 12);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(q[i].slot, (int)i);
		assert_false(q[i].closed);
		asked += q[i].asked;
		blank += q[i].blank;
		dont_know += q[i].dont_know;
		unreadable += q[i].unreadable;
	}
	/* 20 sheets of 12 questions, 12 of 11; each of the 12 lacks one of
	 * each kind */
	assert_int_equal(asked, 20 * 12 + 12 * 11);
	assert_int_equal(blank, 12);
	assert_int_equal(dont_know, 12);
	assert_int_equal(unreadable, 12);
	assert_true(store_quality_questions(owner, wave, 33, "kiểm tra", arena,
					    &q, &n, &e));
	for (size_t i = 0; i < n; i++)
		assert_true(q[i].closed && q[i].asked == 0 && q[i].blank == 0);
}

static void longest_runs_pass_over_what_is_no_answer(void **state)
{
	(void)state;
	assert_int_equal(pg_long(raw, "SELECT field.longest_run("
				      "'\\x0303ff030003020202')"),
			 4);
	assert_int_equal(pg_long(raw, "SELECT field.longest_run('\\xff00')"),
			 0);
	assert_int_equal(pg_long(raw, "SELECT field.longest_run('\\x')"), 0);
	assert_int_equal(pg_long(raw, "SELECT field.count_bytes("
				      "'\\x00010203fdff', 1, 200)"),
			 3);
}

static void the_server_may_ask_and_others_may_not(void **state)
{
	static const char call[] =
		"SELECT count(*) FROM field.quality(1, 0.4, 2, 10, 'x')";
	static const char *const no[] = { "collector", "analysis", "publish",
					  "roster", "auditor" };
	PGconn *c = pg_as("server", NULL);
	char got[6];

	(void)state;
	assert_string_equal(pg_state(c, call, got), "");
	assert_string_equal(pg_state(c, "SELECT * FROM field.rating", got),
			    "42501");
	assert_string_equal(pg_state(c, "SELECT field.longest_run('\\x01')",
				     got),
			    "42501");
	PQfinish(c);
	for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
		c = pg_as(no[i], NULL);
		assert_string_equal(pg_state(c, call, got), "42501");
		PQfinish(c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agents_areas_and_all_add_up),
		cmocka_unit_test(few_sheets_say_nothing_of_their_answers),
		cmocka_unit_test(who_asks_stands_in_the_log),
		cmocka_unit_test(
			runs_in_the_database_are_those_of_the_analysis),
		cmocka_unit_test(
			questions_count_what_came_instead_of_an_answer),
		cmocka_unit_test(longest_runs_pass_over_what_is_no_answer),
		cmocka_unit_test(the_server_may_ask_and_others_may_not),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
