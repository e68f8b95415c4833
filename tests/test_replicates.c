#include "phieu/replicates.h"

#include <gsl/gsl_rng.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/estimate.h"
#include "support/test.h"

#define ROWS   600
#define STRATA 6
#define CELLS  4

static const struct est_how how = { .level = 0.95 };

/* Persons of six strata, one or more rows each. */
struct sample {
	double w[ROWS], y[ROWS], fpc[ROWS];
	uint32_t stratum[ROWS], person[ROWS], cell[ROWS];
	struct survey_design *d;
};

static struct survey_design *design(struct sample *s, bool persons, bool strata,
				    bool fpc, enum survey_lonely lonely)
{
	struct survey_input in = {
		.n = ROWS, .weight = s->w, .n_stages = 1, .lonely = lonely
	};
	struct err e = { 0 };
	struct survey_design *d;

	in.stage[0].cluster = persons ? s->person : NULL;
	in.stage[0].stratum = strata ? s->stratum : NULL;
	in.stage[0].fpc = fpc ? s->fpc : NULL;
	d = survey_design_new(&in, &e);
	if (d == NULL)
		fail_msg("%s", e.msg);
	return d;
}

static void make(struct sample *s)
{
	for (size_t i = 0; i < ROWS; i++) {
		s->person[i] = (uint32_t)(i / 3);
		s->stratum[i] = (uint32_t)(i / 3 % STRATA);
		s->cell[i] = (uint32_t)(i % CELLS);
		s->w[i] = 1 + (double)(i / 3 % 5);
		s->y[i] = (double)(i * 7919 % 101) + (double)s->stratum[i];
		s->fpc[i] = 60 + 10 * (double)s->stratum[i];
	}
}

static struct replicates *made(const struct replicates_spec *spec,
			       const struct survey_design *d)
{
	struct err e = { 0 };
	struct replicates *r = replicates_new(spec, d, NULL, NULL, &e);

	if (r == NULL)
		fail_msg("%s", e.msg);
	return r;
}

static void means(const struct survey_design *d, const struct replicates *r,
		  const struct sample *s, const uint32_t *cell, size_t n,
		  struct est *out, double *cov)
{
	struct survey_var v = { .design = d,
				.replicates = r,
				.replicate = replicates_estimate };
	struct err e = { 0 };

	if (!est_mean(&v, cell, n, s->y, &how, out, cov, &e))
		fail_msg("%s", e.msg);
}

/* The formula itself, over whole vectors of weights. */
static void by_hand(const struct survey_design *d, const struct replicates *r,
		    const struct sample *s, double *cov)
{
	double *f = malloc(d->n_units[0] * sizeof *f);
	double(*theta)[CELLS] = calloc(r->count, sizeof *theta);
	double mean[CELLS] = { 0 };

	for (size_t k = 0; k < r->count; k++) {
		double sum[CELLS] = { 0 }, all[CELLS] = { 0 };

		replicates_factors(r, k, f);
		for (size_t i = 0; i < ROWS; i++) {
			double w = s->w[i] * f[d->row_unit[i]];

			sum[s->cell[i]] += w * s->y[i];
			all[s->cell[i]] += w;
		}
		for (size_t c = 0; c < CELLS; c++) {
			theta[k][c] = sum[c] / all[c];
			mean[c] += theta[k][c] / (double)r->count;
		}
	}
	memset(cov, 0, CELLS * CELLS * sizeof *cov);
	for (size_t k = 0; k < r->count; k++)
		for (size_t a = 0; a < CELLS; a++)
			for (size_t b = 0; b < CELLS; b++)
				cov[a * CELLS + b] += r->scale * r->rscales[k] *
						      (theta[k][a] - mean[a]) *
						      (theta[k][b] - mean[b]);
	free(f);
	free(theta);
}

