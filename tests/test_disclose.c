#include "phieu/disclose.h"

#include <stdlib.h>
#include <string.h>

#include "support/test.h"

#define ROOT ((size_t)-1)

static void small_cells_close_and_nobody_is_given_away_by_the_sum(void **s)
{
	struct cell c[] = { { ROOT, 40, false },
			    { 0, 30, false },
			    { 0, 6, false },
			    { 0, 12, false },
			    { 0, 0, false } };

	(void)s;
	/* the parent may go: it goes */
	assert_int_equal(disclose(c, 5, 10, false), 2);
	assert_true(c[0].closed && c[2].closed);
	assert_false(c[1].closed || c[3].closed || c[4].closed);
	/* the parent must stay: the smallest open sibling goes with it */
	assert_int_equal(disclose(c, 5, 10, true), 2);
	assert_true(c[2].closed && c[3].closed);
	assert_false(c[0].closed || c[1].closed || c[4].closed);
}

static void nothing_closes_where_all_are_large_or_empty(void **s)
{
	struct cell c[] = { { ROOT, 40, true },
			    { 0, 30, true },
			    { 0, 10, true },
			    { 0, 0, true } };

	(void)s;
	assert_int_equal(disclose(c, 4, 10, false), 0);
	for (size_t i = 0; i < 4; i++)
		assert_false(c[i].closed);
	assert_int_equal(disclose(c, 0, 10, false), 0);
}

static void an_only_child_takes_its_parent_along(void **s)
{
	struct cell c[] = { { ROOT, 12, false }, { 0, 6, false } };

	(void)s;
	assert_int_equal(disclose(c, 2, 10, true), 2);
}

static void what_is_left_over_must_rest_on_k_people_too(void **s)
{
	/* two closed ones of the same 6 people: their sum is theirs */
	struct cell c[] = { { ROOT, 30, false },
			    { 0, 6, false },
			    { 0, 6, false },
			    { 0, 30, false },
			    { 0, 29, false } };
	/* disjoint ones: 9 + 8 people are enough */
	struct cell d[] = { { ROOT, 47, false },
			    { 0, 9, false },
			    { 0, 8, false },
			    { 0, 30, false } };

	(void)s;
	assert_int_equal(disclose(c, 5, 10, true), 3);
	assert_true(c[4].closed);
	assert_int_equal(disclose(d, 4, 10, true), 2);
}

static void a_closed_inner_cell_is_not_the_sum_of_open_ones(void **s)
{
	/* 1 closes for 2 (too small), but is 3 + 4: one of them goes too */
	struct cell c[] = { { ROOT, 60, false }, { 0, 20, false },
			    { 0, 5, false },	 { 1, 11, false },
			    { 1, 12, false },	 { 0, 35, false } };

	(void)s;
	assert_int_equal(disclose(c, 6, 10, true), 3);
	assert_true(c[1].closed && c[2].closed && c[3].closed);
}

/* ---- against brute force --------------------------------------------- */

#define MAX_CELLS 14

/* Which closed cells do the sums determine?  Gaussian elimination over the
 * unknowns: a cell is determined when a combination of the equations leaves
 * it alone. */
static bool determined(const struct cell *c, size_t n, size_t which)
{
	double a[MAX_CELLS][MAX_CELLS + 1] = { { 0 } };
	size_t rows = 0, rank = 0;

	for (size_t p = 0; p < n; p++) {
		bool any = false;

		for (size_t i = p + 1; i < n; i++) {
			if (c[i].parent != p || c[i].n == 0)
				continue;
			any = true;
			if (c[i].closed)
				a[rows][i] = 1;
		}
		if (any && c[p].closed)
			a[rows][p] = -1;
		rows += any;
	}
	for (size_t col = 0; col < n; col++) {
		size_t at = rank;

		if (col == which)
			continue; /* eliminate all others first */
		while (at < rows && fabs(a[at][col]) < 1e-9)
			at++;
		if (at == rows)
			continue;
		for (size_t k = 0; k < n; k++) {
			double t = a[at][k];

			a[at][k] = a[rank][k];
			a[rank][k] = t;
		}
		for (size_t r = 0; r < rows; r++) {
			double f = a[r][col] / a[rank][col];

			for (size_t k = 0; r != rank && k < n; k++)
				a[r][k] -= f * a[rank][k];
		}
		rank++;
	}
	for (size_t r = rank; r < rows; r++)
		if (fabs(a[r][which]) > 1e-9)
			return true;
	return false;
}

static uint64_t next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static size_t random_tree(struct cell *c, uint64_t *seed)
{
	size_t n = 2 + next(seed) % (MAX_CELLS - 2);

	c[0] = (struct cell){ .parent = ROOT };
	for (size_t i = 1; i < n; i++)
		c[i] = (struct cell){ .parent = next(seed) % i,
				      .n = (int64_t)(next(seed) % 25) };
	for (size_t p = 0; p < n; p++)
		for (size_t i = p + 1; i < n; i++)
			if (c[i].parent == p) {
				c[p].n = 0; /* an inner cell: its sum */
				break;
			}
	for (size_t i = n; i-- > 1;)
		c[c[i].parent].n += c[i].n;
	return n;
}

static void no_closed_cell_of_a_random_tree_can_be_worked_out(void **s)
{
	uint64_t seed = 20201203;
	size_t closed = 0, open = 0, guessable_before = 0;

	(void)s;
	for (int round = 0; round < 4000; round++) {
		struct cell c[MAX_CELLS], plain[MAX_CELLS];
		size_t n = random_tree(c, &seed);

		closed += disclose(c, n, 10, round % 2 == 0);
		memcpy(plain, c, sizeof c);
		for (size_t i = 0; i < n; i++) {
			plain[i].closed = c[i].n > 0 && c[i].n < 10;
			if (plain[i].closed)
				assert_true(c[i].closed);
			if (c[i].n == 0)
				assert_false(c[i].closed);
			open += !c[i].closed && c[i].n > 0;
			if (c[i].closed)
				assert_false(determined(c, n, i));
		}
		for (size_t i = 0; i < n; i++)
			guessable_before +=
				plain[i].closed && determined(plain, n, i);
	}
	/* the test could fail: closing small cells alone gives many away */
	assert_true(guessable_before > 1000);
	assert_true(closed > 1000 && open > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			small_cells_close_and_nobody_is_given_away_by_the_sum),
		cmocka_unit_test(nothing_closes_where_all_are_large_or_empty),
		cmocka_unit_test(an_only_child_takes_its_parent_along),
		cmocka_unit_test(what_is_left_over_must_rest_on_k_people_too),
		cmocka_unit_test(
			a_closed_inner_cell_is_not_the_sum_of_open_ones),
		cmocka_unit_test(
			no_closed_cell_of_a_random_tree_can_be_worked_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
