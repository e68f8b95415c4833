#include <stdlib.h>
#include <string.h>

#include "survey_parts.h"

#define MOST_CELLS ((size_t)1 << 20)

/* ---- one slice of the rows --------------------------------------------- */

/* Sums of a cell, shifted by the first scores it met: k[q], sum[q] and
 * square[pairs] lie one after the other. */
struct part {
	uint32_t *count; /* [cells] */
	double *sums;	 /* [cells * (2q + pairs)] */
	double *z, *v;	 /* room for a block of rows */
	uint32_t *block;
	bool failed;
};

struct job {
	const struct survey_design *d;
	const struct survey_scores *s;
	const struct survey_table *t;
	struct survey_slices slices;
	struct part part[SURVEY_SLICES + 1];
	bool full, paired;
};

static bool part_init(struct part *p, const struct job *j)
{
	const struct survey_table *t = j->t;
	size_t cells = t->n_strata * t->n_blocks;

	p->count = calloc(cells, sizeof *p->count);
	p->sums = malloc(cells * (2 * t->q + t->pairs) * sizeof *p->sums);
	p->z = malloc(SURVEY_BLOCK * t->q * sizeof *p->z);
	p->v = malloc((j->s->room + 1) * sizeof *p->v);
	p->block = malloc(SURVEY_BLOCK * sizeof *p->block);
	return p->count && p->sums && p->z && p->v && p->block;
}

static void part_clear(struct part *p)
{
	free(p->count);
	free(p->sums);
	free(p->z);
	free(p->v);
	free(p->block);
	*p = (struct part){ .failed = p->failed };
}

/* The loop of means and ratios. */
static void add_single(struct part *p, const uint32_t *stratum, size_t nb,
		       size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t at = stratum[i] * nb + p->block[i];
		double *x, t;

		if (p->block[i] == SURVEY_NONE)
			continue;
		x = p->sums + 3 * at;
		if (p->count[at]++ == 0) {
			x[0] = p->z[i];
			x[1] = x[2] = 0;
			continue;
		}
		t = p->z[i] - x[0];
		x[1] += t;
		x[2] += t * t;
	}
}

static void add_vector(struct part *p, const struct survey_table *tab,
		       const uint32_t *stratum, bool full, size_t n)
{
	size_t q = tab->q, wide = 2 * q + tab->pairs;

	for (size_t i = 0; i < n; i++) {
		size_t at = stratum[i] * tab->n_blocks + p->block[i];
		const double *z = p->z + i * q;
		double *k, *sum, *square;

		if (p->block[i] == SURVEY_NONE)
			continue;
		k = p->sums + wide * at;
		sum = k + q;
		square = sum + q;
		if (p->count[at]++ == 0) {
			memcpy(k, z, q * sizeof *k);
			memset(sum, 0, (wide - q) * sizeof *sum);
			continue;
		}
		for (size_t a = 0; a < q; a++) {
			double t = z[a] - k[a];

			sum[a] += t;
			if (!full)
				square[a] += t * t;
		}
		for (size_t a = 0; full && a < q; a++)
			for (size_t b = 0; b <= a; b++)
				*square++ += (z[a] - k[a]) * (z[b] - k[b]);
	}
}

/* ---- statistics of two columns ------------------------------------------ */

/* The two totals that statistic a needs, the first of them a column; the scores
 * need no place of their own then. */
static bool two_columns(const struct survey_scores *s, size_t a, size_t *first,
			size_t *second)
{
	const struct survey_column *col = s->stat->column;
	size_t at = s->first[a];

	if (s->first[a + 1] - at != 2)
		return false;
	*first = s->needs[at];
	*second = s->needs[at + 1];
	return col[*first].x != NULL;
}

static bool is_paired(const struct survey_scores *s, bool full)
{
	size_t first, second;
	bool is = s->stat && s->stat->column && (s->q == 1 || !full);

	for (size_t a = 0; is && a < s->q; a++)
		is = two_columns(s, a, &first, &second);
	return is;
}

/* What a block of rows of one statistic is made of. */
struct pair {
	const double *w, *x, *y; /* y NULL: ones */
	double from, y_from;
	const double *jac, *jac_y; /* of cell 0 */
	size_t step;		   /* to the next cell's */
	const uint32_t *cell;	   /* NULL: all in 0 */
};

