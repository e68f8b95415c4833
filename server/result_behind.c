/* What is behind one number: how many ticked what, by group, as far as D12
 * lets it be shown.  Everything that prints it takes it from here. */
#include <string.h>

#include "phieu/disclose.h"
#include "phieu/submission.h"
#include "result_parts.h"

struct at { /* an item of a unit */
	const struct result *r;
	size_t unit, node, item;
	struct arena *a;
};

static const struct score_item *item_of(const struct at *x)
{
	return &x->r->in.sp->spec.nodes[x->node].items[x->item];
}

/* What an answer byte is worth to the item; the options are the same on all
 * of its forms. */
static const struct score_value *value_of(const struct at *x, unsigned byte)
{
	const struct score_asking *ask = &item_of(x)->askings[0];

	return &x->r->in.sp->spec.value[ask->form][ask->slot * 256 + byte];
}

static int64_t count(const struct at *x, size_t group, unsigned byte)
{
	return score_item_count(x->r->in.score, x->unit, x->node, x->item,
				group, (uint8_t)byte);
}

static int64_t valid_of(const struct at *x, size_t group)
{
	return guard_count(x->r, x->unit, x->node, x->item, group);
}

/* Of any kind: whoever had the item before him. */
static int64_t all_of(const struct at *x, size_t group)
{
	int64_t n = 0;

	for (unsigned b = 1; b < 256; b++)
		n += count(x, group, b);
	return n;
}

/* What is to be hidden of a group: its counting answers, and where there are
 * none the others, which are shown beside them. */
static int64_t people_of(const struct at *x, size_t group)
{
	int64_t n = valid_of(x, group);

	return n > 0 ? n : all_of(x, group) > 0;
}

static const struct question *question_of(const struct at *x)
{
	const struct score_asking *ask = &item_of(x)->askings[0];
	const struct form *f = &x->r->plan->forms[ask->form];

	for (size_t q = 0; q < f->n_questions; q++)
		if (f->questions[q].slot == ask->slot)
			return &f->questions[q];
	return NULL;
}

static const char *exact_in(struct arena *a, const mpq_t x)
{
	struct buf b = BUF_INIT((size_t)1 << 16);
	const char *s;

	exact_text(x, &b);
	s = buf_cstr(&b) ? arena_strdup(a, b.data) : NULL;
	buf_free(&b);
	return s;
}

/* Percent of an answer: its coefficient, or 100 when it is a satisfied one. */
static struct dec worth(const struct at *x, unsigned byte)
{
	const struct score_value *v = value_of(x, byte);

	if (x->r->in.sp->spec.nodes[x->node].kind == SCORE_SATISFACTION)
		return (struct dec){ v->satisfied ? 100 * DEC_ONE : 0 };
	return v->coefficient;
}

/* Mean of what a group's counting answers are worth, in percent. */
static const char *group_mean(const struct at *x, size_t group, int64_t n)
{
	mpq_t sum, one, many;
	const char *s;

	mpq_inits(sum, one, many, NULL);
	for (unsigned b = 1; b < 256; b++) {
		if (!value_of(x, b)->counts)
			continue;
		exact_from_dec(one, worth(x, b));
		mpq_set_si(many, count(x, group, b), 1);
		mpq_mul(one, one, many);
		mpq_add(sum, sum, one);
	}
	mpq_set_si(many, n, 1);
	mpq_div(sum, sum, many);
	s = exact_in(x->a, sum);
	mpq_clears(sum, one, many, NULL);
	return s;
}

/* Does the plan put the item to the group, of this unit? */
static bool is_asked(const struct at *x, size_t group)
{
	const struct score_spec *p = &x->r->in.sp->spec;
	const struct score_item *it = item_of(x);

	if (p->expected && !p->expected[x->unit * p->n_groups + group])
		return false;
	for (size_t i = 0; i < it->n_askings; i++)
		if (it->askings[i].form == p->group_form[group])
			return true;
	return false;
}

/* group NONE: all groups together. */
static bool fill_row(const struct at *x, const struct question *q, size_t group,
		     struct behind_row *row)
{
	size_t from = group == NONE ? 0 : group;
	size_t to = group == NONE ? x->r->plan->n_groups : group + 1;
	size_t options = q ? q->n_options : 0;
	int64_t *n = arena_array(x->a, options + 1, sizeof *n);

	if (!n)
		return false;
	for (size_t g = from; g < to; g++) {
		for (size_t o = 0; q && o < options; o++)
			n[o] += count(x, g, q->options[o].ordinal);
		row->unreadable += count(x, g, ANSWER_UNREADABLE);
		row->dont_know += count(x, g, ANSWER_DONT_KNOW);
		row->blank += count(x, g, ANSWER_BLANK);
	}
	row->shown = true;
	row->count = n;
	return true;
}

static bool fill_rows(const struct at *x, const struct question *q,
		      struct behind_item *it)
{
	const struct plan *p = x->r->plan;
	struct cell *cells = arena_array(x->a, p->n_groups + 1, sizeof *cells);
	struct behind_row *rows =
		arena_array(x->a, p->n_groups + 1, sizeof *rows);

