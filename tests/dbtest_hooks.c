/* Webhooks in the database: an event is written in the transaction of what
 * happened and by nothing else; senders share the work without sharing an
 * event; waits grow to their cap; what nobody takes is given up in words. */
#include "phieu/store_hook.h"

#include <string.h>

#include "phieu/hash.h"
#include "phieu/hook.h"
#include "phieu/score_job.h"
#include "phieu/simulate.h"
#include "phieu/store_freeze.h"
#include "phieu/store_intake.h"
#include "phieu/store_judge.h"
#include "support/pg.h"
#include "support/test.h"

#define PLAN   "collector/plans/lai-chau-2020.json"
#define WAVE   "lai-chau-2020"
#define SHEETS 60
#define URL    "https://x.example/nhan"
#define SECRET "một khóa ký đủ dài"
#define ALL                                                             \
	"submission.stored,submission.edited,submission.reviewed,wave." \
	"frozen,release.published"

static struct {
	struct db *owner, *collector, *one, *two; /* one, two: senders */
	PGconn *raw;
	struct wave *wave;
	struct arena *a, *events;
	struct intake_work *work;
	char *json[SHEETS];
	size_t n, next;
	int64_t hook;
} t;

static struct db *as(const char *role)
{
	struct err e = { 0 };
	char to[300];
	struct db *db;

	pg_conninfo(to, sizeof to, role, NULL);
	db = db_open(to, "t", DB_SERVICE_ROLE, 0, &e);
	if (!db)
		fail_msg("%s: %s", role, e.msg);
	return db;
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
	struct simulate how = { .seed = "hooks", .n = SHEETS };
	struct simulate_count count;
	struct err e = { 0 };
	struct plan *p;
	int32_t version;
	bool changed;

	(void)state;
	assert_true(hash_start(&e));
	t.a = arena_new((size_t)64 << 20);
	t.events = arena_new((size_t)1 << 20);
	t.owner = db_open(getenv("PHIEU_TEST_DB"), "t", DB_ANY_ROLE, 0, &e);
	assert_true(t.a && t.events && t.owner);
	p = plan_file_read(PLAN, &e);
	assert_non_null(p);
	assert_true(simulate(p, &how, keep_line, NULL, &count, &e));
	assert_true(
		store_plan_load(t.owner, p, "r", "me", &version, &changed, &e));
	plan_free(p);
	t.wave = store_wave_get(t.owner, WAVE, &e);
	t.work = intake_work_new(&e);
	assert_true(t.wave && t.work);
	t.collector = as("collector");
	t.one = as("publish");
	t.two = as("publish");
	t.raw = pg_as("owner", NULL);
	pg_do(t.raw, "INSERT INTO field.agent (code, name, office) "
		     "VALUES ('bd-1', 'Người thử', 'Bưu điện')");
	pg_do(t.raw, "INSERT INTO field.agent_key (agent, wave, hash, "
		     "expires_at) SELECT agent, wave, sha256('x'), now() + "
		     "interval '1 day' FROM field.agent, plan.wave");
	pg_do(t.raw, "INSERT INTO plan.wave (code, name, opens, closes, trial)"
		     " VALUES ('khac', 'Đợt khác', now(), now(), true)");
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < t.n; i++)
		free(t.json[i]);
	wave_free(t.wave);
	intake_work_free(t.work);
	db_close(t.owner);
	db_close(t.collector);
	db_close(t.one);
	db_close(t.two);
	PQfinish(t.raw);
	arena_free(t.a);
	arena_free(t.events);
	return 0;
}

/* ---- acts --------------------------------------------------------------
 */

