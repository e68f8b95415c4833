#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/survey.h"
#include "survey_parts.h"

#define MAX_TOTALS ((size_t)1 << 26)
#define FEW_CELLS  ((size_t)64)
#define MAX_FULL   ((size_t)2048) /* statistics with all covariances */

/* ---- totals ----------------------------------------------------------- */

/* Plain sums of a block of rows, then one compensated addition each: the
 * error is that of a thousand rows, whatever their number.  Cells are m + 1
 * wide, the weights last. */
struct sums {
	double *part;		  /* [n_cells*(m+1)] of the block */
	struct survey_sum *whole; /* [n_cells*(m+1)] of the slice */
	uint8_t *touched;	  /* [n_cells] in the block */
	uint32_t *list;
	double *v;
	bool failed;
};

struct sum_job {
	const struct survey_design *d;
	const struct survey_stat *s;
	struct survey_slices slices;
	struct sums at[SURVEY_SLICES + 1];
};

static void sums_clear(struct sums *t)
{
	free(t->part);
	free(t->whole);
	free(t->touched);
	free(t->list);
	free(t->v);
	*t = (struct sums){ .failed = t->failed };
}

static bool sums_init(struct sums *t, const struct survey_stat *s)
{
	size_t n = s->n_cells * (s->m + 1);

	t->part = calloc(n, sizeof *t->part);
	t->whole = calloc(n, sizeof *t->whole);
	t->touched = calloc(s->n_cells, sizeof *t->touched);
	t->list = malloc(s->n_cells * sizeof *t->list);
	t->v = malloc(SURVEY_BLOCK * s->m * sizeof *t->v);
	return t->part && t->whole && t->touched && t->list && t->v;
}

static size_t touch(struct sums *t, uint32_t c, size_t touched)
{
	if (!t->touched[c]) {
		t->touched[c] = 1;
		t->list[touched++] = c;
	}
	return touched;
}

/* The cells that rows are in; of a few cells all, which costs less. */
static size_t touch_rows(struct sums *t, const struct survey_stat *s,
			 size_t from, size_t n)
{
	size_t touched = 0;

	if (s->n_cells <= FEW_CELLS) {
		for (uint32_t c = 0; c < s->n_cells; c++)
			t->list[c] = c;
		return s->n_cells;
	}
	for (size_t i = 0; i < n; i++) {
		uint32_t c = s->cell ? s->cell[from + i] : 0;

		if (c != SURVEY_NONE)
			touched = touch(t, c, touched);
	}
	return touched;
}

/* part[c*(m+1)] += weight * (x - origin), or weight alone. */
static void add_column(double *part, size_t wide, const uint32_t *cell,
		       const double *w, const double *x, double origin,
		       size_t n)
{
	double s[4] = { 0 };
	size_t i = 0;

	if (cell) {
		for (; i < n; i++)
			if (cell[i] != SURVEY_NONE)
				part[cell[i] * wide] +=
					x ? w[i] * (x[i] - origin) : w[i];
		return;
	}
	for (; i + 4 <= n; i += 4)
		for (size_t k = 0; k < 4; k++)
			s[k] += x ? w[i + k] * (x[i + k] - origin) : w[i + k];
	for (; i < n; i++)
		s[0] += x ? w[i] * (x[i] - origin) : w[i];
	part[0] += (s[0] + s[1]) + (s[2] + s[3]);
}

/* A column and ones by cell, the loop of means: sums of w are added once. */
static void add_mean(double *part, const uint32_t *cell, const double *w,
		     const double *x, double origin, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double *to = part + 3 * (size_t)cell[i];

		if (cell[i] == SURVEY_NONE)
			continue;
		to[0] += w[i] * (x[i] - origin);
		to[2] += w[i];
	}
}

