/* Regression, tables and drivers: small cases that can be worked by hand, and
 * everything that has no answer. */
#include "support/test.h"

#include <gsl/gsl_errno.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/contingency.h"
#include "phieu/regress.h"

enum { N = 12 };

struct data {
	double w[N], one[N], x[N], x2[N], y[N], b[N];
	struct survey_design *d;
	struct survey_var v;
};

static void make(struct data *t)
{
	static const double y[N] = { 1, 2, 2, 4, 5, 5, 7, 8, 8, 10, 11, 13 };
	struct survey_input in = { .n = N, .weight = t->w };
	struct err e = { 0 };

	for (size_t i = 0; i < N; i++) {
		t->w[i] = 1 + (double)(i % 3);
		t->one[i] = 1;
		t->x[i] = (double)i;
		t->x2[i] = (double)((i * 7) % 5);
		t->y[i] = y[i];
		t->b[i] = (i * 5) % 3 == 0;
	}
	t->d = survey_design_new(&in, &e);
	if (!t->d)
		fail_msg("%s", e.msg);
	t->v = (struct survey_var){ .design = t->d };
}

static void a_line_is_found_again(void **state)
{
	struct data t;
	const double *x[] = { t.one, t.x };
	struct regress r;
	struct err e = { 0 };

	(void)state;
	make(&t);
	for (size_t i = 0; i < N; i++)
		t.y[i] = 3 - 2 * t.x[i];
	assert_true(
		regress_fit(&t.v, NULL, t.y, x, 2, REGRESS_LINEAR, 0, &r, &e));
	assert_near(r.coef[0], 3, 1e-13);
	assert_near(r.coef[1], -2, 1e-13);
	assert_true(fabs(r.vcov[3]) < 1e-24);
	assert_int_equal(r.df, N - 1);
	assert_int_equal(r.df_resid, N - 2);
	assert_int_equal(r.n, N);
	regress_clear(&r);
	survey_design_free(t.d);
}

/* The normal equations of this small case, solved beside. */
static void weights_count_as_repeated_rows(void **state)
{
	struct data t;
	const double *x[] = { t.one, t.x };
	struct regress r;
	struct err e = { 0 };
	double s = 0, sx = 0, sy = 0, sxx = 0, sxy = 0, b;

	(void)state;
	make(&t);
	for (size_t i = 0; i < N; i++) {
		s += t.w[i];
		sx += t.w[i] * t.x[i];
		sy += t.w[i] * t.y[i];
		sxx += t.w[i] * t.x[i] * t.x[i];
		sxy += t.w[i] * t.x[i] * t.y[i];
	}
	b = (s * sxy - sx * sy) / (s * sxx - sx * sx);
	assert_true(
		regress_fit(&t.v, NULL, t.y, x, 2, REGRESS_LINEAR, 0, &r, &e));
	assert_near(r.coef[1], b, 1e-13);
	assert_near(r.coef[0], (sy - b * sx) / s, 1e-12);
	regress_clear(&r);
	survey_design_free(t.d);
}

/* The order of rows changes nothing that a reader could see. */
static void rows_in_another_order_give_the_same(void **state)
{
	struct data t, u;
	const double *x[] = { t.one, t.x, t.x2 }, *z[] = { u.one, u.x, u.x2 };
	struct survey_input in = { .n = N, .weight = u.w };
	struct regress a, b;
	struct err e = { 0 };

	(void)state;
	make(&t);
	make(&u);
	for (size_t i = 0; i < N; i++) {
		size_t j = N - 1 - i;

		u.w[i] = t.w[j];
		u.x[i] = t.x[j];
		u.x2[i] = t.x2[j];
		u.b[i] = t.b[j];
	}
	survey_design_free(u.d);
	u.d = survey_design_new(&in, &e);
	u.v.design = u.d;
	for (int f = REGRESS_LINEAR; f <= REGRESS_LOGIT; f++) {
		assert_true(regress_fit(&t.v, NULL, t.b, x, 3,
					(enum regress_family)f, 0, &a, &e));
		assert_true(regress_fit(&u.v, NULL, u.b, z, 3,
					(enum regress_family)f, 0, &b, &e));
		for (size_t j = 0; j < 9; j++)
			assert_near(a.vcov[j], b.vcov[j], 1e-11);
		for (size_t j = 0; j < 3; j++)
			assert_near(a.coef[j], b.coef[j], 1e-12);
		regress_clear(&a);
		regress_clear(&b);
	}
	survey_design_free(t.d);
	survey_design_free(u.d);
}

