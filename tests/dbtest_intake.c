#include "support/pg.h"
#include "support/test.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/file.h"
#include "phieu/simulate.h"
#include "phieu/store_agent.h"
#include "phieu/store_intake.h"

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

static char *address(const char *role)
{
	static char text[300];

	(void)snprintf(text, sizeof text, "host=%s dbname=phieu user=%s",
		       getenv("PHIEU_TEST_SOCKET"), role);
	return text;
}

static bool keep_line(const char *json, size_t n, void *ctx, struct err *e)
{
	(void)ctx;
	(void)e;
	if (t.n < SHEETS)
		t.json[t.n++] = strndup(json, n);
	return true;
}

static int set_up(void **state)
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

static int take_down(void **state)
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
static struct intake_item *item(void)
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
static struct submission *change(struct intake_item *it)
{
	struct submission *s = arena_alloc(t.arena, sizeof *s);

	*s = *it->s;
	it->s = s;
	return s;
}

static struct intake_item *twin(const struct intake_item *of)
{
	struct intake_item *it = arena_alloc(t.arena, sizeof *it);

	*it = *of;
	return it;
}

static void add_with(struct db *db, int lane, const struct intake_item **items,
		     size_t n, struct intake_answer *out)
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

static struct intake_answer add(const struct intake_item *it)
{
	struct intake_answer out;

	add_with(t.a, 1, &it, 1, &out);
	return out;
}

/* One number by the owner. */
static long number(const char *sql, const char *arg)
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

static void run_sql(PGconn *c, const char *sql, const char *want_state)
{
	PGresult *r = PQexec(c, sql);
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);

	if (want_state ? !state || strcmp(state, want_state) != 0
		       : state != NULL)
		fail_msg("%s: %s", sql, state ? PQerrorMessage(c) : "passed");
	PQclear(r);
}

/* Every response has its bytes; every sheet counts at most once. */
static void balanced(void)
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

static void a_submission_is_stored_with_bytes_ratings_and_counts(void **state)
{
	struct intake_item *it = item();
	struct intake_answer a = add(it);

	(void)state;
	assert_int_equal(a.outcome, INTAKE_STORED);
	assert_int_equal(a.state, STATE_VALID);
	assert_int_equal(a.receipt_key, 1);
	assert_int_equal(number("SELECT count(*) FROM field.response AS r JOIN "
				"field.raw AS b USING (wave, response) WHERE "
				"instance = $1 AND counted AND sha256 = "
				"sha256(bytes)",
				it->s->instance),
			 1);
	assert_int_equal(number("SELECT count(*) FROM field.response JOIN "
				"field.rating USING (wave, response) WHERE "
				"instance = $1",
				it->s->instance),
			 (long)it->s->n_ratings);
	balanced();
}

static void the_same_again_is_a_duplicate_with_the_first_state(void **state)
{
	struct intake_item *it = item(), *again;
	struct intake_answer a;

	(void)state;
	it->state = STATE_QUERIED;
	it->flags = FLAG_STRAIGHT;
	assert_int_equal(add(it).outcome, INTAKE_STORED);
	again = twin(it);
	again->state = STATE_VALID;
	again->flags = 0;
	again->key = t.other_key;
	a = add(again);
	assert_int_equal(a.outcome, INTAKE_DUPLICATE);
	assert_int_equal(a.state, STATE_QUERIED);
	assert_int_equal(a.flags, FLAG_STRAIGHT);
	balanced();
}

static void an_invalid_one_again_gets_its_faults_again(void **state)
{
	struct intake_item *it = item();
	struct intake_answer a;

	(void)state;
	it->state = STATE_INVALID;
	it->faults = "[{\"code\":\"V07\"}]";
	assert_int_equal(add(it).state, STATE_INVALID);
	a = add(it);
	assert_int_equal(a.outcome, INTAKE_DUPLICATE);
	assert_int_equal(a.state, STATE_INVALID);
	assert_non_null(strstr(a.faults, "V07"));
	assert_int_equal(number("SELECT count(*) FROM field.response WHERE "
				"instance = $1 AND counted",
				it->s->instance),
			 0);
}

