#include "phieu/estimate.h"

#include <math.h>
#include <stdlib.h>

#include "survey_parts.h"

/* Values, totals and derivatives of the estimators.  Each ctx is the argument
 * of the callbacks below it. */
struct ctx {
	const struct survey_stat *stat;
	const double *y, *x;		     /* [n] */
	const double *const *ys, *const *xs; /* [k][n] */
	size_t k;
	double origin;	      /* of y: differences keep their digits */
	const double *mean;   /* [n_cells] */
	const double *factor; /* [n_cells] */
	const double *share;  /* [n_cells] */
};

void est_cells(size_t n, const uint32_t *domain, const double *const *y,
	       size_t k, uint32_t *cell)
{
	for (size_t i = 0; i < n; i++) {
		cell[i] = domain ? domain[i] : 0;
		for (size_t j = 0; j < k; j++)
			if (isnan(y[j][i]))
				cell[i] = SURVEY_NONE;
	}
}

/* ---- what all estimates have ------------------------------------------ */

static double or_none(bool is, double v)
{
	return is ? v : (double)NAN;
}

static void finish(const struct est_how *how, struct est *x, double var)
{
	double df = (double)(how->design_df ? x->df_design : x->df);
	double t = est_t_quantile(how->level, df);

	x->se = sqrt(fmax(var, 0)); /* fmax lets no rounding below 0 */
	if (isnan(var))
		x->se = NAN;
	x->cv = x->value != 0 ? x->se / fabs(x->value) : (double)NAN;
	x->ci_l = or_none(how->ci != EST_CI_NONE, x->value - t * x->se);
	x->ci_u = or_none(how->ci != EST_CI_NONE, x->value + t * x->se);
	x->deff = x->deff_replace = NAN;
}

/* Rows, units, strata, weights and df of every block. */
static void fill_base(const struct survey_var *v, const struct survey_stat *s,
		      const struct survey_base *b, struct est *out)
{
	for (size_t i = 0; i < s->n_blocks; i++)
		for (size_t a = 0; a < s->q; a++)
			out[i * s->q + a] = (struct est){
				.n = b[i].rows,
				.psu = b[i].units,
				.strata = b[i].strata,
				.sum_w = b[i].sum_w,
				.df = v->df > 0 ? v->df : b[i].df,
				.df_design =
					v->df > 0 ? v->df : v->design->whole.df
			};
}

static bool run(const struct survey_var *v, const struct survey_stat *s,
		const struct est_how *how, struct est *out, double *cov,
		struct err *e)
{
	size_t p = s->n_blocks * s->q;
	double *theta = malloc((2 * p + 1) * sizeof *theta);
	struct survey_base *base = malloc((s->n_blocks + 1) * sizeof *base);
	double *var;
	bool ok = theta && base;

	if (!ok)
		(void)err_set(e, ERR_NOMEM, "no memory for %zu cells", p);
	var = cov || !ok ? cov : theta + p;
	ok = ok && survey_estimate_base(v, s, cov != NULL, theta, var, base, e);
	if (ok)
		fill_base(v, s, base, out);
	for (size_t i = 0; ok && i < p; i++) {
		out[i].value = theta[i];
		finish(how, &out[i], cov ? cov[i * p + i] : var[i]);
	}
	free(theta);
	free(base);
	return ok;
}

bool est_stat(const struct survey_var *v, const struct survey_stat *s,
	      const struct est_how *how, struct est *out, double *cov,
	      struct err *e)
{
	return run(v, s, how, out, cov, e);
}

/* x - x is 0 for numbers: the sum says at once that nothing is missing. */
static bool any_missing(const double *y, size_t n)
{
	double s[4] = { 0 };
	size_t i = 0;

	for (; i + 4 <= n; i += 4)
		for (size_t k = 0; k < 4; k++)
			s[k] += y[i + k] - y[i + k];
	for (; i < n; i++)
		s[0] += y[i] - y[i];
	if (!isnan(s[0] + s[1] + s[2] + s[3]))
		return false;
	for (i = 0; i < n && !isnan(y[i]); i++)
		; /* infinite ones are not missing */
	return i < n;
}

static uint32_t *masked(const struct survey_var *v, const uint32_t *domain,
			const double *const *y, size_t k, struct err *e)
{
	uint32_t *cell = malloc(v->design->n * sizeof *cell);

	if (cell)
		est_cells(v->design->n, domain, y, k, cell);
	else
		(void)err_set(e, ERR_NOMEM, "no memory for cells");
	return cell;
}

