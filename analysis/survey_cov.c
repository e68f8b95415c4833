#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/survey.h"
#include "survey_parts.h"

#define WHOLE 1e-7 /* see survey_design.c */

/* Scores of rows in the order of the design, a block at a time.  Rows that are
 * in no cell are passed over: most are, where many domains are asked for. */
struct cursor {
	const struct survey_design *d;
	const struct survey_scores *s;
	size_t step;
	size_t to;	 /* order[.. to) has been looked at */
	size_t done;	 /* and order[.. done) has been used */
	size_t n, k;	 /* rows at hand, and the next of them */
	uint32_t *at;	 /* [step] places in the order */
	uint32_t *row;	 /* [step] */
	uint32_t *block; /* [step] */
	double *z;	 /* [step*q] */
};

static bool cursor_init(struct cursor *c, const struct survey_design *d,
			const struct survey_scores *s, struct err *e)
{
	*c = (struct cursor){ .d = d, .s = s, .step = SURVEY_BLOCK };
	while (c->step > 16 && c->step * s->q > (size_t)1 << 18)
		c->step /= 2;
	c->at = malloc(c->step * sizeof *c->at);
	c->row = malloc(c->step * sizeof *c->row);
	c->block = malloc(c->step * sizeof *c->block);
	c->z = malloc((c->step * s->q + 1) * sizeof *c->z);
	return (c->at && c->row && c->block && c->z) ||
	       err_set(e, ERR_NOMEM, "no memory for %zu scores", s->q);
}

static void cursor_clear(struct cursor *c)
{
	free(c->at);
	free(c->row);
	free(c->block);
	free(c->z);
}

static void cursor_fill(struct cursor *c, size_t at)
{
	const uint32_t *cell = c->s->stat ? c->s->stat->cell : c->s->cell;
	const uint32_t *order = c->d->order;
	size_t n = 0, i = at;

	for (; i < c->d->n && n < c->step; i++) {
		c->at[n] = (uint32_t)i;
		c->row[n] = order[i];
		n += !cell || cell[order[i]] != SURVEY_NONE;
	}
	c->to = i;
	c->n = n;
	c->k = 0;
	c->s->fill(c->s, c->row, n, c->block, c->z);
}

/* Whether a row of order[.. end) is left. */
static bool cursor_next(struct cursor *c, size_t end)
{
	while (c->k == c->n && c->to < end)
		cursor_fill(c, c->to);
	return c->k < c->n && c->at[c->k] < end;
}

/* ---- one stratum ------------------------------------------------------ */

/* Sums over the units of a stratum, each statistic shifted by the first value
 * it meets (Chan, Golub & LeVeque 1983): e = t - k.  Units without rows in
 * the domain are zeros that nobody adds up. */
struct spread {
	size_t n_blocks, q, p;
	bool full;
	double *k, *sum, *square; /* [p] */
	uint32_t *count;	  /* [n_blocks] units that touch it */
	uint32_t *list;		  /* blocks touched */
	size_t n;
	double *pair;	     /* [p*p] sum of e_a e_b over units touching both */
	double *half;	     /* [p*p] sum of e_a over units touching both */
	uint32_t *both;	     /* [n_blocks*n_blocks] such units */
	double *t;	     /* [p] totals of the unit at hand */
	uint32_t *unit_list; /* blocks it touches */
	uint8_t *in_unit;    /* [n_blocks] */
	size_t n_unit;
	struct survey_base *base; /* [n_blocks] counted by the way, or NULL */
};

static void spread_clear(struct spread *s)
{
	free(s->k);
	free(s->sum);
	free(s->square);
	free(s->count);
	free(s->list);
	free(s->pair);
	free(s->half);
	free(s->both);
	free(s->t);
	free(s->unit_list);
	free(s->in_unit);
}

static bool spread_init(struct spread *s, size_t n_blocks, size_t q, bool full,
			struct err *e)
{
	size_t p = n_blocks * q;
	bool ok;