static void other_bytes_under_one_instance_are_kept_as_a_conflict(void **state)
{
	struct intake_item *it = item(), *other = twin(it);

	(void)state;
	assert_int_equal(add(it).outcome, INTAKE_STORED);
	other->bytes = "other";
	other->n_bytes = 5;
	sha256(other->bytes, 5, other->sha);
	assert_int_equal(add(other).outcome, INTAKE_CONFLICT);
	assert_int_equal(add(other).outcome, INTAKE_CONFLICT);
	assert_int_equal(number("SELECT count(*) FROM field.conflict WHERE "
				"instance = $1 AND bytes = 'other'",
				it->s->instance),
			 1);
	assert_int_equal(add(it).outcome, INTAKE_DUPLICATE);
	balanced();
}

static void a_sheet_under_another_instance_is_kept_and_not_counted(void **s)
{
	struct intake_item *it = item(), *other = item();
	struct intake_answer a;

	(void)s;
	change(other)->sheet = it->s->sheet;
	assert_int_equal(add(it).outcome, INTAKE_STORED);
	a = add(other);
	assert_int_equal(a.outcome, INTAKE_STORED);
	assert_int_equal(a.state, STATE_INVALID);
	assert_non_null(strstr(a.faults, "V01"));
	a = add(other);
	assert_int_equal(a.outcome, INTAKE_DUPLICATE);
	assert_int_equal(a.state, STATE_INVALID);
	assert_non_null(strstr(a.faults, "V01"));
	balanced();
}

static void a_second_keying_of_a_sheet_counts_beside_the_first(void **state)
{
	struct intake_item *it = item(), *second = item();

	(void)state;
	change(second)->sheet = it->s->sheet;
	change(second)->keying = 2;
	assert_int_equal(add(it).state, STATE_VALID);
	assert_int_equal(add(second).state, STATE_VALID);
	balanced();
}

static void a_mended_sheet_takes_the_place_of_the_old(void **state)
{
	struct intake_item *it = item(), *mended = item(), *again = item();
	struct intake_answer a;

	(void)state;
	change(mended)->sheet = it->s->sheet;
	change(mended)->replaces = it->s->instance;
	change(again)->sheet = it->s->sheet;
	change(again)->replaces = mended->s->instance;
	assert_int_equal(add(it).state, STATE_VALID);
	a = add(mended);
	assert_int_equal(a.outcome, INTAKE_STORED);
	assert_int_equal(a.state, STATE_VALID);
	assert_true(a.replaced);
	assert_int_equal(number("SELECT state FROM field.response WHERE "
				"instance = $1 AND NOT counted",
				it->s->instance),
			 STATE_REPLACED);
	assert_true(add(again).replaced);
	/* an old one that comes again changes nothing */
	a = add(mended);
	assert_int_equal(a.outcome, INTAKE_DUPLICATE);
	assert_int_equal(a.state, STATE_REPLACED);
	assert_int_equal(number("SELECT count(*) FROM field.response WHERE "
				"sheet = $1 AND counted",
				it->s->sheet),
			 1);
	balanced();
}

static void nobody_replaces_another_agents_sheet(void **state)
{
	struct intake_item *it = item(), *mended = item();
	struct intake_answer a;

	(void)state;
	change(mended)->sheet = it->s->sheet;
	change(mended)->replaces = it->s->instance;
	mended->key = t.other_key;
	assert_int_equal(add(it).state, STATE_VALID);
	a = add(mended);
	assert_false(a.replaced);
	assert_int_equal(a.state, STATE_INVALID);
	balanced();
}

static void an_invalid_mending_leaves_the_old_one_counted(void **state)
{
	struct intake_item *it = item(), *mended = item();

	(void)state;
	change(mended)->sheet = it->s->sheet;
	change(mended)->replaces = it->s->instance;
	mended->state = STATE_INVALID;
	assert_int_equal(add(it).state, STATE_VALID);
	assert_false(add(mended).replaced);
	assert_int_equal(number("SELECT count(*) FROM field.response WHERE "
				"instance = $1 AND counted",
				it->s->instance),
			 1);
}

