/* Scale quality: what the functions refuse, and what they say at the edges. */
#include <string.h>

#include "phieu/agreement.h"
#include "phieu/distribution.h"
#include "phieu/factor.h"
#include "phieu/matrix.h"
#include "phieu/moments.h"
#include "phieu/polychoric.h"
#include "phieu/quality.h"
#include "phieu/reliability.h"
#include "support/test.h"

/* The call fails with this kind and words that hold `part`. */
#define refused(call, want, part)                                            \
	do {                                                                 \
		struct err e = { 0 };                                        \
		assert_false(call);                                          \
		assert_int_equal(e.kind, want);                              \
		if (strstr(e.msg, part) == NULL)                             \
			fail_msg("\"%s\" does not say \"%s\"", e.msg, part); \
	} while (0)

/* ---- moments --------------------------------------------------------- */

static const double x[] = { 1, 2, 3, 4, NAN }, y[] = { 2, 1, NAN, 3, 5 };
static const double flat[] = { 7, 7, 7, 7, 7 },
		    none[] = { NAN, NAN, NAN, NAN, NAN };
static const double bad_weight[] = { 1, -1, 1, 1, 1 };

static struct moments room(double *mean, double *cov, struct survey_sum *sum)
{
	return (struct moments){ .mean = mean, .cov = cov, .sum = sum };
}

static void moments_refuse_what_has_no_moments(void **state)
{
	const double *const two[] = { x, y }, *const empty[] = { x, none };
	const double *const constant[] = { x, flat };
	struct items d = { .x = two, .k = 2, .n = 5 }, bad = d;
	double mean[2], cov[4], r[4];
	struct survey_sum sum[4];
	struct moments m = room(mean, cov, sum);
	size_t pairs[4];
	struct err ok = { 0 };

	(void)state;
	bad.k = 0;
	refused(moments_listwise(&bad, &m, &e), ERR_INPUT, "no items");
	refused(moments_pairwise(&bad, cov, NULL, &e), ERR_INPUT, "no items");
	bad = d;
	bad.w = bad_weight;
	refused(moments_listwise(&bad, &m, &e), ERR_INPUT, "row 2");
	bad = d;
	bad.x = empty;
	refused(moments_listwise(&bad, &m, &e), ERR_MATH, "at least 2");
	refused(moments_pairwise(&bad, cov, NULL, &e), ERR_MATH,
		"items 1 and 2 share 0");
	assert_true(moments_pairwise(&d, cov, pairs, &ok));
	assert_int_equal(pairs[0], 4);
	assert_int_equal(pairs[1], 3);
	assert_int_equal(pairs[2], 3);
	bad = d;
	bad.x = constant;
	assert_true(moments_listwise(&bad, &m, &ok));
	assert_int_equal(moments_constant(2, mean, cov), 1);
	refused(moments_correlation(2, cov, r, &e), ERR_MATH, "item 2");
	assert_true(moments_listwise(&d, &m, &ok));
	assert_int_equal(m.n, 3);
	assert_int_equal(moments_constant(2, mean, cov), 2);
}

/* NIST StRD NumAcc4: mean 10000000.2, sd 0.1 exactly. */
static void a_large_mean_costs_no_digits(void **state)
{
	double v[1001], mean, cov;
	const double *const one[] = { v };
	struct survey_sum sum;
	struct items d = { .x = one, .k = 1, .n = 1001 };
	struct moments m = room(&mean, &cov, &sum);
	struct err ok = { 0 };

	(void)state;
	v[0] = 10000000.2;
	for (size_t i = 1; i < 1001; i++)
		v[i] = i % 2 == 1 ? 10000000.1 : 10000000.3;
	assert_true(moments_listwise(&d, &m, &ok));
	assert_near(mean, 10000000.2, 1e-15);
	assert_near(sqrt(cov), 0.1, 1e-8); /* the data's own rounding */
}

