#include "phieu/weights.h"

#include <stdlib.h>
#include <string.h>

#include "phieu/survey.h"
#include "support/test.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static void says(const struct err *e, enum err_kind kind, const char *words)
{
	if (e->kind != kind || strstr(e->msg, words) == NULL)
		fail_msg("\"%s\" (%s), want \"%s\" (%s)", e->msg,
			 err_kind_name(e->kind), words, err_kind_name(kind));
}

/* ---- base weights ----------------------------------------------------- */

static void base_weights_are_counts_over_counts(void **state)
{
	const uint32_t h[] = { 0, 1, 0, 1, 1 };
	const double frame[] = { 10, 9, 10, 9, 9 };
	double w[5];
	struct err e = { 0 };

	(void)state;
	assert_true(weight_base(5, h, frame, w, &e));
	assert_near(w[0], 5, 1e-15);
	assert_near(w[4], 3, 1e-15);
	assert_true(weight_base(2, NULL, frame + 1, w, &e) == false);
	says(&e, ERR_INPUT, "row 2 has another frame count");
	e = (struct err){ 0 };
	assert_true(weight_base(1, NULL, frame, w, &e));
	assert_near(w[0], 10, 1e-15);
}

static void base_weights_refuse_what_no_frame_can_be(void **state)
{
	const uint32_t h[] = { 0, 0, SURVEY_NONE };
	const double frame[] = { 1, 1, 1 }, none[] = { NAN, 1, 1 };
	double w[3];
	struct err e = { 0 };

	(void)state;
	assert_false(weight_base(3, h, frame, w, &e));
	says(&e, ERR_INPUT, "row 3 has no stratum");
	e = (struct err){ 0 };
	assert_false(weight_base(2, h, frame, w, &e));
	says(&e, ERR_INPUT, "2 rows of a frame of 1");
	e = (struct err){ 0 };
	assert_false(weight_base(2, h, none, w, &e));
	says(&e, ERR_INPUT, "row 1 has no frame count");
}

/* ---- nonresponse ------------------------------------------------------ */

static void a_class_carries_those_who_are_silent(void **state)
{
	const double base[] = { 2, 2, 3, 3, 7 };
	const uint8_t status[] = { WEIGHT_RESPONDENT, WEIGHT_NONRESPONDENT,
				   WEIGHT_RESPONDENT, WEIGHT_RESPONDENT,
				   WEIGHT_INELIGIBLE };
	const uint32_t class[] = { 0, 0, 1, 1, 1 };
	double w[5];
	struct weight_class r[3];
	struct err e = { 0 };

	(void)state;
	assert_true(weight_adjust_classes(5, base, status, class, 3, w, r, &e));
	assert_near(w[0], 4, 1e-15);
	assert_near(w[1], 0, 1);
	assert_near(w[2], 3, 1e-15);
	assert_true(w[4] == 0);
	assert_int_equal(r[1].issued, 3);
	assert_int_equal(r[1].eligible, 2);
	assert_near(r[2].factor, 1, 1e-15); /* nobody there */
	assert_true(weight_adjust_classes(5, base, status, NULL, 1, w, r, &e));
	assert_near(r[0].sum_adjusted, 10, 1e-15);
}

static void a_class_without_respondents_is_an_error(void **state)
{
	const double base[] = { 2, 2 }, bad[] = { 1, -1 };
	const uint8_t status[] = { WEIGHT_RESPONDENT, WEIGHT_NONRESPONDENT };
	const uint32_t class[] = { 0, 1 }, missing[] = { 0, SURVEY_NONE };
	double w[2];
	struct weight_class r[2];
	struct err e = { 0 };

	(void)state;
	assert_false(
		weight_adjust_classes(2, base, status, class, 2, w, r, &e));
	says(&e, ERR_MATH, "class 2 has 1 eligible people and no respondent");
	e = (struct err){ 0 };
	assert_false(
		weight_adjust_classes(2, base, status, missing, 2, w, r, &e));
	says(&e, ERR_INPUT, "row 2 has no class");
	e = (struct err){ 0 };
	assert_false(weight_adjust_classes(2, bad, status, NULL, 1, w, r, &e));
	says(&e, ERR_INPUT, "row 2 has a weight");
}

/* A logistic regression on one indicator has a closed form. */
static void a_logistic_regression_on_groups_gives_their_log_odds(void **state)
{
	double x[200], y[100], w[100], coef[2], p[100];
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < 100; i++) {
		x[2 * i] = 1;
		x[2 * i + 1] = i < 40;
		y[i] = i < 40 ? i < 10 : i < 85;
		w[i] = 1;
	}
	assert_true(weight_logit(100, 2, x, y, NULL, coef, p, &e));
	assert_near(coef[0], log(45.0 / 15), 1e-13);
	assert_near(coef[1], log(10.0 / 30) - log(45.0 / 15), 1e-13);
	assert_near(p[0], 0.25, 1e-13);
	for (size_t i = 0; i < 100; i++)
		w[i] = i < 40 ? 3 : 1; /* within a group nothing changes */
	w[99] = 0;
	y[99] = 0;
	assert_true(weight_logit(100, 2, x, y, w, coef, NULL, &e));
	assert_near(coef[0], log(45.0 / 14), 1e-13);
}