static void a_revoked_key_stores_nothing_and_stops_nobody_else(void **state)
{
	struct intake_item *good = item(), *bad = item();
	const struct intake_item *items[2] = { good, bad };
	struct intake_answer out[2];
	char token[TOKEN_TEXT_MAX];
	struct err e = { 0 };
	int32_t key;

	(void)state;
	assert_true(store_agent_key_add(t.owner, "an", t.wave, NULL, 0, NULL, 0,
					30, "me", token, &key, &e));
	assert_true(store_agent_key_revoke(t.owner, key, "me", &e));
	assert_true(store_agent_key_revoke(t.owner, key, "me", &e));
	bad->key = key;
	add_with(t.a, 1, items, 2, out);
	for (int i = 0; i < 2; i++)
		assert_int_equal(out[i].outcome, items[i] == bad
							 ? INTAKE_DENIED
							 : INTAKE_STORED);
	assert_int_equal(add(bad).outcome, INTAKE_DENIED);
	assert_int_equal(number("SELECT count(*) FROM field.response WHERE "
				"instance = $1",
				bad->s->instance),
			 0);
	assert_false(store_agent_key_revoke(t.owner, 999999, "me", &e));
	assert_int_equal(e.kind, ERR_INPUT);
}

static void a_frozen_wave_is_closed(void **state)
{
	struct intake_item *it = item(), *before = item(), *other;
	struct intake_answer first = add(before), again;

	(void)state;
	run_sql(t.raw, "UPDATE plan.wave SET state = 'frozen'", NULL);
	assert_int_equal(add(it).outcome, INTAKE_CLOSED);
	/* stored before, its answer lost on the way: the same answer */
	again = add(before);
	assert_int_equal(again.outcome, INTAKE_DUPLICATE);
	assert_int_equal(again.state, first.state);
	assert_int_equal(again.receipt_key, first.receipt_key);
	other = twin(before);
	other->sha[0] ^= 1;
	assert_int_equal(add(other).outcome, INTAKE_CLOSED);
	run_sql(t.raw, "UPDATE plan.wave SET state = 'closed'", NULL);
	assert_int_equal(add(it).outcome, INTAKE_STORED);
	run_sql(t.raw, "UPDATE plan.wave SET state = 'open'", NULL);
}

static struct res *await(struct db *db, struct err *e)
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

/* Sends it by the short way; true when that was enough. */
static bool lean(const struct intake_item *it)
{
	struct err e = { 0 };
	struct res *r;
	bool done;

	assert_true(
		store_intake_send(t.a, t.work, 1, 1, REUSED, true, &it, 1, &e));
	r = await(t.a, &e);
	done = !store_intake_undone(t.work, r);
	res_free(r);
	return done;
}

static void the_short_way_does_the_same_or_nothing(void **state)
{
	struct intake_item *it = NULL, *other, *reused, *denied;
	long before;

	(void)state;
	do
		it = item();
	while (it->s->n_ratings != 1);
	do
		other = item();
	while (other->s->n_ratings != 1);
	assert_true(lean(it));
	assert_int_equal(number("SELECT count(*) FROM field.response JOIN "
				"field.raw USING (wave, response) JOIN "
				"field.rating USING (wave, response) WHERE "
				"instance = $1 AND counted",
				it->s->instance),
			 1);
	before = number("SELECT count(*) FROM field.response", NULL);
	assert_false(lean(it)); /* duplicate */
	reused = twin(other);
	change(reused)->sheet = it->s->sheet;
	assert_false(lean(reused)); /* V01 */
	denied = twin(other);
	denied->key = 999999;
	assert_false(lean(denied));
	run_sql(t.raw, "UPDATE plan.wave SET state = 'frozen'", NULL);
	assert_false(lean(other));
	run_sql(t.raw, "UPDATE plan.wave SET state = 'open'", NULL);
	assert_int_equal(number("SELECT count(*) FROM field.response", NULL),
			 before);
	assert_int_equal(number("SELECT count(*) FROM audit.entry AS e FULL "
				"JOIN (SELECT lane, batch FROM field.response "
				"GROUP BY 1, 2) AS r ON r.lane = e.lane AND "
				"r.batch = e.seq WHERE e.lane > 0 AND "
				"(e.kind = 'intake') <> (r.batch IS NOT NULL)",
				NULL),
			 0);
	balanced();
}

/* Sends them by the short way; true when that was enough. */
static bool plain(const struct intake_item **items, size_t n)
{
	struct err e = { 0 };
	struct res *r;
	bool done;

	store_intake_order(items, n);
	assert_true(store_intake_send(t.b, t.work, 2, 1, REUSED, true, items, n,
				      &e));
	r = await(t.b, &e);
	done = !store_intake_undone(t.work, r);
	res_free(r);
	return done;
}

