/* Everything follows from the weighted counts of the cells and their
 * covariance: shares and expected counts are functions of them, so the tests
 * need small matrices only, whatever the number of rows. */
#include "phieu/contingency.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Cells are numbered column by column: cell = col * rows + row. */
struct work {
	size_t r, c, cells;
	uint32_t *cell; /* [n] */
	double *t, *v;	/* totals; their covariance, cells x cells */
	double *share;	/* covariance of the shares; NULL: by delta from v */
	double *row, *col, all;
};

static void identity(const void *ctx, const double *totals, double *theta,
		     double *jac)
{
	const struct work *w = ctx;

	memcpy(theta, totals, w->cells * sizeof *theta);
	for (size_t i = 0; jac && i < w->cells; i++)
		jac[i] = 1;
}

static void shares(const void *ctx, const double *totals, double *theta,
		   double *jac)
{
	const struct work *w = ctx;
	double all = 0;

	(void)jac; /* replicates want none */
	for (size_t i = 0; i < w->cells; i++)
		all += totals[i];
	for (size_t i = 0; i < w->cells; i++)
		theta[i] = totals[i] / all;
}

static void ones(const void *ctx, const uint32_t *row, size_t n, double *v)
{
	(void)ctx;
	(void)row;
	for (size_t i = 0; i < n; i++)
		v[i] = 1;
}

static bool counts(const struct survey_var *var, struct work *w,
		   const uint32_t *row, const uint32_t *col, double *table,
		   struct contingency *out, struct err *e)
{
	struct survey_stat s = { .n_cells = w->cells,
				 .m = 1,
				 .cell = w->cell,
				 .values = ones,
				 .n_blocks = w->cells,
				 .q = 1,
				 .theta = identity,
				 .ctx = w };
	struct survey_base base;

	for (size_t i = 0; i < var->design->n; i++) {
		if (row[i] == SURVEY_NONE || col[i] == SURVEY_NONE)
			w->cell[i] = SURVEY_NONE;
		else
			w->cell[i] = (uint32_t)(col[i] * w->r + row[i]);
	}
	/* the shares' covariance by the replicates is not that of the counts
	 * by delta: R's svychisq takes the shares of each (t is scratch) */
	s.theta = shares;
	if (w->share && !survey_estimate(var, &s, true, w->t, w->share, e))
		return false;
	s.theta = identity;
	if (!survey_estimate(var, &s, true, w->t, w->v, e))
		return false;
	base = survey_base_of(var->design, w->cell);
	out->n = base.rows;
	out->df = var->replicates ? var->df : base.df;
	for (size_t j = 0; j < w->c; j++)
		for (size_t i = 0; i < w->r; i++) {
			double x = w->t[j * w->r + i];

			table[i * w->c + j] = x;
			w->row[i] += x;
			w->col[j] += x;
			w->all += x;
		}
	for (size_t i = 0; i < w->r; i++)
		if (!(w->row[i] > 0))
			return err_set(e, ERR_INPUT,
				       "bảng có hàng trống (row %zu of the "
				       "table is empty)",
				       i + 1);
	for (size_t j = 0; j < w->c; j++)
		if (!(w->col[j] > 0))
			return err_set(e, ERR_INPUT,
				       "bảng có cột trống (column %zu of the "
				       "table is empty)",
				       j + 1);
	return true;
}

/* out[a*q+b] = sum_ij left[i*q+a] v[i*n+j] left[j*q+b] */
static bool sandwich(const double *left, const double *v, size_t n, size_t q,
		     double *out)
{
	double *half = malloc((n * q + 1) * sizeof *half);

	if (!half)
		return false;
	for (size_t i = 0; i < n; i++)
		for (size_t b = 0; b < q; b++) {
			double s = 0;

			for (size_t j = 0; j < n; j++)
				s += v[i * n + j] * left[j * q + b];
			half[i * q + b] = s;
		}
	for (size_t a = 0; a < q; a++)
		for (size_t b = 0; b < q; b++) {
			double s = 0;

			for (size_t i = 0; i < n; i++)
				s += left[i * q + a] * half[i * q + b];
			out[a * q + b] = s;
		}
	free(half);
	return true;
}

/* Interactions orthogonal to both margins: contrasts (1 in level a, -1 in the
 * last) of rows times those of columns span what R's residuals span, and the
 * tests do not depend on the basis. */
