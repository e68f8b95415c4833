#include "phieu/planning.h"

#include <stdlib.h>
#include <string.h>

#include "support/test.h"

static void says(const struct err *e, enum err_kind kind, const char *words)
{
	if (e->kind != kind || strstr(e->msg, words) == NULL)
		fail_msg("\"%s\" (%s), want \"%s\" (%s)", e->msg,
			 err_kind_name(e->kind), words, err_kind_name(kind));
}

/* splitmix64: tables that are the same on every machine */
static uint64_t next(uint64_t *s)
{
	uint64_t z = (*s += 0x9e3779b97f4a7c15U);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return z ^ (z >> 31);
}

/* ---- sizes ------------------------------------------------------------ */

static void sizes_refuse_what_is_no_survey(void **state)
{
	static const struct {
		struct planning_size s;
		const char *words;
	} bad[] = {
		{ { 100, 0, .05, .95, 1, 1, 0, 0, 0, 0 }, "proportion" },
		{ { 100, .5, 1, .95, 1, 1, 0, 0, 0, 0 }, "margin" },
		{ { 100, .5, .05, 0, 1, 1, 0, 0, 0, 0 }, "level" },
		{ { 100, .5, .05, .95, 0, 1, 0, 0, 0, 0 }, "deff" },
		{ { 100, .5, .05, .95, 1, 1.1, 0, 0, 0, 0 }, "response" },
		{ { 0, .5, .05, .95, 1, 1, 0, 0, 0, 0 }, "population" },
	};
	struct err e = { 0 };
	double a, b;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct planning_size s = bad[i].s;

		e = (struct err){ 0 };
		assert_false(planning_size(&s, &e));
		says(&e, ERR_INPUT, bad[i].words);
	}
	e = (struct err){ 0 };
	assert_false(planning_slovin(0.5, .05, &a, &b, &e));
	says(&e, ERR_INPUT, "population");
	e = (struct err){ 0 };
	assert_false(planning_slovin(100, 0, &a, &b, &e));
	says(&e, ERR_INPUT, "margin");
}

static void a_large_population_needs_no_correction(void **state)
{
	struct planning_size s = { .population = INFINITY,
				   .p = .5,
				   .margin = .05,
				   .level = .95,
				   .deff = 2,
				   .response = .5 };
	struct err e = { 0 };

	(void)state;
	assert_true(planning_size(&s, &e));
	assert_near(s.n, s.n0, 1e-15);
	assert_near(s.issue, ceil(4 * s.n0), 1e-15);
}

/* ---- allocation ------------------------------------------------------- */

static void no_stratum_gets_more_than_it_has(void **state)
{
	const double n[] = { 5, 1000, 0, 20 };
	double exact[4];
	uint64_t whole[4];
	struct err e = { 0 };

	(void)state;
	assert_true(planning_allocate(PLANNING_EQUAL, 4, n, NULL, 60, true, 0,
				      exact, whole, &e));
	assert_int_equal(whole[0], 5);
	assert_int_equal(whole[2], 0);
	assert_int_equal(whole[3], 20);
	assert_int_equal(whole[1], 35);
	assert_near(exact[0], 20, 1e-15);
}

static void every_stratum_gets_the_least(void **state)
{
	const double n[] = { 10, 990, 3 };
	double exact[3];
	uint64_t whole[3];
	struct err e = { 0 };

	(void)state;
	assert_true(planning_allocate(PLANNING_PROPORTIONAL, 3, n, NULL, 100,
				      true, 4, exact, whole, &e));
	assert_int_equal(whole[0], 4);
	assert_int_equal(whole[2], 3); /* all there is */
	assert_int_equal(whole[1], 93);
}

