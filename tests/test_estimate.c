/* What the oracle's cases do not reach: quantiles of distributions, limits at
 * the edges, empty and tiny domains. */
#include "phieu/estimate.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <stdlib.h>
#include <string.h>

#include "support/test.h"

static const struct est_how plain = { .level = 0.95 };

static struct survey_design *sample(size_t n, const double *w)
{
	struct survey_input in = { .n = n, .weight = w };
	struct err e = { 0 };
	struct survey_design *d = survey_design_new(&in, &e);

	assert_non_null(d);
	return d;
}

/* ---- distributions ---------------------------------------------------- */

static void quantiles_of_beta_are_found_where_gsl_fails(void **state)
{
	static const double p[] = { 1e-9, 0.005, 0.025, 0.5, 0.975, 0.999 };
	static const double a[][2] = { { 6656, 5389.95 }, { 0.5, 0.5 },
				       { 1, 410 },	  { 3e5, 2e6 },
				       { 0.01, 20 },	  { 12.5, 1 } };

	(void)state;
	(void)gsl_set_error_handler_off();
	for (size_t i = 0; i < 6; i++)
		for (size_t k = 0; k < 6; k++) {
			double x = est_beta_quantile(p[k], a[i][0], a[i][1]);
			double got = gsl_cdf_beta_P(x, a[i][0], a[i][1]);

			if (x > 1e-300 && !(fabs(got - p[k]) <= 1e-9 * p[k]) &&
			    !(fabs(gsl_cdf_beta_Q(x, a[i][0], a[i][1]) -
				   (1 - p[k])) <= 1e-9 * (1 - p[k])))
				fail_msg("%g of %g, %g: %.17g has %.17g", p[k],
					 a[i][0], a[i][1], x, got);
		}
	/* 1 - 0.025^(1/410) */
	assert_near(est_beta_quantile(0.975, 1, 410), 1 - pow(0.025, 1. / 410),
		    1e-12);
	assert_true(est_beta_quantile(0, 2, 3) == 0);
	assert_true(est_beta_quantile(1, 2, 3) == 1);
	assert_true(isnan(est_beta_quantile(0.5, 0, 3)));
	assert_true(isnan(est_beta_quantile(0.5, 2, INFINITY)));
	assert_true(isnan(est_beta_quantile(1.5, 2, 3)));
}

static void quantiles_of_t_are_known(void **state)
{
	(void)state;
	/* tables and R: qt(.975, c(1, 4, 24, 997)) */
	assert_near(est_t_quantile(0.95, 1), 12.706204736174705, 1e-13);
	assert_near(est_t_quantile(0.95, 4), 2.776445105197794, 1e-13);
	assert_near(est_t_quantile(0.95, 24), 2.063898561628021, 1e-13);
	assert_near(est_t_quantile(0.95, 997), 1.9623462360894501, 1e-12);
	assert_near(est_t_quantile(0.95, INFINITY), 1.959963984540054, 1e-12);
	assert_true(isnan(est_t_quantile(0.95, 0)));
	assert_true(isnan(est_t_quantile(1, 5)));
	assert_true(isnan(est_t_quantile(0, 5)));
	assert_near(est_t_p(12.706204736174705, 1), 0.05, 1e-12);
	assert_near(est_t_p(-1.959963984540054, INFINITY), 0.05, 1e-12);
	assert_true(isnan(est_t_p(1, 0)));
	assert_true(isnan(est_t_p(NAN, 5)));
}