/* What the table holds of an item is what was sent. */
static void same_in_table(const struct intake_item *it)
{
	char sql[400];
	const struct submission *s = it->s;

	(void)snprintf(sql, sizeof sql,
		       "SELECT count(*) FROM field.response WHERE instance = "
		       "$1 AND form = %d AND grp = %d AND state = %d AND flags "
		       "= %u AND collected = '1970-01-01'::date + %d AND "
		       "(device IS NULL) = %s AND (started_at IS NULL) = %s "
		       "AND (profile IS NULL) = %s AND key = %d",
		       it->wave->form_id[s->form], it->wave->group_id[s->group],
		       (int)it->state, it->flags, s->collected.days,
		       s->device ? "false" : "true",
		       s->has_start ? "false" : "true",
		       strcmp(s->profile, "{}") == 0 ? "true" : "false",
		       it->key);
	assert_int_equal(number(sql, s->instance), 1);
	(void)snprintf(sql, sizeof sql,
		       "SELECT count(*) FROM field.response JOIN field.rating "
		       "USING (wave, response) WHERE instance = $1 AND unit = "
		       "%d AND length(answers) = %zu AND (extra IS NULL) = %s",
		       it->wave->unit_id[s->ratings[0].unit],
		       it->wave->plan->forms[s->form].n_slots,
		       s->ratings[0].extra ? "false" : "true");
	assert_int_equal(number(sql, s->instance), 1);
}

static void a_batch_of_news_goes_the_plain_way_column_by_column(void **state)
{
	const struct intake_item *items[30];
	const struct intake_item *first = item();
	struct intake_item *old;
	struct intake_answer out;
	long before;

	(void)state;
	add_with(t.b, 2, &first, 1, &out); /* opens the lane */
	for (int i = 0; i < 30; i++) {
		struct intake_item *it = item();
		it->key = i == 7 ? t.other_key : t.key;
		it->state = i == 9 ? STATE_QUERIED : STATE_VALID;
		it->flags = i == 9 ? FLAG_STRAIGHT : 0;
		if (i == 11)
			change(it)->comment = "ý kiến";
		items[i] = it;
	}
	assert_true(plain(items, 30));
	for (int i = 0; i < 30; i++)
		same_in_table(items[i]);
	assert_int_equal(number("SELECT count(*) FROM field.comment WHERE "
				"comment = 'ý kiến'",
				NULL),
			 1);
	/* equal columns, of two only */
	items[0] = item();
	items[1] = item();
	assert_true(plain(items, 2));
	same_in_table(items[0]);
	same_in_table(items[1]);
	/* one old one and nothing is done */
	before = number("SELECT count(*) FROM field.raw", NULL);
	old = item();
	assert_int_equal(add(old).outcome, INTAKE_STORED);
	items[0] = item();
	items[1] = old;
	items[2] = item();
	assert_false(plain(items, 3));
	assert_int_equal(number("SELECT count(*) FROM field.raw", NULL),
			 before + 1);
	balanced();
}

static void an_expired_key_stores_nothing_by_any_way(void **state)
{
	struct intake_odd q = { .wave = t.wave->id,
				.bytes = "[",
				.n_bytes = 1,
				.code = "unreadable",
				.words = "not JSON",
				.way = WAY_JSON };
	const struct intake_item *two[2];
	struct intake_item *it = item();
	enum intake_outcome got;
	char token[TOKEN_TEXT_MAX], text[16];
	struct err e = { 0 };
	struct res *r;

	(void)state;
	assert_true(store_agent_key_add(t.owner, "an", t.wave, NULL, 0, NULL, 0,
					30, "me", token, &q.key, &e));
	it->key = q.key;
	assert_true(lean(it)); /* it would be taken */
	(void)snprintf(text, sizeof text, "%d", q.key);
	assert_int_equal(number("WITH u AS (UPDATE field.agent_key SET "
				"expires_at = now() WHERE key = $1::integer "
				"RETURNING 1) SELECT count(*) FROM u",
				text),
			 1);
	it = item();
	it->key = q.key;
	assert_false(lean(it));
	assert_int_equal(add(it).outcome, INTAKE_DENIED);
	for (int i = 0; i < 2; i++) {
		struct intake_item *more = item();

		more->key = q.key;
		two[i] = more;
	}
	assert_false(plain(two, 2));
	sha256(q.bytes, q.n_bytes, q.sha);
	for (int kind = 0; kind < 2; kind++) {
		assert_true(kind ? store_refusal_send(t.a, 1, &q, &e)
				 : store_quarantine_send(t.a, 1, &q, &e));
		r = await(t.a, &e);
		assert_true(store_odd_read(r, &got, &e));
		assert_int_equal(got, INTAKE_DENIED);
		res_free(r);
	}
	assert_int_equal(number("SELECT count(*) FROM field.response WHERE "
				"key = $1::integer",
				text),
			 1);
}