static void equal_weights_change_nothing(void **state)
{
	static const double w[] = { 3, 3, 3, 3, 3 };
	static const double some[] = { 1, 1, 1, 0, 1 };
	static const unsigned char in[] = { 1, 1, 1, 0, 1 };
	const double *const two[] = { x, y };
	struct items d = { .x = two, .k = 2, .n = 5 };
	double mean[2][2], cov[2][4];
	struct survey_sum sum[4];
	struct moments a = room(mean[0], cov[0], sum),
		       b = room(mean[1], cov[1], sum);
	struct err ok = { 0 };

	(void)state;
	assert_true(moments_listwise(&d, &a, &ok));
	d.w = w;
	assert_true(moments_listwise(&d, &b, &ok));
	for (size_t i = 0; i < 4; i++)
		assert_near(cov[1][i], cov[0][i], 1e-14);
	/* a weight of 0 and a row outside are one */
	d.w = some;
	assert_true(moments_listwise(&d, &a, &ok));
	d.w = NULL;
	d.in = in;
	assert_true(moments_listwise(&d, &b, &ok));
	assert_int_equal(a.n, b.n);
	assert_memory_equal(cov[0], cov[1], sizeof cov[0]);
}

/* ---- matrices, roots ------------------------------------------------- */

static double shifted(double at, const void *arg)
{
	return at * at * at - *(const double *)arg;
}

static void roots_need_a_change_of_sign(void **state)
{
	const double eight = 8, zero = 0;

	(void)state;
	assert_near(bracketed_root(shifted, &eight, 0, 100), 2, 1e-15);
	assert_near(bracketed_root(shifted, &eight, 100, 0), 2, 1e-15);
	assert_true(bracketed_root(shifted, &zero, 0, 1) == 0);
	assert_true(fabs(bracketed_root(shifted, &zero, -1, 2)) < 1e-5);
	assert_true(isnan(bracketed_root(shifted, &eight, 3, 100)));
}

static void eigenvalues_refuse_what_is_not_finite(void **state)
{
	double a[] = { 1, NAN, NAN, 1 }, values[2], vectors[4];
	double diagonal[] = { 1, 0, 0, 5 };
	struct err ok = { 0 };

	(void)state;
	refused(matrix_eigen(2, a, values, vectors, &e), ERR_MATH, "finite");
	assert_true(matrix_eigen(2, diagonal, values, vectors, &ok));
	assert_true(values[0] == 5 && values[1] == 1);
	assert_true(vectors[0] == 0 && vectors[2] == 1);
}

/* ---- reliability ----------------------------------------------------- */

static void alpha_refuses_what_is_no_scale(void **state)
{
	static const double cov[] = { 1, 0.5, 0.5, 1 };
	static const double opposed[] = { 1, -1, -1, 1 };
	static const double constant[] = { 1, 0, 0, 0 };
	static const double same[] = { 1, 1, 1, 1 };
	double list[6], work[ALPHA_WORK(2)];
	struct alpha a = { .item_total_r = list,
			   .item_rest_r = list + 2,
			   .if_deleted = list + 4 };
	struct err ok = { 0 };

	(void)state;
	refused(reliability_alpha(1, 9, cov, 0.95, work, &a, &e), ERR_INPUT,
		"two items");
	refused(reliability_alpha(2, 9, cov, 1, work, &a, &e), ERR_INPUT,
		"level");
	refused(reliability_alpha(2, 9, constant, 0.95, work, &a, &e), ERR_MATH,
		"item 2");
	refused(reliability_alpha(2, 9, opposed, 0.95, work, &a, &e), ERR_MATH,
		"sum of the items");
	assert_true(isnan(reliability_raw_alpha(1, cov)));
	assert_true(isnan(reliability_raw_alpha(2, opposed)));
	/* two items: nothing is left when one goes */
	assert_true(reliability_alpha(2, 9, cov, 0.95, work, &a, &ok));
	assert_near(a.raw, 2.0 / 3, 1e-15);
	assert_true(isnan(a.if_deleted[0]) && isnan(a.if_deleted[1]));
	/* one item twice: alpha is 1, the multiple correlations are not */
	assert_true(reliability_alpha(2, 9, same, 0.95, work, &a, &ok));
	assert_near(a.raw, 1, 1e-15);
	assert_true(isnan(a.guttman6));
}

static void alpha_of_a_cell_may_be_undefined(void **state)
{
	const double a[] = { 1, 2, 3, 5, 5, 5 }, b[] = { 2, 1, 3, -5, -5, -5 };
	const uint32_t cell[] = { 0, 0, 0, 1, 1, 1 };
	const double *const two[] = { a, b };
	struct survey_input in = { .n = 6 };
	struct survey_var v = { 0 };
	const struct est_how how = { .level = 0.95 };
	struct est out[2];
	struct survey_design *d;
	struct err ok = { 0 };

	(void)state;
	d = survey_design_new(&in, &ok);
	assert_non_null(d);
	v.design = d;
	refused(reliability_alpha_estimate(&v, cell, 2, two, 1, &how, out, &e),
		ERR_INPUT, "two items");
	assert_true(reliability_alpha_estimate(&v, cell, 2, two, 2, &how, out,
					       &ok));
	assert_near(out[0].value, 2.0 / 3, 1e-14);
	assert_true(isnan(out[1].value) && isnan(out[1].se));
	survey_design_free(d);
}

