/* How sure is a rank: simulation over the survey's errors, pairs that cannot
 * be told apart, other ways to add up, sensitivity to weights. */
#include "phieu/index_sure.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_rng.h>
#include <math.h>

#include "index_parts.h"
#include "phieu/limits.h"

#define SOBOL_ROWS ((size_t)200) /* rows of errors among which one is drawn */

struct job {
	const struct index *ix;
	const struct index_set *s;
	const struct index_sure_how *how;
	struct arena *a;
	struct index_model *m;
	gsl_rng *rng;
	struct index_sure_unit *unit;
	size_t n;  /* complete units, in the order shown */
	double *x; /* [draws * n] totals drawn */
	struct index_sure *out;
};

static bool no_memory(struct err *e)
{
	return err_set(e, ERR_NOMEM, "no memory for the simulation");
}

static void normals(struct job *j, double *z, size_t n)
{
	for (size_t i = 0; i < n; i++)
		z[i] = gsl_cdf_ugaussian_Pinv(gsl_rng_uniform_pos(j->rng));
}

/* First unit after those of the block that begins at `from`. */
static size_t block_end(const struct job *j, size_t from)
{
	size_t to = from + 1;

	while (to < j->n &&
	       index_same_block(j->ix, j->unit[from].unit, j->unit[to].unit))
		to++;
	return to;
}

/* ---- draws ------------------------------------------------------------- */

static bool draw(struct job *j, struct err *e)
{
	size_t errors = index_model_errors(j->m), draws = j->how->draws;
	double *z = arena_array(j->a, errors + 1, sizeof *z);
	struct index_shift shift = { .z = z };

	j->x = arena_array(j->a, draws * j->n + 1, sizeof *j->x);
	if (!z || !j->x)
		return no_memory(e);
	gsl_rng_set(j->rng, j->how->seed);
	for (size_t d = 0; d < draws; d++) {
		normals(j, z, errors);
		for (size_t i = 0; i < j->n; i++)
			j->x[d * j->n + i] =
				index_model_total(j->m, j->unit[i].unit,
						  &shift);
	}
	return true;
}

static const double *shares(struct job *j, const size_t *count, size_t n)
{
	double *p = arena_array(j->a, n, sizeof *p);

	for (size_t i = 0; p && i < n; i++)
		p[i] = (double)count[i] / (double)j->how->draws;
	return p;
}

static void keep(struct job *j, struct index_sure_unit *u,
		 const struct index_cloud *c, size_t n, size_t bands)
{
	u->mean = c->mean;
	u->sd = c->sd;
	u->mean_rank = c->mean_rank;
	u->low = c->low;
	u->mid = c->mid;
	u->high = c->high;
	u->p_top3 = (double)c->top3 / (double)j->how->draws;
	u->p_rank = shares(j, c->n_rank, n);
	u->n_rank = n;
	u->p_grade = shares(j, c->n_grade, bands + 1);
	u->n_grade = bands + 1;
}

static const double *band_limits(struct job *j, size_t unit, size_t *n)
{
	const struct index_band *b = index_bands(j->ix, unit, n);
	double *from = arena_array(j->a, *n + 1, sizeof *from);

	for (size_t i = 0; from && i < *n; i++)
		from[i] = (double)b[i].from.micro / (double)DEC_ONE;
	return from;
}

/* The columns of a block, and what to make of them. */
static bool cloud_of(struct job *j, size_t from, size_t to, struct err *e)
{
	size_t n = to - from;
	double *x = arena_array(j->a, j->how->draws * n, sizeof *x);
	const double **limits = arena_array(j->a, n, sizeof *limits);
	size_t *n_from = arena_array(j->a, n, sizeof *n_from);
	struct index_cloud *c = arena_array(j->a, n, sizeof *c);
	struct index_cloud_in in = { .n = n,
				     .draws = j->how->draws,
				     .x = x,
				     .from = limits,
				     .n_from = n_from,
				     .digits = j->s->rules.digits,
				     .rank_rounded = true,
				     .ties = j->s->rules.ties,
				     .level = j->how->level };

	if (arena_broken(j->a))
		return no_memory(e);
	for (size_t i = 0; i < n; i++) {
		limits[i] = band_limits(j, j->unit[from + i].unit, &n_from[i]);
		for (size_t d = 0; d < j->how->draws; d++)
			x[d * n + i] = j->x[d * j->n + from + i];
	}
	if (arena_broken(j->a) || !index_cloud(&in, j->a, c, e))
		return no_memory(e);
	for (size_t i = 0; i < n; i++)
		keep(j, &j->unit[from + i], &c[i], n, n_from[i]);
	return !arena_broken(j->a) || no_memory(e);
}