/* A freeze copies what is there: nothing may come in beside it. */
static void intake_by_any_way_waits_for_the_freeze(void **state)
{
	const struct intake_item *items[2] = { item(), item() };
	struct intake_odd q = { .wave = t.wave->id,
				.key = t.key,
				.bytes = "[",
				.n_bytes = 1,
				.code = "unreadable",
				.words = "not JSON",
				.way = WAY_JSON };
	struct err e = { 0 };
	int waited = 0;
	struct db *hasty = db_open(address("phieu_collector"), "t",
				   DB_SERVICE_ROLE, 200, &e);

	(void)state;
	assert_non_null(hasty);
	store_intake_order(items, 2);
	pg_do(t.raw, "BEGIN");
	pg_do(t.raw, "SELECT pg_advisory_xact_lock(7001, wave) FROM plan.wave");
	for (int way = 0; way < 4; way++) {
		struct pollfd f = { .fd = db_socket(hasty), .events = POLLIN };
		struct res *r = NULL;
		enum db_poll p;
		bool sent = way == 3 ? store_quarantine_send(hasty, 1, &q, &e)
				     : store_intake_send(hasty, t.work, 1, 1,
							 REUSED, way > 0, items,
							 way == 1 ? 1 : 2, &e);

		p = sent ? DB_WAITING : DB_FAILED;
		while (sent && (p = db_poll(hasty, &r, &e)) == DB_WAITING)
			(void)poll(&f, 1, 1000);
		waited += p == DB_FAILED && strcmp(e.sqlstate, "57014") == 0;
		res_free(r);
		e = (struct err){ 0 };
	}
	pg_do(t.raw, "ROLLBACK"); /* before any assertion: others would hang */
	db_close(hasty);
	assert_int_equal(waited, 4);
	assert_true(plain(items, 2));
}

static void a_mixed_batch_gives_each_row_its_own(void **state)
{
	struct intake_item *old = item(), *dup, *conflict, *a = item();
	struct intake_item *same = twin(a), *b = item(), *reuse = item();
	const struct intake_item *items[6];
	struct intake_answer out[6];
	size_t stored = 0, n = 0;

	(void)state;
	assert_int_equal(add(old).outcome, INTAKE_STORED);
	dup = twin(old);
	conflict = twin(b);
	conflict->bytes = "x";
	conflict->n_bytes = 1;
	sha256("x", 1, conflict->sha);
	change(reuse)->sheet = old->s->sheet;
	items[n++] = dup;
	items[n++] = a;
	items[n++] = same;
	items[n++] = b;
	items[n++] = conflict;
	items[n++] = reuse;
	add_with(t.b, 2, items, n, out);
	for (size_t i = 0; i < n; i++) {
		if (items[i] == dup)
			assert_int_equal(out[i].outcome, INTAKE_DUPLICATE);
		if (items[i] == reuse)
			assert_int_equal(out[i].state, STATE_INVALID);
		stored += out[i].outcome == INTAKE_STORED;
	}
	/* of a and its twin one is stored, of b and its rival too */
	assert_int_equal(stored, 3);
	assert_int_equal(number("SELECT count(*) FROM field.conflict WHERE "
				"instance = $1",
				b->s->instance),
			 1);
	balanced();
}

