#include <math.h>
#include <stdlib.h>

#include "phieu/estimate.h"

/* Two shares of weight nearer than this are the same: an exact hit does not
 * depend on how weights round. */
#define HIT 1e-12

struct point {
	double y;
	size_t row;
};

/* The domain's rows by value, with running sums of weight. */
struct curve {
	double *y, *sum; /* [n] */
	size_t n;
	double whole, but_last; /* sum of all; of all but the last row */
};

static int by_value(const void *a, const void *b)
{
	const struct point *x = a, *z = b;

	if (x->y < z->y || x->y > z->y)
		return x->y < z->y ? -1 : 1;
	return (x->row > z->row) - (x->row < z->row);
}

static void curve_clear(struct curve *c)
{
	free(c->y);
	free(c->sum);
}

static bool curve_init(struct curve *c, const struct survey_design *d,
		       const uint32_t *cell, const double *y, struct err *e)
{
	struct point *p = malloc(d->n * sizeof *p);
	struct survey_sum s = { 0 };

	*c = (struct curve){ 0 };
	c->y = malloc(d->n * sizeof *c->y);
	c->sum = malloc(d->n * sizeof *c->sum);
	if (!p || !c->y || !c->sum) {
		free(p);
		return err_set(e, ERR_NOMEM, "no memory for quantiles");
	}
	for (size_t i = 0; i < d->n; i++)
		if (cell[i] != SURVEY_NONE && d->weight[i] > 0)
			p[c->n++] = (struct point){ y[i], i };
	qsort(p, c->n, sizeof *p, by_value);
	for (size_t i = 0; i < c->n; i++) {
		c->but_last = s.s + s.c;
		survey_add(&s, d->weight[p[i].row]);
		c->y[i] = p[i].y;
		c->sum[i] = s.s + s.c;
	}
	c->whole = s.s + s.c;
	free(p);
	return true;
}

/* Rows whose running share is at most `share` of `of`: the first `*n`; *hit
 * when the last of them is there exactly. */
static size_t below(const struct curve *c, double share, double of, bool *hit)
{
	size_t lo = 0, hi = c->n;
	double limit = share * of + HIT * c->whole;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (c->sum[mid] <= limit)
			lo = mid + 1;
		else
			hi = mid;
	}
	*hit = lo > 0 && c->sum[lo - 1] >= share * of - HIT * c->whole;
	return lo;
}

/* Hyndman & Fan's type 7 on weights: linear between the points at the weight
 * before each row over the weight before the last.  Equal values stand in the
 * order of the rows, as in R survey: with unequal weights this rule alone
 * depends on that order, by less than the step between two values. */
static double type7(const struct curve *c, double p)
{
	bool hit;
	size_t n = below(c, p, c->but_last, &hit); /* rows before */
	double from, to;

	if (c->n == 1 || p <= 0)
		return c->y[0];
	if (n >= c->n - 1)
		return c->y[c->n - 1];
	if (hit)
		return c->y[n];
	from = n == 0 ? 0 : c->sum[n - 1];
	to = c->sum[n];
	return c->y[n] + (c->y[n + 1] - c->y[n]) *
				 ((p * c->but_last - from) / (to - from));
}

static double quantile(const struct curve *c, enum est_rule rule, double p)
{
	bool hit;
	size_t n;

	if (c->n == 0 || isnan(p) || p < 0 || p > 1)
		return NAN;
	if (rule == EST_HF7)
		return type7(c, p);
	n = below(c, p, c->whole, &hit);
	if (hit && (rule == EST_MATH || n == c->n))
		return c->y[n - 1];
	if (hit)
		return (c->y[n - 1] + c->y[n]) / 2;
	return c->y[n < c->n ? n : c->n - 1];
}

static void woodruff(const struct curve *c, enum est_rule rule,
		     const struct est_how *how, const struct est *f,
		     struct est_quantile *q)
{
	double df = (double)(how->design_df ? f->df_design : f->df), l, u;
	double t = est_t_quantile(how->level, df);

	q->ci_l = q->ci_u = q->se = NAN;
	/* All at or below q: no spread of F to take back. */
	if (!(f->value > 0 && f->value < 1) || how->ci == EST_CI_NONE)
		return;
	est_proportion_ci(how->ci, f->value, f->se * f->se, (double)f->n, NAN,
			  df, how->level, &l, &u);
	q->ci_l = quantile(c, rule, l);
	q->ci_u = quantile(c, rule, u);
	q->se = (q->ci_u - q->ci_l) / (2 * t);
}

/* F at each quantile, by the design. */
static bool shares_below(const struct survey_var *v, const uint32_t *cell,
			 const double *y, size_t k, const struct est_how *how,
			 const struct est_quantile *q, struct est *f,
			 struct err *e)
{
	size_t n = v->design->n;
	double *is = malloc(n * sizeof *is);
	bool ok = true;

	if (!is)
		return err_set(e, ERR_NOMEM, "no memory for quantiles");
	for (size_t j = 0; ok && j < k; j++) {
		for (size_t i = 0; i < n; i++)
			is[i] = cell[i] == SURVEY_NONE ? (double)NAN
						       : y[i] <= q[j].q;
		ok = est_mean(v, cell, 1, is, how, &f[j], NULL, e);
	}
	free(is);
	return ok;
}

bool est_quantile(const struct survey_var *v, const uint32_t *domain,
		  const double *y, const double *p, size_t k,
		  enum est_rule rule, const struct est_how *how,
		  struct est *base, struct est_quantile *out, struct err *e)
{
	struct est_how plain = *how;
	uint32_t *cell = malloc(v->design->n * sizeof *cell);
	struct est *f = calloc(k + 1, sizeof *f);
	struct curve c = { 0 };
	bool ok = cell && f;

	plain.deff = false;
	if (!ok)
		(void)err_set(e, ERR_NOMEM, "no memory for quantiles");
	else
		est_cells(v->design->n, domain, &y, 1, cell);
	ok = ok && curve_init(&c, v->design, cell, y, e);
	for (size_t j = 0; ok && j < k; j++)
		out[j].q = quantile(&c, rule, p[j]);
	ok = ok && est_mean(v, cell, 1, y, &plain, base, NULL, e) &&
	     shares_below(v, cell, y, k, &plain, out, f, e);
	for (size_t j = 0; ok && j < k; j++)
		woodruff(&c, rule, how, &f[j], &out[j]);
	curve_clear(&c);
	free(cell);
	free(f);
	return ok;
}
