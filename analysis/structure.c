#include "phieu/structure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define AT_ONCE ((size_t)8) /* statistics whose scores are held */

/* ---- derivatives ------------------------------------------------------ */

static void set_pair(double *r, size_t k, size_t a, size_t b, double x)
{
	r[a * k + b] = r[b * k + a] = x;
}

/* Four points: the error is of the fourth power of h (Abramowitz & Stegun
 * 1964, 25.3.6). */
static bool slope_of(const struct structure *s, double *r, size_t a, size_t b,
		     double h, double *theta, double *j, struct err *e)
{
	static const double step[] = { 1, -1, 2, -2 };
	static const double by[] = { 8, -8, -1, 1 };
	const double at = r[a * s->k + b];
	size_t pairs = STRUCTURE_PAIRS(s->k);
	bool ok = true;

	for (size_t i = 0; i < s->q; i++)
		j[i * pairs] = 0;
	for (size_t t = 0; ok && t < 4; t++) {
		set_pair(r, s->k, a, b, at + step[t] * h);
		ok = s->f(s->ctx, r, theta, e);
		for (size_t i = 0; ok && i < s->q; i++)
			j[i * pairs] += by[t] * theta[i] / (12 * h);
	}
	set_pair(r, s->k, a, b, at);
	return ok;
}

/* Near a singular matrix a step of 1e-3 leads out of where f has a solution: a
 * shorter one is tried, and then there is no derivative. */
static bool any_slope(const struct structure *s, double *r, size_t a, size_t b,
		      double *theta, double *j, struct err *e)
{
	static const double h[] = { 1e-3, 1e-4, 1e-5 };
	size_t pairs = STRUCTURE_PAIRS(s->k);

	for (size_t i = 0; i < sizeof h / sizeof h[0]; i++) {
		struct err own = { 0 };

		if (slope_of(s, r, a, b, h[i], theta, j, &own))
			return true;
		if (own.kind != ERR_MATH) {
			*e = own;
			return false;
		}
	}
	for (size_t i = 0; i < s->q; i++)
		j[i * pairs] = (double)NAN;
	return true;
}

static bool by_differences(const struct structure *s, const double *r,
			   double *j, struct err *e)
{
	size_t k = s->k;
	double *own = malloc((k * k + s->q) * sizeof *own);
	bool ok = true;

	if (!own)
		return err_set(e, ERR_NOMEM, "no memory for derivatives");
	memcpy(own, r, k * k * sizeof *own);
	for (size_t a = 1; ok && a < k; a++)
		for (size_t b = 0; ok && b < a; b++)
			ok = any_slope(s, own, a, b, own + k * k,
				       j + STRUCTURE_AT(a, b), e);
	free(own);
	return ok;
}

/* ---- linearised ------------------------------------------------------- */

/* Means, covariances and sums of weights of each pair over the rows that count
 * for it: of a pair (a, b) the mean of a stands at [a*k+b], that of b at
 * [b*k+a]; at [a*k+a] those of a alone. */
struct standard {
	const struct items *d;
	const double *w;
	const uint8_t *in; /* [n] rows that count, whatever the pair */
	bool pairwise;
	double *mean, *cov, *sum_w; /* [k*k] */
	double *rows;		    /* [k*k] n/(n-1) */
};

static bool counts(const struct standard *t, size_t i, size_t a, size_t b)
{
	if (!t->pairwise)
		return true; /* the row is complete */
	return !isnan(t->d->x[a][i]) && !isnan(t->d->x[b][i]);
}

static void find_rows(const struct standard *t, uint8_t *in)
{
	for (size_t i = 0; i < t->d->n; i++)
		in[i] = (t->d->in == NULL || t->d->in[i] != 0) && t->w[i] > 0 &&
			(t->pairwise || moments_row(t->d, i));
}