static void the_log_holds_the_merkle_root_of_what_was_stored(void **state)
{
	const struct intake_item *items[5], *left[4];
	struct intake_answer out[5];
	uint8_t leaves[4][SHA256_BYTES], root[SHA256_BYTES];
	char hex[2 * SHA256_BYTES + 1], like[120];
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 5; i++)
		items[i] = item();
	assert_int_equal(add(items[4]).outcome, INTAKE_STORED);
	add_with(t.a, 1, items, 5, out);
	for (int i = 0; i < 5; i++)
		if (out[i].outcome == INTAKE_STORED)
			left[n++] = items[i];
	assert_int_equal(n, 4);
	for (size_t i = 0; i < n; i++) {
		struct sha256_run run;
		sha256_begin(&run);
		sha256_add(&run, "", 1);
		sha256_add(&run, left[i]->s->instance,
			   strlen(left[i]->s->instance));
		sha256_add(&run, left[i]->sha, SHA256_BYTES);
		sha256_end(&run, leaves[i]);
	}
	merkle_root((const uint8_t(*)[SHA256_BYTES])leaves, n, root);
	hex_text(root, sizeof root, hex);
	(void)snprintf(like, sizeof like, "%%\"count\":4,\"root\":\"%s\"}",
		       hex);
	assert_int_equal(number("SELECT count(*) FROM audit.entry WHERE "
				"content LIKE $1",
				like),
			 1);
	assert_int_equal(
		number("SELECT count(*) FROM plan.wave WHERE simulated", NULL),
		1);
}

/* b is sent while a's transaction is open; a commits; b's answer. */
static struct intake_answer race(const struct intake_item *first,
				 const struct intake_item *second)
{
	struct intake_answer out;
	struct err e = { 0 };
	struct res *r;

	assert_true(db_begin(t.a, &e));
	assert_int_equal(add(first).outcome, INTAKE_STORED);
	assert_true(store_intake_send(t.b, t.work, 2, 1, REUSED, false, &second,
				      1, &e));
	assert_int_equal(db_poll(t.b, &r, &e), DB_WAITING);
	assert_true(db_commit(t.a, &e));
	r = await(t.b, &e);
	assert_true(store_intake_read(r, &second, 1, 1, &out, &e));
	out.faults = NULL;
	res_free(r);
	return out;
}

static void two_connections_racing_for_one_instance_store_it_once(void **state)
{
	struct intake_item *it = item();

	(void)state;
	assert_int_equal(race(it, twin(it)).outcome, INTAKE_DUPLICATE);
	assert_int_equal(number("SELECT count(*) FROM field.response WHERE "
				"instance = $1",
				it->s->instance),
			 1);
	balanced();
}

static void two_connections_racing_for_one_sheet_count_it_once(void **state)
{
	struct intake_item *it = item(), *other = item();
	struct intake_answer a;

	(void)state;
	change(other)->sheet = it->s->sheet;
	a = race(it, other);
	assert_int_equal(a.outcome, INTAKE_STORED);
	assert_int_equal(a.state, STATE_INVALID);
	balanced();
}

static void what_nobody_can_read_is_kept_once_a_day(void **state)
{
	struct intake_odd q = { .wave = t.wave->id,
				.key = t.key,
				.bytes = "{",
				.n_bytes = 1,
				.code = "unreadable",
				.words = "not JSON",
				.way = WAY_JSON };
	static const enum intake_outcome want[] = { INTAKE_STORED,
						    INTAKE_DUPLICATE,
						    INTAKE_DENIED };
	enum intake_outcome got;
	struct err e = { 0 };
	struct res *r;

	(void)state;
	sha256(q.bytes, q.n_bytes, q.sha);
	for (int kind = 0; kind < 2; kind++)
		for (size_t i = 0; i < 3; i++) {
			q.key = want[i] == INTAKE_DENIED ? 999999 : t.key;
			assert_true(
				kind ? store_refusal_send(t.a, 1, &q, &e)
				     : store_quarantine_send(t.a, 1, &q, &e));
			r = await(t.a, &e);
			assert_true(store_odd_read(r, &got, &e));
			assert_int_equal(got, want[i]);
			res_free(r);
		}
	assert_int_equal(number("SELECT count(*) FROM field.quarantine", NULL),
			 1);
	assert_int_equal(number("SELECT bytes FROM field.refusal", NULL), 1);
}