/* ---- pairs ------------------------------------------------------------- */

static double share_above(const struct job *j, size_t a, size_t b)
{
	int digits = j->s->rules.digits;
	double won = 0;

	for (size_t d = 0; d < j->how->draws; d++) {
		double xa = index_round_half_up(j->x[d * j->n + a], digits);
		double xb = index_round_half_up(j->x[d * j->n + b], digits);

		won += xa > xb ? 1 : xa < xb ? 0 : 0.5;
	}
	return won / (double)j->how->draws;
}

static bool pairs(struct job *j, struct err *e)
{
	double tail = (1 - j->how->level) / 2;
	size_t most = 0, n = 0;
	struct index_sure_pair *p;

	for (size_t from = 0, to; from < j->n; from = to) {
		to = block_end(j, from);
		most += (to - from) * (to - from - 1) / 2;
	}
	p = arena_array(j->a, most + 1, sizeof *p);
	if (!p)
		return no_memory(e);
	for (size_t from = 0, to; from < j->n; from = to) {
		to = block_end(j, from);
		for (size_t a = from; a < to; a++)
			for (size_t b = a + 1; b < to; b++) {
				double s = share_above(j, a, b);

				if (s > tail && s < 1 - tail)
					p[n++] = (struct index_sure_pair){
						j->unit[a].unit,
						j->unit[b].unit, s
					};
			}
	}
	j->out->pairs = p;
	j->out->n_pairs = n;
	return true;
}

/* ---- other ways to add up ---------------------------------------------- */

/* Fields that every unit of the block has, in percent. */
static size_t field_table(const struct job *j, size_t from, size_t to,
			  double *x, double *w)
{
	size_t k = 0, n = to - from, most = j->s->n_nodes;

	for (size_t f = 0; f < most; f++) {
		bool all = j->s->nodes[f].parent == INDEX_NONE;

		for (size_t i = from; all && i < to; i++) {
			const struct index_cell *c =
				index_cell(j->ix, j->unit[i].unit, f);

			all = mpq_sgn(c->base) > 0;
			w[k] = mpq_get_d(c->full);
			x[(i - from) * most + k] =
				all ? 100 * mpq_get_d(c->before) /
						mpq_get_d(c->base)
				    : 0;
		}
		k += all;
	}
	for (size_t i = 0; i < n; i++) /* rows of k, no longer of `most` */
		for (size_t f = 0; f < k; f++)
			x[i * k + f] = x[i * most + f];
	return k;
}

static bool methods(struct job *j, size_t from, size_t to, struct err *e)
{
	size_t n = to - from, k;
	double *x = arena_array(j->a, n * j->s->n_nodes, sizeof *x);
	double *w = arena_array(j->a, j->s->n_nodes + 1, sizeof *w);
	double *score = arena_array(j->a, n, sizeof *score);
	size_t *order = arena_array(j->a, n, sizeof *order);
	size_t *rank = arena_array(j->a, n, sizeof *rank);

	if (arena_broken(j->a))
		return no_memory(e);
	k = field_table(j, from, to, x, w);
	for (int how = 0; how < 4 && k > 0; how++) {
		if (how < 3)
			index_aggregate((enum index_mean)how, n, k, x, w,
					score);
		else
			index_copeland(n, k, x, w, score);
		index_rank_real(score, n, j->s->rules.ties, order, rank);
		for (size_t i = 0; i < n; i++) {
			struct index_sure_unit *u = &j->unit[from + i];
			size_t *const to_rank[] = { &u->arithmetic,
						    &u->geometric, &u->harmonic,
						    &u->copeland };

			*to_rank[how] = rank[i];
		}
	}
	return true;
}

/* ---- sensitivity ------------------------------------------------------- */

struct sobol {
	struct index_factor *factor;
	size_t *node_factor; /* [node] its factor; INDEX_NONE */
	size_t d, n_weights, n_groups;
	bool survey;
	double *weight, *group, *z; /* of the run; rows of errors */
	double *score;
	size_t *order, *rank, *nominal;
};

