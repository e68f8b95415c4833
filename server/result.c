#include "phieu/result.h"

#include <stdlib.h>
#include <string.h>

#include "phieu/disclose.h"
#include "result_parts.h"

#define RESULT_BYTES ((size_t)1 << 30)

static void six(char out[RESULT_NUMBER], double v)
{
	(void)snprintf(out, RESULT_NUMBER, "%.6f", v);
	if (strcmp(out, "-0.000000") == 0)
		(void)snprintf(out, RESULT_NUMBER, "0.000000");
}

/* ---- cells ----------------------------------------------------------- */

static bool top_share(const mpq_t top, char out[RESULT_NUMBER], struct err *e)
{
	char fixed[DEC_TEXT_MAX + 8];
	struct dec d;
	mpq_t percent;
	bool ok;

	mpq_init(percent);
	mpq_set_si(percent, 100, 1);
	mpq_mul(percent, percent, top);
	ok = exact_round(percent, 2, EXACT_HALF_UP, &d, e);
	mpq_clear(percent);
	if (ok)
		(void)snprintf(out, RESULT_NUMBER, "%s",
			       exact_fixed(d, 2, fixed));
	return ok;
}

static bool exact_words(struct result *r, const mpq_t x, const char **out,
			struct err *e)
{
	struct buf b = BUF_INIT((size_t)1 << 16);
	const char *s;

	exact_text(x, &b);
	s = buf_cstr(&b);
	*out = s ? arena_strdup(r->arena, s) : NULL;
	buf_free(&b);
	return *out || err_set(e, ERR_NOMEM, "out of memory");
}

struct marks { /* [1 + nodes], the total first */
	struct cell *closed;
	bool *guarded, *no_top;
};

static bool fill_cell(struct result *r, const struct score_cell *c,
		      struct result_cell *o, const struct marks *m, size_t at,
		      struct err *e)
{
	o->n = c->n_valid;
	o->maximum = c->maximum;
	o->shown = c->n_valid > 0 && !m->closed[at].closed;
	if (!o->shown)
		return true;
	o->guarded = m->guarded[at];
	o->scored = c->scored;
	o->rescaled = c->rescaled;
	o->n_asked = c->n_asked;
	o->n_valid = c->n_valid;
	o->df = c->df;
	o->has_se = c->has_se;
	if (c->has_se) {
		six(o->se, c->se);
		six(o->low, c->low);
		six(o->high, c->high);
	}
	if (!m->no_top[at] && !top_share(c->top, o->top, e))
		return false;
	if (!c->scored)
		return true;
	o->points = c->points;
	return exact_words(r, c->exact, &o->exact, e);
}

/* The tree of one unit for the rule: the total first, then criteria. */
static void close_cells(const struct score *s, const struct score_spec *p,
			size_t unit, int64_t k, struct cell *cells)
{
	const struct score_cell *total = score_cell(s, unit, SCORE_NONE);

	cells[0] = (struct cell){ .parent = SCORE_NONE, .n = total->n_valid };
	for (size_t i = 0; i < p->n_nodes; i++) {
		size_t parent = p->nodes[i].parent;

		cells[i + 1] = (struct cell){
			.parent = parent == SCORE_NONE ? 0 : parent + 1,
			.n = score_cell(s, unit, i)->n_valid
		};
	}
	(void)disclose(cells, p->n_nodes + 1, k, true);
}

static enum component_kind kind_of(const struct score_node *n)
{
	return n->kind == SCORE_GROUP ? COMPONENT_GROUP : COMPONENT_CRITERION;
}

