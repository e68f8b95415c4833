#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/buf.h"
#include "phieu/file.h"
#include "phieu/hash.h"
#include "phieu/limits.h"
#include "phieu/simulate.h"
#include "phieu/submission.h"

/* Known bytes of seed "hạt giống", 100 sheets and spoiled ones. */
#define KNOWN "4271fa23bb47c22538f547ea02365c720e84535f6d6f37064661ead2db185df5"

static struct plan *shipped(const char *path)
{
	struct err e = { 0 };
	struct plan *p;

	assert_true(hash_start(&e));
	p = plan_file_read(path, &e);
	assert_non_null(p);
	return p;
}

/* Takes the lines: reads and checks each, counts the cells. */
struct tally {
	const struct plan *p;
	struct arena *a;
	struct sha256_run sha;
	size_t lines, valid, invalid, unread, straight, not_simulated;
	size_t blanks, answers, best;
	int64_t cell[64][256]; /* [group][home], NONE at 255 */
	struct buf sheets;     /* " T1-00012-9 …" of valid ones */
	bool stop_early;
};

static void read_line(struct tally *t, const char *json, size_t n)
{
	struct submission s;
	struct err e = { 0 };
	struct faults f;
	unsigned flags;
	size_t slots;

	arena_reset(t->a);
	faults_init(&f, t->a);
	if (!submission_read(json, n, t->p, t->a, &s, &f, &e)) {
		t->unread++;
		return;
	}
	submission_check(t->p, &s, t->p->to, &f, &flags);
	t->not_simulated += !s.simulated;
	if (f.n > 0) {
		t->invalid++;
		return;
	}
	t->valid++;
	t->straight += flags & FLAG_STRAIGHT;
	t->cell[s.group][s.home == NONE ? 255 : s.home]++;
	buf_addf(&t->sheets, " %s", s.sheet);
	slots = t->p->forms[s.form].n_slots;
	for (size_t i = 0; i < s.n_ratings; i++)
		for (size_t k = 0; k < slots; k++) {
			t->blanks += s.ratings[i].answers[k] == ANSWER_BLANK;
			t->best += s.ratings[i].answers[k] == 1;
			t->answers++;
		}
}

static bool take(const char *json, size_t n, void *ctx, struct err *e)
{
	struct tally *t = ctx;

	sha256_add(&t->sha, json, n);
	sha256_add(&t->sha, "\n", 1);
	t->lines++;
	if (t->stop_early && t->lines == 10)
		return err_set(e, ERR_IO, "enough");
	read_line(t, json, n);
	return true;
}

static struct tally *run(const struct plan *p, const struct simulate *how,
			 struct simulate_count *count, char hex[65])
{
	struct tally *t = calloc(1, sizeof *t);
	uint8_t sum[SHA256_BYTES];
	struct err e = { 0 };

	assert_non_null(t);
	t->p = p;
	t->a = arena_new((size_t)4 << 20);
	t->sheets = (struct buf)BUF_INIT((size_t)64 << 20);
	sha256_begin(&t->sha);
	if (!simulate(p, how, take, t, count, &e))
		fail_msg("%s", e.msg);
	sha256_end(&t->sha, sum);
	hex_text(sum, sizeof sum, hex);
	return t;
}

