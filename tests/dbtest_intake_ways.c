/* The ways into the store, and two at once. */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "phieu/simulate.h"
#include "phieu/store_agent.h"
#include "phieu/store_intake.h"
#include "support/intake_world.h"
#include "support/pg.h"
#include "support/test.h"

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

/* With the first entry of its lane: nothing goes the short way before. */
static int set_up_begun(void **state)
{
	return set_up(state) || add(item()).outcome != INTAKE_STORED;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_short_way_does_the_same_or_nothing),
		cmocka_unit_test(
			a_batch_of_news_goes_the_plain_way_column_by_column),
		cmocka_unit_test(an_expired_key_stores_nothing_by_any_way),
		cmocka_unit_test(intake_by_any_way_waits_for_the_freeze),
		cmocka_unit_test(a_mixed_batch_gives_each_row_its_own),
		cmocka_unit_test(
			two_connections_racing_for_one_instance_store_it_once),
		cmocka_unit_test(
			two_connections_racing_for_one_sheet_count_it_once),
	};

	return cmocka_run_group_tests(tests, set_up_begun, take_down);
}