/* The domain of variables: the one given where nothing is missing, else one
 * of its own. */
struct mask {
	const uint32_t *cell; /* NULL: all rows in 0 */
	uint32_t *own;
};

static bool mask(const struct survey_var *v, const uint32_t *domain,
		 const double *const *y, size_t k, struct mask *m,
		 struct err *e)
{
	bool missing = false;

	for (size_t j = 0; j < k && !missing; j++)
		missing = any_missing(y[j], v->design->n);
	m->own = missing ? masked(v, domain, y, k, e) : NULL;
	m->cell = missing ? m->own : domain;
	return !missing || m->own != NULL;
}

/* The first value inside from row i on, round to its end and on from row 0. */
static double value_from(const struct survey_stat *s, size_t n, const double *y,
			 size_t i)
{
	for (size_t k = 0; k < n; k++, i = i + 1 < n ? i + 1 : 0)
		if ((!s->cell || s->cell[i] != SURVEY_NONE) && !isnan(y[i]))
			return y[i];
	return 0;
}

/* A value among the others, the middle one of three: means and squares are
 * taken from there, and from one far away they would lose digits. */
static double origin_of(const struct survey_stat *s, size_t n, const double *y)
{
	double a = value_from(s, n, y, 0), b = value_from(s, n, y, n / 2);
	double c = value_from(s, n, y, n - 1);

	return fmax(fmin(a, b), fmin(fmax(a, b), c));
}

/* ---- design effects --------------------------------------------------- */

static void square_values(const void *ctx, const uint32_t *row, size_t n,
			  double *v)
{
	const struct ctx *c = ctx;

	for (size_t i = 0; i < n; i++) {
		uint32_t g = c->stat->cell ? c->stat->cell[row[i]] : 0;
		double d = g == SURVEY_NONE ? 0 : c->y[row[i]] - c->mean[g];

		v[i] = d * d;
	}
}

/* s2[cell] = n/(n-1) sum w (y - mean)^2 / sum w. */
static bool spreads(const struct survey_var *v, const struct survey_stat *like,
		    const double *y, const double *mean, const struct est *base,
		    double *s2, struct err *e)
{
	struct survey_stat s = { .n_cells = like->n_cells,
				 .m = 1,
				 .cell = like->cell,
				 .values = square_values };
	struct ctx c = { .stat = &s, .y = y, .mean = mean };

	s.ctx = &c;
	if (!survey_totals(v->design, &s, s2, NULL, e))
		return false;
	for (size_t i = 0; i < s.n_cells; i++) {
		double n = (double)base[i].n;

		s2[i] = n > 1 ? s2[i] / base[i].sum_w * n / (n - 1)
			      : (double)NAN;
	}
	return true;
}

/* Kish 1965, 8.2: the variance against that of a simple sample of as many
 * rows, from a population of sum_w (deff) or an endless one. */
static bool design_effects(const struct survey_var *v,
			   const struct survey_stat *s, const double *y,
			   bool total, struct est *out, struct err *e)
{
	double *work = malloc((2 * s->n_cells + 1) * sizeof *work);
	bool ok;

	if (!work)
		return err_set(e, ERR_NOMEM, "no memory for design effects");
	for (size_t i = 0; i < s->n_cells; i++) {
		work[i] = out[i].value;
		if (total)
			work[i] /= out[i].sum_w;
	}
	ok = spreads(v, s, y, work, out, work + s->n_cells, e);
	for (size_t i = 0; ok && i < s->n_cells; i++) {
		struct est *x = &out[i];
		double n = (double)x->n, w = x->sum_w;
		double srs = work[s->n_cells + i] / n, var = x->se * x->se;

		if (total)
			srs *= w * w;
		x->deff_replace = srs > 0 ? var / srs : (double)NAN;
		x->deff = srs > 0 && w > n ? var / (srs * (w - n) / w)
					   : (double)NAN;
	}
	free(work);
	return ok;
}

/* ---- mean, total, ratio ----------------------------------------------- */

static void mean_values(const void *ctx, const uint32_t *row, size_t n,
			double *v)
{
	const struct ctx *c = ctx;

	for (size_t i = 0; i < n; i++) {
		v[2 * i] = c->y[row[i]] - c->origin;
		v[2 * i + 1] = 1;
	}
}

