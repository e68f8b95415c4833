/* Standard errors of omega, components and factors (structure.h). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/factor.h"
#include "phieu/polychoric.h"
#include "phieu/reliability.h"
#include "phieu/structure.h"
#include "scale_parts.h"

#define LEVELS ((size_t)POLYCHORIC_LEVELS_MAX)

/* ---- what is estimated ------------------------------------------------ */

/* Rows do not matter to a solution, only to its test. */
#define ANY_ROWS 1000

/* Polychoric correlations: codes and turned signs of the items, and, for
 * linearisation, of each pair the linearised values and the sum of weights. */
struct pairs {
	const uint32_t **code; /* [k] */
	size_t *levels;	       /* [k] */
	double *sign;	       /* [pairs] */
	double *score;	       /* [pairs*LEVELS*LEVELS] */
	double *sum_w;	       /* [pairs] */
};

struct of {
	size_t k, m; /* items, factors */
	const unsigned char *in;
	const double *weight;
	size_t n;
	struct pairs p;
	const struct scale_rotated *rotated;
};

static bool pca_values(const void *ctx, const double *r, double *theta,
		       struct err *e)
{
	size_t k = ((const struct of *)ctx)->k;
	double *work = malloc(2 * k * k * sizeof *work);
	bool ok = work ? factor_pca(k, r, 0, theta, NULL, work, e)
		       : err_set(e, ERR_NOMEM, "no memory for components");

	free(work);
	return ok;
}

/* d lambda_j / d r_ab = 2 v_aj v_bj of a simple eigenvalue (Girshick 1939,
 * Annals Math. Stat. 10:203-224); one that meets its neighbour has none. */
static bool pca_slopes(const void *ctx, const double *r, double *j,
		       struct err *e)
{
	size_t k = ((const struct of *)ctx)->k, pairs = STRUCTURE_PAIRS(k);
	double *work = malloc((3 * k * k + k) * sizeof *work);
	double *l = work, *v = work ? work + k : NULL;
	bool ok;

	if (!work)
		return err_set(e, ERR_NOMEM, "no memory for components");
	ok = factor_pca(k, r, k, l, v, v + k * k, e);
	for (size_t c = 0; ok && c < k; c++) {
		bool simple = (c == 0 || l[c - 1] - l[c] > 1e-7 * l[0]) &&
			      (c + 1 == k || l[c] - l[c + 1] > 1e-7 * l[0]) &&
			      l[c] > 1e-10;

		for (size_t a = 1; a < k; a++)
			for (size_t b = 0; b < a; b++)
				j[c * pairs + STRUCTURE_AT(a, b)] =
					simple ? 2 * v[a * k + c] *
							 v[b * k + c] / l[c]
					       : (double)NAN;
	}
	free(work);
	return ok;
}

/* A solution, and room for its derivatives. */
struct solution {
	struct factor_ml f;
	double *work, *room;
};

static bool solve(const struct of *o, const double *r, struct solution *s,
		  struct err *e)
{
	size_t k = o->k;

	s->room = malloc((k + k * o->m + FACTOR_ML_WORK(k)) * sizeof *s->room);
	if (!s->room) {
		(void)err_set(e, ERR_NOMEM, "no memory for factors");
		return false;
	}
	s->f.uniqueness = s->room;
	s->f.loadings = s->room + k;
	s->work = s->room + k + k * o->m;
	if (factor_ml(k, o->m, r, ANY_ROWS, s->work, &s->f, e))
		return true;
	free(s->room);
	return false;
}

static bool communalities(const void *ctx, const double *r, double *theta,
			  struct err *e)
{
	const struct of *o = ctx;
	struct solution s = { .room = NULL };

	if (!solve(o, r, &s, e))
		return false;
	for (size_t i = 0; i < o->k; i++)
		theta[i] = 1 - s.f.uniqueness[i];
	free(s.room);
	return true;
}

/* NAN where a uniqueness sits on its bound: nothing is known then. */
static bool uniqueness_slopes(const struct of *o, const double *r,
			      struct solution *s, double *j, struct err *e)
{
	size_t n = o->k * STRUCTURE_PAIRS(o->k);

	if (!solve(o, r, s, e))
		return false;
	if (!factor_ml_slopes(o->k, o->m, r, &s->f, j, s->work))
		for (size_t i = 0; i < n; i++)
			j[i] = (double)NAN;
	return true;
}

