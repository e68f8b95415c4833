/* The proportional odds model for ordered answers (McCullagh 1980):
 *   logit P(y <= j) = cut_j - x'b,  j = 0..levels-2,
 * its weighted log likelihood maximised by Newton's method with the observed
 * information; it is concave in (b, cuts) (Pratt 1981), so a shortened step
 * always climbs. */
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "regress_parts.h"

#define MAX_STEPS 100

struct ordinal {
	const struct regress_data *m;
	const double *t; /* b[k], then cuts */
	size_t p;
};

static double cdf(double a)
{
	return a < 0 ? exp(a) / (1 + exp(a)) : 1 / (1 + exp(-a));
}

/* Of one row: log P and its derivatives by the upper and the lower bound. */
struct piece {
	double log_p, ga, gb, haa, hbb, hab;
	size_t level;
};

static double slope(double a)
{
	return cdf(a) * cdf(-a);
}

static struct piece piece_of(const struct ordinal *o, size_t i)
{
	const struct regress_data *m = o->m;
	const double *cut = o->t + m->k;
	struct piece r = { .level = (size_t)m->y[i] };
	double eta = 0, p, fa = 0, fb = 0, da = 0, db = 0, a = INFINITY,
	       b = -INFINITY;

	for (size_t j = 0; j < m->k; j++)
		eta += o->t[j] * m->x[j][i];
	if (r.level + 1 < m->levels) {
		a = cut[r.level] - eta;
		fa = slope(a);
		da = fa * (cdf(-a) - cdf(a));
	}
	if (r.level > 0) {
		b = cut[r.level - 1] - eta;
		fb = slope(b);
		db = fb * (cdf(-b) - cdf(b));
	}
	/* both bounds on the upper side: take the difference of the tails */
	p = b > 0 ? cdf(-b) - (r.level + 1 < m->levels ? cdf(-a) : 0)
		  : (r.level + 1 < m->levels ? cdf(a) : 1) -
			    (r.level > 0 ? cdf(b) : 0);
	r.log_p = p > 0 ? log(p) : -INFINITY;
	r.ga = fa / p;
	r.gb = -fb / p;
	r.haa = da / p - r.ga * r.ga;
	r.hbb = -db / p - r.gb * r.gb;
	r.hab = -r.ga * r.gb;
	return r;
}

static double log_likelihood(const struct ordinal *o)
{
	struct survey_sum s = { 0, 0 };

	for (size_t j = o->m->k; j + 1 < o->p; j++)
		if (!(o->t[j] < o->t[j + 1]))
			return -INFINITY;
	for (size_t i = 0; i < o->m->d->n; i++)
		if (regress_in(o->m, i))
			survey_add(&s, o->m->w[i] * piece_of(o, i).log_p);
	return s.s + s.c;
}

/* d log P / d (b, cuts), without the weight */
static void gradient(const struct ordinal *o, const struct piece *r, size_t i,
		     double *g)
{
	size_t k = o->m->k;

	memset(g, 0, o->p * sizeof *g);
	for (size_t j = 0; j < k; j++)
		g[j] = -(r->ga + r->gb) * o->m->x[j][i];
	if (r->level + 1 < o->m->levels)
		g[k + r->level] = r->ga;
	if (r->level > 0)
		g[k + r->level - 1] = r->gb;
}

static void score_of(const void *ctx, size_t i, double *s)
{
	const struct ordinal *o = ctx;
	struct piece r = piece_of(o, i);

	gradient(o, &r, i, s);
	for (size_t j = 0; j < o->p; j++)
		s[j] *= o->m->w[i];
}

/* Adds w times minus the second derivatives of a row to h[p*p], its lower
 * triangle.  The bounds move with -x'b and one cut each. */
static void add_information(const struct ordinal *o, const struct piece *r,
			    size_t i, double *h)
{
	size_t k = o->m->k, p = o->p, cut[2], n_cut = 0;
	double w = o->m->w[i], with_b[2], own[2];
	double bb = -w * (r->haa + r->hbb + 2 * r->hab);

	if (r->level > 0) {
		cut[n_cut] = k + r->level - 1;
		own[n_cut] = -w * r->hbb;
		with_b[n_cut++] = w * (r->hbb + r->hab);
	}
	if (r->level + 1 < o->m->levels) {
		cut[n_cut] = k + r->level;
		own[n_cut] = -w * r->haa;
		with_b[n_cut++] = w * (r->haa + r->hab);
	}
	for (size_t a = 0; a < k; a++)
		for (size_t c = 0; c <= a; c++)
			h[a * p + c] += bb * o->m->x[a][i] * o->m->x[c][i];
	for (size_t u = 0; u < n_cut; u++) {
		for (size_t a = 0; a < k; a++)
			h[cut[u] * p + a] += with_b[u] * o->m->x[a][i];
		h[cut[u] * p + cut[u]] += own[u];
	}
	if (n_cut == 2)
		h[cut[1] * p + cut[0]] += -w * r->hab;
}