/* y is missing only outside of the domain, where values are ignored. */
static void mean_theta(const void *ctx, const double *t, double *theta,
		       double *jac)
{
	const struct ctx *c = ctx;

	for (size_t i = 0; i < c->stat->n_cells; i++) {
		double w = t[2 * i + 1], m = t[2 * i] / w;

		theta[i] = or_none(w > 0, c->origin + m);
		if (jac) {
			jac[2 * i] = w > 0 ? 1 / w : 0;
			jac[2 * i + 1] = w > 0 ? -m / w : 0;
		}
	}
}

/* Whether nothing was missing: one missing value would make the mean of its
 * cell missing too, so that it need not be looked for before. */
static bool all_there(const struct est *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (isnan(out[i].value) && out[i].n > 0)
			return false;
	return true;
}

/* whole: nothing is missing in the domain. */
static bool mean_in(const struct survey_var *v, const uint32_t *domain,
		    bool whole, size_t n_cells, const double *y,
		    const struct est_how *how, struct est *out, double *cov,
		    struct err *e)
{
	struct survey_stat s = { .n_cells = n_cells,
				 .m = 2,
				 .values = mean_values,
				 .n_blocks = n_cells,
				 .q = 1,
				 .theta = mean_theta };
	struct survey_column column[2] = { { y, 0 }, { NULL, 0 } };
	struct ctx c = { .stat = &s, .y = y };
	struct mask m = { domain, NULL };
	bool ok = true, done = false;

	s.cell = domain;
	s.ctx = &c;
	s.column = column;
	if (survey_once_fits(v, &s)) {
		column[0].origin = c.origin = origin_of(&s, v->design->n, y);
		ok = run(v, &s, how, out, cov, e);
		done = !ok || all_there(out, n_cells);
	}
	if (!done) {
		ok = whole || mask(v, domain, &y, 1, &m, e);
		s.cell = m.cell;
		if (ok)
			column[0].origin = c.origin =
				origin_of(&s, v->design->n, y);
		ok = ok && run(v, &s, how, out, cov, e);
	}
	ok = ok && (!how->deff || design_effects(v, &s, y, false, out, e));
	free(m.own);
	return ok;
}

bool est_mean(const struct survey_var *v, const uint32_t *domain,
	      size_t n_cells, const double *y, const struct est_how *how,
	      struct est *out, double *cov, struct err *e)
{
	return mean_in(v, domain, false, n_cells, y, how, out, cov, e);
}

static void total_values(const void *ctx, const uint32_t *row, size_t n,
			 double *v)
{
	const struct ctx *c = ctx;

	for (size_t i = 0; i < n; i++)
		v[i] = c->y[row[i]];
}

static void total_theta(const void *ctx, const double *t, double *theta,
			double *jac)
{
	const struct ctx *c = ctx;

	for (size_t i = 0; i < c->stat->n_cells; i++) {
		theta[i] = t[i];
		if (jac)
			jac[i] = 1;
	}
}

bool est_total(const struct survey_var *v, const uint32_t *domain,
	       size_t n_cells, const double *y, const struct est_how *how,
	       struct est *out, double *cov, struct err *e)
{
	struct survey_stat s = { .n_cells = n_cells,
				 .m = 1,
				 .values = total_values,
				 .n_blocks = n_cells,
				 .q = 1,
				 .theta = total_theta };
	const struct survey_column column = { y, 0 };
	struct ctx c = { .stat = &s, .y = y };
	struct mask m;
	bool ok = mask(v, domain, &y, 1, &m, e);

	s.cell = m.cell;
	s.ctx = &c;
	s.column = &column;
	ok = ok && run(v, &s, how, out, cov, e) &&
	     (!how->deff || design_effects(v, &s, y, true, out, e));
	free(m.own);
	return ok;
}

static void ratio_values(const void *ctx, const uint32_t *row, size_t n,
			 double *v)
{
	const struct ctx *c = ctx;

	for (size_t i = 0; i < n; i++) {
		v[2 * i] = c->y[row[i]];
		v[2 * i + 1] = c->x[row[i]];
	}
}

static void ratio_theta(const void *ctx, const double *t, double *theta,
			double *jac)
{
	const struct ctx *c = ctx;

	for (size_t i = 0; i < c->stat->n_cells; i++) {
		double d = t[2 * i + 1], r = t[2 * i] / d;

		theta[i] = or_none(d != 0, r);
		if (jac) {
			jac[2 * i] = d != 0 ? 1 / d : 0;
			jac[2 * i + 1] = d != 0 ? -r / d : 0;
		}
	}
}

