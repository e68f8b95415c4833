/* Large samples: sums by slices of rows, on one thread and on two, beside a
 * plain loop and beside the ways that take longer. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/calibrate.h"
#include "phieu/estimate.h"
#include "support/test.h"

#define N	((size_t)40000) /* three slices */
#define STRATA	12
#define DOMAINS 100
#define VECTOR	4
#define TOP	70 /* levels of the larger margin */

struct sample {
	uint32_t stratum[N], domain[N], sex[N], age[N];
	double w[N], fpc[N], y[VECTOR][N];
	const double *ys[VECTOR];
	double t_sex[2], t_age[TOP];
	size_t in[STRATA];
};

static unsigned draw(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 16 & 0x7fff;
}

static struct sample *make(size_t ages)
{
	struct sample *s = calloc(1, sizeof *s);
	unsigned seed = 7;

	assert_non_null(s);
	for (size_t i = 0; i < N; i++) {
		s->stratum[i] = draw(&seed) % STRATA;
		s->domain[i] = draw(&seed) % (DOMAINS + 1);
		if (s->domain[i] == DOMAINS)
			s->domain[i] = SURVEY_NONE;
		s->sex[i] = draw(&seed) % 2;
		s->age[i] = draw(&seed) % (unsigned)ages;
		s->in[s->stratum[i]]++;
		for (size_t k = 0; k < VECTOR; k++)
			s->y[k][i] = 3 + draw(&seed) % 500 / 100.0 +
				     0.1 * (double)(s->age[i] + k);
	}
	for (size_t i = 0; i < N; i++) {
		s->fpc[i] =
			(double)s->in[s->stratum[i]] * (2 + s->stratum[i] % 3);
		s->w[i] = 2 + s->stratum[i] % 3;
		s->t_sex[s->sex[i]] += s->w[i] * (1.1 + 0.1 * s->sex[i]);
	}
	for (size_t i = 0; i < N; i++)
		s->t_age[s->age[i]] += (s->t_sex[0] + s->t_sex[1]) / N;
	for (size_t k = 0; k < VECTOR; k++)
		s->ys[k] = s->y[k];
	return s;
}

static struct survey_design *design(const struct sample *s)
{
	struct survey_input in = { .n = N, .weight = s->w, .n_stages = 1 };
	struct survey_design *d;
	struct err e = { 0 };

	in.stage[0].stratum = s->stratum;
	in.stage[0].fpc = s->fpc;
	d = survey_design_new(&in, &e);
	assert_non_null(d);
	assert_true(d->elements);
	return d;
}

static struct calibration *raked(const struct sample *s, size_t ages)
{
	const struct calib_term t[] = {
		{ .name = "sex",
		  .code = s->sex,
		  .n_levels = 2,
		  .total = s->t_sex },
		{ .name = "age",
		  .code = s->age,
		  .n_levels = ages,
		  .total = s->t_age },
	};
	const struct calib_spec spec = { .method = CALIB_RAKING,
					 .term = t,
					 .n_terms = 2 };
	struct err e = { 0 };
	struct calibration *c = calib_new(&spec, N, s->w, &e);

	assert_non_null(c);
	return c;
}

static const struct est_how how = { .level = 0.95 };

static void by_domain(const struct survey_var *v, const struct sample *s,
		      const double *y, struct est *out)
{
	struct err e = { 0 };

	assert_true(est_mean(v, s->domain, DOMAINS, y, &how, out, NULL, &e));
}

/* ---- threads ------------------------------------------------------------ */

static void same_bits(const struct est *a, const struct est *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		assert_memory_equal(&a[i].value, &b[i].value, sizeof a->value);
		assert_memory_equal(&a[i].se, &b[i].se, sizeof a->se);
		assert_memory_equal(&a[i].sum_w, &b[i].sum_w, sizeof a->sum_w);
		assert_true(a[i].se > 0);
		assert_int_equal(a[i].n, b[i].n);
		assert_int_equal(a[i].psu, b[i].psu);
		assert_int_equal(a[i].strata, b[i].strata);
	}
}