static void agrees_with_the_formula(const struct replicates_spec *spec,
				    const struct survey_design *d,
				    const struct sample *s)
{
	struct replicates *r = made(spec, d);
	double got[CELLS * CELLS], want[CELLS * CELLS];
	struct est x[CELLS];

	means(d, r, s, s->cell, CELLS, x, got);
	by_hand(d, r, s, want);
	for (size_t i = 0; i < CELLS * CELLS; i++)
		assert_near(got[i], want[i],
			    1e-9 * fmax(1, want[0] / fabs(want[i])));
	means(d, r, s, s->cell, CELLS, x, NULL);
	for (size_t c = 0; c < CELLS; c++)
		assert_near(x[c].se * x[c].se, want[c * CELLS + c], 1e-9);
	replicates_free(r);
}

/* ---- the methods ------------------------------------------------------ */

static void totals_of_units_give_what_whole_weights_give(void **state)
{
	struct sample s;
	struct survey_design *d;
	struct replicates_spec spec = { .count = 80, .seed = 9 };

	(void)state;
	make(&s);
	d = design(&s, true, true, true, SURVEY_FAIL);
	spec.method = REPLICATES_JKN;
	agrees_with_the_formula(&spec, d, &s);
	spec.method = REPLICATES_BOOTSTRAP; /* persons in several cells */
	agrees_with_the_formula(&spec, d, &s);
	spec.fpc = true;
	agrees_with_the_formula(&spec, d, &s);
	survey_design_free(d);
	d = design(&s, false, true, false, SURVEY_FAIL); /* rows are units */
	spec.fpc = false;
	agrees_with_the_formula(&spec, d, &s);
	survey_design_free(d);
	for (size_t i = 0; i < ROWS; i++)
		s.fpc[i] = 500;
	d = design(&s, true, false, true, SURVEY_FAIL);
	spec.method = REPLICATES_JK1;
	agrees_with_the_formula(&spec, d, &s);
	survey_design_free(d);
}

/* The fast path: each stratum's units in one cell of two values. */
static void strata_of_one_cell_take_the_fast_path_to_the_same(void **state)
{
	struct sample s;
	struct survey_design *d;
	struct replicates_spec spec = { .method = REPLICATES_BOOTSTRAP,
					.count = 400,
					.seed = 5,
					.threads = 1 };
	struct replicates *r;
	struct est taylor[STRATA], x[STRATA];

	(void)state;
	make(&s);
	d = design(&s, false, true, false, SURVEY_FAIL);
	means(d, NULL, &s, s.stratum, STRATA, taylor, NULL);
	for (unsigned fpc = 0; fpc < 2; fpc++) {
		spec.fpc = fpc;
		r = made(&spec, d);
		means(d, r, &s, s.stratum, STRATA, x, NULL);
		for (size_t c = 0; c < STRATA; c++) {
			assert_near(x[c].value, taylor[c].value, 1e-13);
			/* 400 replicates: a standard error within a tenth or
			 * two */
			assert_near(x[c].se, taylor[c].se, 0.2);
		}
		replicates_free(r);
	}
	survey_design_free(d);
}

static void threads_change_no_bit(void **state)
{
	struct sample s;
	struct survey_design *d;
	struct replicates_spec spec = { .method = REPLICATES_BOOTSTRAP,
					.count = 300,
					.seed = 5 };
	double one[STRATA * STRATA], many[STRATA * STRATA];
	struct est x[STRATA];

	(void)state;
	make(&s);
	d = design(&s, false, true, false, SURVEY_FAIL);
	for (unsigned t = 0; t < 40; t += 3) {
		struct replicates *r;

		spec.threads = t;
		r = made(&spec, d);
		means(d, r, &s, s.stratum, STRATA, x, many);
		if (t == 0)
			memcpy(one, many, sizeof one);
		assert_memory_equal(one, many, sizeof one);
		replicates_free(r);
	}
	survey_design_free(d);
}

static void the_jackknife_of_a_mean_is_its_textbook_variance(void **state)
{
	struct sample s;
	struct survey_design *d;
	struct replicates_spec spec = { .method = REPLICATES_JK1 };
	struct replicates *r;
	double mean = 0, square = 0;
	struct est x;

	(void)state;
	make(&s);
	for (size_t i = 0; i < ROWS; i++) {
		s.w[i] = 1;
		s.fpc[i] = 2 * ROWS;
		mean += s.y[i] / ROWS;
	}
	for (size_t i = 0; i < ROWS; i++)
		square += (s.y[i] - mean) * (s.y[i] - mean);
	d = design(&s, false, false, true, SURVEY_FAIL);
	r = made(&spec, d);
	means(d, r, &s, NULL, 1, &x, NULL);
	assert_near(x.se * x.se, 0.5 * square / (ROWS - 1) / ROWS, 1e-12);
	assert_int_equal(r->df, ROWS - 1);
	replicates_free(r);
	survey_design_free(d);
}