bool est_ratio(const struct survey_var *v, const uint32_t *domain,
	       size_t n_cells, const double *num, const double *den,
	       const struct est_how *how, struct est *out, double *cov,
	       struct err *e)
{
	const double *both[] = { num, den };
	struct survey_stat s = { .n_cells = n_cells,
				 .m = 2,
				 .values = ratio_values,
				 .n_blocks = n_cells,
				 .q = 1,
				 .theta = ratio_theta };
	const struct survey_column column[] = { { num, 0 }, { den, 0 } };
	struct ctx c = { .stat = &s, .y = num, .x = den };
	struct mask m;
	bool ok = mask(v, domain, both, 2, &m, e);

	s.cell = m.cell;
	s.ctx = &c;
	s.column = column;
	ok = ok && run(v, &s, how, out, cov, e);
	free(m.own);
	return ok;
}

/* ---- proportions ------------------------------------------------------ */

struct square_ctx {
	const double *w;
};

static void weight_values(const void *ctx, const uint32_t *row, size_t n,
			  double *v)
{
	const struct square_ctx *c = ctx;

	for (size_t i = 0; i < n; i++)
		v[i] = c->w[row[i]];
}

/* Kish's size is asked for by limits of 0 and 1 alone. */
static bool wants_size(const struct est_how *how, const struct est *out,
		       size_t n_cells)
{
	for (size_t i = 0; i < n_cells; i++)
		if (out[i].value == 0 || out[i].value == 1)
			return how->ci == EST_CI_BETA || how->ci == EST_CI_AUTO;
	return false;
}

static bool limits(const struct survey_var *v, const uint32_t *cell,
		   size_t n_cells, const struct est_how *how, struct est *out,
		   struct err *e)
{
	struct square_ctx c = { .w = v->design->weight };
	struct survey_stat s = { .n_cells = n_cells,
				 .m = 1,
				 .cell = cell,
				 .values = weight_values,
				 .ctx = &c };
	double *w2 = calloc(n_cells + 1, sizeof *w2);
	bool ok;

	if (!w2)
		return err_set(e, ERR_NOMEM, "no memory for %zu cells",
			       n_cells);
	ok = !wants_size(how, out, n_cells) ||
	     survey_totals(v->design, &s, w2, NULL, e);
	for (size_t i = 0; ok && i < n_cells; i++) {
		struct est *x = &out[i];
		double df = (double)(how->design_df ? x->df_design : x->df);

		est_proportion_ci(how->ci, x->value, x->se * x->se,
				  (double)x->n, x->sum_w * x->sum_w / w2[i], df,
				  how->level, &x->ci_l, &x->ci_u);
	}
	free(w2);
	return ok;
}

bool est_share(const struct survey_var *v, const uint32_t *cell, size_t n_cells,
	       const double *y, const struct est_how *how, struct est *out,
	       double *cov, struct err *e)
{
	return mean_in(v, cell, true, n_cells, y, how, out, cov, e) &&
	       limits(v, cell, n_cells, how, out, e);
}

bool est_proportion(const struct survey_var *v, const uint32_t *domain,
		    size_t n_cells, const double *y, const struct est_how *how,
		    struct est *out, double *cov, struct err *e)
{
	uint32_t *cell = masked(v, domain, &y, 1, e);
	bool ok = cell && est_share(v, cell, n_cells, y, how, out, cov, e);

	free(cell);
	return ok;
}

/* ---- variance --------------------------------------------------------- */

static void variance_values(const void *ctx, const uint32_t *row, size_t n,
			    double *v)
{
	const struct ctx *c = ctx;

	for (size_t i = 0; i < n; i++) {
		uint32_t g = c->stat->cell[row[i]];
		double d = g == SURVEY_NONE ? 0 : c->y[row[i]] - c->mean[g];

		v[3 * i] = g == SURVEY_NONE ? 0 : d * d * c->factor[g];
		v[3 * i + 1] = 1;
		v[3 * i + 2] = g == SURVEY_NONE ? 0 : d * sqrt(c->factor[g]);
	}
}

/* n/(n-1) (mean of d^2 - square of the mean of d), d from the mean of all
 * rows: linearised, the mean's own error has derivative 0; in a replicate the
 * mean is the replicate's. */