/* ---- factors --------------------------------------------------------- */

static const double identity[] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 };
static const double singular[] = { 1, 1, 0, 1, 1, 0, 0, 0, 1 };

static void factors_refuse_what_has_none(void **state)
{
	static const double bad[] = { 1, NAN, 0, NAN, 1, 0, 0, 0, 1 };
	double values[3], list[9], work[FACTOR_ML_WORK(3)], msa;
	struct factor_ml f = { .uniqueness = values, .loadings = list };
	struct bartlett b;

	(void)state;
	refused(factor_pca(3, bad, 1, values, list, work, &e), ERR_MATH,
		"finite");
	refused(factor_kmo(3, identity, &msa, list, work, &e), ERR_MATH,
		"correlates");
	refused(factor_kmo(3, singular, &msa, list, work, &e), ERR_MATH,
		"singular");
	refused(factor_bartlett(3, singular, 9, work, &b, &e), ERR_MATH,
		"singular");
	refused(factor_ml(3, 1, singular, 9, work, &f, &e), ERR_MATH,
		"singular");
	refused(factor_ml(3, 2, identity, 9, work, &f, &e), ERR_INPUT,
		"3 items cannot carry 2");
	refused(factor_ml(3, 0, identity, 9, work, &f, &e), ERR_INPUT,
		"0 factors");
	refused(factor_parallel(3, 3, 9, 1, 0.95, list, values, work, &e),
		ERR_INPUT, "more rows than items");
	assert_int_equal(factor_kaiser(3, identity), 0);
	assert_int_equal(factor_retained(3, identity, singular), 0);
}

/* A uniqueness that would be negative stays at its bound. */
static void a_heywood_case_is_counted(void **state)
{
	static const double r[] = { 1, 0.9, 0.9, 0.9, 1, 0.7, 0.9, 0.7, 1 };
	double u[3], l[3], work[FACTOR_ML_WORK(3)];
	struct factor_ml f = { .uniqueness = u, .loadings = l };
	struct err ok = { 0 };

	(void)state;
	assert_true(factor_ml(3, 1, r, 100, work, &f, &ok));
	assert_int_equal(f.heywood, 1);
	assert_near(u[0], FACTOR_UNIQUE_MIN, 1e-12);
	assert_true(isnan(f.p) && isnan(f.rmsea)); /* no df */
}

/* One factor through three items is exact: l_1^2 = r12 r13 / r23. */
static void three_items_carry_one_factor_exactly(void **state)
{
	static const double r[] = { 1, 0.48, 0.4, 0.48, 1, 0.3, 0.4, 0.3, 1 };
	double u[3], l[3], work[FACTOR_ML_WORK(3)];
	struct factor_ml f = { .uniqueness = u, .loadings = l };
	struct err ok = { 0 };

	(void)state;
	assert_true(factor_ml(3, 1, r, 100, work, &f, &ok));
	assert_near(l[0], 0.8, 1e-10);
	assert_near(l[1], 0.6, 1e-10);
	assert_near(l[2], 0.5, 1e-10);
	assert_true(f.objective < 1e-12);
	assert_near(reliability_omega(3, l, u),
		    1.9 * 1.9 / (1.9 * 1.9 + 0.36 + 0.64 + 0.75), 1e-10);
}