/* Caps and floors may leave nothing open: what is over or lacking moves. */
static void any_caps_and_floors_still_sum_to_the_sample(void **state)
{
	uint64_t seed = 7;

	(void)state;
	for (unsigned round = 0; round < 3000; round++) {
		double n[5], spread[5], exact[5], sum = 0, floors = 0;
		uint64_t whole[5], got = 0, least = next(&seed) % 6, want;
		struct err e = { 0 };

		for (size_t h = 0; h < 5; h++) {
			n[h] = (double)(next(&seed) % 30);
			spread[h] = (double)(next(&seed) % 3);
			sum += n[h];
			floors += fmin(n[h], (double)least);
		}
		want = (uint64_t)floors +
		       next(&seed) % (uint64_t)(sum - floors + 1);
		if (!planning_allocate((enum planning_rule)(round % 3), 5, n,
				       spread, want, true, least, exact, whole,
				       &e)) {
			says(&e, ERR_INPUT, "no stratum has a share");
			continue;
		}
		for (size_t h = 0; h < 5; h++) {
			got += whole[h];
			assert_true((double)whole[h] <= n[h]);
			assert_true((double)whole[h] >=
				    fmin(n[h], (double)least));
		}
		assert_int_equal(got, want);
	}
}

static void allocations_that_cannot_be_are_refused(void **state)
{
	const double n[] = { 5, 6 }, none[] = { 0, 0 }, bad[] = { 1, NAN };
	double exact[2];
	uint64_t whole[2];
	struct err e = { 0 };

	(void)state;
	assert_false(planning_allocate(PLANNING_PROPORTIONAL, 2, n, NULL, 12,
				       true, 0, exact, whole, &e));
	says(&e, ERR_INPUT, "more than the 11");
	e = (struct err){ 0 };
	assert_false(planning_allocate(PLANNING_PROPORTIONAL, 2, n, NULL, 5,
				       true, 4, exact, whole, &e));
	says(&e, ERR_INPUT, "cannot give each");
	e = (struct err){ 0 };
	assert_false(planning_allocate(PLANNING_EQUAL, 2, none, NULL, 5, false,
				       0, exact, whole, &e));
	says(&e, ERR_INPUT, "no stratum has a share");
	e = (struct err){ 0 };
	assert_false(planning_allocate(PLANNING_PROPORTIONAL, 2, bad, NULL, 1,
				       false, 0, exact, whole, &e));
	says(&e, ERR_INPUT, "stratum 2 has no population");
	e = (struct err){ 0 };
	assert_false(planning_allocate(PLANNING_NEYMAN, 2, n, bad, 1, false, 0,
				       exact, whole, &e));
	says(&e, ERR_INPUT, "stratum 2 has no spread");
}

/* ---- the draw --------------------------------------------------------- */

static void a_draw_can_be_repeated_and_is_without_replacement(void **state)
{
	size_t a[50], b[50], c[50];
	uint8_t seen[100] = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_true(planning_draw(100, 50, 42, 3, a, &e));
	assert_true(planning_draw(100, 50, 42, 3, b, &e));
	assert_true(planning_draw(100, 50, 42, 4, c, &e));
	assert_memory_equal(a, b, sizeof a);
	assert_true(memcmp(a, c, sizeof a) != 0);
	for (size_t i = 0; i < 50; i++) {
		assert_true(a[i] < 100);
		assert_int_equal(seen[a[i]]++, 0);
	}
	/* the list is the same on any machine */
	assert_int_equal(a[0], 3);
	assert_int_equal(a[1], 45);
	assert_int_equal(a[49], 0);
	assert_false(planning_draw(3, 4, 1, 1, a, &e));
	says(&e, ERR_INPUT, "more than the 3");
}

static void everyone_is_drawn_as_often(void **state)
{
	unsigned times[10] = { 0 };
	size_t picked[3];
	struct err e = { 0 };
	double chi = 0;

	(void)state;
	for (uint64_t s = 0; s < 10000; s++) {
		assert_true(planning_draw(10, 3, s, 0, picked, &e));
		for (size_t i = 0; i < 3; i++)
			times[picked[i]]++;
	}
	for (size_t i = 0; i < 10; i++)
		chi += (times[i] - 3000.0) * (times[i] - 3000.0) / 3000;
	assert_true(chi < 27.88); /* 0.999 of chi square with 9 df */
}

