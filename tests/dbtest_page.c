/* What an agent's page reads of the agent: through the functions of
 * sql/034_agent_list.sql, in the collector's role. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/date.h"
#include "phieu/file.h"
#include "phieu/hash.h"
#include "phieu/limits.h"
#include "phieu/simulate.h"
#include "phieu/store_agent.h"
#include "phieu/store_intake.h"
#include "phieu/store_page.h"
#include "phieu/store_plan.h"

#define PLAN   "collector/plans/lai-chau-2020.json"
#define SHEETS 40

static struct {
	struct arena *arena;
	struct db *owner, *field;
	struct wave *wave;
	struct intake_work *work;
	int32_t an, an_new, binh;
	struct date day; /* in Vietnam, before anything was sent */
	char *json[SHEETS];
	size_t n;
} t;

static bool keep_line(const char *line, size_t n, void *arg, struct err *e)
{
	(void)arg;
	(void)e;
	if (t.n < SHEETS)
		t.json[t.n++] = strndup(line, n);
	return true;
}

static void add_key(const char *agent, int32_t *key)
{
	char token[TOKEN_TEXT_MAX];
	struct err e = { 0 };

	assert_true(store_agent_key_add(t.owner, agent, t.wave, NULL, 0, NULL,
					0, 30, "me", token, key, &e));
}

/* Sheet i, sent with a key. */
static void send(size_t i, int32_t key, enum intake_state state)
{
	struct intake_item it = { .bytes = t.json[i],
				  .n_bytes = strlen(t.json[i]),
				  .wave = t.wave,
				  .key = key,
				  .way = WAY_JSON,
				  .state = state };
	const struct intake_item *items[] = { &it };
	struct intake_answer a;
	struct submission s;
	struct faults f;
	struct err e = { 0 };
	struct res *keep;

	faults_init(&f, t.arena);
	assert_true(submission_read(it.bytes, it.n_bytes, t.wave->plan, t.arena,
				    &s, &f, &e));
	s.simulated = false;
	it.s = &s;
	if (state == STATE_INVALID)
		it.faults = "[{\"code\":\"V05\",\"path\":\"/ratings\"}]";
	sha256(it.bytes, it.n_bytes, it.sha);
	assert_true(store_intake_add(t.field, t.work, 1, 1, "[]", items, 1, &a,
				     &keep, &e));
	assert_int_equal(a.outcome, INTAKE_STORED);
	res_free(keep);
}

static int set_up(void **state)
{
	struct simulate how = { .seed = "page", .n = SHEETS };
	struct simulate_count count;
	char address[512];
	struct faults f;
	struct err e = { 0 };
	int32_t version;
	bool changed;
	struct plan *p;
	size_t n;
	char *text = file_read(PLAN, LIMIT_PLAN_BYTES, &n, &e);

	(void)state;
	assert_true(hash_start(&e));
	assert_non_null(text);
	t.arena = arena_new((size_t)64 << 20);
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
	assert_true(store_agent_add(t.owner, "an", "Lò Thị An", "Bưu điện A",
				    "me", &e));
	assert_true(store_agent_add(t.owner, "binh", "Bình", "B", "me", &e));
	add_key("an", &t.an);
	add_key("an", &t.an_new);
	add_key("binh", &t.binh);
	(void)snprintf(address, sizeof address,
		       "host=%s dbname=phieu user=phieu_collector",
		       getenv("PHIEU_TEST_SOCKET"));
	t.field = db_open(address, "t", DB_SERVICE_ROLE, 0, &e);
	assert_non_null(t.field);
	t.work = intake_work_new(&e);
	assert_non_null(t.work);
	t.day = instant_day_vn(clock_now_us());
	for (size_t i = 0; i < 20; i++)
		send(i, i % 2 ? t.an : t.an_new, STATE_VALID);
	for (size_t i = 20; i < 25; i++)
		send(i, t.an, STATE_INVALID);
	for (size_t i = 25; i < 28; i++)
		send(i, t.binh, STATE_VALID);
	return 0;
}

static int take_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < t.n; i++)
		free(t.json[i]);
	wave_free(t.wave);
	db_close(t.field);
	db_close(t.owner);
	intake_work_free(t.work);
	arena_free(t.arena);
	return 0;
}

static void a_key_tells_whose_it_is(void **state)
{
	struct agent_self self;
	struct err e = { 0 };

	(void)state;
	assert_true(store_agent_self(t.field, t.an, t.arena, &self, &e));
	assert_string_equal(self.code, "an");
	assert_string_equal(self.name, "Lò Thị An");
	assert_string_equal(self.office, "Bưu điện A");
	assert_string_equal(self.wave_state, "open");
	assert_true(self.trial);
	assert_int_equal(strlen(self.expires), 20);
	assert_false(store_agent_self(t.field, 9999, t.arena, &self, &e));
	assert_int_equal(e.kind, ERR_INPUT);
}

