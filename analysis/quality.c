#include "phieu/quality.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <string.h>

#include "phieu/matrix.h"

size_t quality_longstring(const struct items *d, size_t i)
{
	size_t run = 0, longest = 0;
	double last = NAN;

	for (size_t j = 0; j < d->k; j++) {
		double x = d->x[j][i];

		if (isnan(x))
			continue;
		run = x == last ? run + 1 : 1;
		last = x;
		if (run > longest)
			longest = run;
	}
	return longest;
}

size_t quality_answered(const struct items *d, size_t i)
{
	size_t n = 0;

	for (size_t j = 0; j < d->k; j++)
		n += isnan(d->x[j][i]) ? 0 : 1;
	return n;
}

double quality_irv(const struct items *d, size_t i)
{
	double mean = 0, ss = 0, n = 0;

	for (size_t j = 0; j < d->k; j++) { /* Welford 1962 */
		double x = d->x[j][i], delta;

		if (isnan(x))
			continue;
		n++;
		delta = x - mean;
		mean += delta / n;
		ss += delta * (x - mean);
	}
	return n < 2 ? NAN : sqrt(ss / (n - 1));
}

bool quality_is_straight(size_t longstring, size_t answered, size_t run,
			 size_t least)
{
	return longstring >= run && answered >= least;
}

double quality_median(const double *x, const unsigned char *in, size_t n,
		      double *work)
{
	size_t m = 0;

	for (size_t i = 0; i < n; i++)
		if ((in == NULL || in[i] != 0) && !isnan(x[i]))
			work[m++] = x[i];
	if (m == 0)
		return NAN;
	gsl_sort(work, 1, m);
	return (work[(m - 1) / 2] + work[m / 2]) / 2;
}

bool quality_mahalanobis(const struct items *d, const struct moments *m,
			 double *d2, double *work, struct err *e)
{
	size_t k = d->k;
	double *l = work, *z = work + k * k;

	memcpy(l, m->cov, k * k * sizeof *l);
	if (!matrix_cholesky(k, l, MATRIX_SINGULAR))
		return err_set(e, ERR_MATH,
			       "ma trận hiệp phương sai suy biến (the "
			       "covariance matrix is singular: no distances)");
	for (size_t i = 0; i < d->n; i++) {
		double sum = 0;

		d2[i] = NAN;
		if (!moments_row(d, i))
			continue;
		/* |L^-1 (x - m)|^2 */
		for (size_t j = 0; j < k; j++) {
			z[j] = d->x[j][i] - m->mean[j];
			for (size_t t = 0; t < j; t++)
				z[j] -= l[j * k + t] * z[t];
			z[j] /= l[j * k + j];
			sum += z[j] * z[j];
		}
		d2[i] = sum;
	}
	return true;
}

double quality_mahalanobis_p(double d2, size_t k)
{
	gsl_set_error_handler_off();
	return gsl_cdf_chisq_Q(d2, (double)k);
}

size_t quality_top(const double *x, size_t n, size_t most, size_t *row)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		size_t at;

		if (isnan(x[i]))
			continue;
		for (at = found; at > 0 && x[row[at - 1]] < x[i]; at--)
			if (at < most)
				row[at] = row[at - 1];
		if (at < most) {
			row[at] = i;
			found += found < most;
		}
	}
	return found;
}