/* One more sheet over the collector's role; its instance. */
static const char *send_sheet(const char *replaces)
{
	struct submission *s = arena_alloc(t.a, sizeof *s);
	struct intake_item item = {
		.wave = t.wave, .key = 1, .way = WAY_JSON, .state = STATE_VALID
	};
	const struct intake_item *items[1] = { &item };
	struct intake_answer answer;
	struct res *keep = NULL;
	struct err e = { 0 };
	struct faults f;

	assert_true(t.next < t.n);
	faults_init(&f, t.a);
	item.bytes = t.json[t.next++];
	item.n_bytes = strlen(item.bytes);
	assert_true(submission_read(item.bytes, item.n_bytes, t.wave->plan, t.a,
				    s, &f, &e));
	s->replaces = replaces;
	item.s = s;
	sha256(item.bytes, item.n_bytes, item.sha);
	if (!store_intake_add(t.collector, t.work, 1, 1, "[]", items, 1,
			      &answer, &keep, &e))
		fail_msg("intake: %s", e.msg);
	assert_int_equal(answer.outcome, INTAKE_STORED);
	res_free(keep);
	return s->instance;
}

static void begin(void)
{
	struct err e = { 0 };

	assert_true(db_begin(t.collector, &e));
}

static void commit(void)
{
	struct err e = { 0 };

	assert_true(db_commit(t.collector, &e));
}

static int64_t new_hook(const char *wave, const char *events)
{
	struct err e = { 0 };
	int64_t hook;

	if (!store_hook_add(t.owner, wave, NULL, URL, events, SECRET, "me",
			    &hook, &e))
		fail_msg("hook: %s", e.msg);
	return hook;
}

static void remove_hook(int64_t hook)
{
	struct err e = { 0 };
	char number[24];
	bool found;

	(void)snprintf(number, sizeof number, "%lld", (long long)hook);
	assert_true(store_hook_remove(t.owner, number, "me", &found, &e));
	assert_true(found);
}

static long waiting(void)
{
	return pg_long(t.raw, "SELECT count(*) FROM publish.outbox WHERE "
			      "delivered_at IS NULL AND dead_at IS NULL");
}

/* The newest event is of that kind and says so much. */
static void newest(const char *kind, const char *content)
{
	char *got = pg_text(t.raw,
			    "SELECT kind || ' ' || (content - 'at')::text "
			    "FROM publish.outbox ORDER BY event DESC LIMIT 1");
	char want[400];

	(void)snprintf(want, sizeof want, "%s %s\n", kind, content);
	assert_string_equal(got, want);
	assert_int_equal(pg_long(t.raw, "SELECT count(*) FROM publish.outbox "
					"WHERE content ->> 'at' IS NULL"),
			 0);
	free(got);
}

static void empty_outbox(void)
{
	pg_do(t.raw, "TRUNCATE publish.outbox");
	pg_do(t.raw, "UPDATE publish.hook SET failures = 0, next_at = now()");
}

/* Takes in a transaction of its own that stays open; the event's number, 0:
 * none is due. */
static int64_t take(struct db *db, struct hook_event *ev)
{
	struct err e = { 0 };
	bool found;

	if (!db_begin(db, &e) || !store_hook_take(db, t.events, ev, &found, &e))
		fail_msg("take: %s", e.msg);
	return found ? ev->event : 0;
}

static bool note(struct db *db, const struct hook_event *ev, const char *error,
		 int64_t wait, int64_t pause, int64_t days)
{
	struct err e = { 0 };
	bool dead;

	if (!store_hook_note(db, ev->event, error, wait, pause, days, &dead,
			     &e) ||
	    !db_commit(db, &e))
		fail_msg("note: %s", e.msg);
	return dead;
}

static long ms_until_due(const char *table)
{
	char sql[200];

	(void)snprintf(sql, sizeof sql,
		       "SELECT ceil(extract(epoch FROM max(next_at) - now()) * "
		       "1000) FROM publish.%s",
		       table);
	return pg_long(t.raw, sql);
}

/* ---- tests, in order ---------------------------------------------------
 */

static void
a_wave_without_a_hook_writes_nothing_and_has_no_trigger(void **state)
{
	(void)state;
	(void)send_sheet(NULL);
	assert_int_equal(waiting(), 0);
	assert_int_equal(pg_long(t.raw,
				 "SELECT count(*) FROM pg_trigger WHERE "
				 "tgrelid = 'field.response'::regclass AND "
				 "tgname LIKE 'hook%'"),
			 0);
}