static void counts_are_of_the_agent_whatever_key_he_used(void **state)
{
	struct agent_count *list;
	int64_t counted = 0, invalid = 0, today = 0;
	struct err e = { 0 };
	size_t n;

	(void)state;
	assert_true(store_agent_counts(t.field, t.an_new, &list, &n, &e));
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(list[i].keying, 1);
		counted += list[i].counted ? list[i].n : 0;
		invalid += list[i].state == STATE_INVALID ? list[i].n : 0;
		today += list[i].today;
	}
	assert_int_equal(counted, 20);
	assert_int_equal(invalid, 5);
	if (instant_day_vn(clock_now_us()).days == t.day.days)
		assert_int_equal(today, 25);
	assert_in_range(today, 0, 25); /* midnight passed */
	free(list);
	assert_true(store_agent_counts(t.field, t.binh, &list, &n, &e));
	for (counted = 0; n > 0; n--)
		counted += list[n - 1].n;
	assert_int_equal(counted, 3);
	free(list);
}

struct seen {
	char last[80], instance[80];
	size_t n, stop_at;
	int state;
	bool descending;
};

static bool see(const struct receipt_row *r, void *arg)
{
	struct seen *s = arg;
	const uint8_t none[SHA256_BYTES] = { 0 };

	if (s->n > 0 && strcmp(r->received, s->last) > 0)
		s->descending = false;
	(void)snprintf(s->last, sizeof s->last, "%s", r->received);
	(void)snprintf(s->instance, sizeof s->instance, "%s", r->instance);
	assert_memory_not_equal(r->sha, none, SHA256_BYTES);
	assert_non_null(r->sheet);
	assert_true(r->form > 0 && r->group > 0 && r->receipt_key == 1);
	assert_true((r->faults != NULL) == (r->state == STATE_INVALID));
	s->state = r->state;
	s->n++;
	return s->n != s->stop_at;
}

static void receipts_come_newest_first_and_page_by_page(void **state)
{
	struct seen s = { .descending = true };
	struct seen whole = { .descending = true };
	struct err e = { 0 };
	const char *before = NULL, *instance = NULL;
	char at[80], id[80];
	size_t had;

	(void)state;
	assert_true(store_receipt_list(t.field, t.an, 0, NULL, NULL, 200, see,
				       &whole, &e));
	assert_int_equal(whole.n, 25);
	assert_true(whole.descending);
	do {
		had = s.n;
		assert_true(store_receipt_list(t.field, t.an, 0, before,
					       instance, 7, see, &s, &e));
		memcpy(at, s.last, sizeof at);
		memcpy(id, s.instance, sizeof id);
		before = at;
		instance = id;
	} while (s.n > had);
	assert_int_equal(s.n, 25);
	assert_true(s.descending);
	assert_string_equal(s.instance, whole.instance);
}

static void receipts_can_be_of_one_state_and_of_nobody_else(void **state)
{
	struct seen s = { .descending = true };
	struct err e = { 0 };

	(void)state;
	assert_true(store_receipt_list(t.field, t.an, STATE_INVALID, NULL, NULL,
				       200, see, &s, &e));
	assert_int_equal(s.n, 5);
	assert_int_equal(s.state, STATE_INVALID);
	s.n = 0;
	assert_true(store_receipt_list(t.field, t.binh, 0, NULL, NULL, 200, see,
				       &s, &e));
	assert_int_equal(s.n, 3);
	s.n = 0;
	s.stop_at = 2;
	assert_true(store_receipt_list(t.field, t.binh, 0, NULL, NULL, 200, see,
				       &s, &e));
	assert_int_equal(s.n, 2);
	s.n = 0;
	assert_true(store_receipt_list(t.field, 9999, 0, NULL, NULL, 200, see,
				       &s, &e));
	assert_int_equal(s.n, 0);
	/* what is no instant is the store's error, not a crash */
	assert_false(store_receipt_list(t.field, t.an, 0, "yesterday-ish", "x",
					5, see, &s, &e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_tells_whose_it_is),
		cmocka_unit_test(counts_are_of_the_agent_whatever_key_he_used),
		cmocka_unit_test(receipts_come_newest_first_and_page_by_page),
		cmocka_unit_test(
			receipts_can_be_of_one_state_and_of_nobody_else),
	};

	return cmocka_run_group_tests(tests, set_up, take_down);
}