static struct pair pair_of(const struct survey_scores *s, size_t a, size_t from)
{
	const struct survey_stat *st = s->stat;
	size_t i = 0, j = 0;
	struct pair p;

	(void)two_columns(s, a, &i, &j); /* asked before, by is_paired */
	p = (struct pair){ .w = s->design->weight + from,
			   .x = st->column[i].x + from,
			   .from = st->column[i].origin,
			   .y_from = st->column[j].origin,
			   .jac = s->jac + a * st->m + i,
			   .jac_y = s->jac + a * st->m + j,
			   .step = st->q * st->m,
			   .cell = st->cell ? st->cell + from : NULL };
	p.y = st->column[j].x ? st->column[j].x + from : NULL;
	return p;
}

static inline double pair_score(const struct pair *p, size_t i, bool cells,
				bool ones)
{
	size_t c = cells ? p->cell[i] * p->step : 0;
	double y = ones ? 1 : p->y[i] - p->y_from;

	return p->w[i] * (p->jac[c] * (p->x[i] - p->from) + p->jac_y[c] * y);
}

/* sums[place], of q statistics: shifts, sums, squares.  What `cells` and
 * `ones` decide is decided once, not by row. */
static inline void add_loop(const struct pair *from, const uint32_t *at,
			    size_t n, double *sums, size_t q, bool cells,
			    bool ones)
{
	const struct pair p = *from;

	for (size_t i = 0; p.x && i < n; i++) {
		double *x = sums + at[i], t;

		if (at[i] == SURVEY_NONE)
			continue;
		t = pair_score(&p, i, cells, ones) - x[0];
		x[q] += t;
		x[2 * q] += t * t;
	}
}

static void add_scores(const struct pair *p, const uint32_t *at, size_t n,
		       double *sums, size_t q)
{
	if (p->cell && !p->y)
		add_loop(p, at, n, sums, q, true, true);
	else if (p->cell)
		add_loop(p, at, n, sums, q, true, false);
	else
		add_loop(p, at, n, sums, q, false, !p->y);
}

/* A place's first scores are its shift. */
static void first_scores(const struct job *j, size_t row, double *k)
{
	size_t q = j->t->q;

	memset(k, 0, 3 * q * sizeof *k);
	for (size_t a = 0; a < q; a++) {
		struct pair x = pair_of(j->s, a, row);

		k[a] = pair_score(&x, 0, x.cell != NULL, x.y == NULL);
	}
}

/* Where the sums of each row lie. */
static void find_places(struct part *p, const struct job *j, size_t from,
			size_t n)
{
	const struct survey_stat *st = j->s->stat;
	const uint32_t *cell = st->cell ? st->cell + from : NULL;
	const uint32_t *of = st->block, *stratum = j->d->row_stratum + from;
	uint32_t *restrict place = p->block, *restrict count = p->count;
	uint32_t nb = (uint32_t)j->t->n_blocks, wide = (uint32_t)(3 * j->t->q);

	for (size_t i = 0; i < n; i++) {
		uint32_t c = cell ? cell[i] : 0, at;

		if (c == SURVEY_NONE) {
			place[i] = SURVEY_NONE;
			continue;
		}
		at = stratum[i] * nb + (of ? of[c] : c);
		place[i] = at * wide;
		if (count[at]++ == 0)
			first_scores(j, from + i, p->sums + at * (size_t)wide);
	}
}

static void add_pairs(struct part *p, const struct job *j, size_t from,
		      size_t n)
{
	size_t q = j->t->q;

	find_places(p, j, from, n);
	for (size_t a = 0; a < q; a++) {
		struct pair x = pair_of(j->s, a, from);

		add_scores(&x, p->block, n, p->sums + a, q);
	}
}

/* ---- a slice ------------------------------------------------------------ */