	*s = (struct spread){
		.n_blocks = n_blocks, .q = q, .p = p, .full = full
	};
	s->k = malloc(p * sizeof *s->k);
	s->sum = malloc(p * sizeof *s->sum);
	s->square = malloc(p * sizeof *s->square);
	s->count = calloc(n_blocks, sizeof *s->count);
	s->list = malloc(n_blocks * sizeof *s->list);
	s->t = calloc(p, sizeof *s->t);
	s->unit_list = malloc(n_blocks * sizeof *s->unit_list);
	s->in_unit = calloc(n_blocks, sizeof *s->in_unit);
	ok = s->k && s->sum && s->square && s->count && s->list && s->t &&
	     s->unit_list && s->in_unit;
	if (ok && full) {
		s->pair = calloc(p * p, sizeof *s->pair);
		s->half = calloc(p * p, sizeof *s->half);
		s->both = calloc(n_blocks * n_blocks, sizeof *s->both);
		ok = s->pair && s->half && s->both;
	}
	return ok || err_set(e, ERR_NOMEM, "no memory for %zu statistics", p);
}

static void push(struct spread *s, uint32_t b, const double *t)
{
	size_t at = (size_t)b * s->q;

	if (s->base)
		s->base[b].units++;
	if (s->count[b]++ == 0) {
		s->list[s->n++] = b;
		for (size_t a = 0; a < s->q; a++) {
			s->k[at + a] = t[a];
			s->sum[at + a] = s->square[at + a] = 0;
		}
		return;
	}
	for (size_t a = 0; a < s->q; a++) {
		double x = t[a] - s->k[at + a];

		s->sum[at + a] += x;
		s->square[at + a] += x * x;
	}
}

/* Products of the statistics of one block. */
static void push_within(struct spread *s, uint32_t b, const double *t)
{
	size_t at = (size_t)b * s->q;

	for (size_t a = 0; a < s->q; a++) {
		double x = t[a] - s->k[at + a];
		double *pair = s->pair + (at + a) * s->p + at;

		for (size_t c = 0; c < a; c++)
			pair[c] += x * (t[c] - s->k[at + c]);
	}
}

/* Products across the blocks i > j; both are pushed already. */
static void push_across(struct spread *s, uint32_t i, uint32_t j)
{
	size_t q = s->q, p = s->p, ai = i * q, aj = j * q;

	s->both[i * s->n_blocks + j]++;
	for (size_t a = 0; a < q; a++) {
		double x = s->t[ai + a] - s->k[ai + a];

		for (size_t c = 0; c < q; c++) {
			double y = s->t[aj + c] - s->k[aj + c];

			s->pair[(ai + a) * p + aj + c] += x * y;
			s->half[(ai + a) * p + aj + c] += x;
			s->half[(aj + c) * p + ai + a] += y;
		}
	}
}

static void add_row(struct spread *s, uint32_t b, const double *z)
{
	double *t = s->t + (size_t)b * s->q;

	if (!s->in_unit[b]) {
		s->in_unit[b] = 1;
		s->unit_list[s->n_unit++] = b;
	}
	if (s->base)
		s->base[b].rows++;
	for (size_t a = 0; a < s->q; a++)
		t[a] += z[a];
}

static void end_unit(struct spread *s)
{
	for (size_t u = 0; u < s->n_unit; u++) {
		uint32_t b = s->unit_list[u];

		push(s, b, s->t + (size_t)b * s->q);
		if (s->full)
			push_within(s, b, s->t + (size_t)b * s->q);
	}
	for (size_t u = 1; s->full && u < s->n_unit; u++)
		for (size_t v = 0; v < u; v++) {
			uint32_t i = s->unit_list[u], j = s->unit_list[v];

			push_across(s, i > j ? i : j, i > j ? j : i);
		}
	for (size_t u = 0; u < s->n_unit; u++) {
		uint32_t b = s->unit_list[u];

		memset(s->t + (size_t)b * s->q, 0, s->q * sizeof *s->t);
		s->in_unit[b] = 0;
	}
	s->n_unit = 0;
}

/* sum over all n units of (t_a - mean_a)(t_b - mean_b), from shifted sums. */
static double centred(double n, double na, double nb, double nab, double ka,
		      double kb, double sa, double sb, double half_a,
		      double half_b, double pair)
{
	double v = pair - sa * sb / n;

	if (nab == n) /* then na == nb == n and the halves are the sums */
		return v;
	return v + ka * (half_b - na / n * sb) + kb * (half_a - nb / n * sa) +
	       ka * kb * (nab - na * nb / n);
}

/* One lonely unit, centred at 0: t_a t_b where it touches both. */
static double lone(const struct spread *s, size_t a, size_t b)
{
	return s->k[a] * s->k[b];
}

/* ---- strata together -------------------------------------------------- */