static void tally_free(struct tally *t)
{
	arena_free(t->a);
	buf_free(&t->sheets);
	free(t);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void assert_all_different(struct buf *sheets, size_t n)
{
	char **list = calloc(n, sizeof *list), *save = NULL;
	size_t k = 0;

	assert_non_null(list);
	for (char *s = strtok_r(sheets->data, " ", &save); s;
	     s = strtok_r(NULL, " ", &save))
		list[k++] = s;
	assert_int_equal(k, n);
	qsort(list, n, sizeof *list, by_text);
	for (k = 1; k < n; k++)
		assert_string_not_equal(list[k - 1], list[k]);
	free(list);
}

static void assert_quotas_filled(const struct plan *p, const struct tally *t,
				 int64_t times)
{
	for (size_t g = 0; g < p->n_groups; g++)
		for (size_t c = 0; c < p->groups[g].n_cells; c++) {
			const struct quota_cell *cell = &p->groups[g].cells[c];
			size_t home = cell->home == NONE ? 255 : cell->home;

			assert_int_equal(t->cell[g][home], cell->n * times);
		}
}

static void lai_chau_gets_1193_valid_sheets_that_fill_the_quotas(void **state)
{
	struct plan *p = shipped("collector/plans/lai-chau-2020.json");
	const struct simulate how = { .seed = "2020" };
	struct simulate_count count;
	char hex[65];
	struct tally *t = run(p, &how, &count, hex);

	(void)state;
	assert_int_equal(t->lines, 1193);
	assert_int_equal(t->valid, 1193);
	assert_int_equal(count.valid, 1193);
	assert_int_equal(count.careless + count.invalid + count.broken, 0);
	assert_int_equal(t->not_simulated, 0);
	assert_quotas_filled(p, t, 1);
	assert_all_different(&t->sheets, 1193);
	/* people: some blanks, the best option often but not always */
	assert_true(t->blanks > t->answers / 100);
	assert_true(t->blanks < t->answers / 10);
	assert_true(t->best > t->answers / 4 && t->best < t->answers * 3 / 4);
	tally_free(t);
	plan_free(p);
}

/* Known bytes: a change of the generator is a change of every demonstration
 * and must be meant. */
static void a_seed_gives_the_same_bytes_on_any_machine(void **state)
{
	struct plan *p = shipped("collector/plans/lai-chau-2020.json");
	struct simulate how = { .seed = "2020", .n = 50 };
	struct simulate_count count;
	char one[65], two[65], other[65];

	(void)state;
	tally_free(run(p, &how, &count, one));
	tally_free(run(p, &how, &count, two));
	assert_string_equal(one, two);
	how.seed = "2021";
	tally_free(run(p, &how, &count, other));
	assert_string_not_equal(one, other);
	plan_free(p);
	p = shipped("tests/data/sheet_plan.json");
	how = (struct simulate){ .seed = "hạt giống", .n = 100, .spoil = true };
	tally_free(run(p, &how, &count, one));
	assert_string_equal(one, KNOWN);
	plan_free(p);
}

struct keep {
	struct buf text;
};
static bool keep(const char *json, size_t n, void *ctx, struct err *e)
{
	struct keep *k = ctx;

	(void)e;
	buf_add(&k->text, json, n);
	buf_adds(&k->text, "\n");
	return true;
}

static void a_short_run_is_the_beginning_of_a_long_one(void **state)
{
	struct plan *p = shipped("tests/data/sheet_plan.json");
	struct keep a = { BUF_INIT((size_t)8 << 20) };
	struct keep b = { BUF_INIT((size_t)8 << 20) };
	struct simulate how = { .seed = "x", .n = 20 };
	struct simulate_count count;
	struct err e = { 0 };

	(void)state;
	assert_true(simulate(p, &how, keep, &a, &count, &e));
	how.n = 90;
	assert_true(simulate(p, &how, keep, &b, &count, &e));
	assert_true(b.text.len > a.text.len);
	assert_memory_equal(a.text.data, b.text.data, a.text.len);
	buf_free(&a.text);
	buf_free(&b.text);
	plan_free(p);
}

static void spoiled_sheets_come_besides_and_only_when_asked(void **state)
{
	struct plan *p = shipped("collector/plans/lai-chau-2020.json");
	const struct simulate how = { .seed = "2020", .spoil = true };
	struct simulate_count count;
	char hex[65];
	struct tally *t = run(p, &how, &count, hex);

	(void)state;
	assert_int_equal(count.valid, 1193);
	assert_int_equal(t->lines, count.valid + count.invalid +
					   count.duplicate + count.reused +
					   count.broken);
	/* each kind is there, and what is called invalid is invalid */
	assert_int_equal(t->invalid, count.invalid);
	assert_int_equal(t->unread, count.broken);
	assert_int_equal(t->valid,
			 count.valid + count.duplicate + count.reused);
	assert_true(count.invalid >= 1193 / 100);
	assert_true(count.invalid <= 1193 / 40);
	assert_true(count.duplicate > 0 && count.reused > 0 &&
		    count.broken > 0);
	assert_true(count.careless > 5);
	/* a careless sheet of one rating and few questions may escape Q01 */
	assert_true(t->straight >= count.careless * 8 / 10);
	tally_free(t);
	plan_free(p);
}

static void past_the_quotas_numbers_go_on(void **state)
{
	struct plan *p = shipped("tests/data/sheet_plan.json");
	const size_t total = (size_t)plan_total(p);
	const struct simulate how = { .seed = "x", .n = 3 * total };
	struct simulate_count count;
	char hex[65];
	struct tally *t = run(p, &how, &count, hex);

	(void)state;
	assert_int_equal(t->valid, 3 * total);
	assert_quotas_filled(p, t, 3);
	assert_all_different(&t->sheets, 3 * total);
	tally_free(t);
	plan_free(p);
}

static void every_shipped_plan_can_be_simulated(void **state)
{
	static const char *const plans[] = {
		"collector/plans/two-level-example.json",
		"collector/plans/sipas-2017-example.json",
		"tests/data/plan/numbers.json",
	};

	(void)state;
	for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
		struct plan *p = shipped(plans[i]);
		const struct simulate how = { .seed = "s" };
		struct simulate_count count;
		char hex[65];
		struct tally *t = run(p, &how, &count, hex);

		assert_int_equal(t->valid, plan_total(p));
		assert_int_equal(t->lines, plan_total(p));
		tally_free(t);
		plan_free(p);
	}
}