/* Half-samples in full balance give a total its Taylor variance. */
static void half_samples_in_balance_are_exact_for_totals(void **state)
{
	struct sample s;
	struct survey_design *d;
	struct err e = { 0 };
	struct est taylor, x;

	(void)state;
	make(&s);
	for (size_t i = 0; i < ROWS; i++) {
		s.stratum[i] = (uint32_t)(i / 60);
		s.person[i] = (uint32_t)(i / 30);
	}
	d = design(&s, true, true, false, SURVEY_FAIL);
	assert_true(est_total(&(struct survey_var){ .design = d }, NULL, 1, s.y,
			      &how, &taylor, NULL, &e));
	for (unsigned k = 0; k < 2; k++) {
		struct replicates_spec spec = { .method = REPLICATES_BRR,
						.fay = 0.3 * k };
		struct replicates *r = made(&spec, d);
		struct survey_var v = { .design = d,
					.replicates = r,
					.replicate = replicates_estimate };

		assert_int_equal(r->count, 12);
		assert_int_equal(r->df, 10);
		assert_true(est_total(&v, NULL, 1, s.y, &how, &x, NULL, &e));
		assert_near(x.se, taylor.se, 1e-12);
		replicates_free(r);
	}
	survey_design_free(d);
}

static void hadamard_matrices_are_orthogonal(void **state)
{
	(void)state;
	assert_int_equal(replicates_hadamard(1), 1);
	assert_int_equal(replicates_hadamard(5), 8);
	assert_int_equal(replicates_hadamard(9), 12);
	assert_int_equal(replicates_hadamard(29), 32);
	for (size_t least = 1; least < 130; least++) {
		size_t n = replicates_hadamard(least);

		assert_true(n >= least && n < 2 * least);
		for (size_t i = 0; i < n; i++) {
			assert_true(replicates_sign(n, i, 0));
			assert_true(replicates_sign(n, 0, i));
			for (size_t j = 0; j < i; j++) {
				long dot = 0;

				for (size_t k = 0; k < n; k++)
					dot += replicates_sign(n, i, k) ==
							       replicates_sign(
								       n, j, k)
						       ? 1
						       : -1;
				if (dot != 0)
					fail_msg("order %zu: %zu, %zu", n, i,
						 j);
			}
		}
		least = n > least ? n - 1 : least;
	}
}

/* Our inlined generator is GSL's. */
static void the_generator_is_gsls_taus2(void **state)
{
	gsl_rng *gsl = gsl_rng_alloc(gsl_rng_taus2);
	struct sample s;
	struct survey_design *d;
	struct replicates_spec spec = { .method = REPLICATES_BOOTSTRAP,
					.count = 2,
					.seed = 77 };
	struct replicates *r;
	double f[ROWS], want[ROWS] = { 0 };

	(void)state;
	make(&s);
	d = design(&s, false, false, false, SURVEY_FAIL);
	r = made(&spec, d);
	for (size_t k = 0; k < 2; k++) {
		gsl_rng_set(gsl, replicates_gsl_seed(77, k));
		memset(want, 0, sizeof want);
		for (unsigned left = ROWS - 1; left > 0;) {
			uint64_t m = (uint64_t)gsl_rng_get(gsl) * ROWS;

			if ((uint32_t)m < ((uint64_t)1 << 32) % ROWS)
				continue;
			want[m >> 32] += ROWS / (ROWS - 1.0);
			left--;
		}
		replicates_factors(r, k, f);
		for (size_t i = 0; i < ROWS; i++)
			assert_near(f[i] + 1, want[i] + 1, 1e-14);
	}
	replicates_free(r);
	survey_design_free(d);
	gsl_rng_free(gsl);
}

