#include "phieu/calibrate.h"

#include <stdlib.h>
#include <string.h>

#include "phieu/estimate.h"
#include "support/test.h"

#define ROWS 240

/* An invented sample: sex x age x region, income. */
struct sample {
	double w[ROWS], income[ROWS];
	uint32_t sex[ROWS], age[ROWS], region[ROWS], sex_age[ROWS];
	double t_sex[2], t_age[3], t_region[4], t_cell[6], t_income[1], size[1];
	struct calib_term sex_term, age_term, region_term, cell_term,
		income_term, size_term;
};

static void totals(struct sample *s)
{
	memset(s->t_sex, 0, sizeof s->t_sex);
	memset(s->t_age, 0, sizeof s->t_age);
	memset(s->t_region, 0, sizeof s->t_region);
	memset(s->t_cell, 0, sizeof s->t_cell);
	s->size[0] = s->t_income[0] = 0;
	for (size_t i = 0; i < ROWS; i++) {
		/* a population near the sample, not the sample itself */
		double w = s->w[i] * (1 + 0.1 * (double)s->sex[i] -
				      0.05 * (double)s->age[i] +
				      0.02 * (double)s->region[i]);

		s->t_sex[s->sex[i]] += w;
		s->t_age[s->age[i]] += w;
		s->t_region[s->region[i]] += w;
		s->t_cell[s->sex_age[i]] += w;
		s->t_income[0] += w * s->income[i];
		s->size[0] += w;
	}
}

static void make(struct sample *s)
{
	static const char *const sexes[] = { "F", "M" };

	for (size_t i = 0; i < ROWS; i++) {
		s->w[i] = 5 + (double)(i % 7);
		s->sex[i] = (uint32_t)(i * i / 3 % 2);
		s->age[i] = (uint32_t)(i / 5 % 3);
		s->region[i] = (uint32_t)(i % 4);
		s->sex_age[i] = s->sex[i] * 3 + s->age[i];
		s->income[i] = 1000 + (double)(i * 37 % 101);
	}
	totals(s);
	s->sex_term = (struct calib_term){ .name = "sex",
					   .code = s->sex,
					   .n_levels = 2,
					   .level = sexes,
					   .total = s->t_sex };
	s->age_term = (struct calib_term){
		.name = "age", .code = s->age, .n_levels = 3, .total = s->t_age
	};
	s->region_term = (struct calib_term){ .name = "region",
					      .code = s->region,
					      .n_levels = 4,
					      .total = s->t_region };
	s->cell_term = (struct calib_term){ .name = "cell",
					    .code = s->sex_age,
					    .n_levels = 6,
					    .total = s->t_cell };
	s->income_term = (struct calib_term){ .name = "income",
					      .n_levels = 1,
					      .x = s->income,
					      .total = s->t_income };
	s->size_term = (struct calib_term){ .name = "size",
					    .n_levels = 1,
					    .total = s->size };
}

static struct calibration *run(const struct calib_spec *spec, const double *w)
{
	struct err e = { 0 };
	struct calibration *c = calib_new(spec, ROWS, w, &e);

	if (c == NULL)
		fail_msg("%s", e.msg);
	return c;
}

static void met(const struct sample *s, const struct calibration *c,
		const struct calib_term *t, size_t n)
{
	for (size_t k = 0; k < n; k++)
		for (size_t l = 0; l < t[k].n_levels; l++) {
			double sum = 0;

			for (size_t i = 0; i < ROWS; i++)
				if (t[k].code == NULL || t[k].code[i] == l)
					sum += c->weight[i] *
					       (t[k].x == NULL ? 1 : t[k].x[i]);
			assert_near(sum, t[k].total[l], 1e-10);
		}
	(void)s;
}

/* ---- what it does ----------------------------------------------------- */

