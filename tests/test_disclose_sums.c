/* Random tables unit x group with their margins, closed by disclose_sums: that
 * no closed cell follows from what is open is looked at by another way than
 * its own, rank over the rationals (doubles, full pivoting): A4. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/disclose.h"
#include "support/test.h"

enum { UNITS = 6, GROUPS = 4, KINDS = 2 };
enum { KIND0 = 1, UNIT0 = KIND0 + KINDS, GROUP0 = UNIT0 + UNITS };
enum { KG0 = GROUP0 + GROUPS, UG0 = KG0 + KINDS * GROUPS };
enum { CELLS = UG0 + UNITS * GROUPS, SUMS = 40 };

/* 0 all; kinds; units; groups; kind x group; unit x group */
struct table {
	int64_t n[CELLS], k[CELLS];
	bool closed[CELLS];
	size_t member[SUMS][UNITS];
	struct disclose_sum sum[SUMS];
	size_t n_sums;
};

static size_t kind_of(size_t unit)
{
	return unit < UNITS / 2 ? 0 : 1;
}

static size_t add_sum(struct table *t, size_t total)
{
	size_t at = t->n_sums++;

	assert_true(at < SUMS);
	t->sum[at] =
		(struct disclose_sum){ t->member[at], 0, total, false, NULL };
	return at;
}

static void add_member(struct table *t, size_t sum, size_t cell)
{
	t->member[sum][t->sum[sum].n++] = cell;
}

static void add_sums(struct table *t)
{
	size_t all = add_sum(t, 0), groups = add_sum(t, 0);

	for (size_t k = 0; k < KINDS; k++)
		add_member(t, all, KIND0 + k);
	for (size_t g = 0; g < GROUPS; g++)
		add_member(t, groups, GROUP0 + g);
	for (size_t k = 0; k < KINDS; k++) {
		size_t units = add_sum(t, KIND0 + k);
		size_t across = add_sum(t, KIND0 + k);

		for (size_t u = 0; u < UNITS; u++)
			if (kind_of(u) == k)
				add_member(t, units, UNIT0 + u);
		for (size_t g = 0; g < GROUPS; g++) {
			size_t line = add_sum(t, KG0 + k * GROUPS + g);

			add_member(t, across, KG0 + k * GROUPS + g);
			for (size_t u = 0; u < UNITS; u++)
				if (kind_of(u) == k)
					add_member(t, line,
						   UG0 + u * GROUPS + g);
		}
	}
	for (size_t g = 0; g < GROUPS; g++) {
		size_t kinds = add_sum(t, GROUP0 + g);

		for (size_t k = 0; k < KINDS; k++)
			add_member(t, kinds, KG0 + k * GROUPS + g);
	}
	for (size_t u = 0; u < UNITS; u++) {
		size_t line = add_sum(t, UNIT0 + u);

		for (size_t g = 0; g < GROUPS; g++)
			add_member(t, line, UG0 + u * GROUPS + g);
	}
}