static void threads_change_no_bit(void **state)
{
	struct sample *s = make(5);
	struct survey_design *d = design(s);
	struct calibration *c = raked(s, 5);
	struct survey_var plain = { .design = d };
	struct survey_var calibrated = { .design = d,
					 .residual = &c->residual };
	static struct est mean[2][DOMAINS], ratio[2][DOMAINS], rake[2][DOMAINS],
		vector[2][VECTOR], all[2][VECTOR];
	double cov[VECTOR * VECTOR];
	struct err e = { 0 };

	(void)state;
	s->y[1][17] = NAN; /* its row is outside, of both */
	for (unsigned t = 0; t < 2; t++) {
		d->threads = t + 1;
		by_domain(&plain, s, s->y[0], mean[t]);
		assert_true(est_ratio(&plain, s->domain, DOMAINS, s->y[0],
				      s->y[1], &how, ratio[t], NULL, &e));
		assert_true(est_mean_vector(&plain, NULL, s->ys, VECTOR, &how,
					    vector[t], NULL, &e));
		assert_true(est_mean_vector(&plain, NULL, s->ys, VECTOR, &how,
					    all[t], cov, &e));
		survey_set_weight(d, c->weight);
		by_domain(&calibrated, s, s->y[0], rake[t]);
		survey_set_weight(d, s->w);
	}
	same_bits(mean[0], mean[1], DOMAINS);
	same_bits(ratio[0], ratio[1], DOMAINS);
	same_bits(vector[0], vector[1], VECTOR);
	same_bits(all[0], all[1], VECTOR);
	same_bits(rake[0], rake[1], DOMAINS);
	/* variances alone as with all covariances */
	for (size_t k = 0; k < VECTOR; k++) {
		assert_near(vector[0][k].se, all[0][k].se, 1e-12);
		assert_int_equal(vector[0][k].n, N - 1);
	}
	calib_free(c);
	survey_design_free(d);
	free(s);
}

/* ---- beside plain sums -------------------------------------------------- */

/* Mean and error of y / x in one domain; x NULL: 1. */
static void plain(const struct sample *s, uint32_t domain, const double *y,
		  const double *x, double *value, double *se, size_t *rows)
{
	long double a = 0, b = 0, v = 0;

	*rows = 0;
	for (size_t i = 0; i < N; i++)
		if (s->domain[i] == domain) {
			a += (long double)s->w[i] * y[i];
			b += (long double)s->w[i] * (x ? x[i] : 1);
			++*rows;
		}
	for (uint32_t h = 0; h < STRATA; h++) {
		long double z1 = 0, z2 = 0, n = s->in[h];

		for (size_t i = 0; i < N; i++)
			if (s->domain[i] == domain && s->stratum[i] == h) {
				long double z = s->w[i] / b *
						(y[i] - a / b * (x ? x[i] : 1));

				z1 += z;
				z2 += z * z;
			}
		v += (1 - 1 / (long double)(2 + h % 3)) * n / (n - 1) *
		     (z2 - z1 * z1 / n);
	}
	*value = (double)(a / b);
	*se = (double)sqrtl(v);
}

static void slices_agree_with_plain_sums(void **state)
{
	struct sample *s = make(5);
	struct survey_design *d = design(s);
	struct survey_var v = { .design = d };
	static struct est mean[DOMAINS], ratio[DOMAINS];
	struct err e = { 0 };

	(void)state;
	by_domain(&v, s, s->y[0], mean);
	assert_true(est_ratio(&v, s->domain, DOMAINS, s->y[2], s->y[1], &how,
			      ratio, NULL, &e));
	for (uint32_t g = 0; g < DOMAINS; g += 9) {
		double value, se;
		size_t rows;

		plain(s, g, s->y[0], NULL, &value, &se, &rows);
		assert_near(mean[g].value, value, 1e-13);
		assert_near(mean[g].se, se, 1e-11);
		assert_int_equal(mean[g].n, rows);
		assert_int_equal(mean[g].psu, rows);
		assert_int_equal(mean[g].strata, STRATA);
		plain(s, g, s->y[2], s->y[1], &value, &se, &rows);
		assert_near(ratio[g].value, value, 1e-13);
		assert_near(ratio[g].se, se, 1e-11);
	}
	survey_design_free(d);
	free(s);
}

