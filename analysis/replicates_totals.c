#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "replicates_parts.h"

#define ROWS 1024

/* ---- totals of units -------------------------------------------------- */

void unit_totals_clear(struct unit_totals *u)
{
	free(u->first);
	free(u->cell);
	free(u->t);
	free(u->shared);
	*u = (struct unit_totals){ 0 };
}

/* Rows one after the other; a unit's rows come together (design order). */
struct gather {
	const struct survey_design *d;
	struct unit_totals *u;
	uint32_t *at; /* [n_cells] latest record of the cell + 1 */
	uint32_t unit;
};

static void add_rows(struct gather *g, const struct survey_stat *s,
		     const uint32_t *row, size_t n, const double *v)
{
	struct unit_totals *u = g->u;
	size_t m = u->m;

	for (size_t i = 0; i < n; i++) {
		uint32_t c = s->cell == NULL ? 0 : s->cell[row[i]];
		uint32_t unit = g->d->row_unit[row[i]];
		double w = g->d->weight[row[i]];
		double *t;

		while (g->unit < unit) /* also units without a record */
			u->first[++g->unit] = (uint32_t)u->n_records;
		if (c == SURVEY_NONE)
			continue;
		if (g->at[c] <= u->first[unit]) {
			u->cell[u->n_records++] = c;
			g->at[c] = (uint32_t)u->n_records;
		}
		t = u->t + (size_t)(g->at[c] - 1) * m;
		for (size_t j = 0; j < m; j++)
			t[j] += w * v[i * m + j];
	}
}

/* Records are at most the rows with a cell. */
static size_t most_records(const struct survey_design *d,
			   const struct survey_stat *s)
{
	size_t n = 0;

	if (s->cell == NULL)
		return d->n_units[0];
	for (size_t i = 0; i < d->n; i++)
		n += s->cell[i] != SURVEY_NONE;
	return n;
}

/* The cell that all units of the stratum have, SURVEY_NONE when they differ or
 * one has none. */
static uint32_t shared_cell(const struct unit_totals *u, uint32_t from,
			    uint32_t to)
{
	uint32_t first = u->first[from];

	if (u->first[to] - first != to - from)
		return SURVEY_NONE;
	for (uint32_t r = first + 1; r < u->first[to]; r++)
		if (u->cell[r] != u->cell[first])
			return SURVEY_NONE;
	return first < u->first[to] ? u->cell[first] : SURVEY_NONE;
}

static bool share_cells(const struct survey_design *d, struct unit_totals *u,
			struct err *e)
{
	u->shared = malloc(d->n_strata[0] * sizeof *u->shared);
	if (u->shared == NULL)
		return err_set(e, ERR_NOMEM, "no memory for strata");
	for (size_t s = 0; s < d->n_strata[0]; s++)
		u->shared[s] = shared_cell(u, d->stratum[0][s].first_unit,
					   d->stratum[0][s].end_unit);
	return true;
}

bool unit_totals_make(const struct survey_design *d,
		      const struct survey_stat *s, struct unit_totals *u,
		      struct err *e)
{
	size_t most = most_records(d, s), m = s->m;
	struct gather g = { .d = d, .u = u };
	double *v = malloc(ROWS * m * sizeof *v);

	*u = (struct unit_totals){ .n_units = d->n_units[0],
				   .m = m,
				   .n_cells = s->n_cells };
	u->first = calloc(u->n_units + 1, sizeof *u->first);
	u->cell = malloc((most + 1) * sizeof *u->cell);
	u->t = calloc(most + 1, m * sizeof *u->t);
	g.at = calloc(s->n_cells, sizeof *g.at);
	if (v == NULL || u->first == NULL || u->cell == NULL || u->t == NULL ||
	    g.at == NULL) {
		free(v);
		free(g.at);
		unit_totals_clear(u);
		return err_set(e, ERR_NOMEM, "no memory for totals of units");
	}
	for (size_t i = 0; i < d->n; i += ROWS) {
		size_t n = d->n - i < ROWS ? d->n - i : ROWS;

		s->values(s->ctx, d->order + i, n, v);
		add_rows(&g, s, d->order + i, n, v);
	}
	while (g.unit < u->n_units)
		u->first[++g.unit] = (uint32_t)u->n_records;
	free(v);
	free(g.at);
	if (share_cells(d, u, e))
		return true;
	unit_totals_clear(u);
	return false;
}

