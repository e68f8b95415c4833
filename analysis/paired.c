/* Statistics of the cross table of two answers, on the survey engine: the
 * totals are the weighted counts of its cells. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/agreement.h"
#include "phieu/polychoric.h"

struct paired {
	const uint32_t *a, *b, *cell;
	size_t rows, columns, n_cells;
	double *room; /* shares or scores of one table */
};

static void count_values(const void *ctx, const uint32_t *row, size_t n,
			 double *v)
{
	const struct paired *c = ctx;
	size_t m = c->rows * c->columns;

	memset(v, 0, n * m * sizeof *v);
	for (size_t i = 0; i < n; i++)
		if (c->cell[row[i]] != SURVEY_NONE)
			v[i * m + c->a[row[i]] * c->columns + c->b[row[i]]] = 1;
}

static bool mask(const struct survey_var *v, const uint32_t *domain,
		 struct paired *c, struct err *e)
{
	size_t n = v->design->n, most = c->rows * c->columns;
	uint32_t *cell = malloc((n + 1) * sizeof *cell);

	c->cell = cell;
	c->room = calloc(2 * most + 1, sizeof *c->room);
	if (!cell || !c->room)
		return err_set(e, ERR_NOMEM, "no memory for %zu rows", n);
	for (size_t i = 0; i < n; i++) {
		cell[i] = domain ? domain[i] : 0;
		if (c->a[i] >= c->rows || c->b[i] >= c->columns)
			cell[i] = SURVEY_NONE;
	}
	return true;
}

static void unmask(struct paired *c)
{
	free((void *)(uintptr_t)c->cell);
	free(c->room);
}

static struct survey_stat stat_of(const struct paired *c, size_t q,
				  void (*theta)(const void *, const double *,
						double *, double *))
{
	return (struct survey_stat){ .n_cells = c->n_cells,
				     .m = c->rows * c->columns,
				     .cell = c->cell,
				     .values = count_values,
				     .n_blocks = c->n_cells,
				     .q = q,
				     .theta = theta,
				     .ctx = c };
}

/* ---- agreement ------------------------------------------------------- */

/* Derivatives of shares inside the band |i-j| <= width. */
static void band_slopes(const double *share, size_t k, size_t width, double sum,
			double *jac)
{
	double inside = 0;

	for (size_t i = 0; i < k * k; i++) {
		size_t r = i / k, c = i % k;

		jac[i] = (r > c ? r - c : c - r) <= width;
		inside += jac[i] * share[i];
	}
	for (size_t i = 0; i < k * k; i++)
		jac[i] = (jac[i] - inside) / sum;
}

static void agreement_theta(const void *ctx, const double *totals,
			    double *theta, double *jac)
{
	const struct paired *c = ctx;
	size_t k = c->rows, m = k * k;

	for (size_t g = 0; g < c->n_cells; g++) {
		const double *t = totals + g * m;
		double *to = theta + g * AGREEMENT_Q, sum = 0;
		double *slope = jac ? jac + g * AGREEMENT_Q * m : NULL;
		struct agreement a;
		struct err ignored = { 0 };

		for (size_t i = 0; i < m; i++)
			sum += t[i];
		if (!agreement_of(t, k, 1, 0.95, c->room, &a, &ignored)) {
			for (size_t q = 0; q < AGREEMENT_Q; q++)
				to[q] = NAN;
			continue;
		}
		for (size_t q = 0; q < KAPPA_KINDS; q++)
			to[q] = a.kappa[q].value;
		to[AGREEMENT_OBSERVED] = a.observed;
		to[AGREEMENT_WITHIN1] = a.within1;
		for (size_t q = 0; slope && q < KAPPA_KINDS; q++) {
			agreement_score(c->room, k, (enum kappa_kind)q,
					slope + q * m);
			for (size_t i = 0; i < m; i++)
				slope[q * m + i] /= sum;
		}
		for (size_t w = 0; slope && w < 2; w++)
			band_slopes(c->room, k, w, sum,
				    slope + (AGREEMENT_OBSERVED + w) * m);
	}
}

bool agreement_estimate(const struct survey_var *v, const uint32_t *domain,
			size_t n_cells, const uint32_t *a, const uint32_t *b,
			size_t k, const struct est_how *how, struct est *out,
			double *table, struct err *e)
{
	struct paired c = { a, b, NULL, k, k, n_cells, NULL };
	struct survey_stat s;
	bool ok;

	if (k < 2)
		return err_set(e, ERR_INPUT,
			       "cần ít nhất hai mức trả lời (agreement needs "
			       "at least two categories)");
	ok = mask(v, domain, &c, e);
	s = stat_of(&c, AGREEMENT_Q, agreement_theta);
	ok = ok && est_stat(v, &s, how, out, NULL, e);
	if (ok && table)
		ok = survey_totals(v->design, &s, table, NULL, e);
	unmask(&c);
	return ok;
}

/* ---- polychoric ------------------------------------------------------ */

static void polychoric_theta(const void *ctx, const double *totals,
			     double *theta, double *jac)
{
	const struct paired *c = ctx;
	size_t m = c->rows * c->columns;

	for (size_t g = 0; g < c->n_cells; g++) {
		const double *t = totals + g * m;
		double sum = 0;
		struct polychoric p = { .threshold_a = c->room,
					.threshold_b = c->room + c->rows,
					.score = jac ? jac + g * m : NULL };
		struct err ignored = { 0 };

		for (size_t i = 0; i < m; i++)
			sum += t[i];
		theta[g] = NAN;
		if (!polychoric_fit(t, c->rows, c->columns, 1, &p, &ignored))
			continue;
		theta[g] = p.rho;
		for (size_t i = 0; jac && i < m; i++)
			p.score[i] /= sum;
	}
}

/* tanh(atanh r -+ t se / (1 - r^2)) */
static void fisher_limits(const struct est_how *how, struct est *x)
{
	double df = (double)(how->design_df ? x->df_design : x->df);
	double t = est_t_quantile(how->level, df);
	double half = t * x->se / ((1 - x->value) * (1 + x->value));

	if (fabs(x->value) >= 1)
		x->se = half = NAN;
	x->cv = x->value != 0 ? x->se / fabs(x->value) : (double)NAN;
	if (how->ci == EST_CI_NONE)
		half = NAN;
	x->ci_l = tanh(atanh(x->value) - half);
	x->ci_u = tanh(atanh(x->value) + half);
}

bool polychoric_estimate(const struct survey_var *v, const uint32_t *domain,
			 size_t n_cells, const uint32_t *a, const uint32_t *b,
			 size_t rows, size_t columns, const struct est_how *how,
			 struct est *out, struct err *e)
{
	struct paired c = { a, b, NULL, rows, columns, n_cells, NULL };
	struct survey_stat s;
	bool ok;

	if (rows > POLYCHORIC_LEVELS_MAX || columns > POLYCHORIC_LEVELS_MAX)
		return err_set(e, ERR_INPUT,
			       "nhiều hơn %d mức trả lời (more than %d "
			       "categories: no polychoric correlation)",
			       POLYCHORIC_LEVELS_MAX, POLYCHORIC_LEVELS_MAX);
	if (rows == 0 || columns == 0)
		return err_set(e, ERR_MATH,
			       "không có câu trả lời nào (there are no "
			       "answers)");
	ok = mask(v, domain, &c, e);
	s = stat_of(&c, 1, polychoric_theta);
	ok = ok && est_stat(v, &s, how, out, NULL, e);
	for (size_t g = 0; ok && g < n_cells; g++)
		fisher_limits(how, &out[g]);
	unmask(&c);
	return ok;
}
