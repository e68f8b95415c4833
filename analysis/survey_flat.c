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
	size_t p;
	double *m;	     /* [n_cells*p] x_c'B */
	double *z, *zw, *zz; /* [n_cells*p] of the stratum */
	double *w, *ww;	     /* [n_cells] of the stratum */
	uint8_t *seen;	     /* [n_cells] */
	uint32_t *list;	     /* [n_cells] seen ones */
	size_t listed;
	double *score; /* [SURVEY_BLOCK*q] */
	struct survey_sum *v;
};

bool survey_is_flat(const struct survey_design *d,
		    const struct survey_residual *r, bool full)
{
	return r->cell != NULL && !full && d->n_stages <= 1 &&
	       d->n_units[0] == d->n && d->lonely_first == 0;
}

static void flat_clear(struct flat *f)
{
	free(f->m);
	free(f->z);
	free(f->w);
	free(f->seen);
	free(f->list);
	free(f->score);
	free(f->s.v);
	free(f->v);
}

static bool flat_init(struct flat *f, struct err *e)
{
	size_t n = f->r->n_cells * f->p;

	f->m = calloc(n + 1, sizeof *f->m);
	f->z = calloc(3 * n + 1, sizeof *f->z);
	f->w = calloc(2 * f->r->n_cells + 1, sizeof *f->w);
	f->seen = calloc(f->r->n_cells + 1, 1);
	f->list = malloc((f->r->n_cells + 1) * sizeof *f->list);
	f->score = malloc((SURVEY_BLOCK * f->s.q + 1) * sizeof *f->score);
	f->s.v = malloc((f->s.room + 1) * sizeof *f->s.v);
	f->v = calloc(f->p + 1, sizeof *f->v);
	if (!f->m || !f->z || !f->w || !f->seen || !f->list || !f->score ||
	    !f->s.v || !f->v)
		return err_set(e, ERR_NOMEM, "no memory for residuals");
	f->zw = f->z + n;
	f->zz = f->zw + n;
	f->ww = f->w + f->r->n_cells;
	return true;
}

/* z / g by cell and statistic into f->z, a row of each cell into f->list. */
static void sum_cells(struct flat *f)
{
	uint32_t block[SURVEY_BLOCK];
	size_t q = f->s.q;

	for (size_t from = 0; from < f->d->n; from += SURVEY_BLOCK) {
		size_t left = f->d->n - from;
		size_t n = left < SURVEY_BLOCK ? left : SURVEY_BLOCK;
		const uint32_t *row = f->d->order + from;

		f->s.fill(&f->s, row, n, block, f->score);
		for (size_t i = 0; i < n; i++) {
			uint32_t c = f->r->cell[row[i]];
			double g = f->r->inv_g[row[i]];

			if (!f->seen[c]) {
				f->seen[c] = 1;
				f->list[c] = row[i];
			}
			if (block[i] == SURVEY_NONE)
				continue;
			for (size_t a = 0; a < q; a++)
				f->z[c * f->p + block[i] * q + a] +=
					g * f->score[i * q + a];
		}
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
		size_t k = f->seen[c] ? r->row(r->ctx, f->list[c], index, value)
				      : 0;

		for (size_t j = 0; j < k; j++)
			for (size_t a = 0; a < p; a++)
				b[index[j] * p + a] +=
					value[j] * f->z[c * p + a];
	}
	ok = ok && r->solve(r->ctx, b, p, e);
	for (size_t c = 0; ok && c < r->n_cells; c++) {
		size_t k = f->seen[c] ? r->row(r->ctx, f->list[c], index, value)
				      : 0;

		for (size_t j = 0; j < k; j++)
			for (size_t a = 0; a < p; a++)
				f->m[c * p + a] +=
					value[j] * b[index[j] * p + a];
	}
	free(b);
	free(value);
	free(index);
	memset(f->z, 0, r->n_cells * p * sizeof *f->z);
	memset(f->seen, 0, r->n_cells);
	return ok;
}

static void add_rows(struct flat *f, const uint32_t *row, size_t n)
{
	uint32_t block[SURVEY_BLOCK];
	size_t q = f->s.q;

	f->s.fill(&f->s, row, n, block, f->score);
	for (size_t i = 0; i < n; i++) {
		uint32_t c = f->r->cell[row[i]];
		double w = f->r->weight[row[i]];

		if (!f->seen[c]) {
			f->seen[c] = 1;
			f->list[f->listed++] = c;
		}
		f->w[c] += w;
		f->ww[c] += w * w;
		if (block[i] == SURVEY_NONE)
			continue;
		for (size_t a = 0; a < q; a++) {
			size_t at = c * f->p + block[i] * q + a;
			double z = f->score[i * q + a];

			f->z[at] += z;
			f->zw[at] += z * w;
			f->zz[at] += z * z;
		}
	}
}

/* What the stratum's cells make of each statistic; they are emptied. */
static void add_stratum(struct flat *f, const struct survey_stratum *h)
{
	double share = isinf(h->total) ? 0 : h->n / h->total;
	double by = share >= 1 ? 0 : (1 - share) * h->n / (h->n - 1);

	for (size_t a = 0; by > 0 && a < f->p; a++) {
		double s = 0, ss = 0;

		for (size_t l = 0; l < f->listed; l++) {
			size_t c = f->list[l], at = c * f->p + a;
			double m = f->m[at];

			s += f->z[at] - m * f->w[c];
			ss += f->zz[at] - 2 * m * f->zw[at] + m * m * f->ww[c];
		}
		survey_add(&f->v[a], by * fmax(ss - s * s / h->n, 0));
	}
	for (size_t l = 0; l < f->listed; l++) {
		size_t c = f->list[l];

		memset(f->z + c * f->p, 0, f->p * sizeof *f->z);
		memset(f->zw + c * f->p, 0, f->p * sizeof *f->z);
		memset(f->zz + c * f->p, 0, f->p * sizeof *f->z);
		f->w[c] = f->ww[c] = 0;
		f->seen[c] = 0;
	}
	f->listed = 0;
}

bool survey_flat_cov(const struct survey_design *d,
		     const struct survey_residual *r,
		     const struct survey_scores *s, double *cov, struct err *e)
{
	struct flat f = { .d = d, .r = r, .s = *s, .p = s->n_blocks * s->q };
	bool ok;

	f.s.v = NULL;
	ok = flat_init(&f, e);
	if (ok) {
		sum_cells(&f);
		ok = fit_cells(&f, e);
	}
	for (size_t i = 0; ok && i < d->n_strata[0]; i++) {
		const struct survey_stratum *h = &d->stratum[0][i];

		/* a unit is a row: units are numbered as the rows stand */
		for (size_t u = h->first_unit; u < h->end_unit;
		     u += SURVEY_BLOCK)
			add_rows(&f, d->order + u,
				 h->end_unit - u < SURVEY_BLOCK
					 ? h->end_unit - u
					 : SURVEY_BLOCK);
		add_stratum(&f, h);
	}
	for (size_t a = 0; ok && a < f.p; a++)
		cov[a] = f.v[a].s + f.v[a].c;
	flat_clear(&f);
	return ok;
}
