/* Degrees of freedom of replicates. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "replicates_parts.h"

/* Rows hashed into twice as many as there are replicates, with signs: the
 * rank stays (almost surely), and a million rows cost no more than one pass
 * (Clarkson & Woodruff 2013, STOC: sparse embedding). */
struct sketch {
	size_t rows, columns;
	double *x; /* column by column */
};

#define RANK_COLUMNS ((size_t)600) /* past that: as many as there can be */
#define RANK_LEFT    1e-5	   /* of a column, as survey::degf has it */

static void sketch_add(struct sketch *k, size_t column, const double *v,
		       size_t n)
{
	double *x = k->x + column * k->rows;

	for (size_t i = 0; i < n; i++) {
		uint64_t h = (i + 1) * 0x9e3779b97f4a7c15U;

		h ^= h >> 29;
		h *= 0xbf58476d1ce4e5b9U;
		h ^= h >> 32;
		if (n <= k->rows)
			x[i] = v[i];
		else
			x[(h >> 1) % k->rows] += (h & 1) != 0 ? v[i] : -v[i];
	}
}

static double dot(const double *a, const double *b, size_t n)
{
	double s = 0;

	for (size_t i = 0; i < n; i++)
		s += a[i] * b[i];
	return s;
}

/* Gram-Schmidt, twice over, in place: columns kept come first. */
static size_t sketch_rank(struct sketch *k)
{
	size_t rank = 0;

	for (size_t c = 0; c < k->columns && rank < k->rows; c++) {
		double *x = k->x + c * k->rows;
		double before = sqrt(dot(x, x, k->rows)), after;

		for (size_t pass = 0; pass < 2; pass++)
			for (size_t l = 0; l < rank; l++) {
				const double *q = k->x + l * k->rows;
				double s = dot(q, x, k->rows);

				for (size_t i = 0; i < k->rows; i++)
					x[i] -= s * q[i];
			}
		after = sqrt(dot(x, x, k->rows));
		if (!(after > RANK_LEFT * before) || before == 0)
			continue;
		for (size_t i = 0; i < k->rows; i++)
			k->x[rank * k->rows + i] = x[i] / after;
		rank++;
	}
	return rank;
}

/* Which entries of a column count: units or rows of the domain. */
struct picked {
	uint32_t *at; /* [n] */
	size_t n;
	bool rows; /* of the data; else first-stage units */
};

static bool pick(const struct replicates *r, const uint32_t *in,
		 struct picked *p, struct err *e)
{
	const struct survey_design *d = r->design;
	uint8_t *wanted;
	size_t all;

	p->rows = r->calib != NULL || r->spec.by_row;
	all = p->rows ? d->n : d->n_units[0];
	p->n = 0;
	p->at = malloc(all * sizeof *p->at);
	wanted = calloc(all, 1);
	if (p->at == NULL || wanted == NULL) {
		free(wanted);
		return err_set(e, ERR_NOMEM, "no memory for replicates");
	}
	for (size_t i = 0; i < d->n; i++)
		if (in == NULL || (in[i] != SURVEY_NONE && d->weight[i] > 0))
			wanted[p->rows ? i : d->row_unit[i]] = 1;
	for (size_t i = 0; i < all; i++)
		if (wanted[i] != 0)
			p->at[p->n++] = (uint32_t)i;
	free(wanted);
	return true;
}

static bool rank_columns(const struct replicates *r, const struct picked *p,
			 struct sketch *k, struct err *e)
{
	const struct survey_design *d = r->design;
	double *f = malloc(d->n_units[0] * sizeof *f);
	double *v = malloc((p->rows ? d->n : d->n_units[0]) * sizeof *v);
	struct calib_work *work = NULL;
	bool ok = f != NULL && v != NULL;

	if (!ok)
		err_set(e, ERR_NOMEM, "no memory for replicates");
	if (ok && r->calib != NULL) {
		work = calib_work_new(r->calib, e);
		ok = work != NULL;
	}
	for (size_t c = 0; ok && c < r->count; c++) {
		if (p->rows)
			ok = replicates_weights(r, c, f, work, v, e);
		else
			replicates_factors(r, c, v);
		for (size_t i = 0; ok && i < p->n; i++)
			v[i] = v[p->at[i]]; /* at[i] >= i */
		if (ok)
			sketch_add(k, c, v, p->n);
	}
	calib_work_free(work);
	free(f);
	free(v);
	return ok;
}

static bool rank_of(const struct replicates *r, const struct picked *p,
		    int64_t *df, struct err *e)
{
	struct sketch k = { .columns = r->count };
	bool ok;

	if (r->count > RANK_COLUMNS || p->n == 0) {
		*df = (int64_t)(r->count < p->n ? r->count : p->n) - 1;
		return true;
	}
	k.rows = 2 * r->count + 16 < p->n ? 2 * r->count + 16 : p->n;
	k.x = calloc(k.rows, k.columns * sizeof *k.x);
	if (k.x == NULL)
		return err_set(e, ERR_NOMEM, "no memory for replicates");
	ok = rank_columns(r, p, &k, e);
	if (ok)
		*df = (int64_t)sketch_rank(&k) - 1;
	free(k.x);
	return ok;
}

bool replicates_rank(const struct replicates *r, const uint32_t *in,
		     int64_t *df, struct err *e)
{
	struct picked p = { .at = NULL };
	bool ok = pick(r, in, &p, e) && rank_of(r, &p, df, e);

	free(p.at);
	return ok;
}

bool replicates_domain_df(const struct replicates *r, const uint32_t *in,
			  int64_t *df, struct err *e)
{
	size_t outside = 0;

	for (size_t i = 0; in != NULL && i < r->design->n; i++)
		outside += in[i] == SURVEY_NONE && r->design->weight[i] > 0;
	if (outside > 0)
		return replicates_rank(r, in, df, e);
	*df = r->df;
	return true;
}