static void contrasts(const struct work *w, double *m)
{
	size_t q = (w->r - 1) * (w->c - 1);

	for (size_t j = 0; j < w->c; j++)
		for (size_t i = 0; i < w->r; i++)
			for (size_t b = 0; b + 1 < w->c; b++)
				for (size_t a = 0; a + 1 < w->r; a++) {
					double x = i == a	   ? 1
						   : i == w->r - 1 ? -1
								   : 0;
					double y = j == b	   ? 1
						   : j == w->c - 1 ? -1
								   : 0;

					m[(j * w->r + i) * q + b * (w->r - 1) +
					  a] = x * y;
				}
}

/* m with rows divided by the shares of the cells (0 where there is none). */
static void by_share(const struct work *w, const double *m, size_t q,
		     double *out)
{
	for (size_t i = 0; i < w->cells; i++)
		for (size_t a = 0; a < q; a++)
			out[i * q + a] =
				w->t[i] > 0 ? m[i * q + a] * w->all / w->t[i]
					    : 0;
}

/* The covariance of shares p = T / sum T. */
static bool share_cov(const struct work *w, double *out)
{
	size_t n = w->cells;
	double *j;
	bool ok;

	if (w->share) {
		memcpy(out, w->share, n * n * sizeof *out);
		return true;
	}
	j = calloc(n * n + 1, sizeof *j);
	if (!j)
		return false;
	for (size_t i = 0; i < n; i++)
		for (size_t a = 0; a < n; a++)
			j[i * n + a] =
				((i == a ? 1 : 0) - w->t[a] / w->all) / w->all;
	ok = sandwich(j, w->v, n, n, out);
	free(j);
	return ok;
}

static double pearson(const struct work *w, size_t n)
{
	double x2 = 0;

	for (size_t j = 0; j < w->c; j++)
		for (size_t i = 0; i < w->r; i++) {
			double want = w->row[i] * w->col[j] / w->all;
			double d = w->t[j * w->r + i] - want;

			x2 += d * d / want;
		}
	return x2 * (double)n / w->all;
}

/* tr and tr of the square of D^-1 V, both q x q; false when D is singular. */
static bool traces(double *d, double *v, size_t q, double *tr, double *tr2)
{
	gsl_matrix_view dm = gsl_matrix_view_array(d, q, q);
	bool ok = gsl_linalg_cholesky_decomp1(&dm.matrix) == 0;

	*tr = *tr2 = 0;
	if (!ok)
		return false;
	/* columns of V -> columns of D^-1 V; V is symmetric, so rows serve */
	for (size_t a = 0; a < q; a++) {
		gsl_vector_view x = gsl_vector_view_array(v + a * q, q);

		(void)gsl_linalg_cholesky_svx(&dm.matrix, &x.vector);
	}
	for (size_t a = 0; a < q; a++) {
		*tr += v[a * q + a];
		for (size_t b = 0; b < q; b++)
			*tr2 += v[a * q + b] * v[b * q + a];
	}
	return true;
}

static bool rao_scott(const struct work *w, struct contingency *out,
		      struct err *e)
{
	size_t n = w->cells, q = (w->r - 1) * (w->c - 1);
	double *m = calloc(3 * n * q + 1, sizeof *m), tr, tr2;
	double *v = calloc(n * n + 2 * q * q, sizeof *v);
	double *scaled, *root, *den, *num;
	bool ok = false;

	if (!m || !v) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	scaled = m + n * q;
	root = scaled + n * q;
	den = v + n * n;
	num = den + q * q;
	contrasts(w, m);
	by_share(w, m, q, scaled);
	memset(den, 0, q * q * sizeof *den);
	for (size_t i = 0; i < n; i++)
		for (size_t a = 0; a < q; a++)
			for (size_t b = 0; b < q; b++)
				den[a * q + b] += m[i * q + a] *
						  scaled[i * q + b] /
						  (double)out->n;
	memcpy(root, scaled, n * q * sizeof *root);
	if (!share_cov(w, v) || !sandwich(root, v, n, q, num)) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	ok = true;
	out->x2 = out->chisq.statistic = pearson(w, out->n);
	out->chisq.df1 = (double)q;
	if (!traces(den, num, q, &tr, &tr2) || !(tr > 0))
		goto out;
	out->mean_deff = tr / (double)q;
	out->chisq.p = gsl_cdf_chisq_Q(out->x2 / out->mean_deff, (double)q);
	out->f.statistic = out->x2 / tr;
	out->f.df1 = tr * tr / tr2;
	out->f.df2 = out->f.df1 * (double)out->df;
	if (out->df > 0)
		out->f.p = gsl_cdf_fdist_Q(out->f.statistic, out->f.df1,
					   out->f.df2);
out:
	free(m);
	free(v);
	return ok;
}