/* Large strata: 32 bits a draw, not 16. */
static void strata_past_65536_units_are_drawn_evenly(void **state)
{
	enum { N = 70000 };
	double *y = malloc(N * sizeof *y);
	struct survey_input in = { .n = N, .n_stages = 1 };
	struct err e = { 0 };
	struct survey_design *d = survey_design_new(&in, &e);
	struct replicates_spec spec = { .method = REPLICATES_BOOTSTRAP,
					.count = 200,
					.seed = 1 };
	struct replicates *r;
	struct est x, taylor;
	struct survey_var v = { .design = d };

	(void)state;
	for (size_t i = 0; i < N; i++)
		y[i] = (double)(i * 7919 % 1009);
	r = made(&spec, d);
	assert_true(est_mean(&v, NULL, 1, y, &how, &taylor, NULL, &e));
	v.replicates = r;
	v.replicate = replicates_estimate;
	assert_true(est_mean(&v, NULL, 1, y, &how, &x, NULL, &e));
	assert_near(x.se, taylor.se, 0.2);
	replicates_free(r);
	survey_design_free(d);
	free(y);
}

/* ---- strata of one unit, strata taken whole --------------------------- */

static void lonely_strata_follow_the_design(void **state)
{
	struct sample s;
	struct survey_design *d;
	struct replicates_spec spec = { .method = REPLICATES_JKN,
					.count = 50,
					.seed = 1 };
	struct replicates *r;
	struct err e = { 0 };
	double f[ROWS];
	struct est x;

	(void)state;
	make(&s);
	for (size_t i = 0; i < ROWS; i++)
		s.stratum[i] = i < 3 ? 9 : s.stratum[i];
	d = design(&s, true, true, false, SURVEY_FAIL);
	for (unsigned m = 0; m < 2; m++) {
		spec.method = m ? REPLICATES_BOOTSTRAP : REPLICATES_JKN;
		assert_null(replicates_new(&spec, d, NULL, NULL, &e));
		assert_non_null(strstr(e.msg, "1 strata have one unit"));
		e = (struct err){ 0 };
	}
	survey_design_free(d);
	d = design(&s, true, true, false, SURVEY_AVERAGE);
	spec.method = REPLICATES_JKN;
	r = made(&spec, d);
	assert_int_equal(r->count, ROWS / 3 - 1);
	assert_near(r->scale, 200.0 / 199, 1e-15);
	replicates_free(r);
	survey_design_free(d);
	d = design(&s, true, true, false, SURVEY_REMOVE);
	r = made(&spec, d);
	assert_near(r->scale, 1, 1e-15);
	replicates_free(r);
	spec.method = REPLICATES_BOOTSTRAP;
	r = made(&spec, d);
	replicates_factors(r, 3, f);
	assert_true(f[d->row_unit[0]] == 1);
	means(d, r, &s, NULL, 1, &x, NULL);
	assert_true(x.se > 0);
	replicates_free(r);
	survey_design_free(d);
}

static void strata_taken_whole_have_no_replicates(void **state)
{
	struct sample s;
	struct survey_design *d;
	struct replicates_spec spec = { .method = REPLICATES_JKN, .count = 50 };
	struct err e = { 0 };

	(void)state;
	make(&s);
	for (size_t i = 0; i < ROWS; i++)
		s.fpc[i] = 1;
	d = design(&s, true, true, true, SURVEY_FAIL);
	assert_null(replicates_new(&spec, d, NULL, NULL, &e));
	assert_non_null(strstr(e.msg, "taken whole"));
	e = (struct err){ 0 };
	spec.method = REPLICATES_BOOTSTRAP;
	assert_null(replicates_new(&spec, d, NULL, NULL, &e));
	assert_non_null(strstr(e.msg, "taken whole"));
	survey_design_free(d);
}

/* ---- domains ---------------------------------------------------------- */