static void limits_of_proportions_at_the_edges(void **state)
{
	double l, u;

	(void)state;
	est_proportion_ci(EST_CI_LOGIT, 0, 0, 10, 10, 9, .95, &l, &u);
	assert_true(isnan(l) && isnan(u));
	est_proportion_ci(EST_CI_WILSON, .5, 0, 10, 10, 9, .95, &l, &u);
	assert_true(isnan(l) && isnan(u));
	est_proportion_ci(EST_CI_NONE, .5, .01, 10, 10, 9, .95, &l, &u);
	assert_true(isnan(l) && isnan(u));
	est_proportion_ci(EST_CI_T, NAN, .01, 10, 10, 9, .95, &l, &u);
	assert_true(isnan(l) && isnan(u));
	est_proportion_ci(EST_CI_BETA, .5, 0, 10, 10, 9, .95, &l, &u);
	assert_true(isnan(l) && isnan(u));
	est_proportion_ci(EST_CI_LOGIT, .5, .01, 10, 10, 0, .95, &l, &u);
	assert_true(isnan(l) && isnan(u));
	/* none of 10 and all of 10: Clopper & Pearson 1934, whatever the df */
	est_proportion_ci(EST_CI_BETA, 0, 0, 10, 10, 0, .95, &l, &u);
	assert_true(l == 0);
	assert_near(u, 1 - pow(.025, .1), 1e-12);
	est_proportion_ci(EST_CI_BETA, 1, 0, 10, 10, 0, .95, &l, &u);
	assert_true(u == 1);
	assert_near(l, pow(.025, .1), 1e-12);
}

/* Wilson 1927: 15 of 50 with z = 1.96 is 0.1910 to 0.4375. */
static void wilson_limits_are_the_classical_ones(void **state)
{
	double l, u, p = .3, n = 50, z = 1.959963984540054;
	double mid = (p + z * z / (2 * n)) / (1 + z * z / n);
	double half = z / (1 + z * z / n) *
		      sqrt(p * (1 - p) / n + z * z / (4 * n * n));

	(void)state;
	est_proportion_ci(EST_CI_WILSON, p, p * (1 - p) / n, n, n, INFINITY,
			  .95, &l, &u);
	assert_near(l, mid - half, 1e-12);
	assert_near(u, mid + half, 1e-12);
	assert_near(l, 0.1910, 1e-3);
	assert_near(u, 0.4375, 1e-3);
}

static void the_method_can_be_left_to_us(void **state)
{
	static const struct {
		double p, v;
		enum est_ci as;
	} way[] = { { .05, .0001, EST_CI_BETA },
		    { .95, .0001, EST_CI_BETA },
		    { .5, .1, EST_CI_BETA },
		    { .5, .001, EST_CI_LOGIT } };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		double a[2], b[2];

		est_proportion_ci(EST_CI_AUTO, way[i].p, way[i].v, 100, 90, 20,
				  .95, &a[0], &a[1]);
		est_proportion_ci(way[i].as, way[i].p, way[i].v, 100, 90, 20,
				  .95, &b[0], &b[1]);
		assert_true(a[0] == b[0] && a[1] == b[1]);
	}
}

/* ---- several tests ---------------------------------------------------- */

/* R: p.adjust(c(.01, .04, .03, .005), "holm" and "BH") */
static void p_values_are_adjusted(void **state)
{
	static const double p[] = { .01, NAN, .04, .03, .005 };
	static const double holm[] = { .03, NAN, .06, .06, .02 };
	static const double bh[] = { .02, NAN, .04, .04, .02 };
	static const double tie[] = { .02, .02, .02 };
	double got[5];
	struct err e;

	(void)state;
	assert_true(est_p_holm(p, 5, got, &e));
	for (int i = 0; i < 5; i++)
		assert_true(i == 1 ? isnan(got[i])
				   : fabs(got[i] - holm[i]) < 1e-15);
	assert_true(est_p_bh(p, 5, got, &e));
	for (int i = 0; i < 5; i++)
		assert_true(i == 1 ? isnan(got[i])
				   : fabs(got[i] - bh[i]) < 1e-15);
	assert_true(est_p_holm(p, 0, got, &e));
	assert_true(est_p_bh(tie, 3, got, &e)); /* in whichever order */
	for (int i = 0; i < 3; i++)
		assert_near(got[i], .02, 1e-15);
}

