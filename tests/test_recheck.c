/* Agreement of a re-survey against values of R 4.2 (binom.test; psych 2.2.9
 * cohen.kappa) and formulas worked by hand. */
#include "support/test.h"

#include <string.h>

#include "phieu/recheck.h"

static struct arena *a;

static int open_arena(void **state)
{
	(void)state;
	a = arena_new((size_t)1 << 24);
	return a ? 0 : -1;
}

static int close_arena(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

#define AGREE(rows, pairs, kv, ka)                                             \
	recheck_agreement(rows, sizeof(rows) / sizeof((rows)[0]), pairs,       \
			  sizeof(pairs) / sizeof((pairs)[0]), kv, ka, 0.95, a, \
			  &e)

static const struct recheck_pair none[] = {
	{ .row = 99, .form = "", .question = "", .n = 0 }
};

/* 3 x 3 and 2 x 2 tables as pairs of row `row`. */
static size_t put_table(struct recheck_pair *p, size_t row, const char *q,
			const int *table, int k)
{
	size_t n = 0;

	for (int i = 0; i < k; i++)
		for (int j = 0; j < k; j++)
			if (table[i * k + j])
				p[n++] = (struct recheck_pair){
					row,   "F",   q,
					i + 1, j + 1, table[i * k + j]
				};
	return n;
}
static const int three[] = { 20, 5, 1, 3, 15, 4, 0, 2, 10 };
static const int two[] = { 30, 4, 6, 8 };

static void shares_have_the_exact_interval(void **state)
{
	static const struct {
		int64_t x, n;
		double low, high;
	} cases[] = {
		{ 18, 20, 0.6830172859809177, 0.9876514728297052 },
		{ 20, 20, 0.8315665290169146, 1 },
		{ 0, 7, 0, 0.4096163972250034 },
		{ 3, 11, 0.06021773417290664, 0.60974255957242118 },
	};
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct recheck_row r[] = { { .side = RECHECK_TOTAL,
					     .drawn = cases[i].n + 5,
					     .confirmed = cases[i].x,
					     .differs = cases[i].n - cases[i].x,
					     .not_found = 5 } };

		assert_true(AGREE(r, none, 1, 1));
		assert_near(r[0].share, (double)cases[i].x / (double)cases[i].n,
			    1e-15);
		assert_true(fabs(r[0].low - cases[i].low) < 1e-9);
		assert_true(fabs(r[0].high - cases[i].high) < 1e-9);
		assert_true(isnan(r[0].kappa) && isnan(r[0].agree));
	}
}

static void nobody_met_has_no_share(void **state)
{
	struct recheck_row r[] = {
		{ .side = RECHECK_TOTAL, .drawn = 9, .not_found = 9 }
	};
	struct err e = { 0 };

	(void)state;
	assert_true(AGREE(r, none, 1, 1));
	assert_true(isnan(r[0].share) && isnan(r[0].low) && isnan(r[0].high));
	assert_int_equal(r[0].not_found, 9);
}

static void kappa_is_that_of_psych_and_the_pooled_one(void **state)
{
	struct recheck_pair p[32];
	struct recheck_row r[] = {
		{ .side = RECHECK_AREA, .sheets = 60, .asked = 60, .same = 45 },
		{ .side = RECHECK_TOTAL,
		  .sheets = 60,
		  .asked = 108,
		  .same = 83 }
	};
	struct recheck_question *q;
	size_t n = put_table(p, 0, "Q1", three, 3), k;
	struct err e = { 0 };

	(void)state;
	n += put_table(p + n, 1, "Q1", three, 3);
	n += put_table(p + n, 1, "Q2", two, 2);
	assert_true(recheck_agreement(r, 2, p, n, 1, 1, 0.95, a, &e));
	assert_near(r[0].agree, 0.75, 1e-15);
	assert_near(r[0].kappa, 0.6150556030795552, 1e-12);
	assert_near(r[1].kappa, 0.5687176538240368, 1e-12);
	assert_near(r[1].agree, 83.0 / 108, 1e-15);
	assert_true(recheck_questions(p, n, 1, 0.95, a, &q, &k, &e));
	assert_int_equal(k, 2);
	assert_string_equal(q[0].question, "Q1");
	assert_int_equal(q[0].n, 60);
	assert_int_equal(q[0].same, 45);
	assert_near(q[0].kappa, 0.6150556030795552, 1e-12);
	assert_near(q[0].low, 0.446813505279, 1e-6);
	assert_near(q[0].high, 0.783297700880, 1e-6);
	assert_near(q[1].kappa, 0.4736842105263158, 1e-12);
	assert_near(q[1].agree, 38.0 / 48, 1e-15);
}

