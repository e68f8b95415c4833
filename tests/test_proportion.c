/* Intervals of shares against tests/data/proportion.csv: binom.test and
 * prop.test (correct = FALSE) of R 4.2.2. */
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <math.h>

#include "phieu/proportion.h"
#include "support/table.h"

static void intervals_are_those_of_R(void **state)
{
	struct test_table t = test_table_read("tests/data/proportion.csv");
	struct proportion p;
	struct err e;

	(void)state;
	assert_int_equal(t.rows, 48);
	for (size_t i = 0; i < t.rows; i++) {
		uint64_t k = (uint64_t)test_number(&t, i, 0);
		uint64_t n = (uint64_t)test_number(&t, i, 1);

		assert_true(proportion_of(k, n, test_number(&t, i, 2), &p, &e));
		assert_near(p.low, test_number(&t, i, 3), 1e-10);
		assert_near(p.high, test_number(&t, i, 4), 1e-10);
		assert_near(p.wilson_low, test_number(&t, i, 5), 1e-10);
		assert_near(p.wilson_high, test_number(&t, i, 6), 1e-10);
		assert_near(p.share, (double)k / (double)n, 1e-15);
	}
	test_table_free(&t);
}

static void no_trial_and_no_level_are_errors(void **state)
{
	struct proportion p;
	struct err e = { 0 };

	(void)state;
	assert_false(proportion_of(0, 0, 0.95, &p, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_false(proportion_of(3, 2, 0.95, &p, &e));
	assert_false(proportion_of(1, 2, 0, &p, &e));
	assert_false(proportion_of(1, 2, 1, &p, &e));
	assert_false(proportion_of(1, 2, NAN, &p, &e));
}

/* P(X >= k) and P(X <= k) at the limits are the tails they stand for: from
 * the sum of the binomial itself, not from the beta function. */
static double binomial_up_to(uint64_t k, uint64_t n, double p)
{
	double term = pow(1 - p, (double)n), sum = term;

	for (uint64_t i = 0; i < k; i++) {
		term *= (double)(n - i) / (double)(i + 1) * p / (1 - p);
		sum += term;
	}
	return sum;
}

static void limits_leave_the_tails_they_say(void **state)
{
	struct proportion p;
	struct err e;

	(void)state;
	for (uint64_t n = 1; n <= 60; n += 7)
		for (uint64_t k = 0; k <= n; k++) {
			assert_true(proportion_of(k, n, 0.9, &p, &e));
			if (k < n)
				assert_near(binomial_up_to(k, n, p.high), 0.05,
					    1e-9);
			if (k > 0)
				assert_near(1 - binomial_up_to(k - 1, n, p.low),
					    0.05, 1e-9);
			assert_true(p.low <= p.share && p.share <= p.high);
			assert_true(p.wilson_low <= p.share &&
				    p.share <= p.wilson_high);
		}
}

static void an_acceptance_number_waits_for_enough_trials(void **state)
{
	(void)state;
	assert_int_equal(proportion_by_number(0, 99, 100, 2), PROPORTION_MORE);
	assert_int_equal(proportion_by_number(2, 100, 100, 2),
			 PROPORTION_ACCEPT);
	assert_int_equal(proportion_by_number(3, 100, 100, 2),
			 PROPORTION_REJECT);
	/* too many already: no need to wait */
	assert_int_equal(proportion_by_number(3, 10, 100, 2),
			 PROPORTION_REJECT);
}

static void an_interval_says_nothing_while_it_holds_the_maximum(void **state)
{
	struct proportion p;
	struct err e;

	(void)state;
	assert_true(proportion_of(0, 400, 0.95, &p, &e));
	assert_int_equal(proportion_by_interval(&p, 400, 1, 0.01),
			 PROPORTION_ACCEPT);
	assert_int_equal(proportion_by_interval(&p, 400, 401, 0.01),
			 PROPORTION_MORE);
	assert_true(proportion_of(3, 400, 0.95, &p, &e));
	assert_int_equal(proportion_by_interval(&p, 400, 1, 0.01),
			 PROPORTION_MORE);
	assert_true(proportion_of(30, 400, 0.95, &p, &e));
	assert_int_equal(proportion_by_interval(&p, 400, 1, 0.01),
			 PROPORTION_REJECT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intervals_are_those_of_R),
		cmocka_unit_test(no_trial_and_no_level_are_errors),
		cmocka_unit_test(limits_leave_the_tails_they_say),
		cmocka_unit_test(an_acceptance_number_waits_for_enough_trials),
		cmocka_unit_test(
			an_interval_says_nothing_while_it_holds_the_maximum),
	};

	(void)gsl_set_error_handler_off();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
