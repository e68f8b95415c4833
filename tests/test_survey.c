/* The variance engine against a second one, written plainly, on designs drawn
 * at random; and what designs are refused. */
#include "phieu/survey.h"

#include <stdlib.h>
#include <string.h>

#include "support/test.h"

#define MOST 400
#define P    3

/* ---- the plain engine -------------------------------------------------- */

struct plain {
	size_t n, stages;
	uint32_t stratum[SURVEY_STAGES][MOST], cluster[SURVEY_STAGES][MOST];
	double fpc[SURVEY_STAGES][MOST]; /* INFINITY: none */
	enum survey_lonely lonely;
	double w[MOST], z[MOST][P];
	uint8_t in[MOST]; /* the domain */
};

/* Adds the variance of the rows marked in `rows`, from `stage` on. */
static void plain_stage(const struct plain *d, size_t stage,
			const uint8_t *rows, double share, double v[P][P])
{
	double own[P][P] = { { 0 } };
	uint8_t done[MOST] = { 0 };
	size_t touched = 0, good = 0;

	for (size_t i = 0; i < d->n; i++) {
		uint8_t unit_seen[MOST] = { 0 };
		double t[MOST][P] = { { 0 } }, mean[P] = { 0 }, f, scale;
		uint32_t units[MOST];
		size_t m = 0;
		bool any = false;

		if (!rows[i] || done[i])
			continue;
		for (size_t k = i; k < d->n; k++) {
			size_t u = 0;

			if (!rows[k] ||
			    d->stratum[stage][k] != d->stratum[stage][i])
				continue;
			done[k] = 1;
			while (u < m && units[u] != d->cluster[stage][k])
				u++;
			if (u == m)
				units[m++] = d->cluster[stage][k];
			any = any || d->in[k];
			for (size_t a = 0; d->in[k] && a < P; a++)
				t[u][a] += d->z[k][a];
		}
		f = 1 - (double)m / d->fpc[stage][i];
		touched += any;
		good += any;
		for (size_t u = 0; u < m; u++)
			for (size_t a = 0; a < P; a++)
				mean[a] += t[u][a] / (double)m;
		scale = f * (double)m / (double)(m - 1);
		if (m == 1) {
			scale = d->lonely == SURVEY_ADJUST ? f : 0;
			memset(mean, 0, sizeof mean);
			if (f > 1e-7 && any && d->lonely == SURVEY_AVERAGE)
				good--;
		}
		for (size_t u = 0; f > 1e-7 && any && u < m; u++)
			for (size_t a = 0; a < P; a++)
				for (size_t b = 0; b < P; b++)
					own[a][b] += scale *
						     (t[u][a] - mean[a]) *
						     (t[u][b] - mean[b]);
		for (size_t k = 0; k < d->n && stage + 1 < d->stages &&
				   isfinite(d->fpc[stage][i]);
		     k++) {
			uint8_t inside[MOST] = { 0 };

			if (!rows[k] || unit_seen[k] ||
			    d->stratum[stage][k] != d->stratum[stage][i])
				continue;
			for (size_t l = 0; l < d->n; l++) {
				inside[l] = rows[l] &&
					    d->stratum[stage][l] ==
						    d->stratum[stage][i] &&
					    d->cluster[stage][l] ==
						    d->cluster[stage][k];
				unit_seen[l] = unit_seen[l] || inside[l];
			}
			plain_stage(d, stage + 1, inside,
				    share * (double)m / d->fpc[stage][i], v);
		}
	}
	for (size_t a = 0; a < P; a++)
		for (size_t b = 0; b < P; b++) {
			double x = own[a][b];

			if (d->lonely == SURVEY_AVERAGE && good < touched)
				x *= (double)touched / (double)good;
			v[a][b] += share * x;
		}
}

/* ---- designs drawn ---------------------------------------------------- */