static bool fill_unit(struct result *r, size_t unit, struct result_unit *out,
		      const struct marks *m, struct err *e)
{
	const struct score_spec *p = &r->in.sp->spec;
	const struct score *s = r->in.score;
	struct result_cell *cells =
		arena_array(r->arena, p->n_nodes + 1, sizeof *cells);
	size_t n = 0;

	if (!cells)
		return err_set(e, ERR_NOMEM, "out of memory");
	close_cells(s, p, unit, r->plan->decisions.min_unit, m->closed);
	guard_unit(r, unit, m->guarded, m->no_top);
	for (size_t i = 0; i < p->n_nodes; i++) {
		const struct score_cell *c = score_cell(s, unit, i);

		if (!c->applies)
			continue;
		cells[n].criterion = r->in.sp->criterion[i];
		cells[n].kind = kind_of(&p->nodes[i]);
		if (!fill_cell(r, c, &cells[n++], m, i + 1, e))
			return false;
	}
	cells[n].criterion = NONE;
	cells[n].kind = COMPONENT_TOTAL;
	if (!fill_cell(r, score_cell(s, unit, SCORE_NONE), &cells[n++], m, 0,
		       e))
		return false;
	*out = (struct result_unit){ .unit = unit,
				     .cells = cells,
				     .n_cells = n };
	return true;
}

/* ---- ranks and grades ------------------------------------------------ */

static const struct result_cell *total_of(const struct result_unit *u)
{
	return &u->cells[u->n_cells - 1];
}

static bool rank_block(struct result_unit *u, size_t n, struct err *e)
{
	struct dec *points = calloc(n + 1, sizeof *points);
	bool *scored = calloc(n + 1, sizeof *scored);
	size_t *rank = calloc(n + 1, sizeof *rank);
	bool ok = points && scored && rank;

	for (size_t i = 0; ok && i < n; i++) {
		points[i] = total_of(&u[i])->points;
		scored[i] = total_of(&u[i])->shown && total_of(&u[i])->scored;
	}
	if (ok)
		score_rank(points, scored, n, rank);
	for (size_t i = 0; ok && i < n; i++)
		u[i].rank = rank[i];
	free(points);
	free(scored);
	free(rank);
	return ok || err_set(e, ERR_NOMEM, "out of memory");
}

static bool in_kind(const struct criterion *c, size_t kind)
{
	for (size_t i = 0; i < c->n_kinds; i++)
		if (c->kinds[i] == kind)
			return true;
	return c->n_kinds == 0;
}

/* Bands are of the whole index: a survey alone earns a grade only where
 * nothing of the unit is self-assessed. */
static bool is_whole(const struct plan *p, size_t kind)
{
	for (size_t i = 0; i < p->n_criteria; i++)
		if (p->criteria[i].kind == CRIT_SELF &&
		    in_kind(&p->criteria[i], kind))
			return false;
	return p->decisions.n_bands > 0;
}

static bool rank_and_grade(struct result *r, struct err *e)
{
	const struct decisions *d = &r->plan->decisions;
	struct dec *from = arena_array(r->arena, d->n_bands + 1, sizeof *from);

	if (!from)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t b = 0; b < d->n_bands; b++)
		from[b] = d->bands[b].from;
	for (size_t i = 0, j; i < r->n; i = j) {
		size_t kind = r->plan->units[r->units[i].unit].kind;
		bool whole = is_whole(r->plan, kind);

		for (j = i; j < r->n; j++)
			if (r->plan->units[r->units[j].unit].kind != kind)
				break;
		if (!rank_block(&r->units[i], j - i, e))
			return false;
		for (size_t u = i; whole && u < j; u++) {
			const struct result_cell *t = total_of(&r->units[u]);
			size_t b = score_grade(t->points, from, d->n_bands);

			if (t->shown && t->scored && b != SCORE_NONE)
				r->units[u].grade = d->bands[b].name;
		}
	}
	return true;
}

/* ---- all of it ------------------------------------------------------- */