static void a_regression_that_cannot_be_is_told(void **state)
{
	double x[] = { 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1 };
	double twice[] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
	double y[] = { 0, 1, 1, 0, 1, 0 }, w[] = { 1, 1, 1, 1, 1, -1 };
	double sure[] = { 0, 1, 0, 1, 0, 1 }, coef[2];
	struct err e = { 0 };

	(void)state;
	assert_false(weight_logit(1, 2, x, y, NULL, coef, NULL, &e));
	says(&e, ERR_INPUT, "too few");
	e = (struct err){ 0 };
	assert_false(weight_logit(6, 2, x, y, w, coef, NULL, &e));
	says(&e, ERR_INPUT, "row 6 has a weight");
	e = (struct err){ 0 };
	assert_false(weight_logit(6, 2, twice, y, NULL, coef, NULL, &e));
	says(&e, ERR_MATH, "column 2 depends");
	e = (struct err){ 0 };
	assert_false(weight_logit(6, 2, x, sure, NULL, coef, NULL, &e));
	says(&e, ERR_MATH, "separated");
	e = (struct err){ 0 };
	y[2] = 0.5;
	assert_false(weight_logit(6, 2, x, y, NULL, coef, NULL, &e));
	says(&e, ERR_INPUT, "row 3: an answer");
	e = (struct err){ 0 };
	y[2] = 1;
	x[3] = NAN;
	assert_false(weight_logit(6, 2, x, y, NULL, coef, NULL, &e));
	says(&e, ERR_INPUT, "row 2: column 2 is missing");
	e = (struct err){ 0 };
	assert_false(weight_logit(1, 1, twice, y, NULL, coef, NULL, &e));
	says(&e, ERR_MATH, "alike");
	e = (struct err){ 0 };
	x[3] = 1;
	for (size_t i = 0; i < 6; i++)
		w[i] = 2.9e307; /* past what a deviance can hold */
	assert_false(weight_logit(6, 2, x, y, w, coef, NULL, &e));
	says(&e, ERR_MATH, "does not settle");
}

static void propensities_turn_into_weights(void **state)
{
	const double base[] = { 1, 1, 1, 1, 1, 1 };
	const double p[] = { 0.5, 0.5, 0.8, 0.9, 0.9, NAN };
	const uint8_t s[] = { WEIGHT_RESPONDENT,    WEIGHT_NONRESPONDENT,
			      WEIGHT_RESPONDENT,    WEIGHT_RESPONDENT,
			      WEIGHT_NONRESPONDENT, WEIGHT_INELIGIBLE };
	double w[6];
	struct err e = { 0 };

	(void)state;
	assert_true(weight_adjust_propensity(6, base, s, p, 1, w, &e));
	assert_near(w[0], 2, 1e-15);
	assert_near(w[2], 1.25, 1e-15);
	assert_true(w[1] == 0 && w[5] == 0);
	/* groups {.5 .5 .8} {.9 .9}: equal propensities stay together */
	assert_true(weight_adjust_propensity(6, base, s, p, 2, w, &e));
	assert_near(w[0], 1.5, 1e-15);
	assert_near(w[2], 1.5, 1e-15);
	assert_near(w[3], 2, 1e-15);
}

static void propensities_out_of_range_are_refused(void **state)
{
	const double base[] = { 1, -1 }, p[] = { 0.5, 0.5 }, no[] = { 0.5, 0 };
	const uint8_t s[] = { WEIGHT_RESPONDENT, WEIGHT_RESPONDENT };
	double w[2];
	struct weight_r r;
	struct err e = { 0 };

	(void)state;
	assert_false(weight_adjust_propensity(2, base, s, no, 1, w, &e));
	says(&e, ERR_MATH, "row 2 has no propensity");
	e = (struct err){ 0 };
	assert_false(weight_adjust_propensity(2, base, s, p, 1, w, &e));
	says(&e, ERR_INPUT, "row 2 has a weight");
	e = (struct err){ 0 };
	assert_false(weight_r_indicator(1, p, p, &r, &e));
	says(&e, ERR_MATH, "the weights sum to 0.5");
}

/* ---- trimming --------------------------------------------------------- */

static double total(const double *w, size_t n)
{
	double s = 0;

	for (size_t i = 0; i < n; i++)
		s += w[i];
	return s;
}

static void trimming_keeps_the_sum_and_the_zeros(void **state)
{
	double w[] = { 1, 2, 3, 20, 0, 4 }, once[6];
	struct weight_trim t;
	struct err e = { 0 };

	(void)state;
	memcpy(once, w, sizeof w);
	assert_true(weight_trim(6, once, 0, 6, false, &t, &e));
	assert_int_equal(t.above, 1);
	assert_int_equal(t.rounds, 1);
	assert_near(once[5], 7.5, 1e-15); /* above: it was one round only */
	assert_near(total(once, 6), 30, 1e-15);
	assert_true(once[4] == 0);
	memcpy(once, w, sizeof w);
	assert_false(weight_trim(6, once, 0, 5, true, &t, &e));
	says(&e, ERR_MATH, "no weight is left");
	e = (struct err){ 0 };
	memcpy(once, w, sizeof w);
	assert_true(weight_trim(6, once, 2, 8, true, &t, &e));
	assert_int_equal(t.below, 1);
	assert_true(t.max <= 8 && t.min >= 2);
	assert_near(total(once, 6), 30, 1e-14);
}