static size_t add_columns(struct sums *t, const struct sum_job *j, size_t from,
			  size_t n)
{
	const struct survey_stat *s = j->s;
	const struct survey_column *col = s->column;
	const uint32_t *cell = s->cell ? s->cell + from : NULL;
	const double *w = j->d->weight + from;
	size_t m = s->m, touched = touch_rows(t, s, from, n);

	if (m == 2 && cell && col[0].x && !col[1].x) {
		add_mean(t->part, cell, w, col[0].x + from, col[0].origin, n);
	} else {
		for (size_t k = 0; k < m; k++)
			if (col[k].x)
				add_column(t->part + k, m + 1, cell, w,
					   col[k].x + from, col[k].origin, n);
		add_column(t->part + m, m + 1, cell, w, NULL, 0, n);
	}
	for (size_t k = 0; k < m; k++)
		for (size_t i = 0; !col[k].x && i < touched; i++) {
			double *to = t->part + t->list[i] * (m + 1);

			to[k] = to[m];
		}
	return touched;
}

static size_t add_values(struct sums *t, const struct sum_job *j, size_t from,
			 size_t n)
{
	const struct survey_stat *s = j->s;
	const double *v = t->v;
	uint32_t row[SURVEY_BLOCK] = { 0 };
	size_t m = s->m, touched = 0;

	for (size_t i = 0; i < n; i++)
		row[i] = (uint32_t)(from + i);
	s->values(s->ctx, row, n, t->v);
	for (size_t i = 0; i < n; i++, v += m) {
		uint32_t c = s->cell ? s->cell[from + i] : 0;
		double w = j->d->weight[from + i];
		double *to = t->part + c * (m + 1);

		if (c == SURVEY_NONE)
			continue;
		touched = touch(t, c, touched);
		for (size_t k = 0; k < m; k++)
			to[k] += w * v[k];
		to[m] += w;
	}
	return touched;
}

/* In the order of the rows: columns are read from end to end. */
static void sum_slice(void *ctx, size_t slice)
{
	struct sum_job *j = ctx;
	struct sums *t = &j->at[slice];
	size_t m = j->s->m, from = slice * j->slices.step;
	size_t end = from + j->slices.step;

	if (end > j->d->n)
		end = j->d->n;
	t->failed = !sums_init(t, j->s);
	for (; !t->failed && from < end; from += SURVEY_BLOCK) {
		size_t n =
			end - from < SURVEY_BLOCK ? end - from : SURVEY_BLOCK;
		size_t touched = j->s->column ? add_columns(t, j, from, n)
					      : add_values(t, j, from, n);

		for (size_t k = 0; k < touched; k++) {
			size_t c = t->list[k] * (m + 1);

			for (size_t i = 0; i <= m; i++) {
				survey_add(&t->whole[c + i], t->part[c + i]);
				t->part[c + i] = 0;
			}
			t->touched[t->list[k]] = 0;
		}
	}
}