static void one_answer_all_the_time_has_no_kappa(void **state)
{
	static const struct recheck_pair p[] = { { 0, "F", "Q1", 2, 2, 40 } };
	struct recheck_row r[] = {
		{ .side = RECHECK_TOTAL, .sheets = 40, .asked = 40, .same = 40 }
	};
	struct recheck_question *q;
	struct err e = { 0 };
	size_t k;

	(void)state;
	assert_true(AGREE(r, p, 1, 1));
	assert_near(r[0].agree, 1, 0);
	assert_true(isnan(r[0].kappa));
	assert_true(recheck_questions(p, 1, 0, 0.95, a, &q, &k, &e));
	assert_int_equal(k, 1);
	assert_true(isnan(q[0].kappa) && isnan(q[0].low));
	/* nothing at all of another row */
	assert_true(recheck_questions(p, 1, 3, 0.95, a, &q, &k, &e));
	assert_int_equal(k, 0);
}

static void small_cells_are_closed_and_what_gives_them_away(void **state)
{
	struct recheck_row r[] = {
		{ RECHECK_AGENT, "a1", "", 30, 20, 10, .sheets = 25,
		  .asked = 100, .same = 90 },
		{ RECHECK_AGENT, "a2", "", 12, 12, .sheets = 3, .asked = 12,
		  .same = 2 },
		{ RECHECK_AGENT, "a3", "", 4, 1, 3, .sheets = 22, .asked = 80,
		  .same = 70 },
		{ RECHECK_TOTAL, "", "", 46, 33, 13, .sheets = 50, .asked = 192,
		  .same = 162 },
	};
	struct err e = { 0 };

	(void)state;
	assert_true(AGREE(r, none, 10, 20));
	/* 4 is too few, and 12 beside it would be what is left */
	assert_true(r[2].no_visits && r[1].no_visits && !r[0].no_visits);
	assert_false(r[3].no_visits);
	assert_int_equal(r[2].confirmed, 0);
	assert_int_equal(r[2].drawn, 4);
	assert_true(isnan(r[2].share));
	assert_true(r[1].no_answers && r[2].no_answers && !r[0].no_answers);
	assert_true(r[1].asked == 0 && isnan(r[1].agree));
	assert_near(r[0].agree, 0.9, 1e-15);
	assert_near(r[3].agree, 162.0 / 192, 1e-15);
}

static void a_total_too_small_is_closed(void **state)
{
	struct recheck_row r[] = {
		{ RECHECK_TOTAL, "", "", 9, 9, .sheets = 9, .asked = 9,
		  .same = 9 },
	};
	struct err e = { 0 };

	(void)state;
	assert_true(AGREE(r, none, 10, 20));
	assert_true(r[0].no_visits && r[0].no_answers && isnan(r[0].share));
}

static void what_cannot_be_is_refused(void **state)
{
	struct recheck_row r[] = { { .side = RECHECK_TOTAL } };
	struct recheck_question *q;
	struct recheck_pair p[32];
	struct err e = { 0 };
	size_t n = put_table(p, 0, "Q1", two, 2), k;

	(void)state;
	assert_false(recheck_agreement(r, 1, none, 0, 0, 1, 0.95, a, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	e = (struct err){ 0 };
	assert_false(recheck_agreement(r, 1, none, 0, 1, 1, 1.0, a, &e));
	e = (struct err){ 0 };
	assert_false(recheck_questions(p, n, 0, 2.0, a, &q, &k, &e));
	assert_int_equal(e.kind, ERR_INPUT);
}

static void short_memory_is_said(void **state)
{
	struct recheck_row r[] = { { .side = RECHECK_TOTAL } };
	static struct recheck_pair p[200 * 2];
	struct recheck_question *q;
	bool done = false;

	(void)state;
	for (size_t i = 0; i < 200; i++) /* as many answers as there are */
		p[i] = (struct recheck_pair){ 0,	  "F",	      "Q",
					      (int)i + 1, (int)i + 1, 1 };
	for (size_t room = 1; room < 2000000 && !done; room *= 2) {
		struct arena *small = arena_new(room);
		struct err e = { 0 };
		size_t k;

		done = recheck_agreement(r, 1, p, 200, 1, 1, 0.95, small, &e) &&
		       recheck_questions(p, 200, 0, 0.95, small, &q, &k, &e);
		if (!done)
			assert_int_equal(e.kind, ERR_NOMEM);
		arena_free(small);
	}
	assert_true(done);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shares_have_the_exact_interval),
		cmocka_unit_test(nobody_met_has_no_share),
		cmocka_unit_test(kappa_is_that_of_psych_and_the_pooled_one),
		cmocka_unit_test(one_answer_all_the_time_has_no_kappa),
		cmocka_unit_test(
			small_cells_are_closed_and_what_gives_them_away),
		cmocka_unit_test(a_total_too_small_is_closed),
		cmocka_unit_test(what_cannot_be_is_refused),
		cmocka_unit_test(short_memory_is_said),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