/* A logit on one class is the log odds of its two shares. */
static void odds_are_those_of_the_shares(void **state)
{
	struct data t;
	const double *x[] = { t.one, t.x2 };
	struct regress r;
	struct err e = { 0 };
	double w[2][2] = { { 0, 0 }, { 0, 0 } };

	(void)state;
	make(&t);
	for (size_t i = 0; i < N; i++) {
		t.x2[i] = (double)(i % 2);
		w[i % 2][(size_t)t.b[i]] += t.w[i];
	}
	assert_true(
		regress_fit(&t.v, NULL, t.b, x, 2, REGRESS_LOGIT, 0, &r, &e));
	assert_near(r.coef[0], log(w[0][1] / w[0][0]), 1e-12);
	assert_near(r.coef[0] + r.coef[1], log(w[1][1] / w[1][0]), 1e-12);
	assert_true(r.steps > 2);
	regress_clear(&r);
	survey_design_free(t.d);
}

/* Two levels: the ordinal model is the logit with the sign turned. */
static void two_ordered_levels_are_a_logit(void **state)
{
	struct data t;
	const double *x[] = { t.one, t.x2 }, *only[] = { t.x2 };
	struct regress a, b;
	struct err e = { 0 };

	(void)state;
	make(&t);
	assert_true(
		regress_fit(&t.v, NULL, t.b, x, 2, REGRESS_LOGIT, 0, &a, &e));
	assert_true(regress_fit(&t.v, NULL, t.b, only, 1, REGRESS_ORDINAL, 2,
				&b, &e));
	assert_near(b.coef[0], a.coef[1], 1e-11);
	assert_near(b.coef[1], -a.coef[0], 1e-11);
	assert_near(b.vcov[0], a.vcov[3], 1e-10);
	assert_near(b.vcov[3], a.vcov[0], 1e-10);
	assert_int_equal(a.df_resid, b.df_resid);
	regress_clear(&a);
	regress_clear(&b);
	survey_design_free(t.d);
}

static void no_terms_leave_the_shares_of_the_levels(void **state)
{
	struct data t;
	struct regress r;
	struct err e = { 0 };
	double low = 0, all = 0;

	(void)state;
	make(&t);
	for (size_t i = 0; i < N; i++) {
		t.y[i] = (double)(i % 3);
		all += t.w[i];
		low += i % 3 == 0 ? t.w[i] : 0;
	}
	assert_true(regress_fit(&t.v, NULL, t.y, NULL, 0, REGRESS_ORDINAL, 3,
				&r, &e));
	assert_int_equal(r.k, 2);
	assert_near(r.coef[0], log(low / (all - low)), 1e-12);
	regress_clear(&r);
	survey_design_free(t.d);
}

static void a_domain_leaves_rows_out_not_the_design(void **state)
{
	struct data t;
	const double *x[] = { t.one };
	uint32_t cell[N];
	struct regress r;
	struct err e = { 0 };

	(void)state;
	make(&t);
	for (size_t i = 0; i < N; i++) {
		cell[i] = i < 6 ? 0 : SURVEY_NONE;
		t.y[i] = i < 6 ? t.y[i] : (double)NAN; /* never looked at */
	}
	assert_true(
		regress_fit(&t.v, cell, t.y, x, 1, REGRESS_LINEAR, 0, &r, &e));
	assert_int_equal(r.n, 6);
	assert_int_equal(r.df, 5);
	assert_near(r.coef[0], 40 / 12.0, 1e-13);
	regress_clear(&r);
	survey_design_free(t.d);
}

