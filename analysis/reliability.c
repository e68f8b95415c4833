#include "phieu/reliability.h"

#include <math.h>
#include <string.h>

#include "phieu/distribution.h"
#include "phieu/matrix.h"

static double value(const struct survey_sum *s)
{
	return s->s + s->c;
}

struct sums {
	double trace, all;
};

static struct sums add_up(size_t k, const double *c)
{
	struct survey_sum trace = { 0 }, all = { 0 };

	for (size_t i = 0; i < k; i++)
		survey_add(&trace, c[i * k + i]);
	for (size_t i = 0; i < k * k; i++)
		survey_add(&all, c[i]);
	return (struct sums){ value(&trace), value(&all) };
}

static double alpha_of(size_t k, struct sums s)
{
	if (k < 2 || !(s.all > 0))
		return NAN;
	return (double)k / (double)(k - 1) * (1 - s.trace / s.all);
}

double reliability_raw_alpha(size_t k, const double *cov)
{
	return alpha_of(k, add_up(k, cov));
}

static double row_sum(size_t k, const double *c, size_t i)
{
	struct survey_sum s = { 0 };

	for (size_t j = 0; j < k; j++)
		survey_add(&s, c[i * k + j]);
	return value(&s);
}

static void per_item(size_t k, const double *c, struct sums s,
		     struct alpha *out)
{
	for (size_t i = 0; i < k; i++) {
		double own = c[i * k + i], row = row_sum(k, c, i);
		struct sums rest = { s.trace - own, s.all - 2 * row + own };

		out->item_total_r[i] = row / sqrt(own * s.all);
		out->item_rest_r[i] =
			rest.all > 0 ? (row - own) / sqrt(own * rest.all) : NAN;
		out->if_deleted[i] = k > 2 ? alpha_of(k - 1, rest) : NAN;
	}
}

/* tr(C^2) and sum(C^2), of the matrix product. */
static double standard_error(size_t k, size_t n, const double *c, struct sums s)
{
	struct survey_sum trace = { 0 }, all = { 0 };
	double kk = (double)k, t, q;

	for (size_t i = 0; i < k * k; i++)
		survey_add(&trace, c[i] * c[i]);
	for (size_t i = 0; i < k; i++) {
		double row = row_sum(k, c, i);

		survey_add(&all, row * row);
	}
	t = value(&trace) + s.trace * s.trace;
	q = 2 * kk * kk / ((kk - 1) * (kk - 1) * s.all * s.all * s.all) *
	    (s.all * t - 2 * s.trace * value(&all));
	return sqrt(fmax(q, 0) / (double)n);
}

/* Squared multiple correlations: 1 - 1/diag(R^-1). */
static double lambda6(size_t k, const double *r, double *work, double all)
{
	double *l = work, *inverse = work + k * k, unexplained = 0;

	memcpy(l, r, k * k * sizeof *l);
	if (!matrix_cholesky(k, l, MATRIX_SINGULAR))
		return NAN;
	matrix_inverse(k, l, inverse);
	for (size_t i = 0; i < k; i++)
		unexplained += 1 / inverse[i * k + i];
	return 1 - unexplained / all;
}

static void of_correlations(size_t k, const double *r, double *work,
			    struct alpha *out)
{
	struct sums s = add_up(k, r);
	double kk = (double)k;

	out->standardised = alpha_of(k, s);
	out->average_r = (s.all - kk) / (kk * (kk - 1));
	out->guttman6 = s.all > 0 ? lambda6(k, r, work, s.all) : NAN;
}

bool reliability_alpha(size_t k, size_t n, const double *cov, double level,
		       double *work, struct alpha *out, struct err *e)
{
	struct sums s = add_up(k, cov);
	double df = (double)n - 1, df2 = df * ((double)k - 1);

	if (k < 2)
		return err_set(e, ERR_INPUT, "alpha needs at least two items");
	if (!(level > 0 && level < 1))
		return err_set(e, ERR_INPUT,
			       "the level of the interval must lie between 0 "
			       "and 1");
	if (!moments_correlation(k, cov, work, e))
		return false;
	if (!(s.all > 1e-12 * s.trace))
		return err_set(
			e, ERR_MATH,
			"the sum of the items has no variance: no alpha");
	of_correlations(k, work, work + k * k, out);
	out->raw = alpha_of(k, s);
	per_item(k, cov, s, out);
	out->ase = standard_error(k, n, cov, s);
	out->low =
		1 - (1 - out->raw) * fisher_quantile((1 + level) / 2, df, df2);
	out->high =
		1 - (1 - out->raw) * fisher_quantile((1 - level) / 2, df, df2);
	return true;
}

void reliability_alpha_score(const struct items *d, const struct moments *m,
			     double *z)
{
	size_t k = d->k;
	double back = (double)(m->n - 1) / (double)m->n; /* ML moments */
	struct sums s = add_up(k, m->cov);
	double trace = s.trace * back, all = s.all * back;
	double f = (double)k / ((double)(k - 1) * m->sum_w);

	for (size_t i = 0; i < d->n; i++) {
		double squares = 0, total = 0;

		z[i] = 0;
		if (!moments_row(d, i))
			continue;
		for (size_t j = 0; j < k; j++) {
			double dev = d->x[j][i] - m->mean[j];

			squares += dev * dev;
			total += dev;
		}
		z[i] = f * (trace * (total * total - all) / (all * all) -
			    (squares - trace) / all);
	}
}

double reliability_omega(size_t k, const double *loading,
			 const double *uniqueness)
{
	double common = 0, unique = 0;

	for (size_t i = 0; i < k; i++) {
		common += loading[i];
		unique += uniqueness[i];
	}
	common *= common;
	return common / (common + unique);
}
