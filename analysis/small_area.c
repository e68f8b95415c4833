#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_roots.h>
#include <math.h>
#include <stdlib.h>

#include "phieu/planning.h"
#include "phieu/survey.h"

/* Weighted least squares at one sigma2 by QR of rows x_i / sqrt(V_i). */
struct fh {
	size_t n, k;
	const double *y, *d, *x;
	gsl_matrix *q;
	gsl_vector *z, *tau, *beta, *rest, *row;
};

static void fh_clear(struct fh *f)
{
	gsl_matrix_free(f->q);
	gsl_vector_free(f->z);
	gsl_vector_free(f->tau);
	gsl_vector_free(f->beta);
	gsl_vector_free(f->rest);
	gsl_vector_free(f->row);
}

static bool fh_init(struct fh *f, struct err *e)
{
	if (f->k == 0 || f->n <= f->k)
		return err_set(e, ERR_INPUT,
			       "quá ít khu vực (%zu areas are too few for %zu "
			       "coefficients)",
			       f->n, f->k);
	for (size_t i = 0; i < f->n; i++) {
		bool fine =
			isfinite(f->y[i]) && f->d[i] > 0 && isfinite(f->d[i]);

		for (size_t j = 0; j < f->k; j++)
			fine = fine && isfinite(f->x[i * f->k + j]);
		if (!fine)
			return err_set(
				e, ERR_INPUT,
				"khu vực thiếu giá trị hoặc phương sai (area "
				"%zu has a missing value or no variance)",
				i + 1);
	}
	f->q = gsl_matrix_alloc(f->n, f->k);
	f->z = gsl_vector_alloc(f->n);
	f->tau = gsl_vector_alloc(f->k);
	f->beta = gsl_vector_alloc(f->k);
	f->rest = gsl_vector_alloc(f->n);
	f->row = gsl_vector_alloc(f->k);
	if (f->q == NULL || f->z == NULL || f->tau == NULL || f->beta == NULL ||
	    f->rest == NULL || f->row == NULL)
		return err_set(e, ERR_NOMEM, "no memory for small areas");
	return true;
}

/* beta, rest = (y - xb) / sqrt(V); false: dependent columns. */
static bool fh_solve(struct fh *f, double sigma2)
{
	double top = 0;

	for (size_t i = 0; i < f->n; i++) {
		double r = 1 / sqrt(sigma2 + f->d[i]);

		for (size_t j = 0; j < f->k; j++)
			gsl_matrix_set(f->q, i, j, r * f->x[i * f->k + j]);
		gsl_vector_set(f->z, i, r * f->y[i]);
	}
	(void)gsl_linalg_QR_decomp(f->q, f->tau);
	for (size_t j = 0; j < f->k; j++)
		top = fmax(top, fabs(gsl_matrix_get(f->q, j, j)));
	for (size_t j = 0; j < f->k; j++)
		if (!(fabs(gsl_matrix_get(f->q, j, j)) > 1e-12 * top))
			return false;
	(void)gsl_linalg_QR_lssolve(f->q, f->tau, f->z, f->beta, f->rest);
	return true;
}

/* x_i'(X'V^-1X)^-1 x_i = |R^-T x_i|^2 */
static double fh_leverage(struct fh *f, size_t area)
{
	double s = 0;

	for (size_t j = 0; j < f->k; j++) {
		double v = f->x[area * f->k + j];

		for (size_t l = 0; l < j; l++)
			v -= gsl_matrix_get(f->q, l, j) *
			     gsl_vector_get(f->row, l);
		v /= gsl_matrix_get(f->q, j, j);
		gsl_vector_set(f->row, j, v);
		s += v * v;
	}
	return s;
}

/* REML score (Rao & Molina 2015, 6.1.18): -tr P / 2 + y'PPy / 2. */
static double fh_score(double sigma2, void *ctx)
{
	struct fh *f = ctx;
	struct survey_sum s = { 0 };

	(void)fh_solve(f, sigma2);
	for (size_t i = 0; i < f->n; i++) {
		double v = sigma2 + f->d[i];
		double r = gsl_vector_get(f->rest, i);

		survey_add(&s, r * r / v);
		survey_add(&s, -1 / v);
		survey_add(&s, fh_leverage(f, i) / (v * v));
	}
	return (s.s + s.c) / 2;
}

/* The root of a falling score; 0 where it is not above 0 at 0. */
static bool fh_reml(struct fh *f, double *sigma2, struct err *e)
{
	gsl_root_fsolver *s;
	gsl_function score = { .function = fh_score, .params = f };
	double low = 0, high = 0;
	int status = GSL_CONTINUE;

	*sigma2 = 0;
	if (!(fh_score(0, f) > 0))
		return true;
	for (size_t i = 0; i < f->n; i++)
		high = fmax(high, f->d[i]);
	for (unsigned i = 0; i < 200 && fh_score(high, f) > 0; i++) {
		low = high;
		high *= 2;
	}
	s = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
	if (s == NULL)
		return err_set(e, ERR_NOMEM, "no memory for small areas");
	(void)gsl_root_fsolver_set(s, &score, low, high);
	for (unsigned i = 0; i < 500 && status == GSL_CONTINUE; i++) {
		(void)gsl_root_fsolver_iterate(s);
		*sigma2 = gsl_root_fsolver_root(s);
		status = gsl_root_test_interval(gsl_root_fsolver_x_lower(s),
						gsl_root_fsolver_x_upper(s), 0,
						1e-15);
	}
	gsl_root_fsolver_free(s);
	return true;
}

static void fh_areas(struct fh *f, struct small_area *o)
{
	double information = 0, var;

	for (size_t i = 0; i < f->n; i++) {
		double v = o->sigma2 + f->d[i];

		information += 1 / (v * v);
	}
	var = 2 / information;
	for (size_t i = 0; i < f->n; i++) {
		double v = o->sigma2 + f->d[i], xb = 0, d = f->d[i];

		for (size_t j = 0; j < f->k; j++)
			xb += f->x[i * f->k + j] * o->beta[j];
		o->gamma[i] = o->sigma2 / v;
		o->eblup[i] = o->gamma[i] * f->y[i] + (1 - o->gamma[i]) * xb;
		o->g1[i] = o->gamma[i] * d;
		o->g2[i] = (1 - o->gamma[i]) * (1 - o->gamma[i]) *
			   fh_leverage(f, i);
		o->g3[i] = d * d / (v * v * v) * var;
		o->mse[i] = o->g1[i] + o->g2[i] + 2 * o->g3[i];
	}
}

bool small_area_fit(size_t n, size_t k, const double *y, const double *d,
		    const double *x, struct small_area *out, struct err *e)
{
	struct fh f = { .n = n, .k = k, .y = y, .d = d, .x = x };
	bool ok = false;

	if (!fh_init(&f, e))
		goto out;
	if (!fh_solve(&f, 0)) {
		err_set(e, ERR_MATH,
			"các cột phụ thuộc lẫn nhau (columns depend on one "
			"another)");
		goto out;
	}
	if (!fh_reml(&f, &out->sigma2, e))
		goto out;
	(void)fh_solve(&f, out->sigma2);
	for (size_t j = 0; j < k; j++)
		out->beta[j] = gsl_vector_get(f.beta, j);
	fh_areas(&f, out);
	ok = true;
out:
	fh_clear(&f);
	return ok;
}
