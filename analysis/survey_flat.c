#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "survey_parts.h"

/* Residuals where each row is a unit of one stage and rows share their
 * auxiliaries in cells: with m_c = x_c'B,
 *   sum (z - w m_c)   = sum z - m_c sum w,
 *   sum (z - w m_c)^2 = sum z^2 - 2 m_c sum z w + m_c^2 sum w^2
 * by cell within each stratum, so that a row costs its own scores only and
 * not all p statistics. */
struct flat {
	const struct survey_design *d;
	const struct survey_residual *r;
	const struct survey_scores *s;
	struct survey_slices slices;
	size_t p, groups; /* groups: strata x cells */
	double *m;	  /* [n_cells*p] sums, then x_c'B */
	struct sums *at;  /* [slices]; the first becomes all */
};

/* Of a slice of the rows. */
struct sums {
	double *z;     /* [groups*p*3] z, z w, z^2 */
	double *w;     /* [groups*2] w, w^2 */
	uint32_t *row; /* [n_cells] one of weight each + 1; 0: none */
	bool failed;
};

#define MOST_SLICES ((size_t)SURVEY_THREADS) /* each has sums of its own */
#define MOST_SUMS   ((size_t)1 << 22)

bool survey_is_flat(const struct survey_design *d,
		    const struct survey_residual *r, size_t p, bool full)
{
	return r->cell != NULL && p > 0 && !full && d->n_stages <= 1 &&
	       d->n_units[0] == d->n && d->lonely_first == 0 &&
	       d->n_strata[0] <= MOST_SUMS / r->n_cells / p;
}

static void sums_clear(struct sums *t)
{
	free(t->z);
	free(t->w);
	free(t->row);
}

static bool sums_init(struct sums *t, const struct flat *f)
{
	t->z = calloc(f->groups * f->p + 1, 3 * sizeof *t->z);
	t->w = calloc(f->groups + 1, 2 * sizeof *t->w);
	t->row = calloc(f->r->n_cells + 1, sizeof *t->row);
	return t->z && t->w && t->row;
}

/* All that a stratum's cells need. */
static void add_rows(const struct flat *f, struct sums *t, size_t from,
		     size_t n, const uint32_t *block, const double *score)
{
	const uint32_t *cell = f->r->cell + from;
	const uint32_t *stratum = f->d->row_stratum + from;
	const double *weight = f->r->weight + from;
	size_t p = f->p, q = f->s->q, n_cells = f->r->n_cells;

	for (size_t i = 0; i < n; i++, score += q) {
		size_t at = stratum[i] * n_cells + cell[i];
		double w = weight[i], *to = t->w + 2 * at;

		to[0] += w;
		to[1] += w * w;
		if (w != 0)
			t->row[cell[i]] = (uint32_t)(from + i + 1);
		if (block[i] == SURVEY_NONE)
			continue;
		to = t->z + (at * p + block[i] * q) * 3;
		for (size_t a = 0; a < q; a++, to += 3) {
			double z = score[a];

			to[0] += z;
			to[1] += z * w;
			to[2] += z * z;
		}
	}
}

/* In the order of the rows: nothing is looked up by the design. */
static void add_slice(void *ctx, size_t slice)
{
	const struct flat *f = ctx;
	struct sums *t = &f->at[slice];
	struct survey_scores s = *f->s;
	size_t from = slice * f->slices.step, end = from + f->slices.step;
	uint32_t block[SURVEY_BLOCK], row[SURVEY_BLOCK];
	double *score = malloc((SURVEY_BLOCK * s.q + 1) * sizeof *score);

	if (end > f->d->n)
		end = f->d->n;
	s.v = malloc((s.room + 1) * sizeof *s.v);
	t->failed = !sums_init(t, f) || !score || !s.v;
	for (; !t->failed && from < end; from += SURVEY_BLOCK) {
		size_t n =
			end - from < SURVEY_BLOCK ? end - from : SURVEY_BLOCK;

		for (size_t i = 0; i < n; i++)
			row[i] = (uint32_t)(from + i);
		s.fill(&s, row, n, block, score);
		add_rows(f, t, from, n, block, score);
	}
	free(score);
	free(s.v);
}

/* All slices in the first, then m: sums of z / g by cell. */
static bool together(struct flat *f, struct err *e)
{
	const struct survey_residual *r = f->r;
	struct sums *all = f->at;
	size_t p = f->p;
	bool ok = true;

	for (size_t k = 0; k < f->slices.n; k++)
		ok = ok && !f->at[k].failed;
	if (!ok)
		return err_set(e, ERR_NOMEM, "no memory for residuals");
	for (size_t k = 1; k < f->slices.n; k++) {
		const struct sums *t = &f->at[k];

		for (size_t i = 0; i < f->groups * p * 3; i++)
			all->z[i] += t->z[i];
		for (size_t i = 0; i < f->groups * 2; i++)
			all->w[i] += t->w[i];
		for (size_t c = 0; c < r->n_cells; c++)
			if (t->row[c])
				all->row[c] = t->row[c];
	}
	for (size_t i = 0, c = 0; i < f->groups;
	     i++, c = c + 1 < r->n_cells ? c + 1 : 0) {
		double g = all->row[c] ? r->inv_g[all->row[c] - 1] : 0;

		for (size_t a = 0; a < p; a++)
			f->m[c * p + a] += g * all->z[(i * p + a) * 3];
	}
	return true;
}