static void rotations_leave_simple_structure_alone(void **state)
{
	static const double simple[] = { 0.9, 0,   0.8, 0,   0.7, 0,
					 0,   0.9, 0,	0.8, 0,	  0.6 };
	double l[12], phi[4], work[FACTOR_OBLIMIN_WORK(6, 2)];
	struct err ok = { 0 };

	(void)state;
	memcpy(l, simple, sizeof l);
	factor_varimax(6, 2, l, work);
	for (size_t i = 0; i < 12; i++)
		assert_true(fabs(l[i] - simple[i]) < 1e-12);
	assert_true(factor_oblimin(6, 2, l, phi, 0, work, &ok));
	for (size_t i = 0; i < 12; i++)
		assert_true(fabs(l[i] - simple[i]) < 1e-9);
	assert_true(fabs(phi[1]) < 1e-9 && phi[0] == 1 && phi[3] == 1);
	/* an item without communality, and factors that change places */
	for (size_t i = 0; i < 6; i++) {
		l[2 * i] = i == 5 ? 0 : -simple[2 * i + 1];
		l[2 * i + 1] = i == 5 ? 0 : -simple[2 * i];
	}
	factor_varimax(6, 2, l, work);
	assert_near(l[0], 0.9, 1e-12);
	assert_near(l[7], 0.9, 1e-12);
	assert_true(l[10] == 0 && l[11] == 0);
}

/* gamma above 0 lets factors fall into one: there is no minimum. */
static void oblimin_says_when_it_has_no_end(void **state)
{
	static const double any[] = { 0.9, 0.1, 0.8, 0.3, 0.7,	0.2,
				      0.2, 0.9, 0.4, 0.8, 0.35, 0.6 };
	double l[12], phi[4], work[FACTOR_OBLIMIN_WORK(6, 2)];

	(void)state;
	memcpy(l, any, sizeof l);
	refused(factor_oblimin(6, 2, l, phi, 1.5, work, &e), ERR_MATH,
		"oblimin did not converge");
	memcpy(l, any, sizeof l);
	phi[0] = 0;
	{
		struct err ok = { 0 };

		assert_true(factor_oblimin(6, 1, l, phi, 0, work, &ok));
		assert_true(phi[0] == 1);
	}
}

/* ---- polychoric ------------------------------------------------------ */

static void polychoric_correlations_reach_the_boundary(void **state)
{
	static const double up[] = { 10, 0, 0, 0, 10, 0, 0, 0, 10 };
	static const double down[] = { 0, 0, 10, 0, 10, 0, 10, 0, 0 };
	static const double half[] = { 10, 0, 5, 10 };
	double a[2], b[2], score[9];
	struct polychoric p = { .threshold_a = a,
				.threshold_b = b,
				.score = score };
	struct err ok = { 0 };

	(void)state;
	assert_true(polychoric_fit(up, 3, 3, 30, &p, &ok));
	assert_true(p.rho == 1 && p.boundary && isnan(p.se));
	assert_true(score[0] == 0);
	assert_true(polychoric_fit(down, 3, 3, 30, &p, &ok));
	assert_true(p.rho == -1 && p.boundary);
	assert_true(polychoric_fit(half, 2, 2, 25, &p, &ok));
	assert_true(p.rho == 1);
}

static void empty_categories_are_passed_over(void **state)
{
	static const double full[] = { 12, 5, 2, 4, 9, 6, 1, 6, 11 };
	static const double holes[] = { 0, 0, 0, 0, 0,	0, 12, 0, 5, 2,
					0, 0, 0, 0, 0,	0, 4,  0, 9, 6,
					0, 1, 0, 6, 11, 0, 0,  0, 0, 0 };
	double a[5], b[4], score[30], rho, se;
	struct polychoric p = { .threshold_a = a,
				.threshold_b = b,
				.score = score };
	struct err ok = { 0 };

	(void)state;
	assert_true(polychoric_fit(full, 3, 3, 56, &p, &ok));
	rho = p.rho;
	se = p.se;
	assert_true(rho > 0.3 && rho < 0.8 && se > 0.05 && se < 0.3);
	assert_true(polychoric_fit(holes, 6, 5, 56, &p, &ok));
	assert_near(p.rho, rho, 1e-12);
	assert_near(p.se, se, 1e-9);
	assert_true(isinf(a[0]) && isinf(a[4]) && a[2] == a[1]);
}

/* Far from independence the likelihood underflows before its end. */
static void a_steep_likelihood_is_climbed(void **state)
{
	static const double steep[] = { 900, 1, 0, 1, 900, 1, 0, 2, 900 };
	static const double far[] = { 2e6, 3e4, 1, 3e4, 2e6, 3e4, 0, 3e4, 2e6 };
	double a[2], b[2];
	struct polychoric p = { .threshold_a = a, .threshold_b = b };
	struct err ok = { 0 };

	(void)state;
	assert_true(polychoric_fit(steep, 3, 3, 2705, &p, &ok));
	assert_true(p.rho > 0.99 && p.rho < 1 && !p.boundary);
	assert_true(polychoric_fit(far, 3, 3, 6120001, &p, &ok));
	assert_true(p.rho > 0.9 && p.rho < 1 && !p.boundary);
}

