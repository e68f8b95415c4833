/* Which fields drive an overall outcome. */
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/regress.h"
#include "phieu/structure.h"

enum { WIDE = DRIVERS_MAX + 1 }; /* the outcome first */

struct spread {
	size_t k, n;
	double mean[WIDE], c[WIDE][WIDE]; /* weighted covariances */
};

static double value(const double *y, const double *const *x, size_t j, size_t i)
{
	return j == 0 ? y[i] : x[j - 1][i];
}

/* Two passes, compensated. */
static void moments_of(const struct survey_design *d, const uint32_t *cell,
		       const double *y, const double *const *x,
		       struct spread *m)
{
	struct survey_sum w = { 0, 0 }, s[WIDE] = { { 0, 0 } };
	struct survey_sum cc[WIDE][WIDE] = { { { 0, 0 } } };

	for (size_t i = 0; i < d->n; i++) {
		if ((cell && cell[i] == SURVEY_NONE) || !(d->weight[i] > 0))
			continue;
		m->n++;
		survey_add(&w, d->weight[i]);
		for (size_t j = 0; j <= m->k; j++)
			survey_add(&s[j], d->weight[i] * value(y, x, j, i));
	}
	for (size_t j = 0; j <= m->k; j++)
		m->mean[j] = (s[j].s + s[j].c) / (w.s + w.c);
	for (size_t i = 0; i < d->n; i++) {
		if ((cell && cell[i] == SURVEY_NONE) || !(d->weight[i] > 0))
			continue;
		for (size_t j = 0; j <= m->k; j++)
			for (size_t l = 0; l <= j; l++)
				survey_add(&cc[j][l],
					   d->weight[i] *
						   (value(y, x, j, i) -
						    m->mean[j]) *
						   (value(y, x, l, i) -
						    m->mean[l]));
	}
	for (size_t j = 0; j <= m->k; j++)
		for (size_t l = 0; l <= j; l++)
			m->c[j][l] = m->c[l][j] =
				(cc[j][l].s + cc[j][l].c) / (w.s + w.c);
}

/* Share of the outcome's variance that the fields of `set` explain, from the
 * correlations r[(k+1)*(k+1)], the outcome's first. */
static bool r2_of(size_t k, const double *r, unsigned set, double *r2)
{
	double a[DRIVERS_MAX * DRIVERS_MAX], b[DRIVERS_MAX], x[DRIVERS_MAX];
	size_t at[DRIVERS_MAX], q = 0;
	gsl_matrix_view am;
	gsl_vector_view xv;
	bool ok;

	for (size_t j = 0; j < k; j++)
		if (set & (1u << j))
			at[q++] = j + 1;
	*r2 = 0;
	if (q == 0)
		return true;
	for (size_t i = 0; i < q; i++) {
		for (size_t j = 0; j < q; j++)
			a[i * q + j] = r[at[i] * (k + 1) + at[j]];
		x[i] = b[i] = r[at[i]];
	}
	am = gsl_matrix_view_array(a, q, q);
	xv = gsl_vector_view_array(x, q);
	ok = gsl_linalg_cholesky_decomp1(&am.matrix) == 0 &&
	     gsl_linalg_cholesky_svx(&am.matrix, &xv.vector) == 0;
	for (size_t i = 0; ok && i < q; i++) /* a pivot that rounding made */
		ok = gsl_matrix_get(&am.matrix, i, i) > 1e-7;
	for (size_t i = 0; ok && i < q; i++)
		*r2 += b[i] * x[i];
	return ok;
}

/* Shapley: each field's gain averaged over all orders of entering. */
static bool shares(size_t k, const double *r, double *lmg, double *all,
		   struct err *e)
{
	size_t sets = (size_t)1 << k;
	double *r2 = malloc(sets * sizeof *r2), weight[DRIVERS_MAX];

	if (!r2)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (unsigned s = 0; s < sets; s++)
		if (!r2_of(k, r, s, &r2[s])) {
			free(r2);
			return err_set(
				e, ERR_MATH,
				"một lĩnh vực suy ra được từ các lĩnh vực khác "
				"(a field is a combination of others)");
		}
	/* |S|! (k-|S|-1)! / k! = 1 / (k * choose(k-1, |S|)) */
	weight[0] = 1 / (double)k;
	for (size_t s = 1; s < k; s++)
		weight[s] = weight[s - 1] * (double)s / (double)(k - s);
	for (size_t j = 0; j < k; j++) {
		lmg[j] = 0;
		for (unsigned s = 0; s < sets; s++)
			if (!(s & (1u << j)))
				lmg[j] += weight[__builtin_popcount(s)] *
					  (r2[s | (1u << j)] - r2[s]);
	}
	*all = r2[sets - 1];
	free(r2);
	return true;
}