static void the_role_may_call_functions_and_nothing_else(void **state)
{
	static const char *const no[] = {
		"SELECT * FROM field.response", "SELECT * FROM field.raw",
		"SELECT * FROM field.rating", "SELECT * FROM field.agent_key",
		"SELECT * FROM field.receipt_key", "SELECT * FROM audit.entry",
		"INSERT INTO field.raw VALUES (1, 1, '')",
		"UPDATE field.response SET counted = false",
		"DELETE FROM field.response", "TRUNCATE field.raw",
		"UPDATE plan.wave SET state = 'open'",
		"SELECT audit.seal(NULL, 'x', 'x')",
		"SELECT audit.append(0::smallint, 'x', 'x', 'x')",
		"CREATE TEMPORARY TABLE x ()", "CREATE TABLE public.x ()",
		"CREATE FUNCTION field.x() RETURNS int LANGUAGE sql AS "
		"'SELECT 1'",
		/* the functions insist on a search path nobody can fill */
		"SELECT field.intake_one(1, 1::smallint, 1::smallint, '', 1, "
		"'i', '', '', 1::smallint, 1, 1, 1, 's', 1::smallint, NULL, "
		"NULL, NULL, NULL, 1::smallint, 0, NULL, NULL, false, 1, '', "
		"NULL)"
	};
	PGconn *c = PQconnectdb(address("phieu_collector"));

	(void)state;
	assert_int_equal(PQstatus(c), CONNECTION_OK);
	for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
		run_sql(c, no[i], "42501");
	run_sql(c, "SELECT count(*) FROM plan.version", NULL);
	PQfinish(c);
}

static void sum_cells(int32_t group, int32_t home, int64_t n, void *arg)
{
	(void)group;
	(void)home;
	*(int64_t *)arg += n;
}

static void the_counts_are_those_of_the_table(void **state)
{
	struct err e = { 0 };
	int64_t sum = 0;

	(void)state;
	assert_true(store_counted(t.a, t.wave->id, sum_cells, &sum, &e));
	assert_true(sum > 5);
	assert_int_equal(sum, number("SELECT count(*) FROM field.response "
				     "WHERE counted AND keying = 1",
				     NULL));
}