static void a_sheet_received_is_told_with_it_or_not_at_all(void **state)
{
	char content[200];
	const char *name;

	(void)state;
	t.hook = new_hook(WAVE, ALL);
	begin();
	(void)send_sheet(NULL);
	db_rollback(t.collector);
	assert_int_equal(waiting(), 0);
	begin();
	t.next--;
	name = send_sheet(NULL);
	assert_int_equal(waiting(), 0); /* others see neither */
	commit();
	assert_int_equal(waiting(), 1);
	(void)snprintf(content, sizeof content, "{\"instance\": \"%s\"}", name);
	newest("submission.stored", content);
	assert_int_equal(pg_long(t.raw,
				 "SELECT count(*) FROM publish.outbox "
				 "WHERE created_at = (SELECT "
				 "max(received_at) FROM field.response)"),
			 1);
}

static void an_edit_is_told_as_an_edit_with_what_it_replaces(void **state)
{
	char content[300];
	const char *old, *name;

	(void)state;
	old = send_sheet(NULL);
	begin();
	name = send_sheet(old);
	commit();
	(void)snprintf(content, sizeof content,
		       "{\"instance\": \"%s\", \"replaces\": \"%s\"}", name,
		       old);
	newest("submission.edited", content);
	assert_int_equal(waiting(), 3); /* one, one, and one for the edit */
}

static void a_judgement_is_told_and_one_undone_is_not(void **state)
{
	char content[200];
	struct err e = { 0 };
	const char *name;

	(void)state;
	name = send_sheet(NULL);
	empty_outbox();
	assert_true(store_judge(t.owner, t.wave->id, name, SHEET_INVALID, "V11",
				"thử", "me", &e));
	(void)snprintf(content, sizeof content,
		       "{\"version\": 2, \"instance\": \"%s\"}", name);
	newest("submission.reviewed", content);
	pg_do(t.raw, "BEGIN");
	pg_do(t.raw, "UPDATE field.response SET version = version + 1");
	pg_do(t.raw, "ROLLBACK");
	assert_false(store_judge(t.owner, t.wave->id, "uuid:none", SHEET_VALID,
				 NULL, "thử", "me", &e));
	assert_int_equal(waiting(), 1);
}

/* The condition of the trigger names the waves and kinds that are wanted. */
static void other_waves_and_kinds_do_not_pay(void **state)
{
	int64_t quiet = new_hook("khac", "release.published");
	int64_t edits = new_hook("khac", "submission.edited");
	char *when;

	(void)state;
	empty_outbox();
	remove_hook(t.hook);
	(void)send_sheet(send_sheet(NULL));
	assert_int_equal(waiting(), 0);
	when = pg_text(t.raw, "SELECT pg_get_triggerdef(oid) FROM pg_trigger "
			      "WHERE tgrelid = 'field.response'::regclass AND "
			      "tgname LIKE 'hook%'");
	assert_non_null(strstr(when, "hook_stored"));
	assert_non_null(strstr(when, "'{}'::integer[]"));
	assert_null(strstr(when, "hook_reviewed"));
	free(when);
	remove_hook(edits);
	assert_int_equal(pg_long(t.raw,
				 "SELECT count(*) FROM pg_trigger WHERE "
				 "tgrelid = 'field.response'::regclass AND "
				 "tgname LIKE 'hook%'"),
			 0);
	remove_hook(quiet);
	t.hook = new_hook(WAVE, ALL);
}

