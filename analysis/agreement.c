#include "phieu/agreement.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>

/* ---- kappa ----------------------------------------------------------- */

static double distance(enum kappa_kind kind, size_t k, size_t i, size_t j)
{
	double d = fabs((double)i - (double)j) / (double)(k - 1);

	if (kind == KAPPA_PLAIN)
		return i == j ? 0 : 1;
	return kind == KAPPA_LINEAR ? d : d * d;
}

static double row_share(const double *p, size_t k, size_t i)
{
	double sum = 0;

	for (size_t j = 0; j < k; j++)
		sum += p[i * k + j];
	return sum;
}

static double column_share(const double *p, size_t k, size_t j)
{
	double sum = 0;

	for (size_t i = 0; i < k; i++)
		sum += p[i * k + j];
	return sum;
}

/* Observed and expected disagreement. */
static void disagree(const double *p, size_t k, enum kappa_kind kind,
		     double *observed, double *expected)
{
	*observed = *expected = 0;
	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j < k; j++) {
			double d = distance(kind, k, i, j);

			*observed += d * p[i * k + j];
			*expected +=
				d * row_share(p, k, i) * column_share(p, k, j);
		}
}

void agreement_score(const double *share, size_t k, enum kappa_kind kind,
		     double *score)
{
	double q, x;

	disagree(share, k, kind, &q, &x);
	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j < k; j++) {
			double mean = -2 * x; /* of d over the margins */

			for (size_t t = 0; t < k; t++)
				mean += distance(kind, k, i, t) *
						column_share(share, k, t) +
					distance(kind, k, t, j) *
						row_share(share, k, t);
			score[i * k + j] = q / (x * x) * mean -
					   (distance(kind, k, i, j) - q) / x;
		}
}

/* Fleiss' formula is the variance of the linearised value over the cells;
 * written out, with agreement weights v = 1 - d:
 * (sum p (v (1-pe) - (vi. + v.j)(1-po))^2 - (po pe - 2 pe + po)^2) /
 * (n (1-pe)^4). */
static double fleiss(const double *p, size_t k, enum kappa_kind kind, size_t n)
{
	double q, x, po, pe, sum = 0, square;

	disagree(p, k, kind, &q, &x);
	po = 1 - q;
	pe = 1 - x;
	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j < k; j++) {
			double vi = 0, vj = 0, t;

			for (size_t c = 0; c < k; c++) {
				vi += (1 - distance(kind, k, i, c)) *
				      column_share(p, k, c);
				vj += (1 - distance(kind, k, c, j)) *
				      row_share(p, k, c);
			}
			t = (1 - distance(kind, k, i, j)) * x - (vi + vj) * q;
			sum += p[i * k + j] * t * t;
		}
	square = po * pe - 2 * pe + po;
	return sqrt(fmax(0, sum - square * square) / (double)n) / (x * x);
}

static void one_kappa(const double *p, size_t k, enum kappa_kind kind, size_t n,
		      double level, struct kappa *out)
{
	double q, x, z = gsl_cdf_ugaussian_Pinv((1 + level) / 2);

	disagree(p, k, kind, &q, &x);
	if (!(x > 0)) { /* both readings know one category only */
		*out = (struct kappa){ NAN, NAN, NAN, NAN };
		return;
	}
	out->value = 1 - q / x;
	out->se = fleiss(p, k, kind, n);
	out->low = fmax(out->value - z * out->se, -1);
	out->high = fmin(out->value + z * out->se, 1);
}

static bool to_shares(const double *table, size_t k, double *share,
		      struct err *e)
{
	double sum = 0;

	for (size_t i = 0; i < k * k; i++) {
		if (!(table[i] >= 0) || isinf(table[i]))
			return err_set(
				e, ERR_INPUT,
				"bảng có ô âm hoặc không phải số (a cell of "
				"the table is negative or not a number)");
		sum += table[i];
	}
	if (!(sum > 0))
		return err_set(e, ERR_MATH,
			       "không dòng nào có đủ hai lần trả lời (no row "
			       "has both readings)");
	for (size_t i = 0; i < k * k; i++)
		share[i] = table[i] / sum;
	return true;
}

bool agreement_of(const double *table, size_t k, size_t n, double level,
		  double *share, struct agreement *out, struct err *e)
{
	if (k < 2)
		return err_set(e, ERR_INPUT,
			       "cần ít nhất hai mức trả lời (agreement needs "
			       "at least two categories)");
	if (!(level > 0 && level < 1))
		return err_set(e, ERR_INPUT,
			       "mức tin cậy phải giữa 0 và 1 (the level must "
			       "lie between 0 and 1)");
	if (!to_shares(table, k, share, e))
		return false;
	gsl_set_error_handler_off();
	out->observed = out->within1 = 0;
	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j < k; j++) {
			size_t apart = i > j ? i - j : j - i;

			if (apart == 0)
				out->observed += share[i * k + j];
			if (apart <= 1)
				out->within1 += share[i * k + j];
		}
	for (int kind = 0; kind < KAPPA_KINDS; kind++)
		one_kappa(share, k, (enum kappa_kind)kind, n, level,
			  &out->kappa[kind]);
	return true;
}
