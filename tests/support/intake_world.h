/* intake_world.h - a wave with agents, and 400 sheets to bring in. */
#ifndef TESTS_INTAKE_WORLD_H
#define TESTS_INTAKE_WORLD_H

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/file.h"
#include "phieu/simulate.h"
#include "phieu/store_agent.h"
#include "phieu/store_intake.h"
#include "support/pg.h"
#include "support/test.h"

/* One wave of the two-level example, two agents, sheets from the simulator:
 * each test takes sheets that no other has touched. */
#define PLAN   "collector/plans/two-level-example.json"
#define SHEETS 400
#define REUSED "[{\"code\":\"V01\"}]"

static struct {
	struct db *owner, *a, *b; /* a, b: the collector's role */
	PGconn *raw;		  /* the owner's, for looking */
	struct wave *wave;
	struct arena *arena;
	struct intake_work *work;
	char *json[SHEETS];
	size_t n, next;
	int32_t key, other_key;
	char token[TOKEN_TEXT_MAX];
} t;

MAYBE static char *address(const char *role)
{
	static char text[300];

	(void)snprintf(text, sizeof text, "host=%s dbname=phieu user=%s",
		       getenv("PHIEU_TEST_SOCKET"), role);
	return text;
}

MAYBE static bool keep_line(const char *json, size_t n, void *ctx,
			    struct err *e)
{
	(void)ctx;
	(void)e;
	if (t.n < SHEETS)
		t.json[t.n++] = strndup(json, n);
	return true;
}

MAYBE static int set_up(void **state)
{
	struct simulate how = { .seed = "intake", .n = SHEETS };
	struct simulate_count count;
	struct err e = { 0 };
	struct faults f;
	struct plan *p;
	int32_t version;
	bool changed;
	size_t n;
	char *text = file_read(PLAN, LIMIT_PLAN_BYTES, &n, &e);

	(void)state;
	assert_true(hash_start(&e));
	assert_non_null(text);
	t.arena = arena_new((size_t)256 << 20);
	faults_init(&f, t.arena);
	p = plan_read(text, n, &f, &e);
	assert_non_null(p);
	assert_true(simulate(p, &how, keep_line, NULL, &count, &e));
	t.owner = db_open(getenv("PHIEU_TEST_DB"), "t", DB_ANY_ROLE, 0, &e);
	assert_non_null(t.owner);
	assert_true(
		store_plan_load(t.owner, p, "r", "me", &version, &changed, &e));
	t.wave = store_wave_get(t.owner, p->wave, &e);
	assert_non_null(t.wave);
	plan_free(p);
	free(text);
	assert_true(store_agent_add(t.owner, "an", "An", "BĐ", "me", &e));
	assert_true(store_agent_add(t.owner, "binh", "Bình", "BĐ", "me", &e));
	assert_true(store_agent_key_add(t.owner, "an", t.wave, NULL, 0, NULL, 0,
					30, "me", t.token, &t.key, &e));
	char token[TOKEN_TEXT_MAX];
	assert_true(store_agent_key_add(t.owner, "binh", t.wave, NULL, 0, NULL,
					0, 30, "me", token, &t.other_key, &e));
	t.a = db_open(address("phieu_collector"), "t", DB_SERVICE_ROLE, 0, &e);
	t.b = db_open(address("phieu_collector"), "t", DB_SERVICE_ROLE, 0, &e);
	assert_non_null(t.a);
	assert_non_null(t.b);
	t.raw = PQconnectdb(getenv("PHIEU_TEST_DB"));
	t.work = intake_work_new(&e);
	assert_non_null(t.work);
	return 0;
}

MAYBE static int take_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < t.n; i++)
		free(t.json[i]);
	wave_free(t.wave);
	db_close(t.a);
	db_close(t.b);
	db_close(t.owner);
	PQfinish(t.raw);
	intake_work_free(t.work);
	arena_free(t.arena);
	return 0;
}

