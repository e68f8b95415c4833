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
	struct survey_scores s; /* with a room of its own */
	size_t p, groups;	/* groups: strata x cells */
	double *m;		/* [n_cells*p] sums, then x_c'B */
	double *z;		/* [groups*p*3] z, z w, z^2 */
	double *w;		/* [groups*2] w, w^2 */
	uint32_t *row;		/* [n_cells] one of each + 1; 0: none */
	double *score;		/* [SURVEY_BLOCK*q] */
};

#define MOST_SUMS ((size_t)1 << 22)

bool survey_is_flat(const struct survey_design *d,
		    const struct survey_residual *r, size_t p, bool full)
{
	return r->cell != NULL && p > 0 && !full && d->n_stages <= 1 &&
	       d->n_units[0] == d->n && d->lonely_first == 0 &&
	       d->n_strata[0] <= MOST_SUMS / r->n_cells / p;
}

static void flat_clear(struct flat *f)
{
	free(f->m);
	free(f->z);
	free(f->w);
	free(f->row);
	free(f->score);
	free(f->s.v);
}

static bool flat_init(struct flat *f, struct err *e)
{
	f->m = calloc(f->r->n_cells * f->p + 1, sizeof *f->m);
	f->z = calloc(f->groups * f->p + 1, 3 * sizeof *f->z);
	f->w = calloc(f->groups + 1, 2 * sizeof *f->w);
	f->row = calloc(f->r->n_cells + 1, sizeof *f->row);
	f->score = malloc((SURVEY_BLOCK * f->s.q + 1) * sizeof *f->score);
	f->s.v = malloc((f->s.room + 1) * sizeof *f->s.v);
	return (f->m && f->z && f->w && f->row && f->score && f->s.v) ||
	       err_set(e, ERR_NOMEM, "no memory for residuals");
}

/* z / g by cell and statistic, and all that a stratum's cells need. */
static void add_row(struct flat *f, uint32_t row, uint32_t block,
		    const double *score)
{
	uint32_t c = f->r->cell[row];
	size_t at = (size_t)f->d->row_stratum[row] * f->r->n_cells + c,
	       q = f->s.q;
	double w = f->r->weight[row], g = f->r->inv_g[row];
	double *sum;

	f->row[c] = row + 1;
	f->w[2 * at] += w;
	f->w[2 * at + 1] += w * w;
	if (block == SURVEY_NONE)
		return;
	sum = f->z + (at * f->p + block * q) * 3;
	for (size_t a = 0; a < q; a++, sum += 3) {
		double z = score[a];

		f->m[c * f->p + block * q + a] += g * z;
		sum[0] += z;
		sum[1] += z * w;
		sum[2] += z * z;
	}
}

/* In the order of the rows: nothing is looked up by the design. */
static void add_rows(struct flat *f)
{
	uint32_t block[SURVEY_BLOCK], row[SURVEY_BLOCK];
	size_t q = f->s.q;

	for (size_t from = 0; from < f->d->n; from += SURVEY_BLOCK) {
		size_t left = f->d->n - from;
		size_t n = left < SURVEY_BLOCK ? left : SURVEY_BLOCK;

		for (size_t i = 0; i < n; i++)
			row[i] = (uint32_t)(from + i);
		f->s.fill(&f->s, row, n, block, f->score);
		for (size_t i = 0; i < n; i++)
			add_row(f, row[i], block[i], f->score + i * q);
	}
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
		size_t k = f->row[c]
				   ? r->row(r->ctx, f->row[c] - 1, index, value)
				   : 0;

		for (size_t j = 0; j < k; j++)
			for (size_t a = 0; a < p; a++)
				b[index[j] * p + a] +=
					value[j] * f->m[c * p + a];
	}
	ok = ok && r->solve(r->ctx, b, p, e);
	memset(f->m, 0, r->n_cells * p * sizeof *f->m);
	for (size_t c = 0; ok && c < r->n_cells; c++) {
		size_t k = f->row[c]
				   ? r->row(r->ctx, f->row[c] - 1, index, value)
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

/* The sum of squares of one statistic in one stratum around its mean. */
static double squares(const struct flat *f, size_t stratum, size_t a)
{
	double s = 0, ss = 0;

	for (size_t c = 0; c < f->r->n_cells; c++) {
		size_t at = stratum * f->r->n_cells + c;
		const double *z = f->z + (at * f->p + a) * 3;
		const double *w = f->w + 2 * at;
		double m = f->m[c * f->p + a];

		s += z[0] - m * w[0];
		ss += z[2] - 2 * m * z[1] + m * m * w[1];
	}
	return fmax(ss - s * s / f->d->stratum[0][stratum].n, 0);
}

static double variance(const struct flat *f, size_t a)
{
	struct survey_sum v = { 0 };

	for (size_t i = 0; i < f->d->n_strata[0]; i++) {
		const struct survey_stratum *h = &f->d->stratum[0][i];
		double share = isinf(h->total) ? 0 : h->n / h->total;

		if (share < 1) /* taken whole: nothing */
			survey_add(&v, (1 - share) * h->n / (h->n - 1) *
					       squares(f, i, a));
	}
	return v.s + v.c;
}

bool survey_flat_cov(const struct survey_design *d,
		     const struct survey_residual *r,
		     const struct survey_scores *s, double *cov, struct err *e)
{
	struct flat f = { .d = d,
			  .r = r,
			  .s = *s,
			  .p = s->n_blocks * s->q,
			  .groups = d->n_strata[0] * r->n_cells };
	bool ok;

	f.s.v = NULL;
	ok = flat_init(&f, e);
	if (ok) {
		add_rows(&f);
		ok = fit_cells(&f, e);
	}
	for (size_t a = 0; ok && a < f.p; a++)
		cov[a] = variance(&f, a);
	flat_clear(&f);
	return ok;
}
