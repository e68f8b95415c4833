#include "phieu/matrix.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* ---- eigenvalues ----------------------------------------------------- */

/* Rotation in the plane p, q that makes a[p][q] zero. */
static void rotate(size_t k, double *a, double *v, size_t p, size_t q)
{
	double apq = a[p * k + q];
	double theta = (a[q * k + q] - a[p * k + p]) / (2 * apq);
	double t = (theta >= 0 ? 1 : -1) / (fabs(theta) + hypot(theta, 1));
	double c = 1 / hypot(t, 1), s = t * c;

	a[p * k + p] -= t * apq;
	a[q * k + q] += t * apq;
	a[p * k + q] = a[q * k + p] = 0;
	for (size_t i = 0; i < k; i++) {
		double x, y;

		if (i == p || i == q)
			continue;
		x = a[i * k + p];
		y = a[i * k + q];
		a[i * k + p] = a[p * k + i] = c * x - s * y;
		a[i * k + q] = a[q * k + i] = s * x + c * y;
	}
	for (size_t i = 0; v != NULL && i < k; i++) {
		double x = v[i * k + p], y = v[i * k + q];

		v[i * k + p] = c * x - s * y;
		v[i * k + q] = s * x + c * y;
	}
}

/* One pass over all pairs; false when nothing was left to rotate. */
static bool sweep(size_t k, double *a, double *v)
{
	bool any = false;

	for (size_t p = 0; p + 1 < k; p++)
		for (size_t q = p + 1; q < k; q++) {
			double size = sqrt(fabs(a[p * k + p])) *
				      sqrt(fabs(a[q * k + q]));
			double x = fabs(a[p * k + q]);

			if (x <= DBL_MIN || x <= DBL_EPSILON / 4 * size)
				continue;
			rotate(k, a, v, p, q);
			any = true;
		}
	return any;
}

static void swap_columns(size_t k, double *v, size_t a, size_t b)
{
	for (size_t i = 0; i < k; i++) {
		double x = v[i * k + a];

		v[i * k + a] = v[i * k + b];
		v[i * k + b] = x;
	}
}

static void sort_descending(size_t k, double *values, double *vectors)
{
	for (size_t i = 0; i + 1 < k; i++) {
		size_t best = i;
		double x;

		for (size_t j = i + 1; j < k; j++)
			if (values[j] > values[best])
				best = j;
		if (best == i)
			continue;
		x = values[i];
		values[i] = values[best];
		values[best] = x;
		if (vectors != NULL)
			swap_columns(k, vectors, i, best);
	}
}

bool matrix_eigen(size_t k, double *a, double *values, double *vectors,
		  struct err *e)
{
	for (size_t i = 0; i < k * k; i++)
		if (!isfinite(a[i]))
			return err_set(
				e, ERR_MATH,
				"ma trận có giá trị không hữu hạn (the matrix "
				"holds a value that is not finite)");
	if (vectors != NULL) {
		memset(vectors, 0, k * k * sizeof *vectors);
		for (size_t i = 0; i < k; i++)
			vectors[i * k + i] = 1;
	}
	/* Convergence is quadratic: 6 to 10 passes; a singular matrix may
	 * have rounding noise to rotate for ever, which changes nothing. */
	for (int pass = 0; pass < 40 && sweep(k, a, vectors); pass++)
		;
	for (size_t i = 0; i < k; i++)
		values[i] = a[i * k + i];
	sort_descending(k, values, vectors);
	return true;
}

/* ---- Cholesky -------------------------------------------------------- */

bool matrix_cholesky(size_t k, double *a, double tiny)
{
	for (size_t j = 0; j < k; j++) {
		double *row = a + j * k, pivot = row[j];

		for (size_t m = 0; m < j; m++)
			pivot -= row[m] * row[m];
		if (!(pivot > tiny * row[j]) || !isfinite(pivot))
			return false;
		row[j] = sqrt(pivot);
		for (size_t i = j + 1; i < k; i++) {
			double x = a[i * k + j];

			for (size_t m = 0; m < j; m++)
				x -= a[i * k + m] * row[m];
			a[i * k + j] = x / row[j];
		}
	}
	return true;
}

double matrix_log_det(size_t k, const double *l)
{
	double sum = 0;

	for (size_t i = 0; i < k; i++)
		sum += log(l[i * k + i]);
	return 2 * sum;
}

void matrix_solve(size_t k, const double *l, double *b)
{
	for (size_t i = 0; i < k; i++) {
		for (size_t m = 0; m < i; m++)
			b[i] -= l[i * k + m] * b[m];
		b[i] /= l[i * k + i];
	}
	for (size_t i = k; i-- > 0;) {
		for (size_t m = i + 1; m < k; m++)
			b[i] -= l[m * k + i] * b[m];
		b[i] /= l[i * k + i];
	}
}

void matrix_inverse(size_t k, const double *l, double *inverse)
{
	/* rows of a symmetric inverse are its columns */
	memset(inverse, 0, k * k * sizeof *inverse);
	for (size_t j = 0; j < k; j++) {
		inverse[j * k + j] = 1;
		matrix_solve(k, l, inverse + j * k);
	}
}