static void one_sender_tells_them_in_their_order(void **state)
{
	struct hook_event ev;
	int64_t before = 0;
	size_t n = 0;

	(void)state;
	empty_outbox();
	for (int i = 0; i < 5; i++)
		(void)send_sheet(NULL);
	while (take(t.one, &ev) > 0) {
		assert_true(ev.event > before);
		before = ev.event;
		assert_string_equal(ev.url, URL);
		assert_int_equal(ev.n_secret, strlen(SECRET));
		assert_memory_equal(ev.secret, SECRET, ev.n_secret);
		assert_non_null(strstr(ev.body, ev.id));
		assert_non_null(strstr(ev.body, "\"wave\": \"" WAVE "\""));
		assert_false(note(t.one, &ev, NULL, 0, 0, 7));
		n++;
	}
	db_rollback(t.one);
	assert_int_equal(n, 5);
	assert_int_equal(waiting(), 0);
	assert_int_equal(pg_long(t.raw, "SELECT count(*) FROM publish.outbox "
					"WHERE attempts = 1"),
			 5);
}

static void two_senders_never_hold_one_event(void **state)
{
	struct hook_event a, b;
	int64_t first;
	char *id;

	(void)state;
	empty_outbox();
	(void)send_sheet(NULL);
	(void)send_sheet(NULL);
	first = take(t.one, &a);
	id = strdup(a.id);
	assert_true(first > 0);
	assert_true(take(t.two, &b) > 0);
	assert_int_not_equal(b.event, first);
	/* both are held: a third finds nothing, and does not wait */
	assert_int_equal(pg_long(t.raw, "SELECT count(*) FROM "
					"publish.hook_take()"),
			 0);
	/* one dies: what it held is free, under the same id */
	db_close(t.one);
	t.one = as("publish");
	assert_false(note(t.two, &b, NULL, 0, 0, 7));
	assert_int_equal(take(t.two, &b), first);
	assert_string_equal(b.id, id);
	assert_int_equal(b.attempts, 0);
	assert_false(note(t.two, &b, NULL, 0, 0, 7));
	assert_int_equal(take(t.one, &a), 0);
	db_rollback(t.one);
	free(id);
}

/* Delivered by the one while the other waited with an old picture. */
static void
an_event_that_was_delivered_is_not_taken_from_an_old_picture(void **state)
{
	struct hook_event ev;

	(void)state;
	empty_outbox();
	(void)send_sheet(NULL);
	assert_true(take(t.one, &ev) > 0);
	assert_false(note(t.one, &ev, NULL, 0, 0, 7));
	assert_int_equal(take(t.two, &ev), 0);
	db_rollback(t.two);
	/* noting it once more changes nothing */
	pg_do(t.raw, "SELECT publish.hook_note(max(event), 'x', 1, 1, 0) "
		     "FROM publish.outbox");
	assert_int_equal(pg_long(t.raw, "SELECT count(*) FROM publish.outbox "
					"WHERE delivered_at IS NOT NULL AND "
					"last_error IS NULL AND attempts = 1"),
			 1);
}

static void a_failure_waits_its_time_and_pauses_the_hook(void **state)
{
	struct hook_event ev;
	long event, pause;

	(void)state;
	empty_outbox();
	(void)send_sheet(NULL);
	(void)send_sheet(NULL);
	assert_true(take(t.one, &ev) > 0);
	assert_false(note(t.one, &ev, "the receiver answered 500", 3600000,
			  60000, 7));
	event = ms_until_due("outbox");
	pause = ms_until_due("hook");
	assert_true(event > 3500000 && event <= 3600000);
	assert_true(pause > 50000 && pause <= 60000);
	/* the other event is due, but its hook is not */
	assert_int_equal(take(t.one, &ev), 0);
	db_rollback(t.one);
	pg_do(t.raw, "UPDATE publish.hook SET next_at = now()");
	assert_true(take(t.one, &ev) > 0);
	assert_int_equal(ev.failures, 1);
	assert_int_equal(ev.attempts, 0);
	assert_false(note(t.one, &ev, NULL, 0, 0, 7));
	/* what was taken ends the row of failures */
	assert_int_equal(pg_long(t.raw, "SELECT failures FROM publish.hook "
					"WHERE removed_at IS NULL"),
			 0);
}