struct engine {
	const struct survey_design *d;
	struct cursor c;
	struct spread s;
	struct survey_sum *v; /* [p] or [p*p], the lower triangle */
	/* SURVEY_AVERAGE, strata of one parent: */
	struct survey_sum *apart; /* [p] or [p*p] */
	uint32_t *seen, *alone;	  /* [n_blocks] strata touched, lonely ones */
	uint32_t *seen2, *alone2; /* [n_blocks^2] touched by both */
	bool averaging;
};

static double pair_value(const struct spread *s, const struct survey_stratum *h,
			 size_t a, size_t b)
{
	size_t ba = a / s->q, bb = b / s->q, p = s->p;
	double na = s->count[ba], nb = s->count[bb];

	if (h->n == 1)
		return lone(s, a, b);
	if (a == b)
		return centred(h->n, na, na, na, s->k[a], s->k[a], s->sum[a],
			       s->sum[a], s->sum[a], s->sum[a], s->square[a]);
	if (ba == bb)
		return centred(h->n, na, na, na, s->k[a], s->k[b], s->sum[a],
			       s->sum[b], s->sum[a], s->sum[b],
			       s->pair[a * p + b]);
	return centred(h->n, na, nb, s->both[ba * s->n_blocks + bb], s->k[a],
		       s->k[b], s->sum[a], s->sum[b], s->half[a * p + b],
		       s->half[b * p + a], s->pair[a * p + b]);
}

/* Adds scale * S for every pair of touched statistics, a >= b. */
static void add_stratum(struct engine *g, const struct survey_stratum *h,
			double scale)
{
	struct spread *s = &g->s;
	struct survey_sum *v = g->averaging ? g->apart : g->v;
	size_t q = s->q;

	for (size_t i = 0; i < s->n * q; i++) {
		size_t a = s->list[i / q] * q + i % q;

		if (!s->full) {
			survey_add(&v[a], scale * pair_value(s, h, a, a));
			continue;
		}
		for (size_t j = 0; j < s->n * q; j++) {
			size_t b = s->list[j / q] * q + j % q;

			if (b <= a)
				survey_add(&v[a * s->p + b],
					   scale * pair_value(s, h, a, b));
		}
	}
}

static void count_average(struct engine *g, bool alone)
{
	struct spread *s = &g->s;

	for (size_t i = 0; i < s->n; i++) {
		g->seen[s->list[i]]++;
		g->alone[s->list[i]] += alone;
		for (size_t j = 0; s->full && j < s->n; j++) {
			size_t at = s->list[i] * s->n_blocks + s->list[j];

			g->seen2[at]++;
			g->alone2[at] += alone;
		}
	}
}

/* Empties what the stratum touched, for the next one. */
static void reset(struct spread *s)
{
	size_t q = s->q;

	for (size_t i = 0; i < s->n; i++) {
		uint32_t bi = s->list[i];

		s->count[bi] = 0;
		for (size_t j = 0; s->full && j < s->n; j++) {
			size_t bj = s->list[j];

			s->both[bi * s->n_blocks + bj] = 0;
			for (size_t a = 0; a < q; a++) {
				size_t at = (bi * q + a) * s->p + bj * q;

				memset(s->pair + at, 0, q * sizeof *s->pair);
				memset(s->half + at, 0, q * sizeof *s->half);
			}
		}
	}
	s->n = 0;
}

static bool end_stratum(struct engine *g, const struct survey_stratum *h,
			size_t stage, struct err *e)
{
	double f = 1 - h->n / h->total;
	enum survey_lonely rule = g->d->lonely;

	for (size_t i = 0; g->s.base && i < g->s.n; i++)
		g->s.base[g->s.list[i]].strata++;
	if (g->averaging)
		count_average(g, h->lonely);
	if (g->s.n == 0 || f < WHOLE) {
		reset(&g->s);
		return true;
	}
	if (h->lonely && rule == SURVEY_FAIL)
		return err_set(
			e, ERR_MATH,
			"tầng có một đơn vị mẫu ở giai đoạn %zu: chọn "
			"\"lonely\" (a stratum with one sampling unit at "
			"stage %zu: choose a \"lonely\" rule)",
			stage + 1, stage + 1);
	if (!h->lonely)
		add_stratum(g, h, h->share * f * h->n / (h->n - 1));
	else if (rule == SURVEY_ADJUST || rule == SURVEY_COLLAPSE)
		add_stratum(g, h, h->share * f);
	reset(&g->s);
	return true;
}