static void contrasts_pass_over_what_has_no_part(void **state)
{
	static const double c[] = { 1, 0, -1 }, theta[] = { 5, NAN, 3 };
	static const double cov[] = { 4, NAN, 1, NAN, NAN, NAN, 1, NAN, 9 };
	struct est_test t;
	double value, var;

	(void)state;
	est_contrast(c, theta, cov, 3, &value, &var);
	assert_near(value, 2, 1e-15);
	assert_near(var, 11, 1e-15);
	est_t_test(value, sqrt(var), 10, .95, &t);
	assert_near(t.t, 2 / sqrt(11), 1e-15);
	assert_near(t.ci_u - t.ci_l, 2 * est_t_quantile(.95, 10) * sqrt(11),
		    1e-14);
	est_t_test(1, 0, 10, .95, &t);
	assert_true(isnan(t.t) && isnan(t.p));
}

/* ---- tiny domains ----------------------------------------------------- */

static void one_row_has_a_mean_and_no_interval(void **state)
{
	static const double y[] = { 7 }, two[] = { 2 };
	struct survey_design *d = sample(1, two);
	struct survey_var v = { .design = d };
	struct est_how how = { .level = .95, .deff = true };
	struct est x;
	struct err e = { 0 };

	(void)state;
	/* one unit in the only stratum */
	assert_false(est_mean(&v, NULL, 1, y, &how, &x, NULL, &e));
	assert_int_equal(e.kind, ERR_MATH);
	d->lonely = SURVEY_ADJUST;
	assert_true(est_mean(&v, NULL, 1, y, &how, &x, NULL, &e));
	assert_true(x.value == 7 && x.se == 0 && x.df == 0);
	assert_true(isnan(x.ci_l) && isnan(x.deff) && isnan(x.deff_replace));
	assert_true(est_variance(&v, NULL, 1, y, &how, &x, &e));
	assert_true(isnan(x.value) && isnan(x.se));
	survey_design_free(d);
}

static void an_empty_cell_is_not_defined(void **state)
{
	static const double y[] = { 1, 2, NAN, 4 }, zero[] = { 0, 0, 0, 0 };
	static const uint32_t cell[] = { 0, 0, 1, 0 };
	struct survey_design *d = sample(4, NULL);
	struct survey_var v = { .design = d };
	struct est x[2];
	struct err e = { 0 };
	double cov[4];

	(void)state;
	assert_true(est_mean(&v, cell, 2, y, &plain, x, cov, &e));
	assert_near(x[0].value, 7. / 3, 1e-15);
	assert_int_equal(x[0].n, 3);
	assert_int_equal(x[1].n, 0);
	assert_true(isnan(x[1].value) && isnan(x[1].se) && isnan(x[1].cv));
	assert_true(isnan(cov[1]) && isnan(cov[3]) && cov[0] > 0);
	assert_true(est_total(&v, cell, 2, y, &plain, x, NULL, &e));
	assert_true(x[1].value == 0 && isnan(x[1].cv));
	assert_true(est_ratio(&v, cell, 2, y, zero, &plain, x, NULL, &e));
	assert_true(isnan(x[0].value) && isnan(x[0].se));
	assert_true(est_proportion(&v, cell, 2, zero, &plain, x, NULL, &e));
	assert_true(x[0].value == 0);
	survey_design_free(d);
}

static void a_constant_has_no_spread(void **state)
{
	static const double y[] = { .1, .1, .1, .1 };
	static const double w[] = { 1.1, 2.3, 3.7, 4.9 };
	struct survey_design *d = sample(4, w);
	struct survey_var v = { .design = d };
	struct est_how how = { .level = .95, .deff = true };
	struct est x;
	struct err e = { 0 };

	(void)state;
	assert_true(est_mean(&v, NULL, 1, y, &how, &x, NULL, &e));
	assert_true(x.value == .1 && x.se == 0);
	assert_true(isnan(x.deff));
	survey_design_free(d);
}

static void large_values_keep_their_digits(void **state)
{
	static const double y[] = { 1e9 + 1, 1e9 + 2, 1e9 + 4, 1e9 + 7 };
	struct survey_design *d = sample(4, NULL);
	struct survey_var v = { .design = d };
	const double *ys[] = { y };
	struct est x;
	struct err e = { 0 };
	double cov;

	(void)state;
	assert_true(est_mean(&v, NULL, 1, y, &plain, &x, NULL, &e));
	assert_near(x.se,
		    sqrt((2.5 * 2.5 + 1.5 * 1.5 + .5 * .5 + 3.5 * 3.5) / 3 / 4),
		    1e-13);
	assert_true(est_mean_vector(&v, NULL, ys, 1, &plain, &x, &cov, &e));
	assert_near(cov, x.se * x.se, 1e-13);
	survey_design_free(d);
}