static void list_factors(struct job *j, struct sobol *q)
{
	const struct index_node *nodes = j->s->nodes;
	const char *const *group;

	for (size_t i = 0; i < j->s->n_nodes; i++) {
		bool item = index_is_item(j->s, i);
		bool root = nodes[i].parent == INDEX_NONE &&
			    (!nodes[i].leaf || item);

		q->node_factor[i] = INDEX_NONE;
		if (j->how->by_criteria ? item : root) {
			q->node_factor[i] = q->d;
			q->factor[q->d++] = (struct index_factor){
				j->how->by_criteria ? "criterion" : "field",
				nodes[i].code, NAN, NAN
			};
		} else if (!j->how->by_criteria &&
			   nodes[i].parent != INDEX_NONE) {
			q->node_factor[i] = q->node_factor[nodes[i].parent];
		}
	}
	q->n_weights = q->d;
	group = index_model_groups(j->m, &q->n_groups);
	for (size_t g = 0; g < q->n_groups; g++)
		q->factor[q->d++] =
			(struct index_factor){ "group", group[g], NAN, NAN };
	q->survey = index_model_errors(j->m) > 0;
	if (q->survey)
		q->factor[q->d++] =
			(struct index_factor){ "survey", NULL, NAN, NAN };
}

static void rank_blocks(const struct job *j, struct sobol *q, size_t *rank)
{
	for (size_t from = 0, to; from < j->n; from = to) {
		to = block_end(j, from);
		index_rank_real(q->score + from, to - from, j->s->rules.ties,
				q->order, rank + from);
	}
}

/* Mean shift of ranks against the ranks as they are. */
static double shift_of(struct job *j, struct sobol *q, const double *u)
{
	struct index_shift s = { .weight = q->weight, .group = q->group };
	size_t errors = index_model_errors(j->m), at = 0;
	double sum = 0;

	for (size_t i = 0; u && i < j->s->n_nodes; i++) {
		size_t f = q->node_factor[i];

		q->weight[i] = f == INDEX_NONE
				       ? 1
				       : 1 + j->how->noise * (2 * u[f] - 1);
	}
	for (size_t g = 0; u && g < q->n_groups; g++)
		q->group[g] = 1 + j->how->noise * (2 * u[q->n_weights + g] - 1);
	if (u && q->survey) {
		at = (size_t)(u[q->d - 1] * (double)SOBOL_ROWS);
		s.z = q->z + at * errors;
	}
	if (!u)
		s = (struct index_shift){ 0 };
	for (size_t i = 0; i < j->n; i++)
		q->score[i] = index_round_half_up(
			index_model_total(j->m, j->unit[i].unit, &s),
			j->s->rules.digits);
	rank_blocks(j, q, u ? q->rank : q->nominal);
	for (size_t i = 0; u && i < j->n; i++)
		sum += fabs((double)q->rank[i] - (double)q->nominal[i]);
	return sum / (double)j->n;
}

static bool sobol_memory(struct job *j, struct sobol *q)
{
	size_t errors = index_model_errors(j->m);
	size_t n_groups, n = j->s->n_nodes;

	(void)index_model_groups(j->m, &n_groups);
	q->factor = arena_array(j->a, n + n_groups + 1, sizeof *q->factor);
	q->node_factor = arena_array(j->a, n + 1, sizeof *q->node_factor);
	q->weight = arena_array(j->a, n + 1, sizeof *q->weight);
	q->group = arena_array(j->a, n_groups + 1, sizeof *q->group);
	q->z = arena_array(j->a, SOBOL_ROWS * errors + 1, sizeof *q->z);
	q->score = arena_array(j->a, j->n, sizeof *q->score);
	q->order = arena_array(j->a, j->n, sizeof *q->order);
	q->rank = arena_array(j->a, j->n, sizeof *q->rank);
	q->nominal = arena_array(j->a, j->n, sizeof *q->nominal);
	return !arena_broken(j->a);
}