static void polychoric_refuses_what_is_no_table(void **state)
{
	static const double negative[] = { 1, -1, 2, 3 };
	static const double one_row[] = { 0, 0, 2, 3 };
	static const double one_column[] = { 2, 0, 3, 0 };
	static const double zero[] = { 0, 0, 0, 0 };
	double a[1], b[1];
	struct polychoric p = { .threshold_a = a, .threshold_b = b };

	(void)state;
	refused(polychoric_fit(negative, 2, 2, 5, &p, &e), ERR_INPUT,
		"negative");
	refused(polychoric_fit(one_row, 2, 2, 5, &p, &e), ERR_MATH, "answer 1");
	refused(polychoric_fit(one_column, 2, 2, 5, &p, &e), ERR_MATH,
		"answer 2");
	refused(polychoric_fit(zero, 2, 2, 5, &p, &e), ERR_MATH, "answer 1");
	refused(polychoric_fit(zero, 33, 2, 5, &p, &e), ERR_INPUT,
		"more than 32");
}

static void pairs_at_their_edges_have_no_error(void **state)
{
	/* cell 0: on the diagonal; cell 1: nobody has both */
	static const uint32_t a[] = { 0, 1, 0, 1, 0, SURVEY_NONE };
	static const uint32_t b[] = { 0, 1, 0, 1, 0, 1 };
	static const uint32_t cell[] = { 0, 0, 0, 0, 0, 1 };
	struct survey_input in = { .n = 6 };
	struct survey_var v = { 0 };
	struct est_how how = { .level = 0.95 };
	struct est out[2 * AGREEMENT_Q];
	struct survey_design *d;
	struct err ok = { 0 };

	(void)state;
	d = survey_design_new(&in, &ok);
	assert_non_null(d);
	v.design = d;
	assert_true(
		agreement_estimate(&v, cell, 2, a, b, 2, &how, out, NULL, &ok));
	assert_near(out[AGREEMENT_KAPPA].value, 1, 1e-15);
	assert_true(isnan(out[AGREEMENT_Q].value));
	refused(agreement_estimate(&v, cell, 2, a, b, 1, &how, out, NULL, &e),
		ERR_INPUT, "two categories");
	assert_true(
		polychoric_estimate(&v, cell, 2, a, b, 2, 2, &how, out, &ok));
	assert_true(out[0].value == 1 && isnan(out[0].se) &&
		    isnan(out[0].ci_l));
	assert_true(isnan(out[1].value));
	how.ci = EST_CI_NONE;
	assert_true(
		polychoric_estimate(&v, cell, 2, a, b, 2, 2, &how, out, &ok));
	assert_true(isnan(out[0].ci_u));
	refused(polychoric_estimate(&v, cell, 2, a, b, 33, 2, &how, out, &e),
		ERR_INPUT, "32");
	survey_design_free(d);
}

/* ---- agreement ------------------------------------------------------- */

static void kappa_at_its_edges(void **state)
{
	static const double one[] = { 9, 0, 0, 0 }, empty[] = { 0, 0, 0, 0 };
	static const double negative[] = { 1, 2, 3, -1 };
	static const double apart[] = { 0, 5, 5, 0 };
	double share[4];
	struct agreement a;
	struct err ok = { 0 };

	(void)state;
	assert_true(agreement_of(one, 2, 9, 0.95, share, &a, &ok));
	assert_true(a.observed == 1 && isnan(a.kappa[KAPPA_PLAIN].value));
	assert_true(agreement_of(apart, 2, 10, 0.95, share, &a, &ok));
	assert_near(a.kappa[KAPPA_PLAIN].value, -1, 1e-15);
	assert_true(a.kappa[KAPPA_PLAIN].low == -1);
	refused(agreement_of(empty, 2, 0, 0.95, share, &a, &e), ERR_MATH,
		"both readings");
	refused(agreement_of(negative, 2, 5, 0.95, share, &a, &e), ERR_INPUT,
		"negative");
	refused(agreement_of(one, 1, 9, 0.95, share, &a, &e), ERR_INPUT,
		"two categories");
	refused(agreement_of(one, 2, 9, 0, share, &a, &e), ERR_INPUT, "level");
}