static void values_that_are_not_finite_are_told_apart(void **state)
{
	struct sample *s = make(5);
	struct survey_design *d = design(s);
	struct survey_var v = { .design = d };
	static struct est with[DOMAINS], without[DOMAINS];
	uint32_t g = s->domain[N - 1];

	(void)state;
	assert_true(g != SURVEY_NONE);
	by_domain(&v, s, s->y[0], without);
	s->y[0][N - 1] = NAN; /* missing: a row less */
	by_domain(&v, s, s->y[0], with);
	assert_int_equal(with[g].n, without[g].n - 1);
	assert_true(isfinite(with[g].value));
	s->y[0][N - 1] = INFINITY; /* a number, of a sort: no row less */
	by_domain(&v, s, s->y[0], with);
	assert_int_equal(with[g].n, without[g].n);
	assert_true(!isfinite(with[g].value));
	survey_design_free(d);
	free(s);
}

/* ---- calibrated --------------------------------------------------------- */

/* The same without what is known of cells: the long way. */
static void calibrated_cells_agree_with_rows(size_t ages)
{
	struct sample *s = make(ages);
	struct survey_design *d = design(s);
	static struct est cells[DOMAINS], rows[DOMAINS];
	struct survey_residual dense;
	struct survey_var v = { .design = d };
	struct calibration *c;

	s->w[3] = 0; /* counted nowhere */
	for (int zero = 0; zero < 2; zero++) {
		c = raked(s, ages);
		dense = c->residual;
		dense.cell = NULL;
		survey_set_weight(d, c->weight);
		assert_true(d->zero_weight == (zero == 0));
		v.residual = &c->residual;
		by_domain(&v, s, s->y[0], cells);
		v.residual = &dense;
		by_domain(&v, s, s->y[0], rows);
		for (size_t g = 0; g < DOMAINS; g++) {
			assert_near(cells[g].se, rows[g].se, 1e-10);
			assert_near(cells[g].value, rows[g].value, 1e-14);
			assert_near(cells[g].sum_w, rows[g].sum_w, 1e-14);
			assert_int_equal(cells[g].n, rows[g].n);
		}
		calib_free(c);
		s->w[3] = 2;
	}
	survey_design_free(d);
	free(s);
}

static void few_cells_agree_with_rows(void **state)
{
	(void)state;
	calibrated_cells_agree_with_rows(5);
}

static void many_cells_agree_with_rows(void **state)
{
	(void)state;
	calibrated_cells_agree_with_rows(TOP);
}

static void calibrated_rows_are_counted_as_others(void **state)
{
	struct sample *s = make(5);
	struct survey_design *d = design(s);
	struct calibration *c = raked(s, 5);
	static struct est before[DOMAINS], after[DOMAINS];
	struct survey_var v = { .design = d };

	(void)state;
	by_domain(&v, s, s->y[0], before);
	survey_set_weight(d, c->weight);
	v.residual = &c->residual;
	by_domain(&v, s, s->y[0], after);
	for (uint32_t g = 0; g < DOMAINS; g++) {
		double w = 0;

		for (size_t i = 0; i < N; i++)
			w += s->domain[i] == g ? c->weight[i] : 0;
		assert_near(after[g].sum_w, w, 1e-12);
		assert_int_equal(after[g].n, before[g].n);
		assert_int_equal(after[g].psu, before[g].psu);
		assert_int_equal(after[g].strata, before[g].strata);
		assert_int_equal(after[g].df, before[g].df);
	}
	calib_free(c);
	survey_design_free(d);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_change_no_bit),
		cmocka_unit_test(slices_agree_with_plain_sums),
		cmocka_unit_test(values_that_are_not_finite_are_told_apart),
		cmocka_unit_test(few_cells_agree_with_rows),
		cmocka_unit_test(many_cells_agree_with_rows),
		cmocka_unit_test(calibrated_rows_are_counted_as_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