/* Runs on A, B and A with one column from B. */
static bool sobol_runs(struct job *j, struct sobol *q, struct err *e)
{
	size_t n = j->how->base, d = q->d;
	double *a = arena_array(j->a, n * d + 1, sizeof *a);
	double *b = arena_array(j->a, n * d + 1, sizeof *b);
	double *u = arena_array(j->a, d + 1, sizeof *u);
	double *y = arena_array(j->a, n * (d + 2), sizeof *y);
	double *first = arena_array(j->a, 2 * d + 1, sizeof *first);

	if (arena_broken(j->a))
		return no_memory(e);
	for (size_t i = 0; i < n * d; i++) {
		a[i] = gsl_rng_uniform(j->rng);
		b[i] = gsl_rng_uniform(j->rng);
	}
	for (size_t r = 0; r < n; r++) {
		y[r] = shift_of(j, q, a + r * d);
		y[n + r] = shift_of(j, q, b + r * d);
		for (size_t i = 0; i < d; i++) {
			for (size_t k = 0; k < d; k++)
				u[k] = k == i ? b[r * d + k] : a[r * d + k];
			y[(2 + i) * n + r] = shift_of(j, q, u);
		}
	}
	index_sobol(n, d, y, y + n, y + 2 * n, &j->out->variance, first,
		    first + d);
	for (size_t i = 0; i < d; i++) {
		q->factor[i].first = first[i];
		q->factor[i].total = first[d + i];
	}
	return true;
}

static bool sensitivity(struct job *j, struct err *e)
{
	struct sobol q = { 0 };

	if (j->how->base == 0 || j->n == 0)
		return true;
	if (!sobol_memory(j, &q))
		return no_memory(e);
	list_factors(j, &q);
	gsl_rng_set(j->rng, j->how->seed + 1);
	normals(j, q.z, SOBOL_ROWS * index_model_errors(j->m));
	(void)shift_of(j, &q, NULL);
	if (!sobol_runs(j, &q, e))
		return false;
	j->out->factors = q.factor;
	j->out->n_factors = q.d;
	return true;
}

/* ---- the whole --------------------------------------------------------- */

static bool is_asked_well(const struct index_sure_how *h, struct err *e)
{
	if (h->draws < 1 || h->draws > LIMIT_INDEX_DRAWS ||
	    h->base > LIMIT_INDEX_BASE)
		return err_set(e, ERR_INPUT,
			       "1 to %d draws, 0 to %d points of the "
			       "sensitivity analysis",
			       LIMIT_INDEX_DRAWS, LIMIT_INDEX_BASE);
	if (!(h->level > 0 && h->level < 1) || !(h->noise >= 0 && h->noise < 1))
		return err_set(e, ERR_INPUT,
			       "level and noise lie between 0 and 1");
	return true;
}

static bool list_units(struct job *j, struct err *e)
{
	j->unit = arena_array(j->a, j->s->n_units + 1, sizeof *j->unit);
	if (!j->unit)
		return no_memory(e);
	for (size_t i = 0; i < j->s->n_units; i++)
		if (index_total(j->ix, j->ix->order[i])->complete)
			j->unit[j->n++].unit = j->ix->order[i];
	for (size_t from = 0, to; from < j->n; from = to) {
		to = block_end(j, from);
		if (to - from > LIMIT_INDEX_SURE_UNITS)
			return err_set(e, ERR_INPUT,
				       "a block of %zu units; a simulation "
				       "takes %d",
				       to - from, LIMIT_INDEX_SURE_UNITS);
	}
	if (j->n > 0 && j->how->draws > LIMIT_INDEX_SCORES / j->n)
		return err_set(e, ERR_INPUT,
			       "%zu units x %zu draws are more than %zu", j->n,
			       j->how->draws, LIMIT_INDEX_SCORES);
	return true;
}

static bool simulate(struct job *j, struct err *e)
{
	j->m = index_model_new(j->ix, j->a, e);
	if (!j->m || !draw(j, e))
		return false;
	for (size_t from = 0, to; from < j->n; from = to) {
		to = block_end(j, from);
		if (!cloud_of(j, from, to, e) || !methods(j, from, to, e))
			return false;
	}
	j->out->n_errors = index_model_errors(j->m);
	return pairs(j, e) && sensitivity(j, e);
}

bool index_sure(const struct index *ix, const struct index_sure_how *how,
		struct arena *a, struct index_sure *out, struct err *e)
{
	struct job j = { .ix = ix, .s = ix->s, .how = how, .a = a, .out = out };
	bool ok;

	*out = (struct index_sure){ .how = *how };
	if (!is_asked_well(how, e) || !list_units(&j, e))
		return false;
	j.rng = gsl_rng_alloc(gsl_rng_mt19937);
	if (!j.rng)
		return no_memory(e);
	ok = simulate(&j, e);
	gsl_rng_free(j.rng);
	out->units = j.unit;
	out->n_units = j.n;
	return ok;
}