static void add_units(struct engine *g, size_t stage,
		      const struct survey_stratum *h)
{
	const struct survey_unit *unit = g->d->unit[stage] + h->first_unit;
	size_t end = g->d->unit[stage][h->end_unit - 1].end;
	struct cursor *c = &g->c;
	struct spread *s = &g->s;

	if (unit->first < c->done || c->done == 0)
		cursor_fill(c, unit->first); /* a stage begins */
	while (cursor_next(c, end) && c->at[c->k] < unit->first)
		c->k++; /* of strata passed over */
	c->done = end;
	for (; cursor_next(c, end); c->k++) {
		uint32_t block = c->block[c->k];
		const double *z = c->z + c->k * s->q;

		if (block == SURVEY_NONE)
			continue;
		if (c->at[c->k] >= unit->end)
			end_unit(s);
		while (c->at[c->k] >= unit->end)
			unit++;
		if (unit->end - unit->first > 1) {
			add_row(s, block, z);
			continue;
		}
		if (s->base)
			s->base[block].rows++;
		push(s, block, z);
		if (s->full)
			push_within(s, block, z);
	}
	end_unit(s);
}

/* ---- rows that are units ---------------------------------------------- */

/* A stratum of the table as end_stratum wants it: shifted by its means, the
 * sums left over are 0. */
static void load_stratum(struct engine *g, const struct survey_table *t,
			 size_t h)
{
	struct spread *s = &g->s;
	size_t q = s->q;

	for (size_t b = 0; b < s->n_blocks; b++) {
		size_t at = h * s->n_blocks + b, i = 0;
		const double *square = t->square + at * t->pairs;

		if (t->count[at] == 0)
			continue;
		s->list[s->n++] = (uint32_t)b;
		s->count[b] = t->count[at];
		for (size_t a = 0; a < q; a++) {
			s->k[b * q + a] = t->mean[at * q + a];
			s->sum[b * q + a] = 0;
			for (size_t c = s->full ? 0 : a; c < a; c++)
				s->pair[(b * q + a) * s->p + b * q + c] =
					square[i++];
			s->square[b * q + a] = square[i++];
		}
		if (s->base) {
			s->base[b].rows += t->count[at];
			s->base[b].units += t->count[at];
		}
	}
}

/* ---- the mean of the other strata ------------------------------------- */

static double average_factor(const struct engine *g, size_t i, size_t j)
{
	size_t at = i * g->s.n_blocks + j;
	uint32_t seen = g->seen[i], alone = g->alone[i];

	if (i != j) {
		seen += g->seen[j] - g->seen2[at];
		alone += g->alone[j] - g->alone2[at];
	}
	return seen > alone ? (double)seen / (seen - alone)
			    : (alone > 0 ? (double)NAN : 1);
}

static void add_average(struct engine *g)
{
	size_t p = g->s.p, q = g->s.q, nb = g->s.n_blocks;

	for (size_t a = 0; a < p; a++)
		for (size_t b = g->s.full ? 0 : a; b <= a; b++) {
			size_t at = g->s.full ? a * p + b : a;
			struct survey_sum *x = &g->apart[at];

			survey_add(&g->v[at], average_factor(g, a / q, b / q) *
						      (x->s + x->c));
			*x = (struct survey_sum){ 0 };
		}
	memset(g->seen, 0, nb * sizeof *g->seen);
	memset(g->alone, 0, nb * sizeof *g->alone);
	if (g->s.full) {
		memset(g->seen2, 0, nb * nb * sizeof *g->seen2);
		memset(g->alone2, 0, nb * nb * sizeof *g->alone2);
	}
	g->averaging = false;
}

/* Strata [k, end) have one parent; is one of them lonely? */
static size_t family(const struct survey_design *d, size_t stage, size_t k,
		     bool *lonely)
{
	const struct survey_stratum *h = d->stratum[stage];
	uint32_t parent = h[k].parent;

	*lonely = false;
	for (; k < d->n_strata[stage] && h[k].parent == parent; k++)
		*lonely = *lonely || h[k].lonely;
	return k;
}

static bool add_stage(struct engine *g, size_t stage,
		      const struct survey_table *t, struct err *e)
{
	const struct survey_design *d = g->d;
	size_t end;

	for (size_t k = 0; k < d->n_strata[stage]; k = end) {
		bool lonely, ok = true;

		end = family(d, stage, k, &lonely);
		if (d->stratum[stage][k].share == 0)
			continue;
		g->averaging = lonely && d->lonely == SURVEY_AVERAGE;
		for (size_t i = k; ok && i < end; i++) {
			if (t)
				load_stratum(g, t, i);
			else
				add_units(g, stage, &d->stratum[stage][i]);
			ok = end_stratum(g, &d->stratum[stage][i], stage, e);
		}
		if (!ok)
			return false;
		if (g->averaging)
			add_average(g);
	}
	return true;
}