static unsigned next(unsigned *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void draw(struct plain *d, unsigned *seed, size_t stages, bool fpc,
		 enum survey_lonely lonely)
{
	*d = (struct plain){ .n = 60 + next(seed) % 120,
			     .stages = stages,
			     .lonely = lonely };
	for (size_t i = 0; i < d->n; i++) {
		d->w[i] = 1 + next(seed) % 7;
		d->in[i] = next(seed) % 3 != 0;
		for (size_t a = 0; a < P; a++)
			d->z[i][a] =
				d->in[i] ? (double)(next(seed) % 1000) / 100 - 3
					 : 0;
		for (size_t s = 0; s < stages; s++) {
			d->stratum[s][i] = next(seed) % (s == 0 ? 5 : 2);
			d->cluster[s][i] =
				d->stratum[s][i] * 10 + next(seed) % 4;
			d->fpc[s][i] =
				fpc ? 8 + d->stratum[s][i] : (double)INFINITY;
		}
	}
	d->stratum[0][0] = 7; /* one unit, one row */
	d->cluster[0][0] = 99;
	d->fpc[0][0] = fpc ? 15 : (double)INFINITY;
	if (fpc) { /* one stratum taken whole */
		d->stratum[0][1] = 8;
		d->cluster[0][1] = 98;
		d->fpc[0][1] = 1;
	}
}

static struct survey_design *prepare(const struct plain *d, bool nest)
{
	struct survey_input in = { .n = d->n,
				   .weight = d->w,
				   .n_stages = d->stages,
				   .nest = nest,
				   .lonely = d->lonely };
	struct err e = { 0 };
	struct survey_design *out;

	for (size_t s = 0; s < d->stages; s++) {
		in.stage[s].stratum = d->stratum[s];
		in.stage[s].cluster = d->cluster[s];
		in.stage[s].fpc = isinf(d->fpc[s][0]) ? NULL : d->fpc[s];
	}
	out = survey_design_new(&in, &e);
	if (!out)
		fail_msg("%s", e.msg);
	return out;
}

static void same(double v[P][P], const double *cov, double rel)
{
	for (size_t a = 0; a < P; a++)
		for (size_t b = 0; b < P; b++) {
			double most = sqrt(v[a][a] * v[b][b]);

			if (isnan(v[a][b]) && isnan(cov[a * P + b]))
				continue;
			if (!(fabs(v[a][b] - cov[a * P + b]) <= rel * most))
				fail_msg("[%zu][%zu] %.17g, want %.17g", a, b,
					 cov[a * P + b], v[a][b]);
		}
}

static void the_engine_agrees_with_a_plain_one(void **state)
{
	static const enum survey_lonely rule[] = { SURVEY_CERTAINTY,
						   SURVEY_REMOVE, SURVEY_ADJUST,
						   SURVEY_AVERAGE };
	unsigned seed = 20201;

	(void)state;
	for (int k = 0; k < 120; k++) {
		static struct plain d;
		double v[P][P] = { { 0 } }, cov[P * P];
		uint8_t all[MOST];
		uint32_t cell[MOST];
		struct survey_design *design;
		struct err e = { 0 };

		draw(&d, &seed, 1 + (size_t)k % 3, k % 2 == 0, rule[k / 30]);
		memset(all, 1, sizeof all);
		for (size_t i = 0; i < d.n; i++)
			cell[i] = d.in[i] ? 0 : SURVEY_NONE;
		plain_stage(&d, 0, all, 1, v);
		design = prepare(&d, k % 4 == 0);
		assert_true(survey_cov_scores(design, NULL, cell, &d.z[0][0], P,
					      cov, &e));
		same(v, cov, 1e-12);
		survey_design_free(design);
	}
}

/* ---- a statistic by cells --------------------------------------------- */

struct by_cell {
	const struct plain *d;
	size_t q;
};

static void cell_values(const void *ctx, const uint32_t *row, size_t n,
			double *v)
{
	const struct by_cell *c = ctx;

	for (size_t i = 0; i < n; i++)
		for (size_t a = 0; a < c->q; a++)
			v[i * c->q + a] = c->d->z[row[i]][a];
}

static void cell_theta(const void *ctx, const double *t, double *theta,
		       double *jac)
{
	const struct by_cell *c = ctx;

	for (size_t i = 0; i < 2 * c->q; i++)
		theta[i] = t[i];
	for (size_t g = 0; jac && g < 2; g++)
		for (size_t a = 0; a < c->q; a++)
			jac[(g * c->q + a) * c->q + a] = 1;
}

/* Totals of two cells at once are those of each alone, and their covariance
 * is that of scores side by side; every path of the engine. */
static void cells_together_are_as_cells_alone(void **state)
{
	unsigned seed = 77;

	(void)state;
	for (int k = 0; k < 60; k++) {
		static struct plain d;
		static double z[MOST][2 * P];
		struct by_cell c = { &d, 1 + (size_t)k % 2 * 2 };
		struct survey_stat s = { .n_cells = 2,
					 .m = c.q,
					 .values = cell_values,
					 .n_blocks = 2,
					 .q = c.q,
					 .theta = cell_theta,
					 .ctx = &c };
		double theta[2 * P], cov[4 * P * P], want[4 * P * P],
			var[2 * P];
		struct survey_base base[2];
		struct survey_var v = { 0 };
		uint32_t cell[MOST];
		struct survey_design *design;
		struct err e = { 0 };
		size_t p = 2 * c.q, rows = 0;

		draw(&d, &seed, 1, k % 3 == 0, SURVEY_ADJUST);
		for (size_t i = 0; k % 5 == 0 && i < d.n; i++)
			d.cluster[0][i] = (uint32_t)i; /* rows are units */
		for (size_t i = 0; k % 5 == 0 && i < d.n; i++)
			d.fpc[0][i] =
				isinf(d.fpc[0][i]) ? (double)INFINITY : 500;
		design = prepare(&d, false);
		for (size_t i = 0; i < d.n; i++) {
			cell[i] = d.in[i] ? next(&seed) % 2 : SURVEY_NONE;
			for (size_t a = 0; a < p; a++)
				z[i][a] = cell[i] == a / c.q
						  ? d.w[i] * d.z[i][a % c.q]
						  : 0;
			rows += cell[i] == 1;
		}
		s.cell = cell;
		v.design = design;
		/* packed for p columns */
		for (size_t i = 0; i < d.n; i++)
			for (size_t a = 0; a < p; a++)
				((double *)z)[i * p + a] = z[i][a];
		assert_true(survey_cov_scores(design, NULL, NULL,
					      (const double *)z, p, want, &e));
		assert_true(survey_estimate_base(&v, &s, true, theta, cov, base,
						 &e));
		assert_true(survey_estimate(&v, &s, false, theta, var, &e));
		for (size_t a = 0; a < p; a++) {
			assert_near(var[a], want[a * p + a], 1e-12);
			for (size_t b = 0; b < p; b++)
				if (!(fabs(cov[a * p + b] - want[a * p + b]) <=
				      1e-12 * sqrt(want[a * p + a] *
						   want[b * p + b])))
					fail_msg("%d: [%zu][%zu] %g, want %g",
						 k, a, b, cov[a * p + b],
						 want[a * p + b]);
		}
		assert_int_equal(base[1].rows, rows);
		survey_design_free(design);
	}
}

static void the_order_of_rows_does_not_matter(void **state)
{
	unsigned seed = 5;
	static struct plain d, e2;
	double cov[P * P], again[P * P];
	struct survey_design *design;
	struct err e = { 0 };

	(void)state;
	draw(&d, &seed, 3, true, SURVEY_ADJUST);
	design = prepare(&d, true);
	assert_true(
		survey_cov_scores(design, NULL, NULL, &d.z[0][0], P, cov, &e));
	survey_design_free(design);
	e2 = d;
	for (size_t i = 0; i < d.n; i++) {
		size_t to = d.n - 1 - i;

		e2.w[to] = d.w[i];
		memcpy(e2.z[to], d.z[i], sizeof d.z[i]);
		for (size_t s = 0; s < 3; s++) {
			e2.stratum[s][to] = d.stratum[s][i];
			e2.cluster[s][to] = d.cluster[s][i];
			e2.fpc[s][to] = d.fpc[s][i];
		}
	}
	design = prepare(&e2, true);
	assert_true(survey_cov_scores(design, NULL, NULL, &e2.z[0][0], P, again,
				      &e));
	survey_design_free(design);
	for (size_t a = 0; a < P * P; a++)
		assert_near(again[a], cov[a], 1e-12);
}

/* ---- small designs by hand -------------------------------------------- */

static struct survey_design *make(struct survey_input *in)
{
	struct err e = { 0 };
	struct survey_design *d = survey_design_new(in, &e);

	if (!d)
		fail_msg("%s", e.msg);
	return d;
}

static double var_of(const struct survey_design *d, const double *z)
{
	struct err e = { 0 };
	double v;

	if (!survey_cov_scores(d, NULL, NULL, z, 1, &v, &e))
		fail_msg("%s", e.msg);
	return v;
}

static const double z5[] = { 1, 4, -2, 6, 3 };

static void strata_taken_whole_add_nothing_and_are_not_lonely(void **state)
{
	static const uint32_t h[] = { 0, 0, 1, 1, 2 };
	static const double count[] = { 2, 2, 4, 4, 1 },
			    share[] = { 1, 1, .5, .5, 1 };
	struct survey_input in = { .n = 5,
				   .n_stages = 1,
				   .stage = { { h, NULL, count } } };
	struct survey_design *d = make(&in);

	(void)state;
	/* (1 - 2/4) 2 ((-2-2)^2 + (6-2)^2) */
	assert_near(var_of(d, z5), 0.5 * 2 * 32, 1e-15);
	assert_int_equal(d->lonely_first, 0);
	assert_int_equal(d->whole.df, 2);
	survey_design_free(d);
	in.stage[0].fpc = share;
	d = make(&in);
	assert_near(var_of(d, z5), 32, 1e-15);
	survey_design_free(d);
}

static void lonely_strata_follow_the_rule(void **state)
{
	static const uint32_t h[] = { 0, 0, 1, 1, 2 };
	struct survey_input in = { .n = 5,
				   .n_stages = 1,
				   .stage = { { h, NULL, NULL } } };
	struct survey_design *d = make(&in);
	struct err e = { 0 };
	double v, base = 2 * (1.5 * 1.5 + 1.5 * 1.5) + 2 * (4 * 4 + 4 * 4);
	uint32_t cell[] = { 0, 0, 0, 0, SURVEY_NONE };

	(void)state;
	assert_int_equal(d->lonely_first, 1);
	assert_false(survey_cov_scores(d, NULL, NULL, z5, 1, &v, &e));
	assert_int_equal(e.kind, ERR_MATH);
	assert_non_null(strstr(e.msg, "one sampling unit"));
	/* not touched: not asked */
	assert_true(survey_cov_scores(d, NULL, cell, z5, 1, &v, &e));
	assert_near(v, base, 1e-15);
	survey_design_free(d);
	in.lonely = SURVEY_CERTAINTY;
	d = make(&in);
	assert_near(var_of(d, z5), base, 1e-15);
	survey_design_free(d);
	in.lonely = SURVEY_ADJUST;
	d = make(&in);
	assert_near(var_of(d, z5), base + 9, 1e-15);
	survey_design_free(d);
	in.lonely = SURVEY_AVERAGE;
	d = make(&in);
	assert_near(var_of(d, z5), base * 3 / 2, 1e-15);
	survey_design_free(d);
}

/* Block 0 has rows in strata 0, 1 and the lonely 2, block 1 in 0 only: their
 * covariance knows all three strata, of which two are of use. */
static void the_average_counts_strata_that_either_touches(void **state)
{
	static const uint32_t h[] = { 0, 0, 1, 1, 2 },
			      cell[] = { 0, 1, 0, 0, 0 };
	static struct plain d;
	struct by_cell c = { &d, 1 };
	struct survey_stat s = { .n_cells = 2,
				 .m = 1,
				 .cell = cell,
				 .values = cell_values,
				 .n_blocks = 2,
				 .q = 1,
				 .theta = cell_theta,
				 .ctx = &c };
	struct survey_input in = { .n = 5,
				   .n_stages = 1,
				   .lonely = SURVEY_AVERAGE,
				   .stage = { { h, NULL, NULL } } };
	struct survey_design *design = make(&in);
	struct survey_var v = { .design = design };
	struct err e = { 0 };
	double theta[2], cov[4];

	(void)state;
	for (int i = 0; i < 5; i++)
		d.z[i][0] = z5[i];
	assert_true(survey_estimate(&v, &s, true, theta, cov, &e));
	/* stratum 0: totals (1, 0) and (0, 4) */
	assert_near(cov[0], (2 * .5 + 2 * 32) * 3 / 2, 1e-14);
	assert_near(cov[1], 2 * (.5 * -2 + -.5 * 2) * 3 / 2, 1e-14);
	assert_near(cov[3], 2 * 8, 1e-14);
	survey_design_free(design);
}

static void the_average_of_nothing_is_not_defined(void **state)
{
	static const uint32_t h[] = { 0, 1, 2, 3, 4 };
	struct survey_input in = { .n = 5,
				   .n_stages = 1,
				   .lonely = SURVEY_AVERAGE,
				   .stage = { { h, NULL, NULL } } };
	struct survey_design *d = make(&in);

	(void)state;
	assert_true(isnan(var_of(d, z5)));
	survey_design_free(d);
}

/* Stratum 2 (one unit) goes to 3, the next of its key; 4 alone has nobody
 * after it and goes to the one before; clusters of equal codes stay apart. */
static void lonely_strata_are_joined_by_key(void **state)
{
	static const uint32_t h[] = { 0, 0, 1, 2, 2, 3, 3, 4 },
			      key[] = { 9, 9, 9, 5, 5, 9, 9, 5 },
			      as[] = { 0, 0, 1, 2, 2, 1, 1, 2 },
			      psu[] = { 1, 2, 1, 1, 2, 1, 2, 1 },
			      apart[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	static const double total[] = { 9, 9, 5, 7, 7, 6, 6, 3 },
			    sums[] = { 9, 9, 11, 10, 10, 11, 11, 10 },
			    z[] = { 1, 4, -2, 6, 3, 5, 5, 1 };
	struct survey_input in = { .n = 8,
				   .n_stages = 1,
				   .nest = true,
				   .lonely = SURVEY_COLLAPSE,
				   .collapse = key,
				   .stage = { { h, psu, total } } };
	struct survey_design *d = make(&in);
	double got = var_of(d, z);

	(void)state;
	assert_int_equal(d->collapsed, 2);
	assert_int_equal(d->lonely_first, 0);
	assert_int_equal(d->n_strata[0], 3);
	assert_int_equal(d->stratum_code[1], 1);
	survey_design_free(d);
	in.lonely = SURVEY_FAIL;
	in.collapse = NULL;
	in.stage[0] = (struct survey_stage){ as, apart, sums };
	d = make(&in);
	assert_near(got, var_of(d, z), 1e-15);
	survey_design_free(d);
}

static void a_lonely_stratum_alone_in_its_key_is_centred_at_0(void **state)
{
	static const uint32_t h[] = { 0, 0, 1, 1, 2 },
			      key[] = { 1, 1, 1, 1, 2 };
	static const double whole[] = { 2, 2, 9, 9, 9 };
	struct survey_input in = { .n = 5,
				   .n_stages = 1,
				   .lonely = SURVEY_COLLAPSE,
				   .collapse = key,
				   .stage = { { h, NULL, whole } } };
	struct survey_design *d = make(&in);

	(void)state;
	assert_int_equal(d->collapsed, 0);
	assert_near(var_of(d, z5), (1 - 2. / 9) * 2 * 32 + (1 - 1. / 9) * 9,
		    1e-15);
	survey_design_free(d);
	in.collapse = NULL; /* one key for all: joins with stratum 1 */
	d = make(&in);
	assert_int_equal(d->collapsed, 1);
	survey_design_free(d);
}

static void a_domain_is_not_a_subset(void **state)
{
	static const uint32_t h[] = { 0, 0, 0, 1, 1 };
	struct survey_input in = { .n = 5,
				   .n_stages = 1,
				   .stage = { { h, NULL, NULL } } };
	struct survey_design *d = make(&in);
	uint32_t cell[] = { 0, 0, SURVEY_NONE, 0, 0 };
	struct err e = { 0 };
	double v, mean = 5. / 3;
	struct survey_base b = survey_base_of(d, cell);

	(void)state;
	assert_true(survey_cov_scores(d, NULL, cell, z5, 1, &v, &e));
	assert_near(v,
		    1.5 * (pow(1 - mean, 2) + pow(4 - mean, 2) + mean * mean) +
			    2 * (1.5 * 1.5 * 2),
		    1e-15);
	assert_int_equal(b.rows, 4);
	assert_int_equal(b.units, 4);
	assert_int_equal(b.df, 2);
	survey_design_free(d);
}

static void rows_of_weight_0_keep_their_place(void **state)
{
	static const uint32_t h[] = { 0, 0, 0, 1, 1 };
	static const double w[] = { 1, 2, 0, 1, 1 },
			    heavy[] = { 1, 1, 1, 1, 3 };
	struct survey_input in = { .n = 5,
				   .weight = w,
				   .n_stages = 1,
				   .stage = { { h, NULL, NULL } } };
	struct survey_design *d = make(&in);

	(void)state;
	assert_true(d->zero_weight);
	assert_int_equal(d->whole.rows, 4);
	assert_int_equal(d->whole.df, 2);
	assert_true(d->stratum[0][0].n == 3);
	assert_near(d->whole.sum_w, 5, 1e-15);
	survey_set_weight(d, heavy);
	assert_false(d->zero_weight);
	assert_int_equal(d->whole.df, 3);
	assert_near(d->whole.sum_w, 7, 1e-15);
	survey_design_free(d);
}

static void a_stage_after_one_with_replacement_adds_nothing(void **state)
{
	static const uint32_t psu[] = { 0, 0, 1, 1, 2 };
	static const double total[] = { 2, 2, 2, 2, 2 };
	struct survey_input in = { .n = 5,
				   .n_stages = 2,
				   .stage = { { NULL, psu, NULL },
					      { NULL, NULL, total } } };
	struct survey_input one = in;
	struct survey_design *d, *first;

	(void)state;
	in.lonely = one.lonely = SURVEY_ADJUST;
	one.n_stages = 1;
	d = make(&in);
	first = make(&one);
	assert_int_equal(d->n_stages, 1);
	assert_near(var_of(d, z5), var_of(first, z5), 1e-15);
	survey_design_free(d);
	survey_design_free(first);
}

static void a_design_of_nothing_is_a_simple_sample(void **state)
{
	struct survey_input in = { .n = 5 };
	struct survey_design *d = make(&in);
	double mean = 12. / 5, ss = 0;

	(void)state;
	for (int i = 0; i < 5; i++)
		ss += (z5[i] - mean) * (z5[i] - mean);
	assert_near(var_of(d, z5), 5. / 4 * ss, 1e-15);
	assert_true(d->elements && d->in_order);
	survey_design_free(d);
	survey_design_free(NULL);
}

/* ---- designs refused -------------------------------------------------- */

static void impossible_designs_are_refused(void **state)
{
	static const uint32_t h[] = { 0, 0, 1, 1, 1 },
			      psu[] = { 0, 1, 1, 2, 3 },
			      gap[] = { 0, SURVEY_NONE, 1, 1, 1 };
	static const double minus[] = { 1, 1, -1, 1, 1 },
			    nan_w[] = { 1, NAN, 1, 1, 1 },
			    zero[] = { 0, 0, 0, 0, 0 },
			    varies[] = { 4, 5, 9, 9, 9 },
			    small[] = { 4, 4, 2, 2, 2 },
			    mixed[] = { .5, .5, 9, 9, 9 },
			    hole[] = { 4, 4, 9, NAN, 9 },
			    many[] = { INFINITY, 1, 1, 1, 1 };
	const struct {
		struct survey_input in;
		const char *words;
	} bad[] = {
		{ { .n = 0 }, "no rows" },
		{ { .n = 5, .weight = minus }, "negative" },
		{ { .n = 5, .weight = many }, "negative" },
		{ { .n = 5, .weight = nan_w }, "weight is missing" },
		{ { .n = 5, .weight = zero }, "all weights" },
		{ { .n = 5, .n_stages = 1, .stage = { { gap, NULL, NULL } } },
		  "row 2 of the data: its stratum" },
		{ { .n = 5, .n_stages = 1, .stage = { { h, gap, NULL } } },
		  "its cluster" },
		{ { .n = 5, .n_stages = 1, .stage = { { h, psu, NULL } } },
		  "in two strata" },
		{ { .n = 5, .n_stages = 1, .stage = { { h, NULL, varies } } },
		  "varies" },
		{ { .n = 5, .n_stages = 1, .stage = { { h, NULL, small } } },
		  "below the 3 units" },
		{ { .n = 5, .n_stages = 1, .stage = { { h, NULL, mixed } } },
		  "mixes" },
		{ { .n = 5, .n_stages = 1, .stage = { { h, NULL, hole } } },
		  "row 4" },
		{ { .n = 5,
		    .n_stages = 1,
		    .lonely = SURVEY_COLLAPSE,
		    .collapse = gap,
		    .stage = { { psu, NULL, NULL } } },
		  "row 2" },
		{ { .n = (size_t)1 << 33 }, "more than" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct err e = { 0 };

		assert_null(survey_design_new(&bad[i].in, &e));
		assert_int_equal(e.kind, ERR_INPUT);
		if (!strstr(e.msg, bad[i].words))
			fail_msg("%s, not %s", e.msg, bad[i].words);
	}
}

static void too_many_statistics_are_refused(void **state)
{
	struct survey_input in = { .n = 5 };
	struct survey_design *d = make(&in);
	struct survey_var v = { .design = d };
	struct survey_stat s = {
		.n_cells = 3000, .m = 1, .n_blocks = 3000, .q = 1
	};
	struct survey_stat none = { .n_cells = 0, .m = 1 };
	struct err e = { 0 };
	double x[1];

	(void)state;
	assert_false(survey_estimate(&v, &s, true, x, x, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_false(survey_cov_scores(d, NULL, NULL, x, 3000, x, &e));
	assert_non_null(strstr(e.msg, "2048"));
	assert_false(survey_totals(d, &none, x, NULL, &e));
	survey_design_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_engine_agrees_with_a_plain_one),
		cmocka_unit_test(cells_together_are_as_cells_alone),
		cmocka_unit_test(the_order_of_rows_does_not_matter),
		cmocka_unit_test(
			strata_taken_whole_add_nothing_and_are_not_lonely),
		cmocka_unit_test(lonely_strata_follow_the_rule),
		cmocka_unit_test(the_average_counts_strata_that_either_touches),
		cmocka_unit_test(the_average_of_nothing_is_not_defined),
		cmocka_unit_test(lonely_strata_are_joined_by_key),
		cmocka_unit_test(
			a_lonely_stratum_alone_in_its_key_is_centred_at_0),
		cmocka_unit_test(a_domain_is_not_a_subset),
		cmocka_unit_test(rows_of_weight_0_keep_their_place),
		cmocka_unit_test(
			a_stage_after_one_with_replacement_adds_nothing),
		cmocka_unit_test(a_design_of_nothing_is_a_simple_sample),
		cmocka_unit_test(impossible_designs_are_refused),
		cmocka_unit_test(too_many_statistics_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