static void what_has_no_solution_says_so(void **state)
{
	struct data t;
	const double *x[] = { t.one, t.x, t.x2 };
	double twice[N], apart[N], odd[N], far[N], three[N];
	struct {
		const double *y, *z;
		size_t k, levels;
		enum regress_family family;
		enum err_kind kind;
		const char *words;
	} cases[] = {
		{ t.y, twice, 3, 0, REGRESS_LINEAR, ERR_MATH, "term 3" },
		{ t.b, twice, 3, 0, REGRESS_LOGIT, ERR_MATH, "term 3" },
		{ t.b, twice, 3, 2, REGRESS_ORDINAL, ERR_MATH, "constant" },
		{ apart, NULL, 2, 0, REGRESS_LOGIT, ERR_MATH, "separate" },
		{ odd, NULL, 2, 0, REGRESS_LINEAR, ERR_INPUT, "row 4" },
		{ far, NULL, 2, 0, REGRESS_LOGIT, ERR_INPUT, "row 1: the" },
		{ far, NULL, 2, 2, REGRESS_ORDINAL, ERR_INPUT, "row 1: the" },
		{ three, NULL, 2, 4, REGRESS_ORDINAL, ERR_INPUT, "level 4" },
		{ t.y, NULL, 0, 0, REGRESS_LINEAR, ERR_INPUT, "1 to" },
		{ t.y, NULL, 2, 1, REGRESS_ORDINAL, ERR_INPUT, "2 levels" },
		{ t.y, NULL, REGRESS_TERMS + 1, 0, REGRESS_LINEAR, ERR_INPUT,
		  "1 to" },
		{ t.b, NULL, 3, 10, REGRESS_ORDINAL, ERR_INPUT, "too few" },
	};

	(void)state;
	make(&t);
	for (size_t i = 0; i < N; i++) {
		twice[i] = 2 * t.x[i] + 1;
		apart[i] = i >= 6;
		odd[i] = i == 3 ? (double)INFINITY : 1;
		far[i] = 1.5;
		three[i] = (double)(i % 3);
	}
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct regress r;
		struct err e = { 0 };

		x[2] = cases[i].z ? cases[i].z : t.x2;
		assert_false(regress_fit(&t.v, NULL, cases[i].y, x, cases[i].k,
					 cases[i].family, cases[i].levels, &r,
					 &e));
		assert_int_equal(e.kind, cases[i].kind);
		if (!strstr(e.msg, cases[i].words))
			fail_msg("case %zu: %s", i, e.msg);
		assert_null(r.coef);
	}
	survey_design_free(t.d);
}

static void separated_levels_have_no_solution(void **state)
{
	struct data t;
	const double *x[] = { t.x };
	struct regress r;
	struct err e = { 0 };

	(void)state;
	make(&t);
	for (size_t i = 0; i < N; i++)
		t.y[i] = (double)(i / 4);
	assert_false(
		regress_fit(&t.v, NULL, t.y, x, 1, REGRESS_ORDINAL, 3, &r, &e));
	assert_int_equal(e.kind, ERR_MATH);
	survey_design_free(t.d);
}

static void joint_tests_need_coefficients_and_df(void **state)
{
	struct data t;
	const double *x[] = { t.one, t.x, t.x2 };
	static const size_t both[] = { 1, 2 }, beyond[] = { 3 };
	struct regress r;
	struct regress_wald w;
	struct err e = { 0 };

	(void)state;
	make(&t);
	assert_true(
		regress_fit(&t.v, NULL, t.b, x, 3, REGRESS_LINEAR, 0, &r, &e));
	assert_true(regress_wald(&r, both, 1, &w, &e));
	/* of one coefficient: t squared */
	assert_near(w.f, r.coef[1] * r.coef[1] / r.vcov[4], 1e-12);
	assert_int_equal(w.ddf, N - 3);
	assert_true(w.p > 0 && w.p < 1);
	assert_true(regress_wald(&r, both, 2, &w, &e));
	assert_int_equal(w.q, 2);
	r.df_resid = 0;
	assert_true(regress_wald(&r, both, 2, &w, &e));
	assert_true(isnan(w.p));
	assert_false(regress_wald(&r, both, 0, &w, &e));
	assert_false(regress_wald(&r, beyond, 1, &w, &e));
	memset(r.vcov, 0, 9 * sizeof *r.vcov);
	assert_false(regress_wald(&r, both, 2, &w, &e));
	assert_int_equal(e.kind, ERR_MATH);
	regress_clear(&r);
	survey_design_free(t.d);
}