static void standardise_pair(struct standard *t, size_t a, size_t b)
{
	struct survey_sum sw = { 0, 0 }, sa = { 0, 0 }, sb = { 0, 0 };
	struct survey_sum s = { 0, 0 };
	size_t ab = a * t->d->k + b, ba = b * t->d->k + a;
	const double *x = t->d->x[a], *y = t->d->x[b];
	double n = 0, all;

	for (size_t i = 0; i < t->d->n; i++) {
		if (!t->in[i] || !counts(t, i, a, b))
			continue;
		n++;
		survey_add(&sw, t->w[i]);
		survey_add(&sa, t->w[i] * x[i]);
		survey_add(&sb, t->w[i] * y[i]);
	}
	all = sw.s + sw.c;
	t->mean[ab] = (sa.s + sa.c) / all;
	t->mean[ba] = (sb.s + sb.c) / all;
	for (size_t i = 0; i < t->d->n; i++)
		if (t->in[i] && counts(t, i, a, b))
			survey_add(&s, t->w[i] * (x[i] - t->mean[ab]) *
					       (y[i] - t->mean[ba]));
	t->sum_w[ab] = t->sum_w[ba] = all;
	t->cov[ab] = t->cov[ba] = (s.s + s.c) / all;
	t->rows[ab] = t->rows[ba] = n / (n - 1);
}

static void standardise(struct standard *t)
{
	for (size_t a = 0; a < t->d->k; a++)
		for (size_t b = 0; b <= a; b++)
			standardise_pair(t, a, b);
}

/* Of a variance by itself: (x - m)^2 / c - 1, its weight included. */
static double variance_score(const struct standard *t, size_t a, size_t i)
{
	size_t aa = a * t->d->k + a;
	double x = t->d->x[a][i] - t->mean[aa];

	if (!counts(t, i, a, a))
		return 0;
	return t->w[i] / t->sum_w[aa] * (x * x / t->cov[aa] - 1);
}

/* r = c_ab / sqrt(c_aa c_bb), each over its own rows: over complete rows this
 * is z_a z_b - r (z_a^2 + z_b^2)/2. */
static double pearson_score(const struct standard *t, const double *r, size_t a,
			    size_t b, size_t i)
{
	size_t k = t->d->k, ab = a * k + b, aa = a * k + a, bb = b * k + b;
	double u = 0;

	if (counts(t, i, a, b))
		u = t->w[i] / t->sum_w[ab] *
		    ((t->d->x[a][i] - t->mean[ab]) *
			     (t->d->x[b][i] - t->mean[b * k + a]) -
		     t->cov[ab]) *
		    t->rows[ab] /
		    sqrt(t->cov[aa] * t->rows[aa] * t->cov[bb] * t->rows[bb]);
	return u -
	       r[ab] / 2 * (variance_score(t, a, i) + variance_score(t, b, i));
}

/* z[c] += score of row i, c of the statistics whose derivatives are j. */
static void add_scores(const struct standard *t, const struct structure *f,
		       const double *r, size_t i, const double *j, size_t c,
		       double *z)
{
	size_t k = t->d->k, pairs = STRUCTURE_PAIRS(k);

	for (size_t a = 1; a < k; a++)
		for (size_t b = 0; b < a; b++) {
			double u = f->score ? f->score(f->ctx, a, b, i)
					    : pearson_score(t, r, a, b, i);

			for (size_t s = 0; s < c; s++)
				z[s] += j[s * pairs + STRUCTURE_AT(a, b)] * u;
		}
}

static bool some_errors(const struct survey_var *v, const struct standard *t,
			const struct structure *f, const double *r,
			const double *j, size_t c, double *se, struct err *e)
{
	size_t n = t->d->n;
	double *z = calloc(n, c * sizeof *z), cov[AT_ONCE * AT_ONCE];
	uint32_t *cell = malloc(n * sizeof *cell);
	bool ok = false;

	if (!z || !cell) {
		(void)err_set(e, ERR_NOMEM, "no memory for scores");
		goto out;
	}
	for (size_t i = 0; i < n; i++) {
		cell[i] = t->in[i] ? 0 : SURVEY_NONE;
		if (cell[i] == 0)
			add_scores(t, f, r, i, j, c, z + i * c);
	}
	ok = survey_cov_scores(v->design, v->residual, cell, z, c, cov, e);
	for (size_t s = 0; ok && s < c; s++)
		se[s] = sqrt(cov[s * c + s]);
out:
	free(z);
	free(cell);
	return ok;
}