/* ---- the bootstrap's fast path ---------------------------------------- */

/* All of a stratum's units in one cell of two values: sums stay in registers,
 * and one random number draws twice while a stratum has 65536 units at most. */
static void draw_pairs(struct replicates_rng *state, uint32_t n,
		       const double *t, double *sum)
{
	struct replicates_rng g = *state;
	uint32_t least = 65536 % n, left = n - 1;
	double a = 0, b = 0, c = 0, d = 0;

	while (left > 0) {
		uint32_t x = taus_next(&g);
		uint32_t p = (x & 0xffff) * n, q = (x >> 16) * n;

		if ((p & 0xffff) >= least) {
			a += t[(size_t)2 * (p >> 16)];
			b += t[(size_t)2 * (p >> 16) + 1];
			left--;
		}
		if ((q & 0xffff) >= least && left > 0) {
			c += t[(size_t)2 * (q >> 16)];
			d += t[(size_t)2 * (q >> 16) + 1];
			left--;
		}
	}
	sum[0] = a + c;
	sum[1] = b + d;
	*state = g;
}

static void draw_any(struct replicates_rng *g, uint32_t n, const double *t,
		     size_t m, double *sum)
{
	memset(sum, 0, m * sizeof *sum);
	for (uint32_t i = 1; i < n; i++) {
		const double *x = t + (size_t)taus_below(g, n) * m;

		for (size_t j = 0; j < m; j++)
			sum[j] += x[j];
	}
}

static double sampled(const struct survey_stratum *h)
{
	return isinf(h->total) ? 0 : h->n / h->total;
}

/* Totals of the units of one stratum as they are, where they share a cell. */
static void whole_stratum(const struct unit_totals *u, uint32_t from,
			  uint32_t to, double by, double *totals)
{
	for (uint32_t i = from; i < to; i++)
		for (size_t r = u->first[i]; r < u->first[i + 1]; r++)
			for (size_t j = 0; j < u->m; j++)
				totals[u->cell[r] * u->m + j] +=
					by * u->t[r * u->m + j];
}

/* Units one by one, whatever their cells. */
static void draw_mixed(struct replicates_rng *g, const struct unit_totals *u,
		       uint32_t from, uint32_t to, double each, double *totals)
{
	for (uint32_t i = from + 1; i < to; i++) {
		uint32_t k = from + taus_below(g, to - from);

		for (size_t r = u->first[k]; r < u->first[k + 1]; r++)
			for (size_t j = 0; j < u->m; j++)
				totals[u->cell[r] * u->m + j] +=
					each * u->t[r * u->m + j];
	}
}

void bootstrap_totals(const struct replicates *r, const struct unit_totals *u,
		      size_t replicate, double *totals)
{
	const struct survey_design *d = r->design;
	struct replicates_rng g;
	double sum[8];

	memset(totals, 0, u->n_cells * u->m * sizeof *totals);
	replicates_seed(&g, r->spec.seed, replicate);
	for (size_t s = 0; s < d->n_strata[0]; s++) {
		const struct survey_stratum *h = &d->stratum[0][s];
		uint32_t from = h->first_unit, to = h->end_unit;
		double f = sampled(h), by = r->spec.fpc ? sqrt(1 - f) : 1;
		double each = by * h->n / (h->n - 1);
		uint32_t c = u->shared[s];
		const double *t = u->t + (size_t)u->first[from] * u->m;

		if (h->n < 2 || f >= 1) {
			whole_stratum(u, from, to, 1, totals);
			continue;
		}
		if (by < 1)
			whole_stratum(u, from, to, 1 - by, totals);
		if (c == SURVEY_NONE || u->m > 8) {
			draw_mixed(&g, u, from, to, each, totals);
			continue;
		}
		if (u->m == 2 && to - from <= 65536)
			draw_pairs(&g, to - from, t, sum);
		else
			draw_any(&g, to - from, t, u->m, sum);
		for (size_t j = 0; j < u->m; j++)
			totals[c * u->m + j] += each * sum[j];
	}
}