static void every_method_meets_its_totals(void **state)
{
	static const enum calib_method methods[] = { CALIB_LINEAR, CALIB_RAKING,
						     CALIB_LOGIT, CALIB_IPF };
	struct sample s;

	(void)state;
	make(&s);
	for (size_t m = 0; m < 4; m++) {
		struct calib_term t[] = { s.sex_term, s.age_term,
					  s.region_term };
		struct calib_spec spec = { .method = methods[m],
					   .term = t,
					   .n_terms = 3,
					   .bounded = m == 2,
					   .lower = 0.5,
					   .upper = 2 };
		struct calibration *c = run(&spec, s.w);

		met(&s, c, t, 3);
		assert_int_equal(c->dependent, 2);
		assert_int_equal(c->k, 9);
		assert_true(c->worst < 1e-10);
		assert_true(c->g_min > 0.5 && c->g_max < 2);
		calib_free(c);
	}
}

/* Post-stratification has a closed form; so have its errors. */
static void one_margin_is_a_factor_for_each_cell(void **state)
{
	struct sample s;
	struct calib_spec spec = { .method = CALIB_LINEAR, .n_terms = 1 };
	struct calibration *c;
	double sum[6] = { 0 };

	(void)state;
	make(&s);
	spec.term = &s.cell_term;
	c = run(&spec, s.w);
	for (size_t i = 0; i < ROWS; i++)
		sum[s.sex_age[i]] += s.w[i];
	for (size_t i = 0; i < ROWS; i++)
		assert_near(c->g[i], s.t_cell[s.sex_age[i]] / sum[s.sex_age[i]],
			    1e-12);
	calib_free(c);
}

/* The least squares answer to a number whose size is far from its spread. */
static void a_number_far_from_zero_keeps_its_digits(void **state)
{
	struct sample s;
	struct calib_spec spec = { .method = CALIB_LINEAR, .n_terms = 2 };
	struct calibration *c;

	(void)state;
	make(&s);
	for (size_t i = 0; i < ROWS; i++)
		s.income[i] += 1e7;
	totals(&s);
	{
		struct calib_term t[] = { s.size_term, s.income_term };

		spec.term = t;
		c = run(&spec, s.w);
		met(&s, c, t, 2);
	}
	assert_true(c->g_min > 0.8 && c->g_max < 1.25);
	calib_free(c);
}

static void a_number_alone_scales_the_weights(void **state)
{
	struct sample s;
	struct calib_spec spec = { .method = CALIB_LINEAR, .n_terms = 1 };
	struct calibration *c;

	(void)state;
	make(&s);
	spec.term = &s.income_term;
	c = run(&spec, s.w);
	met(&s, c, &s.income_term, 1);
	calib_free(c);
	for (size_t i = 0; i < ROWS; i++)
		s.income[i] = 3; /* no spread at all: the size in other words */
	s.t_income[0] = 3 * s.size[0];
	{
		struct calib_term t[] = { s.size_term, s.income_term };

		spec.term = t;
		spec.n_terms = 2;
		c = run(&spec, s.w);
		met(&s, c, t, 2);
		assert_int_equal(c->dependent, 1);
	}
	calib_free(c);
}

static void bounds_hold_and_the_totals_are_still_met(void **state)
{
	struct sample s;
	struct calib_term t[3];
	struct calib_spec spec = { .term = t, .n_terms = 3 };
	struct calibration *c;
	double free_min, free_max;

	(void)state;
	make(&s);
	t[0] = s.sex_term;
	t[1] = s.age_term;
	t[2] = s.income_term;
	s.t_income[0] *= 1.01;
	spec.method = CALIB_LINEAR;
	c = run(&spec, s.w);
	free_min = c->g_min;
	free_max = c->g_max;
	assert_int_equal(c->at_bound, 0);
	calib_free(c);
	spec.bounded = true;
	spec.lower = free_min + 0.1 * (1 - free_min);
	spec.upper = free_max - 0.1 * (free_max - 1);
	for (size_t m = 0; m < 3; m++) {
		spec.method = (enum calib_method)m;
		c = run(&spec, s.w);
		met(&s, c, t, 3);
		assert_true(c->g_min >= spec.lower && c->g_max <= spec.upper);
		if (m == CALIB_LOGIT)
			assert_int_equal(c->at_bound, 0);
		else
			assert_true(c->at_bound > 0);
		calib_free(c);
	}
}

