#include "phieu/factor.h"

#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <string.h>

#include "phieu/matrix.h"

/* ---- components ------------------------------------------------------ */

bool factor_pca(size_t k, const double *r, size_t m, double *eigenvalues,
		double *loadings, double *work, struct err *e)
{
	double *a = work, *v = work + k * k;

	memcpy(a, r, k * k * sizeof *a);
	if (!matrix_eigen(k, a, eigenvalues, m > 0 ? v : NULL, e))
		return false;
	for (size_t j = 0; j < m; j++) {
		double scale = sqrt(fmax(eigenvalues[j], 0)), sum = 0;

		for (size_t i = 0; i < k; i++)
			sum += v[i * k + j];
		if (sum < 0)
			scale = -scale;
		for (size_t i = 0; i < k; i++)
			loadings[i * m + j] = v[i * k + j] * scale;
	}
	return true;
}

size_t factor_kaiser(size_t k, const double *eigenvalues)
{
	size_t n = 0;

	while (n < k && eigenvalues[n] > 1)
		n++;
	return n;
}

/* ---- adequacy -------------------------------------------------------- */

static bool is_singular(struct err *e)
{
	return err_set(e, ERR_MATH,
		       "ma trận tương quan suy biến (the correlation matrix is "
		       "singular: some item is a "
		       "sum of others, or there are too few rows)");
}

bool factor_kmo(size_t k, const double *r, double *msa, double *msa_item,
		double *work, struct err *e)
{
	double *l = work, *q = work + k * k, all_r = 0, all_q = 0;

	memcpy(l, r, k * k * sizeof *l);
	if (!matrix_cholesky(k, l, MATRIX_SINGULAR))
		return is_singular(e);
	matrix_inverse(k, l, q);
	for (size_t i = 0; i < k; i++) {
		double sum_r = 0, sum_q = 0;

		for (size_t j = 0; j < k; j++) {
			double x = r[i * k + j];

			if (i == j)
				continue;
			sum_r += x * x;
			sum_q += q[i * k + j] * q[i * k + j] /
				 (q[i * k + i] * q[j * k + j]);
		}
		/* 0/0: an item without any correlation has no measure */
		msa_item[i] = sum_r > 0 ? sum_r / (sum_r + sum_q) : NAN;
		all_r += sum_r;
		all_q += sum_q;
	}
	if (!(all_r > 0))
		return err_set(e, ERR_MATH,
			       "các câu không tương quan (no item correlates "
			       "with another)");
	*msa = all_r / (all_r + all_q);
	return true;
}

bool factor_bartlett(size_t k, const double *r, size_t n, double *work,
		     struct bartlett *out, struct err *e)
{
	double kk = (double)k;

	memcpy(work, r, k * k * sizeof *work);
	if (!matrix_cholesky(k, work, MATRIX_SINGULAR))
		return is_singular(e);
	out->chi2 =
		-matrix_log_det(k, work) * ((double)n - 1 - (2 * kk + 5) / 6);
	out->df = kk * (kk - 1) / 2;
	gsl_set_error_handler_off();
	out->p = gsl_cdf_chisq_Q(out->chi2, out->df);
	return true;
}

/* ---- parallel analysis ----------------------------------------------- */

/* Correlations of n-1 normal rows: A A', A lower triangular with chi and
 * standard normal elements; rows scaled to length 1. */
static void draw(size_t k, size_t n, const gsl_rng *rng, double *a, double *r)
{
	memset(a, 0, k * k * sizeof *a);
	for (size_t i = 0; i < k; i++) {
		double *row = a + i * k, square = 0;

		for (size_t j = 0; j < i; j++) {
			row[j] = gsl_ran_gaussian_ziggurat(rng, 1);
			square += row[j] * row[j];
		}
		row[i] = sqrt(gsl_ran_chisq(rng, (double)(n - 1 - i)));
		square = sqrt(square + row[i] * row[i]);
		for (size_t j = 0; j <= i; j++)
			row[j] /= square;
	}
	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j <= i; j++) {
			double sum = 0;

			for (size_t t = 0; t <= j; t++)
				sum += a[i * k + t] * a[j * k + t];
			r[i * k + j] = r[j * k + i] = i == j ? 1 : sum;
		}
}

bool factor_parallel(size_t k, size_t n, size_t count, unsigned long seed,
		     double level, double *mean, double *quantile, double *work,
		     struct err *e)
{
	double *a = work, *r = work + k * k, *draws = work + 2 * k * k;
	/* MT19937 keeps 5,000 bytes: here, so that nothing is allocated */
	_Alignas(16) unsigned char state[8192];
	const gsl_rng rng = { gsl_rng_mt19937, state };
	bool ok = true;

	assert(gsl_rng_mt19937->size <= sizeof state);

	if (k == 0 || n <= k || count == 0 || !(level > 0 && level < 1))
		return err_set(e, ERR_INPUT,
			       "phân tích song song cần nhiều dòng hơn câu "
			       "(parallel analysis needs more rows than items, "
			       "a draw, a level within 0 and 1)");
	gsl_rng_set(&rng, seed);
	for (size_t i = 0; ok && i < count; i++) {
		draw(k, n, &rng, a, r);
		ok = matrix_eigen(k, r, mean, NULL, e);
		for (size_t j = 0; j < k; j++)
			draws[j * count + i] = mean[j];
	}
	for (size_t j = 0; ok && j < k; j++) {
		gsl_sort(draws + j * count, 1, count);
		mean[j] = gsl_stats_mean(draws + j * count, 1, count);
		quantile[j] =
			gsl_stats_quantile_from_sorted_data(draws + j * count,
							    1, count, level);
	}
	return ok;
}

size_t factor_retained(size_t k, const double *eigenvalues,
		       const double *quantile)
{
	size_t n = 0;

	while (n < k && eigenvalues[n] > quantile[n])
		n++;
	return n;
}