static void fill_part(void *ctx, size_t slice)
{
	struct job *j = ctx;
	struct part *p = &j->part[slice];
	struct survey_scores own = *j->s;
	size_t from = slice * j->slices.step, end = from + j->slices.step;
	uint32_t row[SURVEY_BLOCK] = { 0 };

	if (end > j->d->n)
		end = j->d->n;
	if (!part_init(p, j)) {
		p->failed = true;
		part_clear(p);
		return;
	}
	own.v = p->v;
	for (; from < end; from += SURVEY_BLOCK) {
		size_t n =
			end - from < SURVEY_BLOCK ? end - from : SURVEY_BLOCK;

		if (j->paired) {
			add_pairs(p, j, from, n);
			continue;
		}
		for (size_t i = 0; i < n; i++)
			row[i] = (uint32_t)(from + i);
		own.fill(&own, row, n, p->block, p->z);
		if (j->t->q == 1)
			add_single(p, j->d->row_stratum + from, j->t->n_blocks,
				   n);
		else
			add_vector(p, j->t, j->d->row_stratum + from, j->full,
				   n);
	}
}

/* ---- slices together ---------------------------------------------------- */

/* Two sets of rows made one (Chan, Golub & LeVeque 1983, 2.1). */
static void join(struct survey_table *t, bool full, size_t at, uint32_t count,
		 const double *x)
{
	size_t q = t->q, i = 0;
	double *mean = t->mean + at * q, *square = t->square + at * t->pairs;
	double na = t->count[at], nb = count, n = na + nb;

	for (size_t a = 0; a < q; a++)
		for (size_t b = full ? 0 : a; b <= a; b++, i++) {
			double da = x[a] + x[q + a] / nb - mean[a];
			double db = x[b] + x[q + b] / nb - mean[b];

			square[i] += x[2 * q + i] - x[q + a] * x[q + b] / nb +
				     da * db * na * nb / n;
		}
	for (size_t a = 0; a < q; a++)
		mean[a] += (x[a] + x[q + a] / nb - mean[a]) * nb / n;
	t->count[at] += count;
}

static bool together(struct job *j, struct survey_table *t, struct err *e)
{
	size_t wide = 2 * t->q + t->pairs;

	for (size_t k = 0; k < j->slices.n; k++) {
		struct part *p = &j->part[k];

		if (p->failed)
			return err_set(e, ERR_NOMEM, "no memory for strata");
		for (size_t at = 0; at < t->n_strata * t->n_blocks; at++)
			if (p->count[at] > 0)
				join(t, j->full, at, p->count[at],
				     p->sums + at * wide);
		part_clear(p);
	}
	return true;
}

bool survey_table_fits(const struct survey_design *d,
		       const struct survey_scores *s)
{
	size_t q = s->q;

	return d->elements && q <= 256 &&
	       d->n_strata[0] <= MOST_CELLS / s->n_blocks / (q * q) &&
	       d->n_strata[0] * s->n_blocks <= d->n;
}

bool survey_table_init(struct survey_table *t, const struct survey_design *d,
		       const struct survey_scores *s, bool full, struct err *e)
{
	struct job j = { .d = d,
			 .s = s,
			 .t = t,
			 .slices = survey_slices_of(d->n),
			 .full = full,
			 .paired = is_paired(s, full) };
	size_t cells = d->n_strata[0] * s->n_blocks;
	bool ok;

	*t = (struct survey_table){ .n_strata = d->n_strata[0],
				    .n_blocks = s->n_blocks,
				    .q = s->q,
				    .pairs = full ? s->q * (s->q + 1) / 2
						  : s->q };
	t->count = calloc(cells, sizeof *t->count);
	t->mean = calloc(cells * t->q, sizeof *t->mean);
	t->square = calloc(cells * t->pairs, sizeof *t->square);
	if (!t->count || !t->mean || !t->square) {
		survey_table_clear(t);
		return err_set(e, ERR_NOMEM, "no memory for strata");
	}
	survey_slices_run(&j.slices, s->alone ? 1 : d->threads, fill_part, &j);
	ok = together(&j, t, e);
	for (size_t k = 0; k < j.slices.n; k++)
		part_clear(&j.part[k]);
	if (!ok)
		survey_table_clear(t);
	return ok;
}

void survey_table_clear(struct survey_table *t)
{
	free(t->count);
	free(t->mean);
	free(t->square);
	*t = (struct survey_table){ 0 };
}
