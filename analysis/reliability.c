#include "phieu/reliability.h"

#include <math.h>
#include <stdlib.h>
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
		return err_set(e, ERR_INPUT,
			       "alpha cần ít nhất hai câu (alpha needs at "
			       "least two items)");
	if (!(level > 0 && level < 1))
		return err_set(e, ERR_INPUT,
			       "mức tin cậy phải giữa 0 và 1 (the level must "
			       "lie between 0 and 1)");
	if (!moments_correlation(k, cov, work, e))
		return false;
	if (!(s.all > 1e-12 * s.trace))
		return err_set(e, ERR_MATH,
			       "tổng các câu không thay đổi (the sum of the "
			       "items has no variance: no alpha)");
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

/* ---- by the engine --------------------------------------------------- */

/* Totals of a cell: W, x_1..x_k, sum x_j^2, (sum x_j)^2; x less an origin,
 * any row's values, so that squares keep their digits. */
struct from_totals {
	const double *const *x;
	const double *origin; /* [k] */
	const uint32_t *cell;
	size_t k, n_cells;
};

static void alpha_values(const void *ctx, const uint32_t *row, size_t n,
			 double *v)
{
	const struct from_totals *c = ctx;
	size_t m = c->k + 3;

	for (size_t i = 0; i < n; i++) {
		double *to = v + i * m, squares = 0, all = 0;

		memset(to, 0, m * sizeof *to);
		if (c->cell[row[i]] == SURVEY_NONE)
			continue;
		to[0] = 1;
		for (size_t j = 0; j < c->k; j++) {
			double d = c->x[j][row[i]] - c->origin[j];

			to[1 + j] = d;
			squares += d * d;
			all += d;
		}
		to[1 + c->k] = squares;
		to[2 + c->k] = all * all;
	}
}

/* T = t_q/W - sum m_j^2, S = t_t/W - (sum m_j)^2, k/(k-1) (1 - T/S) */
static void alpha_cell(const struct from_totals *c, const double *t,
		       double *theta, double *jac)
{
	size_t k = c->k;
	double w = t[0], sum = 0, squares = 0, trace, all;
	double f = (double)k / (double)(k - 1), by_trace, by_all;

	for (size_t j = 1; j <= k; j++) {
		sum += t[j] / w;
		squares += t[j] / w * (t[j] / w);
	}
	trace = t[k + 1] / w - squares;
	all = t[k + 2] / w - sum * sum;
	if (!(w > 0) || !(all > 1e-12 * trace)) {
		*theta = NAN;
		return;
	}
	*theta = f * (1 - trace / all);
	if (!jac)
		return;
	by_trace = -f / all;
	by_all = f * trace / (all * all);
	jac[0] = by_trace * (2 * squares - t[k + 1] / w) / w +
		 by_all * (2 * sum * sum - t[k + 2] / w) / w;
	for (size_t j = 1; j <= k; j++)
		jac[j] = -2 / w * (by_trace * t[j] / w + by_all * sum);
	jac[k + 1] = by_trace / w;
	jac[k + 2] = by_all / w;
}

static void alpha_theta(const void *ctx, const double *totals, double *theta,
			double *jac)
{
	const struct from_totals *c = ctx;
	size_t m = c->k + 3;

	for (size_t i = 0; i < c->n_cells; i++)
		alpha_cell(c, totals + i * m, &theta[i],
			   jac ? jac + i * m : NULL);
}

bool reliability_alpha_estimate(const struct survey_var *v,
				const uint32_t *domain, size_t n_cells,
				const double *const *x, size_t k,
				const struct est_how *how, struct est *out,
				struct err *e)
{
	size_t n = v->design->n;
	uint32_t *cell = malloc((n + 1) * sizeof *cell);
	double *origin = calloc(k + 1, sizeof *origin);
	struct from_totals c = { x, origin, cell, k, n_cells };
	struct survey_stat s = { .n_cells = n_cells,
				 .m = k + 3,
				 .cell = cell,
				 .values = alpha_values,
				 .n_blocks = n_cells,
				 .q = 1,
				 .theta = alpha_theta,
				 .ctx = &c };
	bool ok = false;

	if (k < 2) {
		(void)err_set(e, ERR_INPUT,
			      "alpha cần ít nhất hai câu (alpha needs at least "
			      "two items)");
	} else if (!cell || !origin) {
		(void)err_set(e, ERR_NOMEM, "no memory for %zu rows", n);
	} else {
		est_cells(n, domain, x, k, cell);
		for (size_t i = n; i-- > 0;)
			for (size_t j = 0; cell[i] != SURVEY_NONE && j < k; j++)
				origin[j] = x[j][i];
		ok = est_stat(v, &s, how, out, NULL, e);
	}
	free(cell);
	free(origin);
	return ok;
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