/* ---- suppression ------------------------------------------------------ */

static bool is_safe(const uint8_t *closed, size_t rows, size_t columns)
{
	for (size_t l = 0; l < rows + columns; l++) {
		size_t n = 0;

		for (size_t i = 0; i < (l < rows ? columns : rows); i++)
			n += closed[l < rows ? l * columns + i
					     : i * columns + l - rows] != 0;
		if (n == 1)
			return false;
	}
	return true;
}

/* Every pattern of a small table. */
static int64_t best_by_hand(const int64_t *count, size_t rows, size_t columns,
			    int64_t threshold)
{
	int64_t best = -1;
	size_t n = rows * columns;

	for (uint32_t mask = 0; mask < (uint32_t)1 << n; mask++) {
		uint8_t closed[16];
		int64_t cost = 0;
		bool primary = true;

		for (size_t i = 0; i < n; i++) {
			bool small = count[i] >= 1 && count[i] < threshold;

			closed[i] = (mask >> i) & 1;
			primary = primary && (closed[i] || !small);
			cost += closed[i] && !small ? count[i] : 0;
		}
		if (primary && is_safe(closed, rows, columns) &&
		    (best < 0 || cost < best))
			best = cost;
	}
	return best;
}

static void suppression_is_the_cheapest_there_is(void **state)
{
	static const size_t shape[][2] = { { 3, 4 }, { 4, 3 }, { 2, 5 },
					   { 3, 3 }, { 2, 2 }, { 1, 4 },
					   { 3, 1 } };
	uint64_t seed = 11;

	(void)state;
	for (unsigned round = 0; round < 400; round++) {
		int64_t count[16], best;
		uint8_t closed[16];
		struct planning_table t = { .rows = shape[round % 7][0],
					    .columns = shape[round % 7][1],
					    .count = count,
					    .threshold = 5,
					    .closed = closed };
		struct err e = { 0 };

		for (size_t i = 0; i < t.rows * t.columns; i++)
			count[i] = (int64_t)(next(&seed) % 14);
		best = best_by_hand(count, t.rows, t.columns, 5);
		if (!planning_suppress(&t, &e)) {
			says(&e, ERR_MATH, "alone");
			assert_true(best < 0);
			continue;
		}
		assert_true(t.optimal);
		assert_true(is_safe(closed, t.rows, t.columns));
		assert_int_equal(t.secondary, best);
	}
}

static void a_table_of_a_province_is_closed_in_time(void **state)
{
	enum { ROWS = 28, COLUMNS = 12 };
	int64_t count[ROWS * COLUMNS];
	uint8_t closed[ROWS * COLUMNS];
	struct planning_table t = { .rows = ROWS,
				    .columns = COLUMNS,
				    .count = count,
				    .threshold = 5,
				    .closed = closed };
	uint64_t seed = 3;
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < ROWS * COLUMNS; i++)
		count[i] = (int64_t)(next(&seed) % 60);
	assert_true(planning_suppress(&t, &e));
	assert_true(is_safe(closed, ROWS, COLUMNS));
	assert_true(t.n_primary > 10);
}

static void tables_that_are_none_are_refused(void **state)
{
	const int64_t count[] = { 1, -1 };
	uint8_t closed[2];
	struct planning_table t = {
		.columns = 2, .count = count, .threshold = 5, .closed = closed
	};
	struct err e = { 0 };

	(void)state;
	assert_false(planning_suppress(&t, &e));
	says(&e, ERR_INPUT, "a table of 0 rows");
	e = (struct err){ 0 };
	t.rows = 1;
	t.threshold = 0;
	assert_false(planning_suppress(&t, &e));
	says(&e, ERR_INPUT, "threshold");
	e = (struct err){ 0 };
	t.threshold = 5;
	assert_false(planning_suppress(&t, &e));
	says(&e, ERR_INPUT, "negative");
}