static uint64_t next(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

static void fill(struct table *t, uint64_t *seed)
{
	*t = (struct table){ .n_sums = 0 };
	for (size_t u = 0; u < UNITS; u++)
		for (size_t g = 0; g < GROUPS; g++) {
			uint64_t r = next(seed) >> 20;
			int64_t n = r % 4 == 0 ? 0 : (int64_t)(r / 4 % 45);
			size_t k = kind_of(u);

			t->n[UG0 + u * GROUPS + g] = n;
			t->n[0] += n;
			t->n[KIND0 + k] += n;
			t->n[UNIT0 + u] += n;
			t->n[GROUP0 + g] += n;
			t->n[KG0 + k * GROUPS + g] += n;
		}
	for (size_t i = 0; i < CELLS; i++)
		t->k[i] = i < GROUP0 ? 10 : 20;
	add_sums(t);
}

/* Rank of the sums over the closed cells but `without` (CELLS: all). */
static size_t rank(const struct table *t, size_t without)
{
	static double m[SUMS][CELLS];
	size_t r = 0;

	memset(m, 0, sizeof m);
	for (size_t s = 0; s < t->n_sums; s++) {
		for (size_t i = 0; i < t->sum[s].n; i++)
			m[s][t->member[s][i]] = 1;
		m[s][t->sum[s].total] = -1;
		for (size_t i = 0; i < CELLS; i++)
			if (!t->closed[i] || t->n[i] == 0 || i == without)
				m[s][i] = 0;
	}
	for (;;) {
		size_t pr = r, pc = 0;
		double best = 1e-9;

		for (size_t i = r; i < t->n_sums; i++)
			for (size_t j = 0; j < CELLS; j++)
				if (fabs(m[i][j]) > best) {
					best = fabs(m[i][j]);
					pr = i;
					pc = j;
				}
		if (best <= 1e-9)
			return r;
		for (size_t j = 0; j < CELLS; j++) {
			double x = m[pr][j];

			m[pr][j] = m[r][j];
			m[r][j] = x;
		}
		for (size_t i = r + 1; i < t->n_sums; i++) {
			double f = m[i][pc] / m[r][pc];

			for (size_t j = 0; j < CELLS; j++)
				m[i][j] -= f * m[r][j];
		}
		r++;
	}
}

static void no_closed_cell_can_be_recomputed_by_subtraction(void **state)
{
	uint64_t seed = 88172645463325252u;
	size_t closed = 0, open = 0;
	struct err e = { 0 };

	(void)state;
	for (int round = 0; round < 300; round++) {
		struct table t;
		size_t all;

		fill(&t, &seed);
		assert_true(disclose_sums(t.n, t.k, t.closed, CELLS, t.sum,
					  t.n_sums, &e));
		all = rank(&t, CELLS);
		for (size_t i = 0; i < CELLS; i++) {
			closed += t.closed[i];
			open += t.n[i] > 0 && !t.closed[i];
			if (t.n[i] == 0)
				assert_false(t.closed[i]);
			else if (t.n[i] < t.k[i])
				assert_true(t.closed[i]);
			/* without its column the rank falls: it is told */
			if (t.closed[i] && rank(&t, i) < all)
				fail_msg("round %d: cell %zu is told", round,
					 i);
		}
	}
	/* and not by closing everything */
	assert_true(closed > 1000);
	assert_true(open > 3000);
}

static void what_is_left_of_an_open_total_rests_on_k_people(void **state)
{
	uint64_t seed = 1234567;
	struct err e = { 0 };

	(void)state;
	for (int round = 0; round < 200; round++) {
		struct table t;

		fill(&t, &seed);
		assert_true(disclose_sums(t.n, t.k, t.closed, CELLS, t.sum,
					  t.n_sums, &e));
		for (size_t s = 0; s < t.n_sums; s++) {
			int64_t left = 0, k = 0;

			for (size_t i = 0; i < t.sum[s].n; i++)
				if (t.closed[t.member[s][i]]) {
					left += t.n[t.member[s][i]];
					k = t.k[t.member[s][i]];
				}
			if (k > 0 && !t.closed[t.sum[s].total])
				assert_true(left >= k);
		}
	}
}

static bool run(const int64_t *n, int64_t k, bool *closed, size_t cells,
		const struct disclose_sum *s, size_t n_sums)
{
	int64_t *each = calloc(cells, sizeof *each);
	struct err e = { 0 };
	bool ok;

	assert_non_null(each);
	for (size_t i = 0; i < cells; i++)
		each[i] = k;
	ok = disclose_sums(n, each, closed, cells, s, n_sums, &e);
	free(each);
	return ok;
}

static void a_closed_total_closes_one_below(void **state)
{
	/* 0 is the sum of 1 and 2 and lies in a line with 3 */
	const int64_t n[] = { 30, 18, 12, 5 };
	const size_t line[] = { 0, 3 }, below[] = { 1, 2 };
	const struct disclose_sum s[] = { { line, 2, DISCLOSE_OUTSIDE, false,
					    false },
					  { below, 2, 0, false, NULL } };
	bool closed[4] = { false };

	(void)state;
	assert_true(run(n, 10, closed, 4, s, 2));
	assert_true(closed[3] && closed[0] && closed[2]);
	assert_false(closed[1]);
}

static void what_comes_in_closed_stays_so_and_is_not_left_alone(void **state)
{
	const int64_t n[] = { 30, 18, 12, 0 };
	const size_t line[] = { 0, 1, 2, 3 };
	const struct disclose_sum s[] = { { line, 4, DISCLOSE_OUTSIDE, false,
					    NULL } };
	bool closed[4] = { true, false, false, true };

	(void)state;
	assert_true(run(n, 10, closed, 4, s, 1));
	assert_true(closed[0] && closed[2]);
	/* an empty cell is empty, not closed */
	assert_false(closed[1] || closed[3]);
}

static void the_same_few_people_in_two_cells_are_not_enough(void **state)
{
	/* 8 people who stand in both 1 and 2 */
	const int64_t n[] = { 40, 8, 8, 40, 35 };
	const size_t line[] = { 1, 2, 3, 4 };
	const struct disclose_sum s[] = { { line, 4, 0, false, NULL } };
	bool closed[5] = { false };

	(void)state;
	assert_true(run(n, 10, closed, 5, s, 1));
	assert_true(closed[1] && closed[2] && closed[4]);
	assert_false(closed[0] || closed[3]);
}

static void a_chain_of_sums_is_solved(void **state)
{
	/* every sum has two closed cells, and yet 0 follows: from the first
	 * less the second, plus the third */
	const int64_t n[] = { 5, 5, 5, 50, 50, 50, 60 };
	const size_t a[] = { 0, 1, 3 }, b[] = { 1, 2, 4 }, d[] = { 0, 2, 5 };
	const struct disclose_sum s[] = {
		{ a, 3, DISCLOSE_OUTSIDE, false, NULL },
		{ b, 3, DISCLOSE_OUTSIDE, false, NULL },
		{ d, 3, DISCLOSE_OUTSIDE, false, NULL }
	};
	bool closed[7] = { false };

	(void)state;
	assert_true(run(n, 6, closed, 7, s, 3));
	assert_true(closed[0] && closed[1] && closed[2]);
	assert_true(closed[3] + closed[4] + closed[5] >= 1);
	assert_false(closed[6]);
}

static void a_loose_sum_is_looked_at_alone(void **state)
{
	/* 0 and 1 closed, 2 their total with 3: one of a loose sum closes the
	 * next, but chains through it are not solved */
	const int64_t n[] = { 5, 40, 30, 75 };
	const size_t line[] = { 0, 1, 2 }, other[] = { 0, 1 };
	const struct disclose_sum s[] = { { line, 3, 3, true, NULL } };
	const struct disclose_sum t[] = { { line, 3, 3, true, NULL },
					  { other, 2, 3, true, NULL } };
	bool closed[4] = { false }, two[4] = { false };

	(void)state;
	assert_true(run(n, 10, closed, 4, s, 1));
	assert_true(closed[0] && closed[2]);
	assert_false(closed[1] || closed[3]);
	assert_true(run(n, 10, two, 4, t, 2));
	assert_true(two[0] && two[1] && two[2]);
}

/* Two closed members of a sum that is weighed besides are two unknowns of two
 * sums: a third goes, or the total where there is none. */
static void a_weighed_sum_takes_three(void **state)
{
	const size_t who[] = { 1, 2, 3, 4 };
	const int64_t weight[] = { 1, 1, 2, 2 };
	const int64_t n[] = { 120, 5, 25, 30, 60 },
		      k[] = { 10, 20, 20, 20, 20 };
	bool closed[5] = { false };
	struct disclose_sum sum[] = { { who, 4, 0, false, NULL },
				      { who, 4, 0, false, weight } };
	struct err e = { 0 };

	(void)state;
	assert_true(disclose_sums(n, k, closed, 5, sum, 1, &e));
	assert_true(closed[1] && closed[2] && !closed[3] && !closed[4]);
	memset(closed, 0, sizeof closed);
	assert_true(disclose_sums(n, k, closed, 5, sum, 2, &e));
	assert_true(closed[1] && closed[2] && closed[3]);
	assert_true(!closed[0] && !closed[4]);
	/* two groups alone: their total closes */
	sum[0].n = sum[1].n = 2;
	memset(closed, 0, sizeof closed);
	assert_true(disclose_sums(n, k, closed, 5, sum, 2, &e));
	assert_true(closed[0] && closed[1] && closed[2]);
	/* one group alone is the total, which closes as ever */
	sum[0].n = sum[1].n = 1;
	memset(closed, 0, sizeof closed);
	assert_true(disclose_sums(n, k, closed, 5, sum, 2, &e));
	assert_true(closed[0] && closed[1] && !closed[2]);
}

static void where_nothing_else_is_the_total_closes(void **state)
{
	const int64_t n[] = { 6, 6 };
	const int64_t m[] = { 12, 6, 6 };
	const size_t one[] = { 1 }, two[] = { 1, 2 };
	const struct disclose_sum s[] = { { one, 1, 0, false, NULL } };
	const struct disclose_sum t[] = { { two, 2, 0, false, NULL } };
	const size_t zero[] = { 0 };
	const struct disclose_sum u[] = {
		{ one, 1, DISCLOSE_OUTSIDE, false, NULL },
		{ zero, 1, DISCLOSE_OUTSIDE, false, NULL }
	};
	bool closed[2] = { false }, both[3] = { false };
	bool alone[2] = { false }, only[3] = { false };

	(void)state;
	assert_true(run(n, 5, closed, 2, s, 1));
	assert_false(closed[0] || closed[1]);
	closed[1] = true;
	assert_true(run(n, 5, closed, 2, s, 1));
	assert_true(closed[0] && closed[1]);
	/* a total nobody shows is the member itself: nothing to close for it */
	assert_true(run(n, 10, alone, 2, u, 2));
	assert_true(alone[0] && alone[1]);
	assert_true(run(m, 8, only, 3, u, 1));
	assert_true(!only[0] && only[1] && only[2]);
	/* together they are enough, and each stays unknown */
	assert_true(run(m, 10, both, 3, t, 1));
	assert_true(!both[0] && both[1] && both[2]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			no_closed_cell_can_be_recomputed_by_subtraction),
		cmocka_unit_test(
			what_is_left_of_an_open_total_rests_on_k_people),
		cmocka_unit_test(a_closed_total_closes_one_below),
		cmocka_unit_test(
			what_comes_in_closed_stays_so_and_is_not_left_alone),
		cmocka_unit_test(
			the_same_few_people_in_two_cells_are_not_enough),
		cmocka_unit_test(a_chain_of_sums_is_solved),
		cmocka_unit_test(a_loose_sum_is_looked_at_alone),
		cmocka_unit_test(a_weighed_sum_takes_three),
		cmocka_unit_test(where_nothing_else_is_the_total_closes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