static bool linearised(const struct survey_var *v, const struct items *d,
		       bool pairwise, const struct structure *s,
		       const double *r, double *se, struct err *e)
{
	size_t k = s->k, pairs = STRUCTURE_PAIRS(k);
	double *j = malloc((s->q * pairs + 4 * k * k) * sizeof *j);
	uint8_t *in = malloc(d->n + 1);
	struct standard t = { .d = d,
			      .w = v->design->weight,
			      .pairwise = pairwise };
	bool ok;

	if (!j || !in) {
		free(j);
		free(in);
		return err_set(e, ERR_NOMEM, "no memory for derivatives");
	}
	find_rows(&t, in);
	t.in = in;
	t.mean = j + s->q * pairs;
	t.cov = t.mean + k * k;
	t.sum_w = t.cov + k * k;
	t.rows = t.sum_w + k * k;
	ok = s->slopes ? s->slopes(s->ctx, r, j, e)
		       : by_differences(s, r, j, e);
	if (ok && !s->score)
		standardise(&t);
	for (size_t i = 0; ok && i < s->q; i += AT_ONCE)
		ok = some_errors(v, &t, s, r, j + i * pairs,
				 s->q - i < AT_ONCE ? s->q - i : AT_ONCE,
				 se + i, e);
	free(j);
	free(in);
	return ok;
}

/* ---- replicates ------------------------------------------------------- */

struct again {
	const struct items *d;
	const struct structure *s;
	bool pairwise;
};

static bool correlations(const struct again *a, const double *weight, double *r,
			 struct err *e)
{
	struct items d = *a->d;
	size_t k = d.k;
	struct moments m = { .cov = r };
	bool ok;

	d.w = weight;
	if (a->pairwise)
		return moments_pairwise(&d, r, NULL, e) &&
		       moments_correlation(k, r, r, e);
	m.mean = malloc(k * sizeof *m.mean);
	m.sum = malloc(k * k * sizeof *m.sum);
	ok = m.mean && m.sum;
	ok = ok ? moments_listwise(&d, &m, e) && moments_correlation(k, r, r, e)
		: err_set(e, ERR_NOMEM, "no memory for moments");
	free(m.mean);
	free(m.sum);
	return ok;
}

static bool fit_again(const void *ctx, const double *weight, double *theta,
		      struct err *e)
{
	const struct again *a = ctx;
	const struct structure *s = a->s;
	double *r = malloc(s->k * s->k * sizeof *r);
	bool ok;

	if (!r)
		return err_set(e, ERR_NOMEM, "no memory for correlations");
	ok = (s->correlate ? s->correlate(s->ctx, weight, r, e)
			   : correlations(a, weight, r, e)) &&
	     s->f(s->ctx, r, theta, e);
	free(r);
	return ok;
}

static bool replicated(const struct survey_var *v, const struct again *a,
		       const double *theta, double *se,
		       struct replicates_unfit *unfit, struct err *e)
{
	size_t q = a->s->q;
	struct replicates_fit f = { q, fit_again, a };
	double *cov = malloc((q * q + 1) * sizeof *cov);
	bool ok;

	if (!cov)
		return err_set(e, ERR_NOMEM, "no memory for covariances");
	ok = replicates_refit(v->replicates, &f, theta, cov, unfit, e);
	for (size_t i = 0; ok && i < q; i++)
		se[i] = sqrt(cov[i * q + i]);
	free(cov);
	return ok;
}

bool structure_errors(const struct survey_var *v, const struct items *d,
		      bool pairwise, const struct structure *s, const double *r,
		      const double *theta, double *se,
		      struct replicates_unfit *unfit, struct err *e)
{
	struct again a = { d, s, pairwise };

	*unfit = (struct replicates_unfit){ .replicate = 0 };
	for (size_t i = 0; i < s->q; i++)
		se[i] = (double)NAN;
	if (v->replicates)
		return replicated(v, &a, theta, se, unfit, e);
	if (s->k > STRUCTURE_ITEMS_MAX)
		return true;
	return linearised(v, d, pairwise, s, r, se, e);
}