/* ---- small areas ------------------------------------------------------ */

struct areas {
	double y[12], d[12], x[24], beta[2], out[6][12];
	struct small_area s;
};

static void areas_make(struct areas *a, double between)
{
	static const double noise[12] = { .3,  -1.1, .8,   1.7, -.4, -.9,
					  1.2, .1,   -1.6, .5,	-.2, -.4 };

	a->s = (struct small_area){ .beta = a->beta,
				    .gamma = a->out[0],
				    .eblup = a->out[1],
				    .g1 = a->out[2],
				    .g2 = a->out[3],
				    .g3 = a->out[4],
				    .mse = a->out[5] };
	for (size_t i = 0; i < 12; i++) {
		a->d[i] = 0.5 + 0.1 * (double)i;
		a->x[2 * i] = 1;
		a->x[2 * i + 1] = (double)(i % 5);
		a->y[i] = 2 + 3 * a->x[2 * i + 1] + between * noise[i];
	}
}

static void areas_that_agree_with_the_model_shrink_onto_it(void **state)
{
	struct areas a;
	struct err e = { 0 };

	(void)state;
	areas_make(&a, 0.01);
	assert_true(small_area_fit(12, 2, a.y, a.d, a.x, &a.s, &e));
	assert_true(a.s.sigma2 == 0);
	for (size_t i = 0; i < 12; i++) {
		assert_true(a.s.gamma[i] == 0);
		assert_near(a.s.eblup[i],
			    a.beta[0] + a.beta[1] * a.x[2 * i + 1], 1e-12);
	}
	areas_make(&a, 50);
	assert_true(small_area_fit(12, 2, a.y, a.d, a.x, &a.s, &e));
	assert_true(a.s.sigma2 > 1000);
	assert_near(a.s.eblup[4], a.y[4], 1e-2);
}

static void areas_that_cannot_be_fitted_are_told(void **state)
{
	struct areas a;
	struct err e = { 0 };

	(void)state;
	areas_make(&a, 1);
	assert_false(small_area_fit(2, 2, a.y, a.d, a.x, &a.s, &e));
	says(&e, ERR_INPUT, "too few");
	e = (struct err){ 0 };
	a.d[3] = 0;
	assert_false(small_area_fit(12, 2, a.y, a.d, a.x, &a.s, &e));
	says(&e, ERR_INPUT, "area 4");
	e = (struct err){ 0 };
	a.d[3] = 1;
	for (size_t i = 0; i < 12; i++)
		a.x[2 * i + 1] = 2;
	assert_false(small_area_fit(12, 2, a.y, a.d, a.x, &a.s, &e));
	says(&e, ERR_MATH, "depend");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_refuse_what_is_no_survey),
		cmocka_unit_test(a_large_population_needs_no_correction),
		cmocka_unit_test(no_stratum_gets_more_than_it_has),
		cmocka_unit_test(every_stratum_gets_the_least),
		cmocka_unit_test(any_caps_and_floors_still_sum_to_the_sample),
		cmocka_unit_test(allocations_that_cannot_be_are_refused),
		cmocka_unit_test(
			a_draw_can_be_repeated_and_is_without_replacement),
		cmocka_unit_test(everyone_is_drawn_as_often),
		cmocka_unit_test(suppression_is_the_cheapest_there_is),
		cmocka_unit_test(a_table_of_a_province_is_closed_in_time),
		cmocka_unit_test(tables_that_are_none_are_refused),
		cmocka_unit_test(
			areas_that_agree_with_the_model_shrink_onto_it),
		cmocka_unit_test(areas_that_cannot_be_fitted_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