static bool engine_init(struct engine *g, const struct survey_design *d,
			const struct survey_scores *s, bool full, struct err *e)
{
	size_t nb = s->n_blocks, p = nb * s->q, n = full ? p * p : p;
	bool ok;

	g->d = d;
	if (!cursor_init(&g->c, d, s, e) ||
	    !spread_init(&g->s, nb, s->q, full, e))
		return false;
	g->v = calloc(n + 1, sizeof *g->v);
	ok = g->v != NULL;
	if (ok && d->lonely == SURVEY_AVERAGE) {
		g->apart = calloc(n + 1, sizeof *g->apart);
		g->seen = calloc(nb + 1, sizeof *g->seen);
		g->alone = calloc(nb + 1, sizeof *g->alone);
		g->seen2 = calloc(full ? nb * nb + 1 : 1, sizeof *g->seen2);
		g->alone2 = calloc(full ? nb * nb + 1 : 1, sizeof *g->alone2);
		ok = g->apart && g->seen && g->alone && g->seen2 && g->alone2;
	}
	return ok || err_set(e, ERR_NOMEM, "no memory for %zu statistics", p);
}

static void engine_clear(struct engine *g)
{
	cursor_clear(&g->c);
	spread_clear(&g->s);
	free(g->v);
	free(g->apart);
	free(g->seen);
	free(g->alone);
	free(g->seen2);
	free(g->alone2);
}

static bool add_stages(struct engine *g, const struct survey_scores *s,
		       struct err *e)
{
	const struct survey_design *d = g->d;
	struct survey_table t;
	bool ok = true;

	if (s->table)
		return add_stage(g, 0, s->table, e);
	if (survey_table_fits(d, s)) {
		if (!survey_table_init(&t, d, s, g->s.full, e))
			return false;
		ok = add_stage(g, 0, &t, e);
		survey_table_clear(&t);
		return ok;
	}
	for (size_t stage = 0; ok && stage < d->n_stages; stage++) {
		ok = add_stage(g, stage, NULL, e);
		g->s.base = NULL; /* of the first stage only */
	}
	return ok;
}

static bool plain_cov(const struct survey_design *d,
		      const struct survey_scores *s, bool full, double *cov,
		      struct survey_base *base, struct err *e)
{
	struct engine g = { 0 };
	size_t p = s->n_blocks * s->q;
	bool ok = engine_init(&g, d, s, full, e);

	if (base)
		memset(base, 0, s->n_blocks * sizeof *base);
	g.s.base = base;
	ok = ok && add_stages(&g, s, e);
	for (size_t a = 0; ok && a < p; a++)
		for (size_t b = full ? 0 : a; b <= a; b++) {
			size_t at = full ? a * p + b : a;
			double x = g.v[at].s + g.v[at].c;

			cov[at] = x;
			if (full)
				cov[b * p + a] = x;
		}
	engine_clear(&g);
	return ok;
}

/* ---- what calibration leaves of scores -------------------------------- */

struct residual {
	const struct survey_scores *of;
	const struct survey_residual *r;
	size_t p;     /* all statistics of `of`, as one block */
	double *b;    /* [k*p] */
	double *size; /* [p] sums of squares of the scores */
};

/* What a thread works in: the scores' own room, then these. */
struct scratch {
	struct survey_scores of; /* with a room of its own */
	double *z, *value;
	uint32_t *block, *index;
};

static size_t room_of(const struct residual *x)
{
	return x->of->room + SURVEY_BLOCK * (x->of->q + 1) + 2 * (x->r->k + 1);
}

static struct scratch scratch_of(const struct residual *x, double *room)
{
	struct scratch w = { .of = *x->of };

	w.of.v = room;
	w.z = room + x->of->room;
	w.value = w.z + SURVEY_BLOCK * x->of->q;
	w.block = (uint32_t *)(void *)(w.value + x->r->k + 1);
	w.index = w.block + SURVEY_BLOCK;
	return w;
}