static void weights_are_trimmed_and_the_totals_kept(void **state)
{
	struct sample s;
	struct calib_term t[2];
	struct calib_spec spec = { .method = CALIB_RAKING,
				   .term = t,
				   .n_terms = 2,
				   .weight_bounded = true,
				   .w_lower = 5.5,
				   .w_upper = 11 };
	struct calibration *c;

	(void)state;
	make(&s);
	t[0] = s.sex_term;
	t[1] = s.age_term;
	s.w[3] = 0; /* not in the sample: no weight, no bound */
	totals(&s);
	c = run(&spec, s.w);
	met(&s, c, t, 2);
	for (size_t i = 0; i < ROWS; i++)
		assert_true(i == 3 ? c->weight[i] == 0
				   : c->weight[i] >= 5.5 - 1e-12 &&
					     c->weight[i] <= 11 + 1e-12);
	assert_true(c->g[3] == 1);
	calib_free(c);
}

/* Levels left free, and rows outside of the sample without codes. */
static void partial_margins_leave_the_others_alone(void **state)
{
	struct sample s;
	struct calib_term t;
	struct calib_spec spec = { .term = &t, .n_terms = 1 };
	struct calibration *c;
	double out[ROWS];

	(void)state;
	make(&s);
	s.t_age[1] = NAN;
	s.w[0] = 0;
	s.age[0] = SURVEY_NONE;
	t = s.age_term;
	t.partial = true;
	c = run(&spec, s.w);
	for (size_t i = 0; i < ROWS; i++)
		if (s.age[i] == 1)
			assert_near(c->g[i], 1, 1e-12);
	calib_base(c, out);
	assert_memory_equal(out, s.w, sizeof out);
	calib_free(c);
}

/* A total of nothing takes the weight of its rows. */
static void a_total_of_zero_takes_the_weight_away(void **state)
{
	struct sample s;
	struct calib_spec spec = { .method = CALIB_LINEAR, .n_terms = 1 };
	struct calibration *c;

	(void)state;
	make(&s);
	s.t_age[2] = 0;
	spec.term = &s.age_term;
	c = run(&spec, s.w);
	for (size_t i = 0; i < ROWS; i++)
		if (s.age[i] == 2) {
			assert_true(c->weight[i] == 0);
			assert_true(c->inv_g[i] == 0);
		}
	calib_free(c);
	for (size_t i = 0; i < ROWS; i++) /* and of nobody asks for nothing */
		if (s.age[i] == 2)
			s.age[i] = 1;
	c = run(&spec, s.w);
	assert_int_equal(c->dependent, 1);
	calib_free(c);
}

static void linear_weights_below_zero_are_counted(void **state)
{
	struct sample s;
	struct calib_term t[2];
	struct calib_spec spec = { .term = t, .n_terms = 2 };
	struct calibration *c;

	(void)state;
	make(&s);
	s.t_income[0] = s.size[0] * 1085;
	t[0] = s.size_term;
	t[1] = s.income_term;
	c = run(&spec, s.w);
	assert_true(c->negative > 0);
	met(&s, c, t, 2);
	calib_free(c);
}