static void icc_at_its_edges(void **state)
{
	const double a[] = { 1, 2, 3, 4, NAN }, moved[] = { 2, 3, 4, 5, 1 };
	const double *const same[] = { a, a }, *const shift[] = { a, moved };
	const double *const lone[] = { a, none };
	struct icc_result r;
	struct err ok = { 0 };

	(void)state;
	assert_true(agreement_icc(same, 2, 5, 0.95, &r, &ok));
	assert_int_equal(r.n, 4);
	assert_true(r.kind[ICC1].value == 1 && isinf(r.kind[ICC1].F));
	assert_true(isnan(r.kind[ICC1].low) && r.kind[ICC1].p == 0);
	/* a constant shift: consistent, not in agreement */
	assert_true(agreement_icc(shift, 2, 5, 0.95, &r, &ok));
	assert_near(r.kind[ICC3].value, 1, 1e-14);
	assert_true(r.kind[ICC2].value < 0.9);
	refused(agreement_icc(same, 1, 5, 0.95, &r, &e), ERR_INPUT, "two");
	refused(agreement_icc(same, 2, 5, 2, &r, &e), ERR_INPUT, "level");
	refused(agreement_icc(lone, 2, 5, 0.95, &r, &e), ERR_MATH,
		"at least 2");
}

static void groups_need_a_second_one(void **state)
{
	static const double v[] = { 1, 2, NAN, 4 };
	static const unsigned group[] = { 0, 0, 1, 9 };
	double mean[2], size[2];
	struct icc_groups g;

	(void)state;
	refused(agreement_icc_groups(v, group, 4, 2, mean, size, &g, &e),
		ERR_MATH, "1 groups");
}

/* ---- quality --------------------------------------------------------- */

static void careless_signs_at_their_edges(void **state)
{
	const double a[] = { NAN, 1 }, b[] = { 3, NAN }, c[] = { 3, 1 };
	const double *const three[] = { a, b, c };
	struct items d = { .x = three, .k = 3, .n = 2 };
	static const double values[] = { 3, NAN, 9, 1, 9 };
	static const unsigned char nobody[] = { 0, 0, 0, 0, 0 };
	double work[5];
	size_t row[3];

	(void)state;
	assert_int_equal(quality_longstring(&d, 0), 2);
	assert_int_equal(quality_longstring(&d, 1), 2);
	assert_int_equal(quality_answered(&d, 0), 2);
	assert_true(quality_irv(&d, 0) == 0);
	d.k = 1;
	assert_int_equal(quality_longstring(&d, 0), 0);
	assert_true(isnan(quality_irv(&d, 1)));
	assert_true(quality_median(values, NULL, 5, work) == 6);
	assert_true(isnan(quality_median(values, nobody, 5, work)));
	/* the largest first, ties by row */
	assert_int_equal(quality_top(values, 5, 3, row), 3);
	assert_true(row[0] == 2 && row[1] == 4 && row[2] == 0);
	assert_int_equal(quality_top(values, 5, 1, row), 1);
	assert_int_equal(row[0], 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moments_refuse_what_has_no_moments),
		cmocka_unit_test(a_large_mean_costs_no_digits),
		cmocka_unit_test(equal_weights_change_nothing),
		cmocka_unit_test(roots_need_a_change_of_sign),
		cmocka_unit_test(eigenvalues_refuse_what_is_not_finite),
		cmocka_unit_test(alpha_refuses_what_is_no_scale),
		cmocka_unit_test(alpha_of_a_cell_may_be_undefined),
		cmocka_unit_test(factors_refuse_what_has_none),
		cmocka_unit_test(a_heywood_case_is_counted),
		cmocka_unit_test(three_items_carry_one_factor_exactly),
		cmocka_unit_test(rotations_leave_simple_structure_alone),
		cmocka_unit_test(oblimin_says_when_it_has_no_end),
		cmocka_unit_test(polychoric_correlations_reach_the_boundary),
		cmocka_unit_test(empty_categories_are_passed_over),
		cmocka_unit_test(a_steep_likelihood_is_climbed),
		cmocka_unit_test(polychoric_refuses_what_is_no_table),
		cmocka_unit_test(pairs_at_their_edges_have_no_error),
		cmocka_unit_test(kappa_at_its_edges),
		cmocka_unit_test(icc_at_its_edges),
		cmocka_unit_test(groups_need_a_second_one),
		cmocka_unit_test(careless_signs_at_their_edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