/* Residuals N_ij - N_i. N_.j / N of all cells but the first row and column,
 * their derivatives by the cells in `jac` [cells x q]. */
static void residuals(const struct work *w, double *y, double *jac)
{
	size_t q = (w->r - 1) * (w->c - 1), a = 0;

	for (size_t j = 1; j < w->c; j++)
		for (size_t i = 1; i < w->r; i++, a++) {
			double ri = w->row[i], cj = w->col[j], n = w->all;

			y[a] = w->t[j * w->r + i] - ri * cj / n;
			for (size_t jj = 0; jj < w->c; jj++)
				for (size_t ii = 0; ii < w->r; ii++)
					jac[(jj * w->r + ii) * q + a] =
						(ii == i && jj == j ? 1 : 0) -
						(ii == i ? cj / n : 0) -
						(jj == j ? ri / n : 0) +
						ri * cj / n / n;
		}
}

static bool wald(const struct work *w, struct contingency *out, struct err *e)
{
	size_t n = w->cells, q = (w->r - 1) * (w->c - 1);
	double *jac = calloc(n * q + q * q + 2 * q, sizeof *jac), s = 0;
	double *v, *y, *x;
	double nu = (double)out->df;
	gsl_matrix_view vm;
	gsl_vector_view xv;

	if (!jac)
		return err_set(e, ERR_NOMEM, "out of memory");
	v = jac + n * q;
	y = v + q * q;
	x = y + q;
	residuals(w, y, jac);
	if (!sandwich(jac, w->v, n, q, v)) {
		free(jac);
		return err_set(e, ERR_NOMEM, "out of memory");
	}
	memcpy(x, y, q * sizeof *x);
	vm = gsl_matrix_view_array(v, q, q);
	xv = gsl_vector_view_array(x, q);
	/* fewer sampling units than cells: no test */
	if (out->df > 0 && (double)q <= nu &&
	    gsl_linalg_cholesky_decomp1(&vm.matrix) == 0 &&
	    gsl_linalg_cholesky_svx(&vm.matrix, &xv.vector) == 0) {
		double df2 = nu - (double)q + 1;

		for (size_t a = 0; a < q; a++)
			s += x[a] * y[a];
		s /= (double)q;
		out->wald = (struct contingency_test){
			s, (double)q, nu, gsl_cdf_fdist_Q(s, (double)q, nu)
		};
		s *= df2 / nu;
		out->adj_wald = (struct contingency_test){
			s, (double)q, df2, gsl_cdf_fdist_Q(s, (double)q, df2)
		};
	}
	free(jac);
	return true;
}

bool contingency_test(const struct survey_var *v, const uint32_t *row,
		      size_t n_rows, const uint32_t *col, size_t n_cols,
		      double *table, struct contingency *out, struct err *e)
{
	static const struct contingency_test none = { NAN, NAN, NAN, NAN };
	struct work w = { .r = n_rows, .c = n_cols };
	bool ok = false;

	*out = (struct contingency){ .mean_deff = NAN,
				     .f = none,
				     .chisq = none,
				     .wald = none,
				     .adj_wald = none };
	if (n_rows < 2 || n_cols < 2 || n_rows > CONTINGENCY_CELLS / n_cols)
		return err_set(e, ERR_INPUT,
			       "bảng cần ít nhất 2 hàng và 2 cột (a table has "
			       "2 rows and 2 columns at least and "
			       "%d cells at most)",
			       CONTINGENCY_CELLS);
	w.cells = n_rows * n_cols;
	w.cell = malloc((v->design->n ? v->design->n : 1) * sizeof *w.cell);
	w.t = calloc(w.cells + n_rows + n_cols, sizeof *w.t);
	w.v = calloc(2 * w.cells * w.cells, sizeof *w.v);
	if (!w.cell || !w.t || !w.v) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	if (v->replicates)
		w.share = w.v + w.cells * w.cells;
	w.row = w.t + w.cells;
	w.col = w.row + n_rows;
	ok = counts(v, &w, row, col, table, out, e) && rao_scott(&w, out, e) &&
	     wald(&w, out, e);
out:
	free(w.cell);
	free(w.t);
	free(w.v);
	return ok;
}