static int by_weight(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The same rows backwards: the same weights. */
static void the_order_of_rows_changes_nothing(void **state)
{
	struct sample s, back;
	struct calib_term t[3];
	struct calib_spec spec = { .method = CALIB_RAKING,
				   .term = t,
				   .n_terms = 3 };
	struct calibration *a, *b;
	double x[ROWS], y[ROWS];

	(void)state;
	make(&s);
	t[0] = s.sex_term;
	t[1] = s.age_term;
	t[2] = s.income_term;
	a = run(&spec, s.w);
	back = s;
	for (size_t i = 0; i < ROWS; i++) {
		back.w[i] = s.w[ROWS - 1 - i];
		back.sex[i] = s.sex[ROWS - 1 - i];
		back.age[i] = s.age[ROWS - 1 - i];
		back.income[i] = s.income[ROWS - 1 - i];
	}
	t[0].code = back.sex;
	t[1].code = back.age;
	t[2].x = back.income;
	b = run(&spec, back.w);
	memcpy(x, a->weight, sizeof x);
	memcpy(y, b->weight, sizeof y);
	qsort(x, ROWS, sizeof *x, by_weight);
	qsort(y, ROWS, sizeof *y, by_weight);
	for (size_t i = 0; i < ROWS; i++)
		assert_near(y[i], x[i], 1e-12);
	calib_free(a);
	calib_free(b);
}

/* A variable that the margins explain has no error left. */
static void what_the_margins_explain_has_no_error(void **state)
{
	struct sample s;
	struct calib_term t[2];
	struct calib_spec spec = { .method = CALIB_LOGIT,
				   .term = t,
				   .n_terms = 2,
				   .bounded = true,
				   .lower = 0.2,
				   .upper = 4 };
	struct survey_input in = { .n = ROWS, .n_stages = 1 };
	struct est_how how = { .level = 0.95 };
	struct survey_design *d;
	struct calibration *c;
	double y[ROWS];
	struct err e = { 0 };
	struct est r;

	(void)state;
	make(&s);
	t[0] = s.sex_term;
	t[1] = s.age_term;
	in.weight = s.w;
	in.stage[0].stratum = s.region;
	d = survey_design_new(&in, &e);
	assert_non_null(d);
	c = run(&spec, s.w);
	survey_set_weight(d, c->weight);
	for (size_t i = 0; i < ROWS; i++)
		y[i] = 3 * (double)s.sex[i] + (s.age[i] == 2 ? 7 : 1);
	assert_true(est_total(&(struct survey_var){ .design = d,
						    .residual = &c->residual },
			      NULL, 1, y, &how, &r, NULL, &e));
	assert_true(r.se < 1e-9 * r.value);
	calib_free(c);
	survey_design_free(d);
}

/* Rows that are units take sums by cell, others the residuals one by one: the
 * variances are those of the covariance matrix, which goes the long way. */
static void both_ways_to_residuals_agree(void **state)
{
	struct sample s;
	struct calib_term t[2];
	struct calib_spec spec = { .method = CALIB_RAKING,
				   .term = t,
				   .n_terms = 2 };
	struct est_how how = { .level = 0.95 };
	double fpc[ROWS], y[ROWS], cov[9];
	uint32_t domain[ROWS];

	(void)state;
	make(&s);
	s.w[11] = 0;
	t[0] = s.sex_term;
	t[1] = s.age_term;
	totals(&s);
	for (size_t i = 0; i < ROWS; i++) {
		fpc[i] = s.region[i] == 3 ? ROWS / 4 : 70 + 10 * s.region[i];
		y[i] = 50 + (double)(i * 31 % 17);
		domain[i] = i % 5 == 4 ? SURVEY_NONE : (uint32_t)(i % 3);
	}
	for (unsigned way = 0; way < 3; way++) {
		struct survey_input in = { .n = ROWS,
					   .weight = s.w,
					   .n_stages = way > 0 };
		struct survey_var v = { 0 };
		struct survey_design *d;
		struct calibration *c;
		struct est short_way[3], long_way[3];
		struct err e = { 0 };

		in.stage[0].stratum = s.region;
		in.stage[0].fpc = way > 1 ? fpc : NULL;
		d = survey_design_new(&in, &e);
		assert_non_null(d);
		c = run(&spec, s.w);
		survey_set_weight(d, c->weight);
		v.design = d;
		v.residual = &c->residual;
		assert_non_null(c->residual.cell);
		assert_true(
			est_mean(&v, domain, 3, y, &how, short_way, NULL, &e));
		assert_true(
			est_mean(&v, domain, 3, y, &how, long_way, cov, &e));
		for (size_t k = 0; k < 3; k++) {
			assert_near(short_way[k].se * short_way[k].se,
				    cov[4 * k], 1e-12);
			assert_near(short_way[k].value, long_way[k].value,
				    1e-14);
		}
		calib_free(c);
		survey_design_free(d);
	}
}

/* ---- what it refuses -------------------------------------------------- */

static void refused(const struct calib_spec *spec, const double *w,
		    enum err_kind kind, const char *words)
{
	struct err e = { 0 };
	struct calibration *c = calib_new(spec, ROWS, w, &e);

	if (c != NULL)
		fail_msg("not refused: %s", words);
	if (e.kind != kind || strstr(e.msg, words) == NULL)
		fail_msg("\"%s\" (%s), want \"%s\"", e.msg,
			 err_kind_name(e.kind), words);
}

static void specifications_that_contradict_are_refused(void **state)
{
	struct sample s;
	struct calib_term t[3];
	struct calib_spec spec = { .term = t, .n_terms = 2 };

	(void)state;
	make(&s);
	t[0] = s.sex_term;
	t[1] = s.age_term;
	spec.n_terms = 0;
	refused(&spec, s.w, ERR_INPUT, "0 margins");
	spec.n_terms = 2;
	spec.method = CALIB_LOGIT;
	refused(&spec, s.w, ERR_INPUT, "two bounds");
	spec.bounded = true;
	spec.lower = 1;
	spec.upper = 2;
	refused(&spec, s.w, ERR_INPUT, "do not enclose 1");
	spec.lower = 0.5;
	spec.method = CALIB_IPF;
	refused(&spec, s.w, ERR_INPUT, "take no bounds");
	spec.method = CALIB_LOGIT;
	spec.weight_bounded = true;
	refused(&spec, s.w, ERR_INPUT, "bounds of weights");
	spec.bounded = spec.weight_bounded = false;
	spec.method = CALIB_LINEAR;
	s.t_age[0] += 1;
	refused(&spec, s.w, ERR_INPUT, "margins contradict: sex sums to");
	s.t_age[0] = -1;
	refused(&spec, s.w, ERR_INPUT, "negative");
	s.t_age[0] = NAN;
	refused(&spec, s.w, ERR_INPUT, "age has no total for a level");
	t[1] = s.income_term;
	s.t_income[0] = NAN;
	refused(&spec, s.w, ERR_INPUT, "income has no total for it");
	s.t_income[0] = 1;
	spec.method = CALIB_IPF;
	refused(&spec, s.w, ERR_INPUT, "income is a number");
	t[1] = s.sex_term;
	s.t_sex[1] = INFINITY;
	refused(&spec, s.w, ERR_INPUT, "sex has no total for M");
}

static void samples_that_do_not_fit_are_refused(void **state)
{
	struct sample s;
	struct calib_term t[2];
	struct calib_spec spec = { .term = t, .n_terms = 2 };
	double none[ROWS] = { 0 };

	(void)state;
	make(&s);
	t[0] = s.sex_term;
	t[1] = s.age_term;
	refused(&spec, none, ERR_MATH, "all weights are 0");
	s.w[5] = NAN;
	refused(&spec, s.w, ERR_INPUT, "row 6 has a weight");
	s.w[5] = 1;
	s.age[7] = SURVEY_NONE;
	refused(&spec, s.w, ERR_INPUT, "row 8: age is missing");
	s.age[7] = 3;
	refused(&spec, s.w, ERR_INPUT, "row 8: age has no total");
	s.age[7] = 0;
	t[1] = s.income_term;
	s.income[9] = NAN;
	refused(&spec, s.w, ERR_INPUT, "row 10: income is missing");
	t[1] = s.sex_term;
	t[1].total = (double[]){ s.t_sex[0] + 5, s.t_sex[1] - 5 };
	refused(&spec, s.w, ERR_INPUT, "margins contradict: sex=F is");
	t[1] = s.age_term;
	for (size_t i = 0; i < ROWS; i++)
		s.age[i] = s.age[i] == 2 ? 1 : s.age[i];
	refused(&spec, s.w, ERR_INPUT, "age=2 has a total of");
}

static void totals_out_of_reach_are_named(void **state)
{
	struct sample s;
	struct calib_term t[2];
	struct calib_spec spec = { .term = t,
				   .n_terms = 2,
				   .bounded = true,
				   .lower = 0.9,
				   .upper = 1.1 };

	(void)state;
	make(&s);
	t[0] = s.sex_term;
	t[1] = s.income_term;
	s.t_income[0] *= 1.09;
	for (size_t m = 0; m < 3; m++) {
		spec.method = (enum calib_method)m;
		refused(&spec, s.w, ERR_MATH,
			"no weights within the bounds meet the totals: ");
	}
	/* two margins that cannot both hold: F are all young in the sample */
	spec.bounded = false;
	t[1] = s.age_term;
	for (size_t i = 0; i < ROWS; i++)
		s.age[i] = s.sex[i] == 0 ? 0 : 1 + (uint32_t)(i % 2);
	totals(&s);
	s.t_age[0] /= 2;
	s.t_age[1] += s.t_age[0];
	spec.method = CALIB_LINEAR;
	refused(&spec, s.w, ERR_INPUT, "margins contradict: age=");
	/* a cell empty for both: raking can only run away from it */
	for (size_t i = 0; i < ROWS; i++)
		s.age[i] = s.sex[i] == 0 ? 0 : (uint32_t)(i % 3);
	totals(&s);
	s.t_age[0] = s.t_sex[0] * 0.9;
	s.t_age[1] = s.t_age[2] = (s.t_sex[0] * 0.1 + s.t_sex[1]) / 2;
	spec.method = CALIB_IPF;
	refused(&spec, s.w, ERR_MATH, "no weights meet the totals: ");
	spec.method = CALIB_RAKING;
	refused(&spec, s.w, ERR_MATH, "no weights meet the totals: ");
}

static void too_many_totals_are_refused(void **state)
{
	static double total[LIMIT_CALIB_AUX + 1];
	struct sample s;
	struct calib_term t[2];
	struct calib_spec spec = { .term = t, .n_terms = 1 };

	(void)state;
	make(&s);
	t[0] = (struct calib_term){ .name = "x",
				    .code = s.age,
				    .n_levels = LIMIT_CALIB_AUX + 1,
				    .total = total };
	refused(&spec, s.w, ERR_INPUT, "2001 totals");
	total[0] = NAN;
	t[0].n_levels = 1;
	t[0].partial = true;
	refused(&spec, s.w, ERR_INPUT, "0 totals");
}

/* ---- again, from other weights ---------------------------------------- */

static void the_same_totals_can_be_met_from_other_weights(void **state)
{
	struct sample s;
	struct calib_term t[2];
	struct calib_spec spec = { .method = CALIB_RAKING,
				   .term = t,
				   .n_terms = 2 };
	struct calibration *c, *fresh;
	struct calib_work *w;
	double other[ROWS], got[ROWS];
	struct err e = { 0 };

	(void)state;
	make(&s);
	t[0] = s.sex_term;
	t[1] = s.age_term;
	c = run(&spec, s.w);
	w = calib_work_new(c, &e);
	assert_non_null(w);
	for (size_t i = 0; i < ROWS; i++)
		other[i] = i % 3 == 0 ? 0 : s.w[i] * 1.5;
	fresh = run(&spec, other);
	assert_true(calib_again(c, w, other, got, &e));
	for (size_t i = 0; i < ROWS; i++)
		assert_near(got[i], fresh->weight[i], 1e-11);
	for (size_t i = 0; i < ROWS; i++)
		other[i] = s.sex[i] == 0 ? 0 : 1;
	assert_false(calib_again(c, w, other, got, &e));
	assert_non_null(strstr(e.msg, "sex=F has a total of"));
	calib_work_free(w);
	calib_free(c);
	calib_free(fresh);
	calib_free(NULL);
	calib_work_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_method_meets_its_totals),
		cmocka_unit_test(one_margin_is_a_factor_for_each_cell),
		cmocka_unit_test(a_number_far_from_zero_keeps_its_digits),
		cmocka_unit_test(a_number_alone_scales_the_weights),
		cmocka_unit_test(bounds_hold_and_the_totals_are_still_met),
		cmocka_unit_test(weights_are_trimmed_and_the_totals_kept),
		cmocka_unit_test(partial_margins_leave_the_others_alone),
		cmocka_unit_test(a_total_of_zero_takes_the_weight_away),
		cmocka_unit_test(linear_weights_below_zero_are_counted),
		cmocka_unit_test(the_order_of_rows_changes_nothing),
		cmocka_unit_test(what_the_margins_explain_has_no_error),
		cmocka_unit_test(both_ways_to_residuals_agree),
		cmocka_unit_test(specifications_that_contradict_are_refused),
		cmocka_unit_test(samples_that_do_not_fit_are_refused),
		cmocka_unit_test(totals_out_of_reach_are_named),
		cmocka_unit_test(too_many_totals_are_refused),
		cmocka_unit_test(the_same_totals_can_be_met_from_other_weights),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