static void a_key_is_found_by_its_hash_with_its_scope(void **state)
{
	struct agent_scope k;
	struct err e = { 0 };
	char token[TOKEN_TEXT_MAX];
	size_t form = 1, homes[2] = { 2, 3 };
	uint8_t hash[32];
	int32_t key;
	bool found;

	(void)state;
	token_hash(t.token, hash);
	assert_true(store_key_find(t.a, hash, t.arena, &found, &k, &e));
	assert_true(found && k.all_forms && k.all_homes && !k.revoked);
	assert_int_equal(k.key, t.key);
	assert_string_equal(k.wave_code, t.wave->code);
	assert_true(k.seconds_left > 86400);
	token_hash("pa_nobody", hash);
	assert_true(store_key_find(t.a, hash, t.arena, &found, &k, &e));
	assert_false(found);
	assert_true(store_agent_key_add(t.owner, "an", t.wave, &form, 1, homes,
					2, 1, "me", token, &key, &e));
	token_hash(token, hash);
	assert_true(store_key_find(t.a, hash, t.arena, &found, &k, &e));
	assert_int_equal(k.n_forms, 1);
	assert_int_equal(k.forms[0], t.wave->form_id[1]);
	assert_int_equal(k.n_homes, 2);
	assert_int_equal(k.homes[1], t.wave->unit_id[3]);
	assert_false(k.all_forms || k.all_homes);
	assert_false(store_agent_key_add(t.owner, "nobody", t.wave, NULL, 0,
					 NULL, 0, 1, "me", token, &key, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_false(store_agent_add(t.owner, "an", "", "", "me", &e));
	assert_int_equal(e.kind, ERR_CONFLICT);
}

static void an_agent_looks_up_his_own_receipts_only(void **state)
{
	struct intake_item *it = item();
	uint8_t sha[SHA256_BYTES];
	struct intake_answer a;
	struct err e = { 0 };
	bool found;

	(void)state;
	it->state = STATE_INVALID;
	it->faults = "[{\"code\":\"V05\"}]";
	assert_int_equal(add(it).outcome, INTAKE_STORED);
	assert_true(store_receipt_find(t.a, t.key, it->s->instance, t.arena,
				       &found, sha, &a, &e));
	assert_true(found);
	assert_memory_equal(sha, it->sha, SHA256_BYTES);
	assert_int_equal(a.state, STATE_INVALID);
	assert_non_null(strstr(a.faults, "V05"));
	assert_true(store_receipt_find(t.a, t.other_key, it->s->instance,
				       t.arena, &found, sha, &a, &e));
	assert_false(found);
}

static void a_server_that_forgets_is_refused(void **state)
{
	struct err e = { 0 };

	(void)state; /* this very cluster runs with fsync off */
	assert_false(store_durable(t.a, &e));
	assert_int_equal(e.kind, ERR_DENIED);
	assert_non_null(strstr(e.msg, "fsync"));
}

static void count_row(const struct agent_row *r, void *arg)
{
	if (strcmp(r->code, "an") == 0)
		*(int64_t *)arg = r->keys;
}

static void count_key(const struct agent_key_row *r, void *arg)
{
	*(int64_t *)arg += strcmp(r->state, "valid") == 0;
}

static void agents_and_keys_are_listed_without_secrets(void **state)
{
	struct err e = { 0 };
	int64_t keys = -1, valid = 0, none = 0;

	(void)state;
	assert_true(store_agent_list(t.owner, count_row, &keys, &e));
	assert_true(keys >= 1);
	assert_true(store_agent_key_list(t.owner, t.wave->code, count_key,
					 &valid, &e));
	assert_true(valid >= 2);
	assert_true(store_agent_key_list(t.owner, "no-such-wave", count_key,
					 &none, &e));
	assert_int_equal(none, 0);
}

static void receipt_keys_come_with_the_newest_first(void **state)
{
	struct receipt_key *k;
	struct err e = { 0 };
	size_t n;

	(void)state;
	run_sql(t.raw,
		"INSERT INTO field.receipt_key (key_id, key, created_at) "
		"VALUES (2, sha256('two'), now() + interval '1 second')",
		NULL);
	assert_true(store_receipt_keys(t.a, &k, &n, &e));
	assert_int_equal(n, 2);
	assert_int_equal(k[0].id, 2);
	assert_int_equal(k[1].id, 1);
	free(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_submission_is_stored_with_bytes_ratings_and_counts),
		cmocka_unit_test(
			the_same_again_is_a_duplicate_with_the_first_state),
		cmocka_unit_test(an_invalid_one_again_gets_its_faults_again),
		cmocka_unit_test(
			other_bytes_under_one_instance_are_kept_as_a_conflict),
		cmocka_unit_test(
			a_sheet_under_another_instance_is_kept_and_not_counted),
		cmocka_unit_test(
			a_second_keying_of_a_sheet_counts_beside_the_first),
		cmocka_unit_test(a_mended_sheet_takes_the_place_of_the_old),
		cmocka_unit_test(nobody_replaces_another_agents_sheet),
		cmocka_unit_test(an_invalid_mending_leaves_the_old_one_counted),
		cmocka_unit_test(
			a_revoked_key_stores_nothing_and_stops_nobody_else),
		cmocka_unit_test(a_frozen_wave_is_closed),
		cmocka_unit_test(the_short_way_does_the_same_or_nothing),
		cmocka_unit_test(
			a_batch_of_news_goes_the_plain_way_column_by_column),
		cmocka_unit_test(an_expired_key_stores_nothing_by_any_way),
		cmocka_unit_test(intake_by_any_way_waits_for_the_freeze),
		cmocka_unit_test(a_mixed_batch_gives_each_row_its_own),
		cmocka_unit_test(
			the_log_holds_the_merkle_root_of_what_was_stored),
		cmocka_unit_test(
			two_connections_racing_for_one_instance_store_it_once),
		cmocka_unit_test(
			two_connections_racing_for_one_sheet_count_it_once),
		cmocka_unit_test(what_nobody_can_read_is_kept_once_a_day),
		cmocka_unit_test(the_role_may_call_functions_and_nothing_else),
		cmocka_unit_test(the_counts_are_those_of_the_table),
		cmocka_unit_test(a_key_is_found_by_its_hash_with_its_scope),
		cmocka_unit_test(an_agent_looks_up_his_own_receipts_only),
		cmocka_unit_test(a_server_that_forgets_is_refused),
		cmocka_unit_test(agents_and_keys_are_listed_without_secrets),
		cmocka_unit_test(receipt_keys_come_with_the_newest_first),
	};

	return cmocka_run_group_tests(tests, set_up, take_down);
}