static void variance_theta(const void *ctx, const double *t, double *theta,
			   double *jac)
{
	const struct ctx *c = ctx;

	for (size_t i = 0; i < c->stat->n_cells; i++) {
		double w = t[3 * i + 1], d = t[3 * i + 2] / w;
		double square = t[3 * i] / w;

		theta[i] = or_none(w > 0, square - d * d);
		if (!jac)
			continue;
		jac[3 * i] = w > 0 ? 1 / w : 0;
		jac[3 * i + 1] = w > 0 ? (2 * d * d - square) / w : 0;
		jac[3 * i + 2] = w > 0 ? -2 * d / w : 0;
	}
}

bool est_variance(const struct survey_var *v, const uint32_t *domain,
		  size_t n_cells, const double *y, const struct est_how *how,
		  struct est *out, struct err *e)
{
	struct survey_stat s = { .n_cells = n_cells,
				 .m = 3,
				 .values = variance_values,
				 .n_blocks = n_cells,
				 .q = 1,
				 .theta = variance_theta };
	struct est_how plain = *how;
	struct ctx c = { .stat = &s, .y = y };
	double *work = malloc((2 * n_cells + 1) * sizeof *work);
	uint32_t *cell = masked(v, domain, &y, 1, e);
	bool ok = work && cell;

	plain.deff = false;
	if (!work)
		(void)err_set(e, ERR_NOMEM, "no memory for %zu cells", n_cells);
	ok = ok && est_mean(v, cell, n_cells, y, &plain, out, NULL, e);
	for (size_t i = 0; ok && i < n_cells; i++) {
		double n = (double)out[i].n;

		work[i] = out[i].value;
		work[n_cells + i] = n / (n - 1);
	}
	s.cell = cell;
	s.ctx = &c;
	c.mean = work;
	c.factor = work + n_cells;
	ok = ok && run(v, &s, how, out, NULL, e);
	for (size_t i = 0; ok && i < n_cells; i++)
		if (out[i].n < 2) {
			out[i].value = NAN;
			finish(how, &out[i], NAN);
		}
	free(work);
	free(cell);
	return ok;
}

/* ---- vectors ---------------------------------------------------------- */

static void means_values(const void *ctx, const uint32_t *row, size_t n,
			 double *v)
{
	const struct ctx *c = ctx;
	size_t m = c->k + 1;

	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < c->k; j++)
			v[i * m + j] = c->ys[j][row[i]] - c->mean[j];
		v[i * m + c->k] = 1;
	}
}

static void means_theta(const void *ctx, const double *t, double *theta,
			double *jac)
{
	const struct ctx *c = ctx;
	size_t m = c->k + 1;
	double w = t[c->k];

	for (size_t a = 0; a < c->k; a++) {
		theta[a] = or_none(w > 0, c->mean[a] + t[a] / w);
		if (jac && w > 0) {
			jac[a * m + a] = 1 / w;
			jac[a * m + c->k] = -t[a] / w / w;
		}
	}
}

bool est_mean_vector(const struct survey_var *v, const uint32_t *domain,
		     const double *const *y, size_t k,
		     const struct est_how *how, struct est *out, double *cov,
		     struct err *e)
{
	struct survey_stat s = { .n_cells = 1,
				 .m = k + 1,
				 .values = means_values,
				 .n_blocks = 1,
				 .q = k,
				 .theta = means_theta };
	double *origin = malloc((k + 1) * sizeof *origin);
	struct ctx c = { .stat = &s, .ys = y, .k = k, .mean = origin };
	struct survey_column *column = malloc((k + 1) * sizeof *column);
	struct mask m = { NULL, NULL };
	bool ok = origin && column && mask(v, domain, y, k, &m, e);

	if (!origin || !column)
		(void)err_set(e, ERR_NOMEM, "no memory for %zu variables", k);
	s.cell = m.cell;
	s.column = column;
	s.ctx = &c;
	for (size_t j = 0; ok && j < k; j++) {
		origin[j] = origin_of(&s, v->design->n, y[j]);
		column[j] = (struct survey_column){ y[j], origin[j] };
	}
	if (ok)
		column[k] = (struct survey_column){ NULL, 0 };
	ok = ok && run(v, &s, how, out, cov, e);
	free(origin);
	free(column);
	free(m.own);
	return ok;
}