static void a_domain_lost_in_a_replicate_has_no_variance(void **state)
{
	struct sample s;
	struct survey_design *d;
	struct replicates_spec spec = { .method = REPLICATES_BOOTSTRAP,
					.count = 60,
					.seed = 2 };
	struct replicates *r;
	uint32_t cell[ROWS];
	struct est x[2];
	double cov[4];

	(void)state;
	make(&s);
	for (size_t i = 0; i < ROWS; i++)
		cell[i] = i == 17 ? 0 : i > 300 ? 1 : SURVEY_NONE;
	d = design(&s, true, true, false, SURVEY_FAIL);
	r = made(&spec, d);
	means(d, r, &s, cell, 2, x, NULL);
	assert_true(isnan(x[0].se));
	assert_true(x[1].se > 0);
	means(d, r, &s, cell, 2, x, cov);
	assert_true(isnan(cov[0]) && isnan(cov[1]) && cov[3] > 0);
	replicates_free(r);
	survey_design_free(d);
}

/* ---- given ------------------------------------------------------------ */

static void given_factors_by_unit_and_by_row_are_the_same(void **state)
{
	struct sample s;
	struct survey_design *d;
	struct replicates_spec jk = { .method = REPLICATES_JKN };
	struct replicates_spec given = { .method = REPLICATES_GIVEN,
					 .scale = 1 };
	struct replicates *r, *g;
	double *unit, *row, *whole, *f, a[CELLS * CELLS], b[CELLS * CELLS];
	struct est x[CELLS];

	(void)state;
	make(&s);
	d = design(&s, true, true, false, SURVEY_FAIL);
	r = made(&jk, d);
	f = malloc(d->n_units[0] * sizeof *f);
	unit = malloc(d->n_units[0] * r->count * sizeof *unit);
	row = malloc(ROWS * r->count * sizeof *row);
	whole = malloc(ROWS * r->count * sizeof *whole);
	for (size_t k = 0; k < r->count; k++) {
		replicates_factors(r, k, f);
		for (size_t u = 0; u < d->n_units[0]; u++)
			unit[u * r->count + k] = f[u];
		for (size_t i = 0; i < ROWS; i++) {
			row[i * r->count + k] = f[d->row_unit[i]];
			whole[i * r->count + k] = f[d->row_unit[i]] * s.w[i];
		}
	}
	means(d, r, &s, s.cell, CELLS, x, a);
	given.count = r->count;
	given.rscales = r->rscales;
	for (unsigned k = 0; k < 3; k++) {
		given.factor = k == 0 ? unit : k == 1 ? row : whole;
		given.by_row = k > 0;
		given.combined = k == 2;
		g = made(&given, d);
		assert_int_equal(g->df, r->df);
		means(d, g, &s, s.cell, CELLS, x, b);
		for (size_t i = 0; i < CELLS * CELLS; i++)
			assert_near(b[i], a[i], 1e-8);
		replicates_free(g);
	}
	replicates_free(r);
	survey_design_free(d);
	free(f);
	free(unit);
	free(row);
	free(whole);
}

static void bad_replicates_are_refused(void **state)
{
	static double factor[ROWS * 3];
	struct sample s;
	struct survey_design *d;
	const double zero[] = { 0, 0, 0 }, minus[] = { 1, 1, -1 };
	struct err e = { 0 };
	struct {
		struct replicates_spec spec;
		const char *words;
	} bad[] = {
		{ { .method = REPLICATES_JK1 }, "without strata" },
		{ { .method = REPLICATES_BRR }, "two units in a stratum" },
		{ { .method = REPLICATES_BRR, .fay = 1 }, "Fay" },
		{ { .method = REPLICATES_BOOTSTRAP, .count = 1 }, "within 2" },
		{ { .method = REPLICATES_GIVEN, .count = 0 }, "within 2" },
		{ { .method = REPLICATES_GIVEN,
		    .count = 3,
		    .factor = factor,
		    .scale = 0 },
		  "scale 0" },
		{ { .method = REPLICATES_GIVEN,
		    .count = 3,
		    .factor = factor,
		    .scale = 1,
		    .rscales = zero },
		  "all rscales are 0" },
		{ { .method = REPLICATES_GIVEN,
		    .count = 3,
		    .factor = factor,
		    .scale = 1,
		    .rscales = minus },
		  "rscales of replicate 3" },
		{ { .method = REPLICATES_GIVEN, .count = 3, .scale = 1 },
		  "replicate 2: factor 2" },
	};

	(void)state;
	make(&s);
	d = design(&s, true, true, false, SURVEY_FAIL);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		factor[4] = bad[i].spec.factor == NULL ? -1 : 1;
		if (bad[i].spec.factor == NULL)
			bad[i].spec.factor = factor;
		e = (struct err){ 0 };
		assert_null(replicates_new(&bad[i].spec, d, NULL, NULL, &e));
		if (strstr(e.msg, bad[i].words) == NULL)
			fail_msg("\"%s\", want \"%s\"", e.msg, bad[i].words);
	}
	survey_design_free(d);
}