static void trimming_refuses_bad_limits_and_weights(void **state)
{
	double w[] = { 1, NAN };
	struct weight_trim t;
	struct weight_kish k;
	struct err e = { 0 };

	(void)state;
	assert_false(weight_trim(2, w, 3, 3, true, &t, &e));
	says(&e, ERR_INPUT, "not below");
	e = (struct err){ 0 };
	assert_false(weight_trim(2, w, 0, 3, true, &t, &e));
	says(&e, ERR_INPUT, "row 2 has a weight");
	e = (struct err){ 0 };
	assert_false(weight_kish(2, w, &k, &e));
	says(&e, ERR_INPUT, "row 2 has a weight");
	e = (struct err){ 0 };
	w[0] = w[1] = 0;
	assert_false(weight_kish(2, w, &k, &e));
	says(&e, ERR_MATH, "all weights are 0");
}

static void sums_are_checked_by_group(void **state)
{
	const double w[] = { 1, 2, 3 }, want[] = { 3, 3.3 };
	const uint32_t g[] = { 0, 0, 1 }, no[] = { 0, 0, 5 };
	double d;
	size_t worst;
	struct err e = { 0 };

	(void)state;
	assert_true(weight_check_sums(3, w, g, 2, want, &worst, &d, &e));
	assert_int_equal(worst, 1);
	assert_near(d, 0.3 / 3.3, 1e-12);
	assert_true(weight_check_sums(3, w, NULL, 1, (double[]){ 6 }, &worst,
				      &d, &e));
	assert_true(d == 0);
	assert_true(weight_check_sums(3, w, NULL, 1, (double[]){ NAN }, &worst,
				      &d, &e));
	assert_true(isnan(d));
	assert_false(weight_check_sums(3, w, no, 2, want, &worst, &d, &e));
	says(&e, ERR_INPUT, "row 3 has no group");
}

/* ---- response rates --------------------------------------------------- */

static void every_disposition_has_its_part_in_the_rates(void **state)
{
	struct aapor a = { .count = { 60, 10, 15, 5, 3, 8, 4, 12 } };

	(void)state;
	aapor_rates(&a, NAN);
	assert_near(a.e, 93.0 / 105, 1e-15);
	assert_near(a.rr[0], 60.0 / 105, 1e-15);
	assert_near(a.rr[3], 70 / (93 + 93.0 / 105 * 12), 1e-15);
	assert_near(a.rr[4], 60.0 / 93, 1e-15);
	assert_near(a.coop[1], 70.0 / 88, 1e-15);
	assert_near(a.ref[0], 15.0 / 105, 1e-15);
	assert_near(a.con[2], 88.0 / 93, 1e-15);
	aapor_rates(&a, 0.5);
	assert_near(a.rr[2], 60.0 / 99, 1e-15);
	for (size_t i = 0; i < AAPOR_N; i++)
		assert_int_equal(aapor_parse(
					 aapor_name((enum aapor_disposition)i)),
				 i);
	assert_int_equal(aapor_parse("X"), AAPOR_N);
	assert_null(aapor_name(AAPOR_N));
}

static void nobody_asked_gives_no_rate(void **state)
{
	struct aapor a = { .count = { 0 } };

	(void)state;
	aapor_rates(&a, NAN);
	assert_true(isnan(a.e) && isnan(a.rr[0]) && isnan(a.coop[3]) &&
		    isnan(a.con[1]));
	a.count[AAPOR_UH] = 3; /* all unknown: RR1 is 0, RR5 is not defined */
	aapor_rates(&a, NAN);
	assert_true(a.rr[0] == 0 && isnan(a.rr[4]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base_weights_are_counts_over_counts),
		cmocka_unit_test(base_weights_refuse_what_no_frame_can_be),
		cmocka_unit_test(a_class_carries_those_who_are_silent),
		cmocka_unit_test(a_class_without_respondents_is_an_error),
		cmocka_unit_test(
			a_logistic_regression_on_groups_gives_their_log_odds),
		cmocka_unit_test(a_regression_that_cannot_be_is_told),
		cmocka_unit_test(propensities_turn_into_weights),
		cmocka_unit_test(propensities_out_of_range_are_refused),
		cmocka_unit_test(trimming_keeps_the_sum_and_the_zeros),
		cmocka_unit_test(trimming_refuses_bad_limits_and_weights),
		cmocka_unit_test(sums_are_checked_by_group),
		cmocka_unit_test(every_disposition_has_its_part_in_the_rates),
		cmocka_unit_test(nobody_asked_gives_no_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