static bool communality_slopes(const void *ctx, const double *r, double *j,
			       struct err *e)
{
	const struct of *o = ctx;
	struct solution s = { .room = NULL };

	if (!uniqueness_slopes(o, r, &s, j, e))
		return false;
	free(s.room);
	for (size_t i = 0; i < o->k * STRUCTURE_PAIRS(o->k); i++)
		j[i] = -j[i];
	return true;
}

static bool omega_value(const void *ctx, const double *r, double *theta,
			struct err *e)
{
	const struct of *o = ctx;
	struct solution s = { .room = NULL };

	if (!solve(o, r, &s, e))
		return false;
	*theta = reliability_omega(o->k, s.f.loadings, s.f.uniqueness);
	free(s.room);
	return true;
}

/* omega = A^2/(A^2 + U), A = sum of loadings, U of uniquenesses; of one factor
 * the loading is a root of 1 - u: dl = -du / 2l. */
static bool omega_slopes(const void *ctx, const double *r, double *j,
			 struct err *e)
{
	const struct of *o = ctx;
	size_t k = o->k, pairs = STRUCTURE_PAIRS(k);
	double *du = malloc(k * pairs * sizeof *du), a = 0, u = 0, all;
	struct solution s = { .room = NULL };

	if (!du)
		return err_set(e, ERR_NOMEM, "no memory for derivatives");
	if (!uniqueness_slopes(o, r, &s, du, e)) {
		free(du);
		return false;
	}
	for (size_t i = 0; i < k; i++) {
		a += s.f.loadings[i];
		u += s.f.uniqueness[i];
	}
	all = (a * a + u) * (a * a + u);
	for (size_t p = 0; p < pairs; p++) {
		double da = 0, sum = 0;

		for (size_t i = 0; i < k; i++) {
			da -= du[i * pairs + p] / (2 * s.f.loadings[i]);
			sum += du[i * pairs + p];
		}
		j[p] = (2 * a * u * da - a * a * sum) / all;
	}
	free(s.room);
	free(du);
	return true;
}

static bool rotated_values(const void *ctx, const double *r, double *theta,
			   struct err *e)
{
	return scale_rotated(((const struct of *)ctx)->rotated, r, theta, e);
}

/* ---- polychoric correlations ------------------------------------------ */

static bool one_pair(const struct of *o, const double *weight, size_t a,
		     size_t b, double *score, double *sum_w, double *rho,
		     struct err *e)
{
	const struct pairs *q = &o->p;
	size_t rows = q->levels[a], columns = q->levels[b];
	double table[LEVELS * LEVELS] = { 0 };
	double ta[LEVELS], tb[LEVELS];
	struct polychoric p = { .threshold_a = ta,
				.threshold_b = tb,
				.score = score };

	*sum_w = 0;
	for (size_t i = 0; i < o->n; i++) {
		uint32_t x = q->code[a][i], y = q->code[b][i];

		if (o->in[i] == 0 || x >= rows || y >= columns)
			continue;
		table[x * columns + y] += weight[i];
		*sum_w += weight[i];
	}
	if (!polychoric_fit(table, rows, columns, 1, &p, e))
		return false;
	*rho = p.rho * q->sign[STRUCTURE_AT(a, b)];
	return true;
}

static bool polychoric_again(const void *ctx, const double *weight, double *r,
			     struct err *e)
{
	const struct of *o = ctx;
	size_t k = o->k;

	for (size_t a = 0; a < k; a++) {
		r[a * k + a] = 1;
		for (size_t b = 0; b < a; b++) {
			double sum_w;

			if (!one_pair(o, weight, a, b, NULL, &sum_w,
				      &r[a * k + b], e))
				return false;
			r[b * k + a] = r[a * k + b];
		}
	}
	return true;
}

static double polychoric_score(const void *ctx, size_t a, size_t b, size_t i)
{
	const struct of *o = ctx;
	const struct pairs *q = &o->p;
	size_t at = STRUCTURE_AT(a, b);
	uint32_t x = q->code[a][i], y = q->code[b][i];

	if (x >= q->levels[a] || y >= q->levels[b])
		return 0;
	return o->weight[i] / q->sum_w[at] * q->sign[at] *
	       q->score[at * LEVELS * LEVELS + x * q->levels[b] + y];
}

/* The linearised values of every pair; a pair at 1 or -1 has none. */
static bool make_pairs(struct spec_run *r, const struct spec_estimate *x,
		       struct of *o, struct err *e)
{
	size_t k = o->k, pairs = STRUCTURE_PAIRS(k);
	struct pairs *q = &o->p;
	const char *const *level;
	double rho;
	bool ok = true;