/* ---- with a calibration ----------------------------------------------- */

static void a_replicate_that_cannot_be_calibrated_is_named(void **state)
{
	struct sample s;
	struct survey_design *d;
	uint32_t one[ROWS];
	const double total[] = { 10, 1000 };
	struct calib_term t = {
		.name = "one", .code = one, .n_levels = 2, .total = total
	};
	struct calib_spec spec = { .term = &t, .n_terms = 1 };
	struct replicates_spec jk = { .method = REPLICATES_JKN, .threads = 3 };
	struct calibration *c;
	struct err e = { 0 };

	(void)state;
	make(&s);
	for (size_t i = 0; i < ROWS; i++)
		one[i] = i >= 3; /* one person alone */
	d = design(&s, true, true, false, SURVEY_FAIL);
	c = calib_new(&spec, ROWS, s.w, &e);
	assert_non_null(c);
	survey_set_weight(d, c->weight);
	assert_null(replicates_new(&jk, d, c, s.w, &e));
	if (strncmp(e.msg, "replicate 1: ", 13) != 0 ||
	    strstr(e.msg, "(one=0") == NULL)
		fail_msg("%s", e.msg);
	calib_free(c);
	survey_design_free(d);
}

/* The same, where the rank was not asked for and threads find it. */
static void threads_name_the_first_replicate_that_fails(void **state)
{
	struct sample s;
	struct survey_design *d;
	uint32_t one[ROWS];
	const double total[] = { 10, 1000, 10 };
	struct calib_term t = {
		.name = "one", .code = one, .n_levels = 3, .total = total
	};
	struct calib_spec spec = { .term = &t, .n_terms = 1 };
	struct replicates_spec jk = { .method = REPLICATES_JKN, .threads = 3 };
	struct calibration *c;
	struct replicates *r;
	struct survey_var v = { .replicate = replicates_estimate };
	struct err e = { 0 };
	struct est x;

	(void)state;
	make(&s);
	/* two units, alone in their levels, left out in one block of
	 * replicates but by two threads */
	for (size_t i = 0; i < ROWS; i++)
		s.person[i] = (uint32_t)i;
	d = design(&s, true, true, false, SURVEY_FAIL);
	for (size_t i = 0; i < ROWS; i++)
		one[i] = d->row_unit[i] == 20	? 0
			 : d->row_unit[i] == 21 ? 2
						: 1;
	c = calib_new(&spec, ROWS, s.w, &e);
	if (c == NULL)
		fail_msg("%s", e.msg);
	survey_set_weight(d, c->weight);
	r = replicates_new(&jk, d, NULL, s.w, &e);
	assert_non_null(r);
	r->calib = c;
	v.design = d;
	v.replicates = r;
	assert_false(est_mean(&v, NULL, 1, s.y, &how, &x, NULL, &e));
	if (strncmp(e.msg, "replicate 21: ", 14) != 0 ||
	    strstr(e.msg, "(one=0") == NULL)
		fail_msg("%s", e.msg);
	replicates_free(r);
	calib_free(c);
	survey_design_free(d);
}