/* What the sender draws, over the tries of a week. */
static void waits_grow_to_an_hour_and_stay_there(void **state)
{
	struct hook_event ev;
	int64_t before = 0, sum = 0;

	(void)state;
	empty_outbox();
	(void)send_sheet(NULL);
	for (int i = 0; i < 16; i++) {
		int64_t wait;

		pg_do(t.raw, "UPDATE publish.outbox SET next_at = now()");
		pg_do(t.raw, "UPDATE publish.hook SET next_at = now()");
		assert_true(take(t.one, &ev) > 0);
		assert_int_equal(ev.attempts, i);
		assert_int_equal(ev.failures, i);
		wait = hook_wait_ms(ev.attempts, 2000, 3600000, UINT32_MAX);
		assert_true(wait == (before ? before * 2 : 2000) ||
			    wait == 3600000);
		before = wait;
		sum += wait;
		assert_false(note(t.one, &ev, "down", wait, 0, 7));
	}
	assert_int_equal(before, 3600000);
	assert_true(sum < 7 * INT64_C(86400000)); /* many tries in its days */
}

static void giving_up_is_stated_and_can_be_taken_back(void **state)
{
	struct hook_event ev;
	struct err e = { 0 };
	char number[24];
	struct res *list;
	size_t n;

	(void)state;
	(void)snprintf(number, sizeof number, "%lld", (long long)t.hook);
	empty_outbox();
	(void)send_sheet(NULL);
	assert_true(take(t.one, &ev) > 0);
	assert_false(note(t.one, &ev, "no route", 0, 0, 7));
	pg_do(t.raw, "UPDATE publish.outbox SET created_at = now() - "
		     "interval '7 days 1 minute'");
	assert_true(take(t.one, &ev) > 0);
	assert_true(note(t.one, &ev, "no route", 0, 0, 7));
	assert_int_equal(waiting(), 0);
	assert_int_equal(take(t.one, &ev), 0);
	db_rollback(t.one);
	list = store_hook_list(t.owner, WAVE, NULL, &e);
	assert_non_null(list);
	n = res_rows(list) - 1; /* the newest hook */
	assert_string_equal(res_text(list, n, 4), "on");
	assert_string_equal(res_text(list, n, 7), "1");
	assert_string_equal(res_text(list, n, 8), "no route");
	res_free(list);
	assert_true(store_hook_again(t.owner, number, &n, &e));
	assert_int_equal(n, 1);
	assert_true(take(t.one, &ev) > 0);
	assert_int_equal(ev.attempts, 2);
	assert_false(note(t.one, &ev, NULL, 0, 0, 7));
	/* and delivered ones are forgotten, in time */
	pg_do(t.raw, "UPDATE publish.outbox SET delivered_at = now() - "
		     "interval '31 days'");
	assert_true(store_hook_forget(t.one, &e));
	assert_int_equal(pg_long(t.raw, "SELECT count(*) FROM publish.outbox"),
			 0);
}

static void a_hook_taken_away_sends_nothing_more(void **state)
{
	struct hook_event ev;
	struct err e = { 0 };
	char number[24];
	size_t n;

	(void)state;
	(void)snprintf(number, sizeof number, "%lld", (long long)t.hook);
	empty_outbox();
	(void)send_sheet(NULL);
	remove_hook(t.hook);
	(void)send_sheet(NULL);
	assert_int_equal(pg_long(t.raw, "SELECT count(*) FROM publish.outbox"),
			 1);
	assert_int_equal(pg_long(t.raw, "SELECT count(*) FROM publish.outbox "
					"WHERE dead_at IS NOT NULL AND "
					"last_error = 'hook removed'"),
			 1);
	assert_int_equal(take(t.one, &ev), 0);
	db_rollback(t.one);
	assert_true(store_hook_again(t.owner, number, &n, &e));
	assert_int_equal(n, 0); /* not to one that is gone */
	t.hook = new_hook(WAVE, ALL);
}