static void ratios_values(const void *ctx, const uint32_t *row, size_t n,
			  double *v)
{
	const struct ctx *c = ctx;
	size_t k = c->k;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < k; j++) {
			double a = c->ys[j][row[i]], b = c->xs[j][row[i]];
			bool is = !isnan(a) && !isnan(b);

			v[i * 2 * k + j] = is ? a : 0;
			v[i * 2 * k + k + j] = is ? b : 0;
		}
}

static void ratios_theta(const void *ctx, const double *t, double *theta,
			 double *jac)
{
	const struct ctx *c = ctx;
	size_t k = c->k;

	for (size_t a = 0; a < k; a++) {
		double d = t[k + a], r = t[a] / d;

		theta[a] = or_none(d != 0, r);
		if (jac && d != 0) {
			jac[a * 2 * k + a] = 1 / d;
			jac[a * 2 * k + k + a] = -r / d;
		}
	}
}

/* Each ratio has rows of its own. */
static bool ratio_bases(const struct survey_var *v, const uint32_t *domain,
			const struct ctx *c, struct est *out, struct err *e)
{
	for (size_t j = 0; j < c->k; j++) {
		const double *both[] = { c->ys[j], c->xs[j] };
		uint32_t *cell = masked(v, domain, both, 2, e);
		struct survey_base b;

		if (!cell)
			return false;
		b = survey_base_of(v->design, cell);
		out[j].n = b.rows;
		out[j].psu = b.units;
		out[j].strata = b.strata;
		out[j].sum_w = b.sum_w;
		if (v->df <= 0)
			out[j].df = b.df;
		free(cell);
	}
	return true;
}

bool est_ratio_vector(const struct survey_var *v, const uint32_t *domain,
		      const double *const *num, const double *const *den,
		      size_t k, const struct est_how *how, struct est *out,
		      double *cov, struct err *e)
{
	struct survey_stat s = { .n_cells = 1,
				 .m = 2 * k,
				 .cell = domain,
				 .values = ratios_values,
				 .n_blocks = 1,
				 .q = k,
				 .theta = ratios_theta };
	struct ctx c = { .stat = &s, .ys = num, .xs = den, .k = k };

	s.ctx = &c;
	if (!run(v, &s, how, out, cov, e) ||
	    !ratio_bases(v, domain, &c, out, e))
		return false;
	for (size_t j = 0; j < k; j++)
		finish(how, &out[j], out[j].se * out[j].se);
	return true;
}

/* ---- fixed shares of group means -------------------------------------- */

static void shares_theta(const void *ctx, const double *t, double *theta,
			 double *jac)
{
	const struct ctx *c = ctx;
	const struct survey_stat *s = c->stat;

	for (size_t b = 0; b < s->n_blocks; b++)
		theta[b] = NAN;
	for (size_t i = 0; i < s->n_cells; i++) {
		double w = t[2 * i + 1], m = t[2 * i] / w, a = c->share[i];
		double *to = &theta[s->block[i]];

		if (jac) {
			jac[2 * i] = w > 0 ? a / w : 0;
			jac[2 * i + 1] = w > 0 ? -a * m / w : 0;
		}
		if (a == 0)
			continue;
		*to = isnan(*to) ? 0 : *to;
		*to += a * (c->origin + m);
	}
	/* a NAN above is taken for the start: ask again who lacks rows */
	for (size_t i = 0; i < s->n_cells; i++)
		if (c->share[i] != 0 && !(t[2 * i + 1] > 0))
			theta[s->block[i]] = NAN;
}

bool est_share_score(const struct survey_var *v, const uint32_t *cell,
		     size_t n_cells, const uint32_t *block, size_t n_blocks,
		     const double *share, const double *y,
		     const struct est_how *how, struct est *out, double *cov,
		     struct err *e)
{
	struct survey_stat s = { .n_cells = n_cells,
				 .m = 2,
				 .values = mean_values,
				 .n_blocks = n_blocks,
				 .q = 1,
				 .block = block,
				 .theta = shares_theta };
	struct ctx c = { .stat = &s, .y = y, .share = share };
	uint32_t *own = masked(v, cell, &y, 1, e);
	bool ok = own != NULL;

	s.cell = own;
	s.ctx = &c;
	for (size_t i = 0; ok && i < v->design->n; i++)
		if (own[i] != SURVEY_NONE && share[own[i]] == 0)
			own[i] = SURVEY_NONE; /* no part in the score */
	if (ok)
		c.origin = origin_of(&s, v->design->n, y);
	ok = ok && run(v, &s, how, out, cov, e);
	free(own);
	return ok;
}