static void residual_scores(const struct survey_scores *s, const uint32_t *row,
			    size_t n, uint32_t *block, double *z)
{
	const struct residual *x = s->ctx;
	struct scratch w = scratch_of(x, s->v);
	size_t p = x->p, q = x->of->q;

	w.of.fill(&w.of, row, n, w.block, w.z);
	for (size_t i = 0; i < n; i++) {
		size_t k = x->r->row(x->r->ctx, row[i], w.index, w.value);
		double *to = z + i * p;

		block[i] = 0;
		memset(to, 0, p * sizeof *to);
		for (size_t j = 0; j < k; j++) {
			const double *b = x->b + w.index[j] * p;
			double c = x->r->weight[row[i]] * w.value[j];

			for (size_t a = 0; a < p; a++)
				to[a] -= c * b[a];
		}
		if (w.block[i] != SURVEY_NONE)
			for (size_t a = 0; a < q; a++)
				to[w.block[i] * q + a] += w.z[i * q + a];
	}
}

/* b = sum of x_i z_i' / g_i, then solved. */
static bool regress(const struct residual *x, const struct survey_design *d,
		    double *room, struct err *e)
{
	const struct survey_residual *r = x->r;
	struct scratch w = scratch_of(x, room);
	size_t p = x->p, q = x->of->q;
	uint32_t row[SURVEY_BLOCK] = { 0 };

	for (size_t from = 0; from < d->n; from += SURVEY_BLOCK) {
		size_t n =
			d->n - from < SURVEY_BLOCK ? d->n - from : SURVEY_BLOCK;

		for (size_t i = 0; i < n; i++)
			row[i] = (uint32_t)(from + i);
		w.of.fill(&w.of, row, n, w.block, w.z);
		for (size_t i = 0; i < n; i++) {
			double g = r->inv_g ? r->inv_g[row[i]] : 1;
			size_t k;

			if (w.block[i] == SURVEY_NONE)
				continue;
			k = r->row(r->ctx, row[i], w.index, w.value);
			for (size_t a = 0; a < q; a++)
				x->size[w.block[i] * q + a] +=
					w.z[i * q + a] * w.z[i * q + a];
			for (size_t j = 0; j < k; j++)
				for (size_t a = 0; a < q; a++)
					x->b[w.index[j] * p + w.block[i] * q +
					     a] +=
						w.value[j] * g * w.z[i * q + a];
		}
	}
	return r->solve(r->ctx, x->b, p, e);
}

/* A score that the margins explain wholly leaves rounding of about 1e-16 of
 * itself in each row: its variance is 0, not that. */
static void drop_rounding(const struct residual *x, bool full, double *cov)
{
	size_t p = x->p;

	for (size_t a = 0; a < p; a++) {
		if (cov[full ? a * p + a : a] > 1e-24 * x->size[a])
			continue;
		if (!full)
			cov[a] = 0;
		for (size_t b = 0; full && b < p; b++)
			cov[a * p + b] = cov[b * p + a] = 0;
	}
}

static bool residual_cov(const struct survey_design *d,
			 const struct survey_residual *r,
			 const struct survey_scores *s, bool full, double *cov,
			 struct err *e)
{
	size_t p = s->n_blocks * s->q;
	struct residual x = { .of = s, .r = r, .p = p };
	struct survey_scores z = { .n_blocks = 1,
				   .q = p,
				   .fill = residual_scores,
				   .design = d,
				   .room = room_of(&x),
				   .ctx = &x,
				   .alone = s->alone };
	bool ok, clear = false;

	if (survey_is_flat(d, r, p, full) &&
	    (!survey_flat_cov(d, r, s, cov, &clear, e) || clear))
		return clear;
	x.b = calloc((r->k + 1) * p + 1, sizeof *x.b);
	x.size = x.b ? x.b + r->k * p : NULL;
	z.v = malloc(z.room * sizeof *z.v);
	ok = x.b && z.v;
	if (!ok)
		(void)err_set(e, ERR_NOMEM, "no memory for residuals");
	ok = ok && regress(&x, d, z.v, e) &&
	     plain_cov(d, &z, full, cov, NULL, e);
	if (ok)
		drop_rounding(&x, full, cov);
	free(x.b);
	free(z.v);
	return ok;
}

bool survey_cov(const struct survey_design *d, const struct survey_residual *r,
		const struct survey_scores *s, bool full, double *cov,
		struct survey_base *base, struct err *e)
{
	return r ? residual_cov(d, r, s, full, cov, e)
		 : plain_cov(d, s, full, cov, base, e);
}
