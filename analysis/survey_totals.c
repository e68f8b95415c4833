#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/survey.h"
#include "survey_parts.h"

#define MAX_TOTALS ((size_t)1 << 26)
#define MAX_FULL   ((size_t)2048) /* statistics with all covariances */

/* ---- totals ----------------------------------------------------------- */

/* Plain sums of a block of rows, then one compensated addition each: the
 * error is that of a thousand rows, whatever their number. */
struct sums {
	const struct survey_design *d;
	const struct survey_stat *s;
	double *part;		  /* [n_cells*m] of the block */
	struct survey_sum *whole; /* [n_cells*m] */
	uint8_t *touched;	  /* [n_cells] in the block */
	uint32_t *list;
	double *v;
	bool weigh;		   /* sums of weights too */
	double *part_w;		   /* [n_cells] of the block */
	struct survey_sum *weight; /* [n_cells] */
};

static void sums_clear(struct sums *t)
{
	free(t->part);
	free(t->whole);
	free(t->touched);
	free(t->list);
	free(t->v);
	free(t->part_w);
	free(t->weight);
}

static bool sums_init(struct sums *t, struct err *e)
{
	size_t n = t->s->n_cells * t->s->m;

	if (t->s->m == 0 || t->s->n_cells == 0 ||
	    t->s->n_cells > MAX_TOTALS / t->s->m)
		return err_set(e, ERR_INPUT,
			       "too many cells: %zu of %zu totals",
			       t->s->n_cells, t->s->m);
	t->part = calloc(n, sizeof *t->part);
	t->whole = calloc(n, sizeof *t->whole);
	t->touched = calloc(t->s->n_cells, sizeof *t->touched);
	t->list = malloc(t->s->n_cells * sizeof *t->list);
	t->v = malloc(SURVEY_BLOCK * t->s->m * sizeof *t->v);
	t->part_w = calloc(t->s->n_cells, sizeof *t->part_w);
	t->weight = calloc(t->s->n_cells, sizeof *t->weight);
	return (t->part && t->whole && t->touched && t->list && t->v &&
		t->part_w && t->weight) ||
	       err_set(e, ERR_NOMEM, "no memory for %zu totals", n);
}

/* Most statistics bring two values a row: a loop of their own. */
static size_t add_pairs(struct sums *t, const uint32_t *row, size_t n)
{
	const uint32_t *cell = t->s->cell;
	const double *weight = t->d->weight, *v = t->v;
	size_t touched = 0;

	for (size_t i = 0; i < n; i++, v += 2) {
		uint32_t c = cell ? cell[row[i]] : 0;
		double w = weight[row[i]];

		if (c == SURVEY_NONE)
			continue;
		if (!t->touched[c]) {
			t->touched[c] = 1;
			t->list[touched++] = c;
		}
		t->part_w[c] += w;
		t->part[2 * c] += w * v[0];
		t->part[2 * c + 1] += w * v[1];
	}
	return touched;
}

static size_t add_values(struct sums *t, const uint32_t *row, size_t n)
{
	const uint32_t *cell = t->s->cell;
	const double *v = t->v;
	size_t m = t->s->m, touched = 0;

	for (size_t i = 0; i < n; i++, v += m) {
		uint32_t c = cell ? cell[row[i]] : 0;
		double w = t->d->weight[row[i]], *to = t->part + c * m;

		if (c == SURVEY_NONE)
			continue;
		if (!t->touched[c]) {
			t->touched[c] = 1;
			t->list[touched++] = c;
		}
		t->part_w[c] += w;
		for (size_t j = 0; j < m; j++)
			to[j] += w * v[j];
	}
	return touched;
}

static void sum_block(struct sums *t, const uint32_t *row, size_t n)
{
	size_t m = t->s->m, touched;

	t->s->values(t->s->ctx, row, n, t->v);
	touched = m == 2 ? add_pairs(t, row, n) : add_values(t, row, n);
	for (size_t k = 0; k < touched; k++) {
		size_t c = t->list[k];

		for (size_t j = 0; j < m; j++) {
			survey_add(&t->whole[c * m + j], t->part[c * m + j]);
			t->part[c * m + j] = 0;
		}
		if (t->weigh)
			survey_add(&t->weight[c], t->part_w[c]);
		t->part_w[c] = 0;
		t->touched[c] = 0;
	}
}

