/* Least squares by Householder QR, a block of rows at a time: the memory is
 * that of the triangle and one block whatever the number of rows, and the
 * condition of X is never squared. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "regress_parts.h"

#define RANK_TOLERANCE 1e-11

bool qr_open(struct qr *q, size_t k, struct err *e)
{
	*q = (struct qr){ .k = k };
	q->m = calloc((k + QR_BLOCK) * (k + 1), sizeof *q->m);
	if (!q->m)
		return err_set(e, ERR_NOMEM, "out of memory");
	return true;
}

void qr_close(struct qr *q)
{
	free(q->m);
	q->m = NULL;
}

void qr_reset(struct qr *q)
{
	q->filled = 0;
	memset(q->m, 0, (q->k + QR_BLOCK) * (q->k + 1) * sizeof *q->m);
}

/* Reflects column j of `rows` rows onto its diagonal, the rest along. */
static void reflect(struct qr *q, size_t rows, size_t j)
{
	size_t wide = q->k + 1;
	double *m = q->m, sum = 0, alpha, v0, scale = 0;

	/* Rows j+1..k-1 of the triangle are 0 in this column already. */
	for (size_t i = q->k; i < rows; i++)
		scale = fmax(scale, fabs(m[i * wide + j]));
	if (scale <= 0)
		return;
	scale = fmax(scale, fabs(m[j * wide + j]));
	for (size_t i = q->k; i < rows; i++)
		sum += (m[i * wide + j] / scale) * (m[i * wide + j] / scale);
	alpha = m[j * wide + j] / scale;
	sum += alpha * alpha;
	v0 = alpha + copysign(sqrt(sum), alpha);
	/* v = (v0, column below) in units of scale; 2/v'v = 1/(|v0| norm) */
	for (size_t c = j + 1; c < wide; c++) {
		double dot = v0 * m[j * wide + c];

		for (size_t i = q->k; i < rows; i++)
			dot += m[i * wide + j] / scale * m[i * wide + c];
		dot /= fabs(v0) * sqrt(sum);
		m[j * wide + c] -= dot * v0;
		for (size_t i = q->k; i < rows; i++)
			m[i * wide + c] -= dot * m[i * wide + j] / scale;
	}
	m[j * wide + j] = -copysign(sqrt(sum), alpha) * scale;
	for (size_t i = q->k; i < rows; i++)
		m[i * wide + j] = 0;
}

static void fold(struct qr *q)
{
	for (size_t j = 0; j < q->k; j++)
		reflect(q, q->k + q->filled, j);
	q->filled = 0;
}

double *qr_row(struct qr *q)
{
	if (q->filled == QR_BLOCK)
		fold(q);
	return q->m + (q->k + q->filled++) * (q->k + 1);
}

bool qr_solve(struct qr *q, double *b, struct err *e)
{
	size_t k = q->k, wide = k + 1;
	const double *m = q->m;

	fold(q);
	for (size_t j = 0; j < k; j++) {
		double norm = 0;

		for (size_t i = 0; i <= j; i++)
			norm = hypot(norm, m[i * wide + j]);
		if (!(fabs(m[j * wide + j]) > RANK_TOLERANCE * norm))
			return err_set(
				e, ERR_MATH,
				"số hạng là hằng số hoặc phụ thuộc các số hạng "
				"trước (term %zu is constant or a combination "
				"of those before it)",
				j + 1);
	}
	for (size_t j = k; j-- > 0;) {
		double s = m[j * wide + k];

		for (size_t c = j + 1; c < k; c++)
			s -= m[j * wide + c] * b[c];
		b[j] = s / m[j * wide + j];
	}
	return true;
}

void qr_inverse(const struct qr *q, double *inverse)
{
	size_t k = q->k, wide = k + 1;
	const double *m = q->m;

	/* U = R^-1 in the upper triangle of `inverse` */
	memset(inverse, 0, k * k * sizeof *inverse);
	for (size_t c = 0; c < k; c++) {
		inverse[c * k + c] = 1 / m[c * wide + c];
		for (size_t r = c; r-- > 0;) {
			double s = 0;

			for (size_t i = r + 1; i <= c; i++)
				s += m[r * wide + i] * inverse[i * k + c];
			inverse[r * k + c] = -s / m[r * wide + r];
		}
	}
	/* U U': entry (r, c), c >= r, needs U of columns >= c only */
	for (size_t r = 0; r < k; r++)
		for (size_t c = r; c < k; c++) {
			double s = 0;

			for (size_t i = c; i < k; i++)
				s += inverse[r * k + i] * inverse[c * k + i];
			inverse[r * k + c] = s;
		}
	for (size_t r = 0; r < k; r++)
		for (size_t c = 0; c < r; c++)
			inverse[r * k + c] = inverse[c * k + r];
}