/* ---- tables ------------------------------------------------------------- */

static void equal_weights_give_pearson(void **state)
{
	uint32_t row[40], col[40];
	double one[40], table[4];
	struct survey_input in = { .n = 40, .weight = one };
	struct contingency c;
	struct survey_design *d;
	struct survey_var v;
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < 40; i++) {
		one[i] = 1;
		row[i] = i < 20;
		col[i] = i % 4 == 0 || (i < 20 && i % 3 == 0);
	}
	d = survey_design_new(&in, &e);
	v = (struct survey_var){ .design = d };
	assert_true(contingency_test(&v, row, 2, col, 2, table, &c, &e));
	/* 15+5, 10+10: 40 (15*10-5*10)^2 / (20*20*25*15) */
	assert_near(table[0], 15, 1e-15);
	assert_near(table[3], 10, 1e-15);
	assert_near(c.x2, 40.0 * 100 * 100 / (20.0 * 20 * 25 * 15), 1e-13);
	/* simple sampling: the design effect is n/(n-1) */
	assert_near(c.mean_deff, 40.0 / 39, 1e-12);
	assert_int_equal(c.n, 40);
	assert_int_equal(c.df, 39);
	assert_near(c.f.df1, 1, 1e-12);
	assert_near(c.wald.statistic, c.adj_wald.statistic, 1e-12);
	survey_design_free(d);
}

static void tables_without_an_answer(void **state)
{
	uint32_t row[6] = { 0, 0, 1, 1, 0, 1 }, col[6] = { 0, 1, 0, 1, 1, 0 };
	uint32_t flat[6] = { 0, 0, 0, 0, 0, 0 };
	uint32_t none[6] = { 0, 1, SURVEY_NONE, 0, 1, SURVEY_NONE };
	double w[6] = { 1, 1, 1, 1, 1, 1 }, table[64];
	struct survey_input in = { .n = 6, .weight = w };
	struct contingency c;
	struct survey_design *d;
	struct survey_var v;
	struct err e = { 0 };

	(void)state;
	d = survey_design_new(&in, &e);
	v = (struct survey_var){ .design = d };
	assert_false(contingency_test(&v, row, 1, col, 2, table, &c, &e));
	assert_false(contingency_test(&v, row, 21, col, 20, table, &c, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_false(contingency_test(&v, flat, 2, col, 2, table, &c, &e));
	assert_non_null(strstr(e.msg, "row 2 of the table is empty"));
	assert_false(contingency_test(&v, row, 2, flat, 2, table, &c, &e));
	assert_non_null(strstr(e.msg, "column 2 of the table is empty"));
	/* missing classes leave the table */
	assert_true(contingency_test(&v, row, 2, none, 2, table, &c, &e));
	assert_int_equal(c.n, 4);
	survey_design_free(d);
}

/* More cells than sampling units: no Wald test, nothing invented. */
static void few_units_carry_no_wald_test(void **state)
{
	uint32_t row[12], col[12], psu[12];
	double w[12], table[9];
	struct survey_input in = { .n = 12, .weight = w, .n_stages = 1 };
	struct contingency c;
	struct survey_design *d;
	struct survey_var v;
	struct err e = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 12; i++) {
		w[i] = 1;
		row[i] = i % 3;
		col[i] = (i / 3 + i / 7) % 3;
		psu[i] = i / 4;
	}
	in.stage[0].cluster = psu;
	d = survey_design_new(&in, &e);
	v = (struct survey_var){ .design = d };
	assert_true(contingency_test(&v, row, 3, col, 3, table, &c, &e));
	assert_int_equal(c.df, 2);
	assert_true(isnan(c.wald.p));
	assert_true(isnan(c.adj_wald.statistic));
	assert_true(c.f.p >= 0);
	survey_design_free(d);
}

/* Nothing but the diagonal of three by three: no interaction is seen, so there
 * is no design effect, and X2 stands alone. */
static void a_diagonal_table_has_x2_and_no_test(void **state)
{
	uint32_t code[12];
	double w[12], table[9];
	struct survey_input in = { .n = 12, .weight = w };
	struct contingency c;
	struct survey_design *d;
	struct survey_var v;
	struct err e = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 12; i++) {
		w[i] = 1;
		code[i] = i % 3;
	}
	d = survey_design_new(&in, &e);
	v = (struct survey_var){ .design = d };
	assert_true(contingency_test(&v, code, 3, code, 3, table, &c, &e));
	assert_near(c.x2, 24, 1e-14); /* n (k - 1) */
	assert_true(isnan(c.mean_deff));
	assert_true(isnan(c.f.p) && isnan(c.chisq.p));
	survey_design_free(d);
}