static void replicates_past_what_is_ranked_are_counted(void **state)
{
	struct sample s;
	struct survey_design *d;
	struct replicates_spec given = { .method = REPLICATES_GIVEN,
					 .count = 700,
					 .scale = NAN };
	struct replicates *r;
	double *factor = malloc(200 * 700 * sizeof *factor);

	(void)state;
	make(&s);
	d = design(&s, true, true, false, SURVEY_FAIL);
	for (size_t i = 0; i < 200 * 700; i++)
		factor[i] = (double)(i * 31 % 17);
	given.factor = factor;
	r = made(&given, d);
	assert_int_equal(r->df, 199);
	assert_near(r->scale, 1.0 / 699, 1e-15);
	replicates_free(r);
	survey_design_free(d);
	free(factor);
}

/* Replicates of weight 0 are left out, also of the mean. */
static void replicates_without_scale_are_left_out(void **state)
{
	struct sample s;
	struct survey_design *d;
	double *factor, rscales[50], a[CELLS * CELLS], b[CELLS * CELLS];
	struct replicates_spec given = { .method = REPLICATES_GIVEN,
					 .count = 40,
					 .scale = 0.5 };
	struct replicates *r;
	struct est x[CELLS];

	(void)state;
	make(&s);
	d = design(&s, true, true, false, SURVEY_FAIL);
	factor = malloc(d->n_units[0] * 50 * sizeof *factor);
	for (unsigned wide = 0; wide < 2; wide++) {
		given.count = wide ? 50 : 40;
		for (size_t u = 0; u < d->n_units[0]; u++)
			for (size_t k = 0; k < given.count; k++)
				factor[u * given.count + k] =
					(double)((u * 31 + k * 17) % 13);
		for (size_t k = 0; k < 50; k++)
			rscales[k] = k < 40 ? 1 + (double)k / 40 : 0;
		given.factor = factor;
		given.rscales = rscales;
		r = made(&given, d);
		means(d, r, &s, s.cell, CELLS, x, wide ? b : a);
		replicates_free(r);
	}
	assert_memory_equal(a, b, sizeof a);
	survey_design_free(d);
	free(factor);
}

/* A calibration each time over so many rows would not end. */
static void more_work_than_can_be_done_is_refused(void **state)
{
	enum { N = 20001 };
	double *w = malloc(N * sizeof *w);
	struct survey_input in = { .n = N, .weight = w, .n_stages = 1 };
	const double total[] = { 5e4 };
	struct calib_term t = { .name = "size", .n_levels = 1, .total = total };
	struct calib_spec spec = { .term = &t, .n_terms = 1 };
	struct replicates_spec boot = { .method = REPLICATES_BOOTSTRAP,
					.count = LIMIT_REPLICATES };
	struct survey_design *d;
	struct calibration *c;
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < N; i++)
		w[i] = 2;
	d = survey_design_new(&in, &e);
	c = calib_new(&spec, N, w, &e);
	assert_null(replicates_new(&boot, d, c, w, &e));
	assert_non_null(strstr(e.msg, "are too many"));
	calib_free(c);
	survey_design_free(d);
	free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(totals_of_units_give_what_whole_weights_give),
		cmocka_unit_test(
			strata_of_one_cell_take_the_fast_path_to_the_same),
		cmocka_unit_test(threads_change_no_bit),
		cmocka_unit_test(
			the_jackknife_of_a_mean_is_its_textbook_variance),
		cmocka_unit_test(half_samples_in_balance_are_exact_for_totals),
		cmocka_unit_test(hadamard_matrices_are_orthogonal),
		cmocka_unit_test(the_generator_is_gsls_taus2),
		cmocka_unit_test(strata_past_65536_units_are_drawn_evenly),
		cmocka_unit_test(lonely_strata_follow_the_design),
		cmocka_unit_test(strata_taken_whole_have_no_replicates),
		cmocka_unit_test(a_domain_lost_in_a_replicate_has_no_variance),
		cmocka_unit_test(given_factors_by_unit_and_by_row_are_the_same),
		cmocka_unit_test(bad_replicates_are_refused),
		cmocka_unit_test(
			a_replicate_that_cannot_be_calibrated_is_named),
		cmocka_unit_test(threads_name_the_first_replicate_that_fails),
		cmocka_unit_test(replicates_past_what_is_ranked_are_counted),
		cmocka_unit_test(replicates_without_scale_are_left_out),
		cmocka_unit_test(more_work_than_can_be_done_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