static void a_vector_without_rows_is_not_defined(void **state)
{
	static const double y[] = { NAN, NAN, NAN };
	const double *ys[] = { y, y };
	struct survey_design *d = sample(3, NULL);
	struct survey_var v = { .design = d };
	struct est x[2];
	struct err e = { 0 };
	double cov[4];

	(void)state;
	assert_true(est_mean_vector(&v, NULL, ys, 2, &plain, x, cov, &e));
	assert_true(isnan(x[0].value) && isnan(cov[3]));
	assert_true(est_ratio_vector(&v, NULL, ys, ys, 2, &plain, x, cov, &e));
	assert_true(isnan(x[1].value) && isnan(cov[0]) && x[1].n == 0);
	survey_design_free(d);
}

static void a_score_needs_every_group_that_has_a_share(void **state)
{
	static const double y[] = { 1, 3, 5, 2, 4 }, w[] = { 1, 1, 2, 1, 1 },
			    share[] = { .25, .75, .25, .75, .25, 0 };
	static const uint32_t cell[] = { 0, 1, 1, 2, 4 },
			      block[] = { 0, 0, 1, 1, 2, 2 };
	struct survey_design *d = sample(5, w);
	struct survey_var v = { .design = d };
	struct est x[3];
	struct err e = { 0 };
	double cov[9];

	(void)state;
	assert_true(est_share_score(&v, cell, 6, block, 3, share, y, &plain, x,
				    cov, &e));
	assert_near(x[0].value, .25 * 1 + .75 * 13. / 3, 1e-15);
	assert_int_equal(x[0].n, 3);
	assert_true(isnan(x[1].value) && isnan(cov[4]));
	assert_near(x[2].value, .25 * 4, 1e-15); /* a share of 0 asks nobody */
	survey_design_free(d);
}

/* ---- quantiles -------------------------------------------------------- */

static void quantiles_of_few_rows(void **state)
{
	static const double y[] = { 3, 1, 2, 4 }, p[] = { .25, .5, .6, 1e-9 },
			    none[] = { NAN, NAN, NAN, NAN };
	struct survey_design *d = sample(4, NULL);
	struct survey_var v = { .design = d };
	struct est_how quiet = { .level = .95, .ci = EST_CI_NONE };
	struct est_quantile q[4];
	uint32_t one[] = { SURVEY_NONE, SURVEY_NONE, 0, SURVEY_NONE };
	struct est base;
	struct err e = { 0 };

	(void)state;
	assert_true(est_quantile(&v, NULL, y, p, 4, EST_MATH, &plain, &base, q,
				 &e));
	assert_true(q[0].q == 1 && q[1].q == 2 && q[2].q == 3 && q[3].q == 1);
	assert_true(est_quantile(&v, NULL, y, p, 4, EST_SCHOOL, &plain, &base,
				 q, &e));
	assert_true(q[0].q == 1.5 && q[1].q == 2.5 && q[2].q == 3);
	/* type 7 of 1..4: 1 + 3p */
	assert_true(
		est_quantile(&v, NULL, y, p, 4, EST_HF7, &plain, &base, q, &e));
	assert_near(q[0].q, 1.75, 1e-15);
	assert_near(q[1].q, 2.5, 1e-15);
	assert_near(q[2].q, 2.8, 1e-15);
	assert_int_equal(base.n, 4);
	assert_true(est_quantile(&v, NULL, y, p, 1, EST_MATH, &quiet, &base, q,
				 &e));
	assert_true(isnan(q[0].ci_l) && isnan(q[0].se));
	for (int rule = EST_MATH; rule <= EST_HF7; rule++) {
		assert_true(est_quantile(&v, one, y, p, 4, (enum est_rule)rule,
					 &plain, &base, q, &e));
		assert_true(q[0].q == 2 && q[2].q == 2 && isnan(q[0].se));
		assert_true(est_quantile(&v, NULL, none, p, 4,
					 (enum est_rule)rule, &plain, &base, q,
					 &e));
		assert_true(isnan(q[0].q) && base.n == 0);
	}
	survey_design_free(d);
}