	if (!cells || !rows)
		return false;
	it->rows = rows;
	cells[0] = (struct cell){ .parent = NONE, .n = it->n_valid };
	for (size_t g = 0; g < p->n_groups; g++)
		cells[g + 1] =
			(struct cell){ .parent = 0, .n = people_of(x, g) };
	(void)disclose(cells, p->n_groups + 1, p->decisions.min_sub, true);
	for (size_t g = 0; g < p->n_groups; g++) {
		const struct cell *c = &cells[g + 1];

		rows[g].group = g;
		rows[g].asked = is_asked(x, g);
		if (p->decisions.pool == POOL_GROUP_WEIGHTS)
			rows[g].weight = p->decisions.group_weight[g];
		if (c->n == 0 || c->closed)
			continue;
		rows[g].n = valid_of(x, g);
		if (rows[g].n == 0)
			continue;
		rows[g].mean = group_mean(x, g, rows[g].n);
		if (!rows[g].mean || !fill_row(x, q, g, &rows[g]))
			return false;
	}
	rows[p->n_groups].group = NONE;
	rows[p->n_groups].asked = true;
	rows[p->n_groups].n = it->n_valid;
	return it->guarded || fill_row(x, q, NONE, &rows[p->n_groups]);
}

static bool fill_item(const struct at *x, struct behind_item *it)
{
	const struct score_item_cell *c =
		score_item(x->r->in.score, x->unit, x->node, x->item);
	const struct question *q = question_of(x);
	struct dec *coefficient;

	it->code = item_of(x)->code;
	it->weight = item_of(x)->weight;
	it->question = q;
	if (c->n_valid < x->r->plan->decisions.min_unit)
		return true;
	it->shown = true;
	it->guarded = guard_item(x->r, x->unit, x->node, x->item);
	it->n_valid = c->n_valid;
	it->n_asked = c->n_asked;
	it->scored = c->scored;
	if (c->scored &&
	    !exact_round(c->mean, it->guarded ? 0 : 2, EXACT_HALF_UP,
			 &it->rounded, &(struct err){ 0 }))
		return false;
	if (c->scored && !it->guarded) {
		it->mean = exact_in(x->a, c->mean);
		if (!it->mean)
			return false;
	}
	coefficient = arena_array(x->a, (q ? q->n_options : 0) + 1,
				  sizeof *coefficient);
	if (!coefficient)
		return false;
	for (size_t o = 0; q && o < q->n_options; o++)
		coefficient[o] = worth(x, q->options[o].ordinal);
	it->coefficient = coefficient;
	return fill_rows(x, q, it);
}

/* Not shown because too few answered, though some did. */
static bool is_closed(const struct at *x, const struct behind_item *it)
{
	return !it->shown &&
	       score_item(x->r->in.score, x->unit, x->node, x->item)->n_valid >
		       0;
}

static const struct result_cell *cell_of(const struct result *r, size_t unit,
					 size_t criterion)
{
	for (size_t i = 0; i < r->n; i++) {
		if (r->units[i].unit != unit)
			continue;
		for (size_t k = 0; k < r->units[i].n_cells; k++)
			if (r->units[i].cells[k].criterion == criterion)
				return &r->units[i].cells[k];
	}
	return NULL;
}

/* Items of a leaf, parts of a group. */
static bool fill_node(const struct result *r, size_t node, struct arena *a,
		      struct behind *out)
{
	const struct score_spec *p = &r->in.sp->spec;
	const struct score_node *n = &p->nodes[node];
	struct behind_item *items =
		arena_array(a, n->n_items + 1, sizeof *items);
	const struct result_cell **parts =
		arena_array(a, p->n_nodes, sizeof *parts);

	bool closed = false;

	if (!items || !parts)
		return false;
	out->satisfaction = n->kind == SCORE_SATISFACTION;
	out->items = items;
	out->n_items = n->n_items;
	for (size_t q = 0; q < n->n_items; q++) {
		struct at x = { r, out->unit, node, q, a };

		if (!fill_item(&x, &items[q]))
			return false;
		closed = closed || is_closed(&x, &items[q]);
	}
	/* What is left of the exact sum when the open items are taken away
	 * would be the closed one. */
	for (size_t q = 0; closed && q < n->n_items; q++)
		items[q].shown = false;
	out->parts = parts;
	for (size_t k = node + 1; k < p->n_nodes; k++)
		if (p->nodes[k].parent == node) {
			const struct result_cell *c =
				cell_of(r, out->unit, r->in.sp->criterion[k]);

			if (c)
				parts[out->n_parts++] = c;
		}
	return true;
}

bool result_behind(const struct result *r, size_t unit, size_t criterion,
		   struct arena *a, struct behind *out, struct err *e)
{
	*out = (struct behind){ .r = r,
				.unit = unit,
				.criterion = criterion,
				.cell = cell_of(r, unit, criterion) };
	if (!out->cell)
		return err_set(e, ERR_INPUT,
			       "the survey gives no such number for this unit");
	if (!out->cell->shown || !out->cell->scored)
		return true;
	for (size_t i = 0; i < r->in.sp->spec.n_nodes; i++)
		if (r->in.sp->criterion[i] == criterion &&
		    !fill_node(r, i, a, out))
			return err_set(e, ERR_NOMEM, "out of memory");
	return !arena_broken(a) || err_set(e, ERR_NOMEM, "out of memory");
}
