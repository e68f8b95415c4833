/* Errors of what is made from correlations: the linearised value of a row is
 * the derivative of the result by its weight, whatever the correlation. */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/structure.h"
#include "support/spec.h"
#include "support/survey.h"
#include "support/test.h"

enum { ROWS = 60, ITEMS = 5 };

struct people {
	int x[ROWS][ITEMS]; /* 0: no answer */
	double w[ROWS];
};

/* One thing behind five answers of five steps; some are left out. */
static void make(struct people *p, bool missing)
{
	uint64_t seed = 11;

	for (int i = 0; i < ROWS; i++) {
		int common = (int)(survey_random(&seed) % 5);

		p->w[i] = 1 + (double)(survey_random(&seed) % 20) / 10;
		for (int j = 0; j < ITEMS; j++) {
			int own = (int)(survey_random(&seed) % 5);
			int x = 1 + (2 * common + own + 1) / 3;

			p->x[i][j] = missing && survey_random(&seed) % 12 == 0
					     ? 0
					     : x;
		}
	}
}

static void write_csv(const struct people *p, struct buf *csv)
{
	buf_adds(csv, "w,a,b,c,d,e\n");
	for (int i = 0; i < ROWS; i++) {
		buf_addf(csv, "%.17g", p->w[i]);
		for (int j = 0; j < ITEMS; j++)
			if (p->x[i][j] > 0)
				buf_addf(csv, ",%d", p->x[i][j]);
			else
				buf_adds(csv, ",");
		buf_adds(csv, "\n");
	}
}

/* Value and error of cell c (an extra number and its error when named). */
static void asked(const struct people *p, const char *stat, size_t c,
		  const char *name, double *value, double *se)
{
	struct buf csv = BUF_INIT(20000), json = BUF_INIT(2000);
	struct test_spec t;
	char with_se[40];

	write_csv(p, &csv);
	buf_addf(&json,
		 "{\"data\":\"x\",\"design\":{\"weights\":\"w\"},"
		 "\"estimates\":[{\"name\":\"e\",\"stat\":%s}]}",
		 stat);
	test_spec_run(&t, buf_cstr(&json), buf_cstr(&csv));
	if (!t.ran || t.out.failed > 0 || c >= t.out.n)
		fail_msg("%s: %s", stat,
			 t.ran ? t.out.warning[0].message : t.e.msg);
	*value = t.out.cell[c].r.value;
	*se = t.out.cell[c].r.se;
	if (name) {
		(void)snprintf(with_se, sizeof with_se, "%s_se", name);
		*value = test_spec_extra(&t.out.cell[c], name);
		*se = test_spec_extra(&t.out.cell[c], with_se);
	}
	test_spec_clear(&t);
	buf_free(&csv);
	buf_free(&json);
}

/* n/(n-1) sum (z_i - mean)^2, z_i = w_i d value / d w_i. */
static double by_weights(struct people *p, const char *stat, size_t c,
			 const char *name)
{
	double z[ROWS], mean = 0, v = 0, ignored;

	for (int i = 0; i < ROWS; i++) {
		static const double step[] = { 1, -1, 2, -2 };
		static const double by[] = { 8, -8, -1, 1 };
		const double w = p->w[i], h = w * 1e-2;
		double slope = 0;

		for (int k = 0; k < 4; k++) {
			double x;

			p->w[i] = w + step[k] * h;
			asked(p, stat, c, name, &x, &ignored);
			slope += by[k] * x / (12 * h);
		}
		p->w[i] = w;
		z[i] = w * slope;
		mean += z[i] / ROWS;
	}
	for (int i = 0; i < ROWS; i++)
		v += (z[i] - mean) * (z[i] - mean) * ROWS / (ROWS - 1);
	return sqrt(v);
}