/* Weights that only nearly add up to the share asked for. */
static void an_exact_hit_does_not_depend_on_rounding(void **state)
{
	static const double w[] = { .1, .2, .3, .1, .2, .1 },
			    y[] = { 1, 2, 3, 4, 5, 6 }, p[] = { .3, .6, .7 };
	struct survey_design *d = sample(6, w);
	struct survey_var v = { .design = d };
	struct est_quantile q[3];
	struct est base;
	struct err e = { 0 };

	(void)state;
	assert_true(est_quantile(&v, NULL, y, p, 3, EST_MATH, &plain, &base, q,
				 &e));
	assert_true(q[0].q == 2 && q[1].q == 3 && q[2].q == 4);
	assert_true(est_quantile(&v, NULL, y, p, 3, EST_SCHOOL, &plain, &base,
				 q, &e));
	assert_true(q[0].q == 2.5 && q[1].q == 3.5 && q[2].q == 4.5);
	survey_design_free(d);
}

/* The last points of type 7, and p at a point. */
static void type_7_ends_at_the_largest(void **state)
{
	static const double w[] = { 1, 1, 2 }, y[] = { 1, 2, 3 },
			    p[] = { .5, .999999999999999 };
	struct survey_design *d = sample(3, w);
	struct survey_var v = { .design = d };
	struct est_quantile q[2];
	struct est base;
	struct err e = { 0 };

	(void)state;
	assert_true(
		est_quantile(&v, NULL, y, p, 2, EST_HF7, &plain, &base, q, &e));
	assert_true(q[0].q == 2 && q[1].q == 3);
	survey_design_free(d);
}

/* ---- the design's own df ---------------------------------------------- */

static void intervals_may_use_the_whole_design(void **state)
{
	static const double y[] = { 1, 2, 4, 8, 16, 2 };
	static const uint32_t cell[] = {
		0, 0, 0, SURVEY_NONE, SURVEY_NONE, SURVEY_NONE
	};
	struct survey_design *d = sample(6, NULL);
	struct survey_var v = { .design = d };
	struct est_how how = { .level = .9, .design_df = true };
	struct est x;
	struct err e = { 0 };

	(void)state;
	assert_true(est_mean(&v, cell, 1, y, &how, &x, NULL, &e));
	assert_int_equal(x.df, 2);
	assert_int_equal(x.df_design, 5);
	assert_near(x.ci_u - x.value, est_t_quantile(.9, 5) * x.se, 1e-14);
	v.df = 3; /* replicates have a df of their own */
	assert_true(est_mean(&v, cell, 1, y, &how, &x, NULL, &e));
	assert_int_equal(x.df, 3);
	assert_int_equal(x.df_design, 3);
	survey_design_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantiles_of_beta_are_found_where_gsl_fails),
		cmocka_unit_test(quantiles_of_t_are_known),
		cmocka_unit_test(limits_of_proportions_at_the_edges),
		cmocka_unit_test(wilson_limits_are_the_classical_ones),
		cmocka_unit_test(the_method_can_be_left_to_us),
		cmocka_unit_test(p_values_are_adjusted),
		cmocka_unit_test(contrasts_pass_over_what_has_no_part),
		cmocka_unit_test(one_row_has_a_mean_and_no_interval),
		cmocka_unit_test(an_empty_cell_is_not_defined),
		cmocka_unit_test(a_constant_has_no_spread),
		cmocka_unit_test(large_values_keep_their_digits),
		cmocka_unit_test(a_vector_without_rows_is_not_defined),
		cmocka_unit_test(a_score_needs_every_group_that_has_a_share),
		cmocka_unit_test(quantiles_of_few_rows),
		cmocka_unit_test(an_exact_hit_does_not_depend_on_rounding),
		cmocka_unit_test(type_7_ends_at_the_largest),
		cmocka_unit_test(intervals_may_use_the_whole_design),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