static bool sum_all(const struct survey_design *d, const struct survey_stat *s,
		    double *totals, double *weights, struct err *e)
{
	struct sum_job j = { .d = d, .s = s, .slices = survey_slices_of(d->n) };
	struct survey_sum *whole;
	size_t m = s->m;
	bool ok = true;

	if (m == 0 || s->n_cells == 0 || s->n_cells > MAX_TOTALS / m)
		return err_set(e, ERR_INPUT,
			       "quá nhiều ô hoặc không có ô nào (too many "
			       "cells: %zu of %zu totals)",
			       s->n_cells, m);
	/* a table a slice: with many cells one slice is enough */
	if (s->n_cells * (m + 1) > d->n / 4)
		j.slices = (struct survey_slices){ 1, d->n, d->n };
	whole = calloc(s->n_cells * (m + 1), sizeof *whole);
	if (!whole)
		return err_set(e, ERR_NOMEM, "no memory for totals");
	survey_slices_run(&j.slices, s->column ? d->threads : 1, sum_slice, &j);
	for (size_t k = 0; k < j.slices.n; k++) {
		struct sums *t = &j.at[k];

		ok = ok && !t->failed;
		for (size_t i = 0; ok && i < s->n_cells * (m + 1); i++) {
			survey_add(&whole[i], t->whole[i].s);
			survey_add(&whole[i], t->whole[i].c);
		}
		sums_clear(t);
	}
	for (size_t c = 0; ok && c < s->n_cells; c++) {
		const struct survey_sum *from = whole + c * (m + 1);

		for (size_t i = 0; i < m; i++)
			totals[c * m + i] = from[i].s + from[i].c;
		if (weights)
			weights[c] = from[m].s + from[m].c;
	}
	free(whole);
	return ok || err_set(e, ERR_NOMEM, "no memory for totals");
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

/* Sums of weights by block. */
static void weigh(const struct survey_stat *s, const double *weights,
		  struct survey_base *base)
{
	for (size_t c = 0; c < s->n_cells; c++)
		base[s->block ? s->block[c] : c].sum_w += weights[c];
	for (size_t b = 0; b < s->n_blocks; b++)
		base[b].df = (int64_t)base[b].units - (int64_t)base[b].strata;
}

/* Where every row is a unit of positive weight, in the order of the rows: a
 * group has as many units as rows, and strata where it was seen. */
static bool count_rows(const struct survey_design *d,
		       const struct survey_stat *s, const double *weights,
		       struct survey_base *base, struct err *e)
{
	size_t groups = s->n_blocks, n = d->n_strata[0] * groups;
	uint32_t *count = calloc(n + 1, sizeof *count);

	if (!count)
		return err_set(e, ERR_NOMEM, "no memory for counts");
	for (size_t i = 0; i < d->n; i++) {
		uint32_t g = group_of(s, true, (uint32_t)i);

		if (g != SURVEY_NONE)
			count[d->row_stratum[i] * groups + g]++;
	}
	memset(base, 0, groups * sizeof *base);
	for (size_t i = 0; i < n; i++) {
		base[i % groups].rows += count[i];
		base[i % groups].strata += count[i] > 0;
	}
	for (size_t g = 0; g < groups; g++)
		base[g].units = base[g].rows;
	weigh(s, weights, base);
	free(count);
	return true;
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

static bool count_blocks(const struct survey_design *d,
			 const struct survey_stat *s, const double *weights,
			 struct survey_base *base, struct err *e)
{
	if (d->elements && !d->zero_weight &&
	    d->n_strata[0] <= d->n / s->n_blocks)
		return count_rows(d, s, weights, base, e);
	return count_base(d, s, true, base, e);
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

/* One statistic of two columns: the loop of means and ratios.  Rows in their
 * order come as they lie. */
static void pair_scores(const struct survey_scores *s, const uint32_t *row,
			size_t n, uint32_t *block, double *z)
{
	const struct survey_stat *st = s->stat;
	const double *weight = s->design->weight, *jac = s->jac;
	const struct survey_column *col = st->column;
	const double *x = col[0].x, *y = col[1].x;
	const uint32_t *cell = st->cell, *of = st->block;

	for (size_t i = 0; i < n; i++) {
		size_t r = row[i];
		uint32_t c = cell ? cell[r] : 0;

		block[i] = c;
		if (c == SURVEY_NONE)
			continue;
		if (of)
			block[i] = of[c];
		z[i] = weight[r] *
		       (jac[2 * (size_t)c] * (x[r] - col[0].origin) +
			jac[2 * (size_t)c + 1] *
				(y ? y[r] - col[1].origin : 1));
	}
}

static void stat_scores(const struct survey_scores *s, const uint32_t *row,
			size_t n, uint32_t *block, double *z)
{
	const struct survey_stat *st = s->stat;
	size_t m = st->m, q = st->q;

	if (m == 2 && q == 1 && st->column && st->column[0].x) {
		pair_scores(s, row, n, block, z);
		return;
	}
	st->values(st->ctx, row, n, s->v);
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

			for (size_t k = s->first[a]; k < s->first[a + 1]; k++)
				sum += jac[a * m + s->needs[k]] *
				       s->v[i * m + s->needs[k]];
			z[i * q + a] = w * sum;
		}
	}
}

/* Derivatives that are 0 in every cell are not multiplied a million times. */
static void find_needs(const struct survey_stat *s, const double *jac,
		       struct survey_scores *z, uint32_t *room)
{
	size_t n = 0, q = s->q, m = s->m;
	uint32_t *first = room, *needs = room + q + 1;

	for (size_t a = 0; a < q; a++) {
		first[a] = (uint32_t)n;
		for (size_t j = 0; j < m; j++) {
			bool zero = true;

			for (size_t c = 0; c < s->n_cells && zero; c++)
				zero = jac[(c * q + a) * m + j] == 0;
			if (!zero)
				needs[n++] = (uint32_t)j;
		}
	}
	first[q] = (uint32_t)n;
	z->first = first;
	z->needs = needs;
}

/* Totals; by the way of moments where they are wanted. */
static bool sum_rows(const struct survey_design *d, const struct survey_stat *s,
		     struct survey_moments **moments, double *totals,
		     double *weights, struct err *e)
{
	if (!moments)
		return sum_all(d, s, totals, weights, e);
	if (!survey_once_sums(d, s, moments, e))
		return false;
	survey_once_totals(d, s, *moments, totals, weights);
	return true;
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
	struct survey_moments *moments = NULL;
	struct survey_table table = { 0 };
	bool once = survey_once_fits(v, s);
	uint32_t *needs = NULL;
	bool by_the_way = base && !v->design->zero_weight && !v->residual;
	struct survey_scores z = { .n_blocks = s->n_blocks,
				   .q = s->q,
				   .fill = stat_scores,
				   .design = v->design,
				   .stat = s,
				   .room = SURVEY_BLOCK * s->m,
				   .alone = s->column == NULL };
	bool ok = false;

	if (full && p > MAX_FULL)
		return err_set(e, ERR_INPUT,
			       "quá nhiều thống kê (covariances of %zu "
			       "statistics, %zu at most)",
			       p, MAX_FULL);
	if (v->replicates)
		return v->replicate(v, s, full, theta, cov, e) &&
		       (!base || count_base(v->design, s, true, base, e));
	totals = malloc((s->n_cells * (s->m + 1) + 1) * sizeof *totals);
	jac = calloc(s->n_cells * s->q * s->m + 1, sizeof *jac);
	z.v = malloc((SURVEY_BLOCK * s->m + 1) * sizeof *z.v);
	needs = malloc((s->q + 1 + s->q * s->m) * sizeof *needs);
	if (!totals || !jac || !z.v || !needs) {
		(void)err_set(e, ERR_NOMEM, "no memory for %zu cells",
			      s->n_cells);
		goto out;
	}
	weights = base ? totals + s->n_cells * s->m : NULL;
	if (!sum_rows(v->design, s, once ? &moments : NULL, totals, weights, e))
		goto out;
	s->theta(s->ctx, totals, theta, jac);
	if (moments &&
	    !survey_once_table(v->design, s, moments, jac, &table, e))
		goto out;
	z.table = table.count ? &table : NULL;
	z.jac = jac;
	find_needs(s, jac, &z, needs);
	ok = survey_cov(v->design, v->residual, &z, full, cov,
			by_the_way ? base : NULL, e) &&
	     (!base || by_the_way ||
	      count_blocks(v->design, s, weights, base, e));
	if (ok && by_the_way)
		weigh(s, weights, base);
	if (ok)
		blank_undefined(theta, p, full, cov);
out:
	survey_table_clear(&table);
	free(moments);
	free(totals);
	free(jac);
	free(z.v);
	free(needs);
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
			       "quá nhiều thống kê (covariances of %zu "
			       "statistics, %zu at most)",
			       q, MAX_FULL);
	return survey_cov(d, r, &s, true, cov, NULL, e);
}