/* The next sheet, valid, as an item on the arena. */
MAYBE static struct intake_item *item(void)
{
	struct intake_item *it = arena_alloc(t.arena, sizeof *it);
	struct submission *s = arena_alloc(t.arena, sizeof *s);
	struct err e = { 0 };
	struct faults f;

	assert_true(t.next < t.n);
	faults_init(&f, t.arena);
	it->bytes = t.json[t.next++];
	it->n_bytes = strlen(it->bytes);
	assert_true(submission_read(it->bytes, it->n_bytes, t.wave->plan,
				    t.arena, s, &f, &e));
	sha256(it->bytes, it->n_bytes, it->sha);
	it->wave = t.wave;
	it->s = s;
	it->key = t.key;
	it->way = WAY_JSON;
	it->state = STATE_VALID;
	return it;
}

/* A copy that may be changed. */
MAYBE static struct submission *change(struct intake_item *it)
{
	struct submission *s = arena_alloc(t.arena, sizeof *s);

	*s = *it->s;
	it->s = s;
	return s;
}

MAYBE static struct intake_item *twin(const struct intake_item *of)
{
	struct intake_item *it = arena_alloc(t.arena, sizeof *it);

	*it = *of;
	return it;
}

MAYBE static void add_with(struct db *db, int lane,
			   const struct intake_item **items, size_t n,
			   struct intake_answer *out)
{
	struct err e = { 0 };
	struct res *r = NULL;

	store_intake_order(items, n);
	if (!store_intake_add(db, t.work, lane, 1, REUSED, items, n, out, &r,
			      &e))
		fail_msg("%s", e.msg);
	for (size_t i = 0; i < n; i++)
		if (out[i].faults)
			out[i].faults = arena_strdup(t.arena, out[i].faults);
	res_free(r);
}

MAYBE static struct intake_answer add(const struct intake_item *it)
{
	struct intake_answer out;

	add_with(t.a, 1, &it, 1, &out);
	return out;
}

/* One number by the owner. */
MAYBE static long number(const char *sql, const char *arg)
{
	const char *args[1] = { arg };
	PGresult *r = PQexecParams(t.raw, sql, arg ? 1 : 0, NULL, args, NULL,
				   NULL, 0);
	long v;

	if (PQresultStatus(r) != PGRES_TUPLES_OK || PQntuples(r) != 1)
		fail_msg("%s: %s", sql, PQerrorMessage(t.raw));
	v = strtol(PQgetvalue(r, 0, 0), NULL, 10);
	PQclear(r);
	return v;
}

MAYBE static void run_sql(PGconn *c, const char *sql, const char *want_state)
{
	PGresult *r = PQexec(c, sql);
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);

	if (want_state ? !state || strcmp(state, want_state) != 0
		       : state != NULL)
		fail_msg("%s: %s", sql, state ? PQerrorMessage(c) : "passed");
	PQclear(r);
}

/* Every response has its bytes; every sheet counts at most once. */
MAYBE static void balanced(void)
{
	assert_int_equal(number("SELECT count(*) FROM field.response AS r "
				"FULL JOIN field.raw AS b USING (wave, "
				"response) WHERE r.response IS NULL "
				"OR b.response IS NULL",
				NULL),
			 0);
	assert_int_equal(number("SELECT count(*) FROM (SELECT 1 FROM "
				"field.response WHERE counted GROUP BY wave, "
				"sheet, keying HAVING count(*) > 1) AS d",
				NULL),
			 0);
	assert_int_equal(number("SELECT count(*) FROM field.rating AS g LEFT "
				"JOIN field.response AS r USING (wave, "
				"response) WHERE r.response IS NULL",
				NULL),
			 0);
}

MAYBE static struct res *await(struct db *db, struct err *e)
{
	struct pollfd f = { .fd = db_socket(db), .events = POLLIN };
	struct res *r = NULL;
	enum db_poll p;

	while ((p = db_poll(db, &r, e)) == DB_WAITING)
		(void)poll(&f, 1, 1000);
	if (p != DB_READY)
		fail_msg("%s", e->msg);
	return r;
}

#endif