/* m = x_c'B for every cell, B = (sum d x x')^-1 sum x z / g. */
static bool fit_cells(struct flat *f, struct err *e)
{
	const struct survey_residual *r = f->r;
	size_t p = f->p;
	double *b = calloc(r->k * p + 1, sizeof *b);
	double *value = malloc((r->k + 1) * sizeof *value);
	uint32_t *index = malloc((r->k + 1) * sizeof *index);
	bool ok = b && value && index;

	if (!ok)
		(void)err_set(e, ERR_NOMEM, "no memory for residuals");
	for (size_t c = 0; ok && c < r->n_cells; c++) {
		size_t k = f->at->row[c] ? r->row(r->ctx, f->at->row[c] - 1,
						  index, value)
					 : 0;

		for (size_t j = 0; j < k; j++)
			for (size_t a = 0; a < p; a++)
				b[index[j] * p + a] +=
					value[j] * f->m[c * p + a];
	}
	ok = ok && r->solve(r->ctx, b, p, e);
	memset(f->m, 0, r->n_cells * p * sizeof *f->m);
	for (size_t c = 0; ok && c < r->n_cells; c++) {
		size_t k = f->at->row[c] ? r->row(r->ctx, f->at->row[c] - 1,
						  index, value)
					 : 0;

		for (size_t j = 0; j < k; j++)
			for (size_t a = 0; a < p; a++)
				f->m[c * p + a] +=
					value[j] * b[index[j] * p + a];
	}
	free(b);
	free(value);
	free(index);
	return ok;
}

/* The sum of squares of one statistic in one stratum around its mean; *size
 * gets that of the scores themselves. */
static double squares(const struct flat *f, size_t stratum, size_t a,
		      double *size)
{
	double s = 0, ss = 0;

	*size = 0;
	for (size_t c = 0; c < f->r->n_cells; c++) {
		size_t at = stratum * f->r->n_cells + c;
		const double *z = f->at->z + (at * f->p + a) * 3;
		const double *w = f->at->w + 2 * at;
		double m = f->m[c * f->p + a];

		s += z[0] - m * w[0];
		ss += z[2] - 2 * m * z[1] + m * m * w[1];
		*size += z[2];
	}
	return fmax(ss - s * s / f->d->stratum[0][stratum].n, 0);
}

/* false: next to nothing of the scores is left, and the difference of sums of
 * squares is rounding. */
static bool variance(const struct flat *f, size_t a, double *var)
{
	struct survey_sum v = { 0 };
	double all = 0, size;

	for (size_t i = 0; i < f->d->n_strata[0]; i++) {
		const struct survey_stratum *h = &f->d->stratum[0][i];
		double share = isinf(h->total) ? 0 : h->n / h->total;
		double by = (1 - share) * h->n / (h->n - 1);

		if (share >= 1) /* taken whole: nothing */
			continue;
		survey_add(&v, by * squares(f, i, a, &size));
		all += by * size;
	}
	*var = v.s + v.c;
	return *var > 1e-6 * all || all == 0;
}

bool survey_flat_cov(const struct survey_design *d,
		     const struct survey_residual *r,
		     const struct survey_scores *s, double *cov, bool *clear,
		     struct err *e)
{
	struct sums at[MOST_SLICES] = { { 0 } };
	struct flat f = { .d = d,
			  .r = r,
			  .s = s,
			  .slices = survey_slices_of(d->n),
			  .p = s->n_blocks * s->q,
			  .groups = d->n_strata[0] * r->n_cells,
			  .at = at };
	bool ok;

	/* many sums: rather fewer slices than room for them */
	survey_slices_limit(&f.slices,
			    f.groups * f.p > d->n / 4 ? 1 : MOST_SLICES);
	f.m = calloc(r->n_cells * f.p + 1, sizeof *f.m);
	if (!f.m)
		return err_set(e, ERR_NOMEM, "no memory for residuals");
	survey_slices_run(&f.slices, s->alone ? 1 : d->threads, add_slice, &f);
	ok = together(&f, e) && fit_cells(&f, e);
	*clear = ok;
	for (size_t a = 0; ok && a < f.p; a++)
		*clear = variance(&f, a, &cov[a]) && *clear;
	for (size_t k = 0; k < MOST_SLICES; k++)
		sums_clear(&at[k]);
	free(f.m);
	return ok;
}