static void correlations(const struct spread *m, double *r)
{
	size_t wide = m->k + 1;

	for (size_t a = 0; a < wide; a++)
		for (size_t b = 0; b < wide; b++)
			r[a * wide + b] =
				a == b ? 1
				       : m->c[a][b] /
						 sqrt(m->c[a][a] * m->c[b][b]);
}

bool drivers_find(const struct survey_design *d, const uint32_t *cell,
		  const double *y, const double *const *x, size_t k,
		  struct drivers *out, struct err *e)
{
	struct spread m = { .k = k };
	double r[WIDE * WIDE];

	*out = (struct drivers){ .n = 0 };
	if (k < 2 || k > DRIVERS_MAX)
		return err_set(e, ERR_INPUT,
			       "sai số lượng lĩnh vực (2 to %d fields)",
			       DRIVERS_MAX);
	moments_of(d, cell, y, x, &m);
	out->n = m.n;
	if (m.n < k + 2)
		return err_set(
			e, ERR_INPUT,
			"quá ít dòng (%zu rows are too few for %zu fields)",
			m.n, k);
	for (size_t j = 0; j <= k; j++)
		if (!(m.c[j][j] > 1e-24 * m.mean[j] * m.mean[j]))
			return err_set(e, ERR_MATH,
				       j ? "một lĩnh vực không thay đổi (field "
					   "%zu is constant)"
					 : "kết quả không thay đổi (the "
					   "outcome is constant)",
				       j);
	correlations(&m, r);
	for (size_t j = 0; j < k; j++) {
		out->performance[j] = m.mean[j + 1];
		out->importance[j] = r[j + 1];
		out->cut_performance += out->performance[j] / (double)k;
		out->cut_importance += out->importance[j] / (double)k;
	}
	for (size_t j = 0; j < k; j++) {
		bool does = out->performance[j] >= out->cut_performance;

		if (out->importance[j] >= out->cut_importance)
			out->quadrant[j] = does ? DRIVERS_KEEP : DRIVERS_FIX;
		else
			out->quadrant[j] = does ? DRIVERS_OVER : DRIVERS_LOW;
	}
	return shares(k, r, out->lmg, &out->r2, e);
}

/* ---- errors ----------------------------------------------------------- */

/* importance[k], lmg[k], r2 from the correlations. */
static bool of_correlations(const void *ctx, const double *r, double *theta,
			    struct err *e)
{
	size_t k = *(const size_t *)ctx;

	memcpy(theta, r + 1, k * sizeof *theta);
	return shares(k, r, theta + k, theta + 2 * k, e);
}

bool drivers_errors(const struct survey_var *v, const uint32_t *cell,
		    const double *y, const double *const *x, size_t k,
		    const struct drivers *at, struct drivers_se *out,
		    struct replicates_unfit *unfit, struct err *e)
{
	const double *columns[WIDE] = { y };
	struct structure s = {
		.k = k + 1, .q = 2 * k + 1, .f = of_correlations, .ctx = &k
	};
	struct items d = { .x = columns, .k = k + 1, .n = v->design->n };
	struct spread m = { .k = k };
	unsigned char *in = malloc(d.n);
	double r[WIDE * WIDE], theta[2 * WIDE], se[2 * WIDE];
	bool ok;

	if (!in)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < d.n; i++)
		in[i] = !cell || cell[i] != SURVEY_NONE;
	d.in = in;
	memcpy(columns + 1, x, k * sizeof *x);
	memcpy(theta, at->importance, k * sizeof *theta);
	memcpy(theta + k, at->lmg, k * sizeof *theta);
	theta[2 * k] = at->r2;
	moments_of(v->design, cell, y, x, &m);
	correlations(&m, r);
	ok = structure_errors(v, &d, false, &s, r, theta, se, unfit, e);
	memcpy(out->importance, se, k * sizeof *se);
	memcpy(out->lmg, se + k, k * sizeof *se);
	out->r2 = se[2 * k];
	free(in);
	return ok;
}