/* In the order of the rows: columns are read from end to end. */
static bool sum_all(const struct survey_design *d, const struct survey_stat *s,
		    double *totals, double *weights, struct err *e)
{
	struct sums t = { .d = d, .s = s, .weigh = weights != NULL };
	bool ok = sums_init(&t, e);
	uint32_t row[SURVEY_BLOCK];

	for (size_t i = 0; ok && i < d->n; i += SURVEY_BLOCK) {
		size_t n = d->n - i < SURVEY_BLOCK ? d->n - i : SURVEY_BLOCK;

		for (size_t k = 0; k < n; k++)
			row[k] = (uint32_t)(i + k);
		sum_block(&t, row, n);
	}
	for (size_t k = 0; ok && k < s->n_cells * s->m; k++)
		totals[k] = t.whole[k].s + t.whole[k].c;
	for (size_t c = 0; ok && weights && c < s->n_cells; c++)
		weights[c] = t.weight[c].s + t.weight[c].c;
	sums_clear(&t);
	return ok;
}

/* ---- what is behind a cell or block ----------------------------------- */

struct last {
	uint32_t unit, stratum; /* + 1 */
	struct survey_sum w;
};

static uint32_t group_of(const struct survey_stat *s, bool blocks, uint32_t row)
{
	uint32_t c = s->cell ? s->cell[row] : 0;

	return c == SURVEY_NONE || !blocks || !s->block ? c : s->block[c];
}

static bool count_base(const struct survey_design *d,
		       const struct survey_stat *s, bool blocks,
		       struct survey_base *base, struct err *e)
{
	size_t groups = blocks ? s->n_blocks : s->n_cells;
	struct last *last = calloc(groups, sizeof *last);

	if (!last)
		return err_set(e, ERR_NOMEM, "no memory for counts");
	memset(base, 0, groups * sizeof *base);
	for (size_t i = 0; i < d->n; i++) {
		uint32_t row = d->order[i], g = group_of(s, blocks, row);
		struct survey_base *b;

		if (g == SURVEY_NONE || !(d->weight[row] > 0))
			continue;
		b = &base[g];
		b->rows++;
		b->units += last[g].unit != d->row_unit[row] + 1;
		b->strata += last[g].stratum != d->row_stratum[row] + 1;
		last[g].unit = d->row_unit[row] + 1;
		last[g].stratum = d->row_stratum[row] + 1;
		survey_add(&last[g].w, d->weight[row]);
	}
	for (size_t g = 0; g < groups; g++) {
		base[g].sum_w = last[g].w.s + last[g].w.c;
		base[g].df = (int64_t)base[g].units - (int64_t)base[g].strata;
	}
	free(last);
	return true;
}

bool survey_totals(const struct survey_design *d, const struct survey_stat *s,
		   double *totals, struct survey_base *base, struct err *e)
{
	return sum_all(d, s, totals, NULL, e) &&
	       (!base || count_base(d, s, false, base, e));
}

bool survey_block_base(const struct survey_design *d,
		       const struct survey_stat *s, struct survey_base *base,
		       struct err *e)
{
	return count_base(d, s, true, base, e);
}

struct survey_base survey_base_of(const struct survey_design *d,
				  const uint32_t *in)
{
	struct survey_base b = { 0 };
	struct survey_sum w = { 0 };
	uint32_t unit = SURVEY_NONE, stratum = SURVEY_NONE;

	for (size_t i = 0; i < d->n; i++) {
		uint32_t row = d->order[i];

		if ((in && in[row] == SURVEY_NONE) || !(d->weight[row] > 0))
			continue;
		b.rows++;
		b.units += d->row_unit[row] != unit;
		b.strata += d->row_stratum[row] != stratum;
		unit = d->row_unit[row];
		stratum = d->row_stratum[row];
		survey_add(&w, d->weight[row]);
	}
	b.sum_w = w.s + w.c;
	b.df = (int64_t)b.units - (int64_t)b.strata;
	return b;
}

/* ---- statistics ------------------------------------------------------- */

/* One statistic of two values: the loop of means and ratios. */
static void pair_scores(const struct survey_scores *s, const uint32_t *row,
			size_t n, uint32_t *block, double *z)
{
	const struct survey_stat *st = s->stat;
	const double *weight = s->design->weight, *v = s->v;
	const double *jac = s->jac;
	const uint32_t *cell = st->cell, *of = st->block;

	for (size_t i = 0; i < n; i++) {
		uint32_t c = cell ? cell[row[i]] : 0;

		block[i] = c;
		if (c == SURVEY_NONE)
			continue;
		if (of)
			block[i] = of[c];
		z[i] = weight[row[i]] *
		       (jac[2 * c] * v[2 * i] + jac[2 * c + 1] * v[2 * i + 1]);
	}
}