	q->code = spec_memory(r, k, sizeof *q->code, e);
	q->levels = q->code ? spec_memory(r, k, sizeof *q->levels, e) : NULL;
	q->sign = q->levels ? spec_memory(r, 2 * pairs, sizeof *q->sign, e)
			    : NULL;
	q->score = q->sign ? spec_memory(r, pairs * LEVELS * LEVELS,
					 sizeof *q->score, e)
			   : NULL;
	if (!q->score)
		return false;
	q->sum_w = q->sign + pairs;
	for (size_t a = 0; ok && a < k; a++) {
		q->code[a] =
			spec_codes(r, x->of.name[a], &level, &q->levels[a], e);
		ok = q->code[a] != NULL;
		for (size_t b = 0; ok && b < a; b++) {
			size_t at = STRUCTURE_AT(a, b);

			q->sign[at] = scale_sign(x, a, b);
			ok = one_pair(o, o->weight, a, b,
				      q->score + at * LEVELS * LEVELS,
				      &q->sum_w[at], &rho, e);
		}
	}
	return ok;
}

/* ---- of one cell ------------------------------------------------------ */

static const struct structure kinds[] = {
	[SCALE_OMEGA] = { .q = 1, .f = omega_value, .slopes = omega_slopes },
	[SCALE_COMPONENTS] = { .f = pca_values, .slopes = pca_slopes },
	[SCALE_FACTORS] = { .f = communalities, .slopes = communality_slopes },
	[SCALE_ROTATED] = { .f = rotated_values },
};

/* q: how many; o: what of, its rows and weights to be filled in here. */
static bool errors_of(struct spec_run *r, const struct spec_estimate *x,
		      const struct spec_cells *cells, size_t cell,
		      struct scale_cell *c, enum scale_kind kind, size_t q,
		      struct of o, const double *theta, double *se, int64_t *df,
		      struct err *e)
{
	const struct scale_spec *own = x->own;
	struct structure s = kinds[kind];
	struct replicates_unfit unfit;
	struct survey_var v;

	o.k = c->k;
	o.in = c->in;
	o.weight = r->design->weight;
	o.n = r->frame->rows;
	s.k = c->k;
	s.q = q;
	s.ctx = &o;
	if (own->matrix == SCALE_POLYCHORIC) {
		s.correlate = polychoric_again;
		s.score = polychoric_score;
		if (!make_pairs(r, x, &o, e))
			return false;
	}
	stats_mask(cells->cell, o.n, (uint32_t)cell, c->mask);
	if (!stats_domain_var(r, c->mask, &v, e) ||
	    !structure_errors(&v, &c->d, own->pairwise || s.correlate, &s, c->r,
			      theta, se, &unfit, e))
		return false;
	stats_say_unfit(r, x, &unfit);
	*df = v.replicates ? v.df : c->base.df;
	return true;
}

bool scale_errors(struct spec_run *r, const struct spec_estimate *x,
		  const struct spec_cells *cells, size_t cell,
		  struct scale_cell *c, enum scale_kind kind, size_t factors,
		  const double *theta, double *se, int64_t *df, struct err *e)
{
	struct of o = { .m = factors };

	return errors_of(r, x, cells, cell, c, kind,
			 kinds[kind].q ? kinds[kind].q : c->k, o, theta, se, df,
			 e);
}

bool scale_rotated_errors(struct spec_run *r, const struct spec_estimate *x,
			  const struct spec_cells *cells, size_t cell,
			  struct scale_cell *c, const struct scale_rotated *of,
			  const double *theta, double *se, bool *known,
			  struct err *e)
{
	struct of o = { .m = of->m, .rotated = of };
	size_t q = scale_rotated_size(of);
	int64_t df;

	*known = r->var.replicates && q <= SCALE_ROTATED_MAX;
	return !*known || errors_of(r, x, cells, cell, c, SCALE_ROTATED, q, o,
				    theta, se, &df, e);
}

void scale_add_error(const struct spec_estimate *x, double se, int64_t df,
		     struct est *v)
{
	struct est_test t;

	v->se = se;
	v->df = df;
	v->cv = se / fabs(v->value);
	if (x->how.ci == EST_CI_NONE)
		return;
	est_t_test(v->value, se, (double)df, x->how.level, &t);
	v->ci_l = t.ci_l;
	v->ci_u = t.ci_u;
}