static bool fill(struct result *r, struct err *e)
{
	const struct plan *p = r->plan;
	const struct score_spec *spec = &r->in.sp->spec;
	size_t most = spec->n_nodes + 1;
	const struct marks m = {
		arena_array(r->arena, most, sizeof(struct cell)),
		arena_array(r->arena, most, sizeof(bool)),
		arena_array(r->arena, most, sizeof(bool)),
	};

	r->units = arena_array(r->arena, p->n_units + 1, sizeof *r->units);
	r->group_n = arena_array(r->arena, p->n_groups + 1, sizeof(int64_t));
	if (!m.closed || !m.guarded || !m.no_top || !r->units || !r->group_n)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t h = 0; h < spec->n_strata; h++) {
		r->group_n[spec->stratum_group[h]] += spec->strata[h].n;
		r->n_responses += spec->strata[h].n;
	}
	for (size_t k = 0; k < p->n_kinds; k++)
		for (size_t u = 0; u < p->n_units; u++)
			if (p->units[u].kind == k &&
			    score_cell(r->in.score, u, SCORE_NONE)->applies &&
			    !fill_unit(r, u, &r->units[r->n++], &m, e))
				return false;
	return rank_and_grade(r, e);
}

struct result *result_new(const struct result_input *in, struct err *e)
{
	struct arena *a = arena_new(RESULT_BYTES);
	struct result *r = a ? arena_alloc(a, sizeof *r) : NULL;

	if (!r) {
		arena_free(a);
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	r->in = *in;
	r->plan = in->sp->plan;
	r->arena = a;
	(void)snprintf(r->sha256, sizeof r->sha256, "%s", in->content_sha256);
	if (!fill(r, e)) {
		result_free(r);
		return NULL;
	}
	return r;
}

void result_free(struct result *r)
{
	if (r)
		arena_free(r->arena);
}

const struct result_unit *result_units(const struct result *r, size_t *n)
{
	*n = r->n;
	return r->units;
}

/* ---- for publication ------------------------------------------------- */

static const char *fixed_text(const struct result *r, struct arena *a,
			      struct dec d)
{
	char buf[DEC_TEXT_MAX + 8];

	return arena_strdup(a, exact_fixed(d, r->plan->decisions.digits, buf));
}

static void component(const struct result *r, const struct result_unit *u,
		      const struct result_cell *c, struct arena *a,
		      struct component *o)
{
	const struct plan *p = r->plan;
	const struct unit *unit = &p->units[u->unit];
	char buf[DEC_TEXT_MAX];

	*o = (struct component){
		.kind = c->kind,
		.unit = unit->code,
		.unit_name = unit->name,
		.block = p->kinds[unit->kind].block,
		.criterion = c->criterion == NONE
				     ? ""
				     : p->criteria[c->criterion].code,
		.criterion_name = c->criterion == NONE
					  ? ""
					  : p->criteria[c->criterion].name,
		.maximum = arena_strdup(a, dec_text(c->maximum, buf)),
		.n_asked = -1,
		.n_valid = -1
	};
	if (!c->shown)
		return;
	o->guarded = c->guarded;
	o->n_asked = c->n_asked;
	o->n_valid = c->n_valid;
	if (c->scored) {
		o->points = fixed_text(r, a, c->points);
		o->points_exact = arena_strdup(a, c->exact);
	}
	if (c->has_se) {
		o->se = arena_strdup(a, c->se);
		o->low = arena_strdup(a, c->low);
		o->high = arena_strdup(a, c->high);
	}
}

bool result_components(const struct result *r, struct arena *a,
		       struct component **rows, size_t *n,
		       struct release_cell **cells, size_t *n_cells,
		       struct err *e)
{
	size_t all = 0;

	for (size_t i = 0; i < r->n; i++)
		all += r->units[i].n_cells;
	*n = *n_cells = 0;
	*rows = arena_array(a, all + 1, sizeof **rows);
	*cells = arena_array(a, all + 1, sizeof **cells);
	if (!*rows || !*cells)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < r->n; i++) {
		const struct result_unit *u = &r->units[i];

		for (size_t k = 0; k < u->n_cells; k++) {
			struct component *o = &(*rows)[(*n)++];
			struct release_cell *cell;

			component(r, u, &u->cells[k], a, o);
			if (!u->cells[k].shown)
				continue;
			cell = &(*cells)[(*n_cells)++];
			cell->cell =
				arena_printf(a, "%s/%s", o->unit, o->criterion);
			cell->n = u->cells[k].n;
		}
	}
	return !arena_broken(a) || err_set(e, ERR_NOMEM, "out of memory");
}