/* ---- drivers ------------------------------------------------------------ */

static void shares_add_up_to_what_is_explained(void **state)
{
	struct data t;
	const double *x[] = { t.x, t.x2, t.b };
	struct drivers d;
	struct err e = { 0 };

	(void)state;
	make(&t);
	assert_true(drivers_find(t.d, NULL, t.y, x, 3, &d, &e));
	assert_near(d.lmg[0] + d.lmg[1] + d.lmg[2], d.r2, 1e-13);
	assert_true(d.r2 > 0.9 && d.r2 < 1);
	assert_int_equal(d.quadrant[0], DRIVERS_KEEP);
	assert_int_equal(d.n, N);
	survey_design_free(t.d);
}

static void drivers_that_cannot_be_told(void **state)
{
	struct data t;
	const double *x[DRIVERS_MAX + 1];
	double same[N], zero[N] = { 0 };
	uint32_t few[N];
	struct drivers d;
	struct err e = { 0 };

	(void)state;
	make(&t);
	for (size_t i = 0; i < N; i++) {
		same[i] = 3 * t.x[i] - 1;
		few[i] = i < 3 ? 0 : SURVEY_NONE;
	}
	for (size_t i = 0; i <= DRIVERS_MAX; i++)
		x[i] = t.x;
	assert_false(drivers_find(t.d, NULL, t.y, x, 1, &d, &e));
	assert_false(drivers_find(t.d, NULL, t.y, x, DRIVERS_MAX + 1, &d, &e));
	x[1] = t.x2;
	assert_false(drivers_find(t.d, few, t.y, x, 2, &d, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	x[1] = same;
	assert_false(drivers_find(t.d, NULL, t.y, x, 2, &d, &e));
	assert_non_null(strstr(e.msg, "combination"));
	x[1] = zero;
	assert_false(drivers_find(t.d, NULL, t.y, x, 2, &d, &e));
	assert_non_null(strstr(e.msg, "field 2 is constant"));
	assert_false(drivers_find(t.d, NULL, zero, x, 2, &d, &e));
	assert_non_null(strstr(e.msg, "outcome is constant"));
	survey_design_free(t.d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_found_again),
		cmocka_unit_test(weights_count_as_repeated_rows),
		cmocka_unit_test(rows_in_another_order_give_the_same),
		cmocka_unit_test(odds_are_those_of_the_shares),
		cmocka_unit_test(two_ordered_levels_are_a_logit),
		cmocka_unit_test(no_terms_leave_the_shares_of_the_levels),
		cmocka_unit_test(a_domain_leaves_rows_out_not_the_design),
		cmocka_unit_test(what_has_no_solution_says_so),
		cmocka_unit_test(separated_levels_have_no_solution),
		cmocka_unit_test(joint_tests_need_coefficients_and_df),
		cmocka_unit_test(equal_weights_give_pearson),
		cmocka_unit_test(tables_without_an_answer),
		cmocka_unit_test(few_units_carry_no_wald_test),
		cmocka_unit_test(a_diagonal_table_has_x2_and_no_test),
		cmocka_unit_test(shares_add_up_to_what_is_explained),
		cmocka_unit_test(drivers_that_cannot_be_told),
	};

	(void)gsl_set_error_handler_off();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
