#include <math.h>
#include <stdlib.h>

#include "survey_parts.h"

/* Means where each row is a unit, in one pass over the rows.  The score of a
 * mean is z = a u + b w, with u = w (x - origin) and a, b of its cell known
 * only when all rows have been summed; but
 *   S(z) = a^2 S(u) + 2 a b S(u, w) + b^2 S(w)
 * for sums of squares S around the mean of a stratum, so that moments of u and
 * w by stratum and cell say both the totals and the variance. */

/* Rows of a stratum and cell: sums are of what lies above the first row. */
struct place {
	double u, w;	      /* of the first row */
	double su, sw;	      /* sums */
	double suu, suw, sww; /* of products */
	size_t n;
};

struct job {
	const struct survey_design *d;
	const struct survey_stat *s;
	struct survey_slices slices;
	struct place *at[SURVEY_SLICES + 1]; /* [places]; NULL: no memory */
};

/* Rows a place at least: with fewer two passes are as fast. */
#define ROWS_A_PLACE ((size_t)64)

/* Less of the terms than this is left of their sum: its digits are gone. */
#define LEFT_OVER 1e-4

bool survey_once_fits(const struct survey_var *v, const struct survey_stat *s)
{
	const struct survey_design *d = v->design;

	return !v->replicates && !v->residual && d->elements &&
	       d->lonely_first == 0 && s->m == 2 && s->q == 1 && !s->block &&
	       s->column && s->column[0].x && !s->column[1].x &&
	       s->n_cells <= d->n / ROWS_A_PLACE / d->n_strata[0];
}

static void add_rows(const struct job *j, struct place *places, size_t from,
		     size_t end)
{
	const uint32_t *cell = j->s->cell, *stratum = j->d->row_stratum;
	const double *weight = j->d->weight, *x = j->s->column[0].x;
	const double origin = j->s->column[0].origin;
	const size_t n_cells = j->s->n_cells;

	for (size_t i = from; i < end; i++) {
		uint32_t c = cell ? cell[i] : 0;
		double w = weight[i], u = w * (x[i] - origin);
		struct place *p;

		if (c == SURVEY_NONE)
			continue;
		p = &places[stratum[i] * n_cells + c];
		if (p->n++ == 0) {
			p->u = u;
			p->w = w;
			continue;
		}
		u -= p->u;
		w -= p->w;
		p->su += u;
		p->sw += w;
		p->suu += u * u;
		p->suw += u * w;
		p->sww += w * w;
	}
}

static void add_slice(void *ctx, size_t slice)
{
	struct job *j = ctx;
	size_t from = slice * j->slices.step, end = from + j->slices.step;
	struct place *places =
		calloc(j->d->n_strata[0] * j->s->n_cells, sizeof *places);

	if (places)
		add_rows(j, places, from, end < j->d->n ? end : j->d->n);
	j->at[slice] = places;
}

/* Two sets of rows made one (Chan, Golub & LeVeque 1983, 2.1). */
static void join(struct survey_moments *to, const struct place *p)
{
	double na = (double)to->n, nb = (double)p->n, n = na + nb;
	double u = p->u + p->su / nb, w = p->w + p->sw / nb;
	double du = u - to->u, dw = w - to->w, share = na * nb / n;

	to->uu += p->suu - p->su * p->su / nb + du * du * share;
	to->uw += p->suw - p->su * p->sw / nb + du * dw * share;
	to->ww += p->sww - p->sw * p->sw / nb + dw * dw * share;
	to->u += du * nb / n;
	to->w += dw * nb / n;
	to->n += p->n;
}

bool survey_once_sums(const struct survey_design *d,
		      const struct survey_stat *s, struct survey_moments **out,
		      struct err *e)
{
	struct job j = { .d = d, .s = s, .slices = survey_slices_of(d->n) };
	size_t n = d->n_strata[0] * s->n_cells;
	bool ok;

	*out = calloc(n + 1, sizeof **out);
	ok = *out != NULL;
	if (ok)
		survey_slices_run(&j.slices, d->threads, add_slice, &j);
	for (size_t k = 0; k < j.slices.n; k++) {
		ok = ok && j.at[k];
		for (size_t i = 0; ok && i < n; i++)
			if (j.at[k][i].n > 0)
				join(&(*out)[i], &j.at[k][i]);
		free(j.at[k]);
	}
	return ok || err_set(e, ERR_NOMEM, "no memory for totals");
}

void survey_once_totals(const struct survey_design *d,
			const struct survey_stat *s,
			const struct survey_moments *m, double *totals,
			double *weights)
{
	for (size_t c = 0; c < s->n_cells; c++) {
		struct survey_sum u = { 0 }, w = { 0 };

		for (size_t h = 0; h < d->n_strata[0]; h++) {
			const struct survey_moments *p = &m[h * s->n_cells + c];

			survey_add(&u, p->u * (double)p->n);
			survey_add(&w, p->w * (double)p->n);
		}
		totals[2 * c] = u.s + u.c;
		totals[2 * c + 1] = w.s + w.c;
		if (weights)
			weights[c] = w.s + w.c;
	}
}

/* What is left of a cell's terms in all strata. */
static bool digits_left(const struct survey_design *d,
			const struct survey_stat *s,
			const struct survey_moments *m, const double *jac,
			size_t c)
{
	double a = jac[2 * c], b = jac[2 * c + 1], left = 0, terms = 0;

	for (size_t h = 0; h < d->n_strata[0]; h++) {
		const struct survey_moments *p = &m[h * s->n_cells + c];
		double plain = a * a * p->uu + b * b * p->ww;

		left += plain + 2 * a * b * p->uw;
		terms += plain;
	}
	return left >= LEFT_OVER * terms;
}

bool survey_once_table(const struct survey_design *d,
		       const struct survey_stat *s,
		       const struct survey_moments *m, const double *jac,
		       struct survey_table *t, struct err *e)
{
	size_t n = d->n_strata[0] * s->n_cells;

	*t = (struct survey_table){ .n_strata = d->n_strata[0],
				    .n_blocks = s->n_cells,
				    .q = 1,
				    .pairs = 1 };
	for (size_t c = 0; c < s->n_cells; c++)
		if (!digits_left(d, s, m, jac, c))
			return true;
	t->count = calloc(n, sizeof *t->count);
	t->mean = calloc(n, sizeof *t->mean);
	t->square = calloc(n, sizeof *t->square);
	if (!t->count || !t->mean || !t->square) {
		survey_table_clear(t);
		return err_set(e, ERR_NOMEM, "no memory for strata");
	}
	for (size_t i = 0; i < n; i++) {
		const struct survey_moments *p = &m[i];
		const double *k = jac + 2 * (i % s->n_cells);

		t->count[i] = (uint32_t)p->n;
		t->mean[i] = k[0] * p->u + k[1] * p->w;
		t->square[i] =
			fmax(k[0] * k[0] * p->uu + 2 * k[0] * k[1] * p->uw +
				     k[1] * k[1] * p->ww,
			     0);
	}
	return true;
}