static void stat_scores(const struct survey_scores *s, const uint32_t *row,
			size_t n, uint32_t *block, double *z)
{
	const struct survey_stat *st = s->stat;
	size_t m = st->m, q = st->q;

	st->values(st->ctx, row, n, s->v);
	if (m == 2 && q == 1) {
		pair_scores(s, row, n, block, z);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		uint32_t c = st->cell ? st->cell[row[i]] : 0;
		const double *jac = s->jac + (size_t)c * q * m;
		double w = s->design->weight[row[i]];

		if (c == SURVEY_NONE) {
			block[i] = SURVEY_NONE;
			continue;
		}
		block[i] = st->block ? st->block[c] : c;
		for (size_t a = 0; a < q; a++) {
			double sum = 0;

			for (size_t j = 0; j < m; j++)
				sum += jac[a * m + j] * s->v[i * m + j];
			z[i * q + a] = w * sum;
		}
	}
}

/* Sums of weights by block. */
static void weigh(const struct survey_stat *s, const double *weights,
		  struct survey_base *base)
{
	for (size_t c = 0; c < s->n_cells; c++)
		base[s->block ? s->block[c] : c].sum_w += weights[c];
	for (size_t b = 0; b < s->n_blocks; b++)
		base[b].df = (int64_t)base[b].units - (int64_t)base[b].strata;
}

static void blank_undefined(const double *theta, size_t p, bool full,
			    double *cov)
{
	for (size_t a = 0; a < p; a++) {
		if (!isnan(theta[a]))
			continue;
		if (!full) {
			cov[a] = NAN;
			continue;
		}
		for (size_t b = 0; b < p; b++)
			cov[a * p + b] = cov[b * p + a] = NAN;
	}
}

bool survey_estimate(const struct survey_var *v, const struct survey_stat *s,
		     bool full, double *theta, double *cov, struct err *e)
{
	return survey_estimate_base(v, s, full, theta, cov, NULL, e);
}

bool survey_estimate_base(const struct survey_var *v,
			  const struct survey_stat *s, bool full, double *theta,
			  double *cov, struct survey_base *base, struct err *e)
{
	size_t p = s->n_blocks * s->q;
	double *totals = NULL, *jac = NULL, *weights = NULL;
	bool by_the_way = base && !v->design->zero_weight && !v->residual;
	struct survey_scores z = { .n_blocks = s->n_blocks,
				   .q = s->q,
				   .fill = stat_scores,
				   .design = v->design,
				   .stat = s };
	bool ok = false;

	if (full && p > MAX_FULL)
		return err_set(e, ERR_INPUT,
			       "covariances of %zu statistics, %zu at most", p,
			       MAX_FULL);
	if (v->replicates)
		return v->replicate(v, s, full, theta, cov, e) &&
		       (!base || count_base(v->design, s, true, base, e));
	totals = malloc((s->n_cells * (s->m + 1) + 1) * sizeof *totals);
	jac = calloc(s->n_cells * s->q * s->m + 1, sizeof *jac);
	z.v = malloc((SURVEY_BLOCK * s->m + 1) * sizeof *z.v);
	if (!totals || !jac || !z.v) {
		(void)err_set(e, ERR_NOMEM, "no memory for %zu cells",
			      s->n_cells);
		goto out;
	}
	weights = by_the_way ? totals + s->n_cells * s->m : NULL;
	if (!sum_all(v->design, s, totals, weights, e))
		goto out;
	s->theta(s->ctx, totals, theta, jac);
	z.jac = jac;
	ok = survey_cov(v->design, v->residual, &z, full, cov,
			by_the_way ? base : NULL, e) &&
	     (!base || by_the_way || count_base(v->design, s, true, base, e));
	if (ok && by_the_way)
		weigh(s, weights, base);
	if (ok)
		blank_undefined(theta, p, full, cov);
out:
	free(totals);
	free(jac);
	free(z.v);
	return ok;
}

static void ready_scores(const struct survey_scores *s, const uint32_t *row,
			 size_t n, uint32_t *block, double *z)
{
	for (size_t i = 0; i < n; i++) {
		block[i] = s->cell && s->cell[row[i]] == SURVEY_NONE
				   ? SURVEY_NONE
				   : 0;
		memcpy(z + i * s->q, s->ready + row[i] * s->q,
		       s->q * sizeof *z);
	}
}

bool survey_cov_scores(const struct survey_design *d,
		       const struct survey_residual *r, const uint32_t *cell,
		       const double *z, size_t q, double *cov, struct err *e)
{
	struct survey_scores s = { .n_blocks = 1,
				   .q = q,
				   .fill = ready_scores,
				   .design = d,
				   .ready = z,
				   .cell = cell };

	if (q > MAX_FULL)
		return err_set(e, ERR_INPUT,
			       "covariances of %zu statistics, %zu at most", q,
			       MAX_FULL);
	return survey_cov(d, r, &s, true, cov, NULL, e);
}