static void errors_are_those_of_the_derivatives_by_weights(void **state)
{
	static const char all[] = "\"of\":[\"a\",\"b\",\"c\",\"d\",\"e\"]";
	static const struct {
		const char *stat, *keys;
		size_t cell;
		bool missing;
		const char *name;
	} cases[] = {
		{ "pca", ",\"factors\":1", 0, false, NULL },
		{ "pca", ",\"factors\":1", 4, true, NULL },
		{ "pca", ",\"factors\":1,\"missing\":\"pairwise\"", 0, true,
		  NULL },
		{ "pca", ",\"factors\":1,\"matrix\":\"polychoric\"", 1, true,
		  NULL },
		{ "omega", "", 0, false, NULL },
		{ "omega", ",\"matrix\":\"polychoric\"", 0, true, NULL },
		{ "omega",
		  ",\"matrix\":\"polychoric\",\"reverse\":[\"b\"],\"range\":"
		  "[1,5]",
		  0, true, NULL },
		{ "factor", ",\"factors\":1", 2, false, NULL },
		{ "factor", ",\"factors\":1,\"missing\":\"pairwise\"", 1, true,
		  NULL },
		{ "drivers", NULL, 1, false, "importance" },
		{ "drivers", NULL, 2, true, "lmg" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct people p;
		char stat[300];
		double value, se, want;

		make(&p, cases[i].missing);
		(void)snprintf(stat, sizeof stat, "\"%s\",%s%s", cases[i].stat,
			       cases[i].keys ? all
					     : "\"y\":\"a\",\"x\":[\"b\",\"c\","
					       "\"d\"]",
			       cases[i].keys ? cases[i].keys : "");
		asked(&p, stat, cases[i].cell, cases[i].name, &value, &se);
		want = by_weights(&p, stat, cases[i].cell, cases[i].name);
		if (!(fabs(se / want - 1) < 1e-5))
			fail_msg("%s: error %.12g, by the weights %.12g", stat,
				 se, want);
	}
}

/* b and c are nearly one: a step of 1e-3 would make them more than that. */
static void fields_that_are_nearly_one_have_errors(void **state)
{
	struct buf csv = BUF_INIT(20000);
	struct test_spec t;
	uint64_t seed = 3;

	(void)state;
	buf_adds(&csv, "y,b,c\n");
	for (int i = 0; i < 200; i++) {
		int b = (int)(survey_random(&seed) % 1000);
		int noise = (int)(survey_random(&seed) % 20);

		buf_addf(&csv, "%d,%d,%d\n",
			 b + (int)(survey_random(&seed) % 900), b, b + noise);
	}
	test_spec_run(&t,
		      "{\"data\":\"x\",\"estimates\":[{\"name\":\"d\","
		      "\"stat\":\"drivers\",\"y\":\"y\",\"x\":[\"b\","
		      "\"c\"]}]}",
		      buf_cstr(&csv));
	assert_true(t.ran);
	assert_int_equal(t.out.n_warnings, 0);
	assert_true(test_spec_extra(&t.out.cell[0], "lmg_se") > 0);
	assert_true(test_spec_extra(&t.out.cell[0], "lmg_se") < 0.1);
	test_spec_clear(&t);
	buf_free(&csv);
}

/* Where two eigenvalues meet there is no derivative: no error, not a wrong
 * one. */
static void eigenvalues_that_meet_have_no_error(void **state)
{
	static const char csv[] = "a,b,c\n1,1,1\n1,1,-1\n1,-1,1\n1,-1,-1\n"
				  "-1,1,1\n-1,1,-1\n-1,-1,1\n-1,-1,-1\n";
	struct test_spec t;

	(void)state;
	test_spec_run(&t,
		      "{\"data\":\"x\",\"estimates\":[{\"name\":\"e\","
		      "\"stat\":\"pca\",\"of\":[\"a\",\"b\",\"c\"],"
		      "\"factors\":1,\"ci\":{\"method\":\"none\"}}]}",
		      csv);
	assert_true(t.ran);
	assert_int_equal(t.out.n, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_near(t.out.cell[i].r.value, 1, 1e-12);
		assert_true(isnan(t.out.cell[i].r.se));
	}
	test_spec_clear(&t);
}

static bool fails(const void *ctx, const double *r, double *theta,
		  struct err *e)
{
	(void)ctx;
	(void)r;
	(void)theta;
	return err_set(e, ERR_MATH, "no solution");
}

static bool refuses(const void *ctx, const double *r, double *theta,
		    struct err *e)
{
	(void)ctx;
	(void)r;
	(void)theta;
	return err_set(e, ERR_INPUT, "not asked so");
}

/* Numbers alone: no error past the items that are allowed, none of what has
 * no solution beside the sample's. */
static void what_has_no_derivative_has_no_error(void **state)
{
	double column[ROWS], r[61 * 61], theta[1] = { 0 }, se[1];
	const double *x[61];
	struct survey_input in = { .n = ROWS };
	struct err e = { 0 };
	struct survey_design *d = survey_design_new(&in, &e);
	struct survey_var v = { .design = d };
	struct items items = { .x = x, .k = 61, .n = ROWS };
	struct structure s = { .k = 61, .q = 1, .f = fails };
	struct replicates_unfit unfit;

	(void)state;
	assert_non_null(d);
	for (size_t i = 0; i < ROWS; i++)
		column[i] = (double)(i % 7);
	for (size_t i = 0; i < 61; i++)
		x[i] = column;
	for (size_t i = 0; i < 61 * 61; i++)
		r[i] = i % 62 == 0;
	assert_true(structure_errors(&v, &items, false, &s, r, theta, se,
				     &unfit, &e));
	assert_true(isnan(se[0]));
	items.k = s.k = 2;
	assert_true(structure_errors(&v, &items, false, &s, r, theta, se,
				     &unfit, &e));
	assert_true(isnan(se[0]));
	s.f = refuses;
	assert_false(structure_errors(&v, &items, false, &s, r, theta, se,
				      &unfit, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	survey_design_free(d);
}

/* Pairs of items keep their own rows in every replicate. */
static void pairwise_correlations_are_found_again(void **state)
{
	static const char *const missing[] = { "listwise", "pairwise" };
	double se[2];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct buf csv = BUF_INIT(20000);
		struct test_spec t;
		struct people p;
		char json[400];

		make(&p, true);
		write_csv(&p, &csv);
		(void)snprintf(json, sizeof json,
			       "{\"data\":\"x\",\"design\":{\"weights\":"
			       "\"w\"},\"replicates\":{\"method\":\"jk1\"},"
			       "\"estimates\":[{\"stat\":\"pca\",\"factors\":"
			       "1,\"missing\":\"%s\",\"of\":[\"a\",\"b\","
			       "\"c\",\"d\",\"e\"]}]}",
			       missing[i]);
		test_spec_run(&t, json, buf_cstr(&csv));
		assert_true(t.ran);
		se[i] = t.out.cell[0].r.se;
		test_spec_clear(&t);
		buf_free(&csv);
	}
	assert_true(se[0] > 0 && se[1] > 0);
	/* more rows, a smaller error; the jackknife is near the sandwich */
	assert_true(se[1] < se[0]);
	assert_near(se[1], 0.116, 0.2);
}

/* In the second replicate everybody gives a the same answer. */
static void a_replicate_without_two_answers_is_named(void **state)
{
	struct buf csv = BUF_INIT(20000);
	struct test_spec t;
	struct people p;

	(void)state;
	make(&p, false);
	buf_adds(&csv, "a,b,c,d,r1,r2,r3\n");
	for (int i = 0; i < ROWS; i++)
		buf_addf(&csv, "%d,%d,%d,%d,1,%d,2\n", p.x[i][0], p.x[i][1],
			 p.x[i][2], p.x[i][3], p.x[i][0] == 3);
	test_spec_run(&t,
		      "{\"data\":\"x\",\"replicates\":{\"columns\":["
		      "\"r1\",\"r2\",\"r3\"]},\"estimates\":[{\"name\":"
		      "\"o\",\"stat\":\"omega\",\"matrix\":\"polychoric\","
		      "\"of\":[\"a\",\"b\",\"c\",\"d\"]}]}",
		      buf_cstr(&csv));
	assert_true(t.ran);
	assert_true(test_spec_warned(&t, "W25", "replicate 2"));
	assert_true(isnan(t.out.cell[0].r.se));
	test_spec_clear(&t);
	buf_free(&csv);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			errors_are_those_of_the_derivatives_by_weights),
		cmocka_unit_test(fields_that_are_nearly_one_have_errors),
		cmocka_unit_test(eigenvalues_that_meet_have_no_error),
		cmocka_unit_test(what_has_no_derivative_has_no_error),
		cmocka_unit_test(pairwise_correlations_are_found_again),
		cmocka_unit_test(a_replicate_without_two_answers_is_named),
	};

	gsl_set_error_handler_off();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