/* step = H^-1 g; H's Cholesky factor stays in `h`. */
static bool newton(const struct ordinal *o, gsl_matrix *h, gsl_vector *step,
		   struct err *e)
{
	double g[REGRESS_TERMS];

	gsl_matrix_set_zero(h);
	gsl_vector_set_zero(step);
	for (size_t i = 0; i < o->m->d->n; i++) {
		struct piece r;

		if (!regress_in(o->m, i))
			continue;
		r = piece_of(o, i);
		gradient(o, &r, i, g);
		for (size_t j = 0; j < o->p; j++)
			step->data[j] += o->m->w[i] * g[j];
		add_information(o, &r, i, h->data);
	}
	for (size_t a = 0; a < o->p; a++)
		for (size_t c = 0; c < a; c++)
			gsl_matrix_set(h, c, a, gsl_matrix_get(h, a, c));
	if (gsl_linalg_cholesky_decomp1(h) != 0 ||
	    gsl_linalg_cholesky_svx(h, step) != 0)
		return err_set(
			e, ERR_MATH,
			"số hạng là hằng số, phụ thuộc nhau hoặc tách hẳn các "
			"mức (a term is constant or a combination of others, "
			"or the terms separate the levels)");
	return true;
}

/* Cuts at the logits of the cumulative shares, b = 0. */
static bool begin(const struct regress_data *m, double *t, struct err *e)
{
	double *share = calloc(m->levels, sizeof *share), all = 0, upto = 0;
	bool ok = true;

	if (!share)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < m->d->n; i++) {
		if (!regress_in(m, i))
			continue;
		share[(size_t)m->y[i]] += m->w[i];
		all += m->w[i];
	}
	for (size_t j = 0; j < m->levels && ok; j++) {
		if (!(share[j] > 0))
			ok = err_set(e, ERR_INPUT,
				     "một mức không có ai (nobody has level "
				     "%zu of the outcome)",
				     j + 1);
		upto += share[j];
		if (j + 1 < m->levels)
			t[m->k + j] = log(upto / (all - upto));
	}
	free(share);
	return ok;
}

static bool climb(const struct ordinal *o, double *t, gsl_matrix *h,
		  gsl_vector *step, unsigned *steps, struct err *e)
{
	double at = log_likelihood(o), from[REGRESS_TERMS];
	bool last = false;

	for (*steps = 1; *steps <= MAX_STEPS; ++*steps) {
		double half = 1, size = 0, then;

		if (!newton(o, h, step, e))
			return false;
		memcpy(from, t, o->p * sizeof *t);
		do {
			for (size_t j = 0; j < o->p; j++)
				t[j] = from[j] + half * step->data[j];
			then = log_likelihood(o);
			half /= 2;
		} while (!(then >= at - fabs(at) * 1e-12) && half > 1e-9);
		at = then;
		for (size_t j = 0; j < o->p; j++)
			size = fmax(size,
				    fabs(t[j] - from[j]) / (fabs(t[j]) + 1e-3));
		if (last)
			return newton(o, h, step, e);
		last = size < 1e-9;
	}
	return err_set(e, ERR_MATH,
		       "không có nghiệm (no solution: the terms separate the "
		       "levels, or nearly)");
}

bool regress_ordinal(const struct survey_var *v, const struct regress_data *m,
		     struct regress *out, struct err *e)
{
	struct ordinal o = { .m = m, .t = out->coef, .p = out->k };
	gsl_matrix *h = gsl_matrix_alloc(o.p, o.p);
	gsl_vector *step = gsl_vector_alloc(o.p);
	bool ok = false;

	if (!h || !step) {
		(void)err_set(e, ERR_NOMEM, "out of memory");
		goto out;
	}
	if (!begin(m, out->coef, e) ||
	    !climb(&o, out->coef, h, step, &out->steps, e))
		goto out;
	if (!v) {
		ok = true;
		goto out;
	}
	(void)gsl_linalg_cholesky_invert(h); /* its factor is there */
	ok = regress_sandwich(v, m, o.p, h->data, score_of, &o, out->vcov, e);
out:
	gsl_matrix_free(h);
	gsl_vector_free(step);
	return ok;
}