static void freezing_and_publishing_are_told(void **state)
{
	struct score_job j = { 0 };
	struct err e = { 0 };
	struct release_cell *cells;
	struct component *rows;
	size_t n, n_cells;
	int32_t number;

	(void)state;
	empty_outbox();
	while (t.next < t.n)
		(void)send_sheet(NULL);
	empty_outbox();
	if (!score_job_freeze(&j, t.owner, WAVE, "thử", "thử", &number, &e))
		fail_msg("freeze: %s", e.msg);
	score_job_end(&j);
	assert_int_equal(waiting(), 1);
	newest("wave.frozen", "{\"freeze\": 1}");
	j = (struct score_job){ 0 };
	if (!score_job_wave(&j, t.owner, WAVE, &e) ||
	    !result_components(j.result, t.a, &rows, &n, &cells, &n_cells,
			       &e) ||
	    !store_release_make(t.one, j.wave, 1, true, "thử", "thử", rows, n,
				cells, n_cells, &number, &e))
		fail_msg("publish: %s", e.msg);
	assert_int_equal(waiting(), 2);
	newest("release.published", "{\"release\": 1}");
	/* a release that comes to nothing is told to nobody */
	assert_false(store_release_make(t.one, j.wave, 99, true, "thử", "thử",
					rows, n, cells, n_cells, &number, &e));
	assert_int_equal(waiting(), 2);
	score_job_end(&j);
}

static void no_other_role_reads_a_secret(void **state)
{
	static const char *const roles[] = { "analysis", "auditor", "collector",
					     "publish",	 "roster",  "server" };
	static const char *const asks[] = {
		"SELECT secret FROM publish.hook",
		"SELECT content FROM publish.outbox",
		"UPDATE publish.hook SET url = 'https://y'",
		"SELECT publish.hook_add('" WAVE "', NULL, 'https://y', "
		"'{submission.stored}', sha256('x'), 'x')",
		"SELECT publish.hook_put(1, 'submission.stored', '{}')",
		"SELECT * FROM publish.hook_take()",
	};
	char code[6];

	(void)state;
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
		PGconn *c = pg_as(roles[i], NULL);
		bool sender = strcmp(roles[i], "publish") == 0;

		for (size_t k = 0; k < sizeof asks / sizeof *asks; k++)
			if (sender && k == 5)
				pg_do(c, asks[k]);
			else
				assert_string_equal(pg_state(c, asks[k], code),
						    "42501");
		PQfinish(c);
	}
	/* nor does the log say it, or the address's path */
	assert_int_equal(pg_long(t.raw,
				 "SELECT count(*) FROM audit.entry WHERE "
				 "content LIKE '%khóa ký%' OR content LIKE "
				 "'%nhan%'"),
			 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_wave_without_a_hook_writes_nothing_and_has_no_trigger),
		cmocka_unit_test(
			a_sheet_received_is_told_with_it_or_not_at_all),
		cmocka_unit_test(
			an_edit_is_told_as_an_edit_with_what_it_replaces),
		cmocka_unit_test(a_judgement_is_told_and_one_undone_is_not),
		cmocka_unit_test(other_waves_and_kinds_do_not_pay),
		cmocka_unit_test(one_sender_tells_them_in_their_order),
		cmocka_unit_test(two_senders_never_hold_one_event),
		cmocka_unit_test(
			an_event_that_was_delivered_is_not_taken_from_an_old_picture),
		cmocka_unit_test(a_failure_waits_its_time_and_pauses_the_hook),
		cmocka_unit_test(waits_grow_to_an_hour_and_stay_there),
		cmocka_unit_test(giving_up_is_stated_and_can_be_taken_back),
		cmocka_unit_test(a_hook_taken_away_sends_nothing_more),
		cmocka_unit_test(freezing_and_publishing_are_told),
		cmocka_unit_test(no_other_role_reads_a_secret),
	};

	return cmocka_run_group_tests_name("hooks", tests, set_up, take_down);
}