/* The strictest decisions still get valid sheets only. */
static void decisions_on_blanks_are_kept_to(void **state)
{
	struct plan *p = shipped("collector/plans/lai-chau-2020.json");
	const struct simulate how = { .seed = "s", .n = 200 };
	struct simulate_count count;
	char hex[65];
	struct tally *t;

	(void)state;
	p->decisions.minimum = MINIMUM_ALL;
	p->decisions.blank = BLANK_INVALID;
	t = run(p, &how, &count, hex);
	assert_int_equal(t->valid, 200);
	assert_int_equal(t->blanks, 0);
	tally_free(t);
	plan_free(p);
}

static void the_taker_can_stop_it(void **state)
{
	struct plan *p = shipped("tests/data/sheet_plan.json");
	const struct simulate how = { .seed = "x" };
	struct tally *t = calloc(1, sizeof *t);
	struct simulate_count count;
	struct err e = { 0 };

	(void)state;
	assert_non_null(t);
	t->p = p;
	t->a = arena_new((size_t)4 << 20);
	t->sheets = (struct buf)BUF_INIT((size_t)1 << 20);
	t->stop_early = true;
	sha256_begin(&t->sha);
	assert_false(simulate(p, &how, take, t, &count, &e));
	assert_string_equal(e.msg, "enough");
	assert_int_equal(t->lines, 10);
	tally_free(t);
	plan_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			lai_chau_gets_1193_valid_sheets_that_fill_the_quotas),
		cmocka_unit_test(a_seed_gives_the_same_bytes_on_any_machine),
		cmocka_unit_test(a_short_run_is_the_beginning_of_a_long_one),
		cmocka_unit_test(
			spoiled_sheets_come_besides_and_only_when_asked),
		cmocka_unit_test(past_the_quotas_numbers_go_on),
		cmocka_unit_test(every_shipped_plan_can_be_simulated),
		cmocka_unit_test(decisions_on_blanks_are_kept_to),
		cmocka_unit_test(the_taker_can_stop_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
