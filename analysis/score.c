#include "phieu/score.h"

#include <stdlib.h>
#include <string.h>

#include "score_parts.h"

/* gcc 12 loses sight of memory hung into arrays in a loop; every test of this
 * module runs under the leak sanitizer. */
#if defined __GNUC__ && !defined __clang__
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

#define SCORE_MAX_CELLS ((size_t)1 << 26)

/* a x b x c, the cap + 1 when it is more than the cap. */
static size_t product(size_t a, size_t b, size_t c)
{
	if (a > SCORE_MAX_CELLS || b > SCORE_MAX_CELLS || c > SCORE_MAX_CELLS ||
	    (b != 0 && a > SCORE_MAX_CELLS / b) ||
	    (c != 0 && a * b > SCORE_MAX_CELLS / c))
		return SCORE_MAX_CELLS + 1;
	return a * b * c;
}

/* ---- is the spec consistent? ----------------------------------------- */

static bool is_share(struct dec d)
{
	return d.micro >= 0 && d.micro <= 100 * DEC_ONE;
}

static bool check_item(const struct score_spec *s, const struct score_node *n,
		       const struct score_item *it, struct err *e)
{
	if (it->weight.micro <= 0)
		return err_set(e, ERR_INPUT, "item %s of %s has no weight",
			       it->code, n->code);
	for (size_t i = 0; i < it->n_askings; i++) {
		const struct score_asking *a = &it->askings[i];

		if (a->form >= s->n_forms || a->slot >= s->form_slots[a->form])
			return err_set(e, ERR_INPUT,
				       "item %s of %s is asked nowhere",
				       it->code, n->code);
	}
	return true;
}

static bool check_nodes(const struct score_spec *s, struct err *e)
{
	for (size_t i = 0; i < s->n_nodes; i++) {
		const struct score_node *n = &s->nodes[i];

		if (n->parent != SCORE_NONE &&
		    (n->parent >= i || s->nodes[n->parent].kind != SCORE_GROUP))
			return err_set(e, ERR_INPUT,
				       "criterion %s has a wrong parent",
				       n->code);
		if (n->maximum.micro < 0)
			return err_set(e, ERR_INPUT,
				       "criterion %s has negative points",
				       n->code);
		for (size_t q = 0; q < n->n_items; q++)
			if (!check_item(s, n, &n->items[q], e))
				return false;
	}
	return true;
}

static bool check_values(const struct score_spec *s, struct err *e)
{
	for (size_t f = 0; f < s->n_forms; f++) {
		for (size_t i = 0; i < s->form_slots[f] * 256; i++) {
			const struct score_value *v = &s->value[f][i];

			if (i % 256 == 0 && (v->counts || v->blank))
				return err_set(e, ERR_INPUT,
					       "an answer not asked counts");
			if (v->counts && !is_share(v->coefficient))
				return err_set(e, ERR_INPUT,
					       "a coefficient is not within 0 "
					       "and 100");
		}
	}
	return true;
}

static bool check_groups(const struct score_spec *s, struct err *e)
{
	for (size_t g = 0; g < s->n_groups; g++)
		if (s->group_form[g] >= s->n_forms ||
		    (s->group_weights && s->group_weight[g].micro < 0))
			return err_set(e, ERR_INPUT,
				       "a group has no form or a negative "
				       "weight");
	for (size_t h = 0; h < s->n_strata; h++)
		if (s->stratum_group[h] >= s->n_groups || s->strata[h].n < 0)
			return err_set(e, ERR_INPUT,
				       "a stratum has no group or no size");
	return true;
}

static bool check_spec(const struct score_spec *s, struct err *e)
{
	if (s->digits < 0 || s->digits > 6 || !(s->confidence > 0) ||
	    !(s->confidence < 1))
		return err_set(e, ERR_INPUT,
			       "digits or confidence out of range");
	for (size_t b = 0; b < s->n_bands; b++)
		if (!is_share(s->bands[b].from) ||
		    !is_share(s->bands[b].percent) ||
		    (b > 0 &&
		     dec_cmp(s->bands[b - 1].from, s->bands[b].from) <= 0))
			return err_set(e, ERR_INPUT,
				       "bands are not shares, highest first");
	return check_groups(s, e) && check_nodes(s, e) && check_values(s, e);
}

/* ---- layout ---------------------------------------------------------- */

static bool map_form(const struct score_spec *s, size_t f, struct form_map *m)
{
	size_t slots = s->form_slots[f], n = 0;

	m->slots = slots;
	m->map = calloc(slots * 256 + 1, sizeof *m->map);
	m->from = calloc(slots + 1, sizeof *m->from);
	m->value = calloc(slots * 256 + 1, sizeof(const struct score_value *));
	if (m->map == NULL || m->from == NULL || m->value == NULL)
		return false;
	for (size_t slot = 0; slot < slots; slot++) {
		size_t none = n++;

		m->from[slot] = (uint32_t)none;
		for (size_t b = 0; b < 256; b++) {
			const struct score_value *v =
				&s->value[f][slot * 256 + b];

			m->map[b * slots + slot] = (uint32_t)none;
			if (!v->counts && !v->blank)
				continue;
			m->map[b * slots + slot] = (uint32_t)n;
			m->value[n++] = v;
		}
	}
	m->from[slots] = (uint32_t)n;
	m->n_classes = n;
	return true;
}

static size_t steps_on(const struct score_spec *s, size_t form)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_nodes; i++)
		for (size_t q = 0; q < s->nodes[i].n_items; q++)
			for (size_t a = 0; a < s->nodes[i].items[q].n_askings;
			     a++)
				n += s->nodes[i].items[q].askings[a].form ==
				     form;
	return n;
}

static void add_steps(struct score *s, size_t form, size_t node)
{
	struct form_map *m = &s->forms[form];
	const struct score_node *n = &s->spec->nodes[node];
	struct leaf l = { .node = node, .first = m->n_steps };

	for (size_t q = 0; q < n->n_items; q++) {
		for (size_t a = 0; a < n->items[q].n_askings; a++) {
			const struct score_asking *ask =
				&n->items[q].askings[a];
			size_t from;

			if (ask->form != form)
				continue;
			from = m->from[ask->slot];
			m->steps[m->n_steps++] = (struct step){
				.slot = ask->slot,
				.item = s->item_from[node] + q,
				.base = m->n_z - from,
			};
			m->n_z += m->from[ask->slot + 1] - from;
		}
	}
	l.n = m->n_steps - l.first;
	if (l.n > 0)
		m->leaves[m->n_leaves++] = l;
}

static bool lay_form(struct score *s, size_t form, struct err *e)
{
	struct form_map *m = &s->forms[form];
	const struct score_spec *spec = s->spec;

	if (!map_form(spec, form, m))
		return err_set(e, ERR_NOMEM, "no memory for forms");
	m->steps = calloc(steps_on(spec, form) + 1, sizeof *m->steps);
	m->leaves = calloc(spec->n_nodes + 1, sizeof *m->leaves);
	if (m->steps == NULL || m->leaves == NULL)
		return err_set(e, ERR_NOMEM, "no memory for forms");
	for (size_t i = 0; i < spec->n_nodes; i++)
		add_steps(s, form, i);
	for (size_t l = 0; l < m->n_leaves; l++)
		if (m->leaves[l].n > STEPS_MAX)
			return err_set(e, ERR_MATH,
				       "criterion %s has too many questions",
				       spec->nodes[m->leaves[l].node].code);
	return true;
}

struct sizes {
	size_t cells, items, sums, blocks, strata;
};

static bool measure(struct score *s, struct sizes *n, struct err *e)
{
	const struct score_spec *p = s->spec;
	size_t p1 = p->n_nodes + 1;

	s->item_from = calloc(p1, sizeof *s->item_from);
	if (s->item_from == NULL)
		return err_set(e, ERR_NOMEM, "no memory for items");
	for (size_t i = 0; i < p->n_nodes; i++)
		s->item_from[i + 1] = s->item_from[i] + p->nodes[i].n_items;
	s->n_items = s->item_from[p->n_nodes];
	n->cells = product(p->n_units, p1, 1);
	n->items = product(p->n_units, s->n_items, 1);
	n->sums = product(p->n_units, s->n_items, p->n_groups);
	n->blocks = product(p->n_units, p->n_groups, p->n_forms);
	n->strata = product(p->n_units, p->n_strata, 1);
	if (n->cells > SCORE_MAX_CELLS || n->items > SCORE_MAX_CELLS ||
	    n->sums > SCORE_MAX_CELLS || n->blocks > SCORE_MAX_CELLS ||
	    n->strata > SCORE_MAX_CELLS)
		return err_set(e, ERR_MATH, "too many cells for %zu units",
			       p->n_units);
	return true;
}

static bool make_work(struct score *s, const struct sizes *n)
{
	const struct score_spec *p = s->spec;
	size_t p1 = p->n_nodes + 1;

	s->forms = calloc(p->n_forms + 1, sizeof *s->forms);
	s->blocks = calloc(n->blocks + 1, sizeof(struct block *));
	s->seen = calloc(n->strata + 1, sizeof *s->seen);
	s->local = calloc(n->strata + 1, sizeof *s->local);
	s->units = calloc(p->n_units + 1, sizeof *s->units);
	s->z = calloc(p1, sizeof *s->z);
	s->in = calloc(p1, sizeof *s->in);
	s->asked = calloc(p1, sizeof *s->asked);
	return s->forms != NULL && s->blocks != NULL && s->seen != NULL &&
	       s->local != NULL && s->units != NULL && s->z != NULL &&
	       s->in != NULL && s->asked != NULL;
}

static bool make_results(struct score *s, const struct sizes *n)
{
	s->n_asked = calloc(n->cells + 1, sizeof *s->n_asked);
	s->factor = calloc(n->cells + 1, sizeof *s->factor);
	s->live = calloc(n->cells + 1, sizeof *s->live);
	s->sums = calloc(n->sums + 1, sizeof *s->sums);
	s->item_weight = calloc(n->items + 1, sizeof *s->item_weight);
	s->cells = calloc(n->cells + 1, sizeof *s->cells);
	s->item = calloc(n->items + 1, sizeof *s->item);
	if (s->n_asked == NULL || s->factor == NULL || s->live == NULL ||
	    s->sums == NULL || s->item_weight == NULL || s->cells == NULL ||
	    s->item == NULL)
		return false;
	for (size_t i = 0; i < n->cells; i++) {
		mpq_init(s->cells[i].exact);
		mpq_init(s->cells[i].top);
		s->factor[i] = 1;
	}
	for (size_t i = 0; i < n->items; i++) {
		mpq_init(s->item[i].mean);
		mpq_init(s->item[i].top);
	}
	s->ready = true;
	return true;
}

static bool lay_out(struct score *s, struct err *e)
{
	struct sizes n = { 0 };

	if (!measure(s, &n, e))
		return false;
	if (!make_work(s, &n) || !make_results(s, &n))
		return err_set(e, ERR_NOMEM, "no memory for %zu units",
			       s->spec->n_units);
	for (size_t f = 0; f < s->spec->n_forms; f++)
		if (!lay_form(s, f, e))
			return false;
	return true;
}

struct score *score_new(const struct score_spec *spec, struct err *e)
{
	struct score *s;

	if (!check_spec(spec, e))
		return NULL;
	s = calloc(1, sizeof *s);
	if (s == NULL) {
		err_set(e, ERR_NOMEM, "no memory for scores");
		return NULL;
	}
	s->spec = spec;
	if (!lay_out(s, e)) {
		score_free(s);
		return NULL;
	}
	return s;
}

static void free_cells(struct score *s)
{
	const struct score_spec *p = s->spec;

	if (!s->ready)
		return; /* the numbers were not initialised yet */
	for (size_t i = 0; i < p->n_units * (p->n_nodes + 1); i++) {
		mpq_clear(s->cells[i].exact);
		mpq_clear(s->cells[i].top);
	}
	for (size_t i = 0; i < p->n_units * s->n_items; i++) {
		mpq_clear(s->item[i].mean);
		mpq_clear(s->item[i].top);
	}
}

static void free_units(struct score *s)
{
	const struct score_spec *p = s->spec;

	for (size_t u = 0; s->units != NULL && u < p->n_units; u++) {
		taylor_clear(&s->units[u].taylor);
		free(s->units[u].strata);
		free(s->units[u].column);
		free(s->units[u].rises);
	}
	for (size_t i = 0;
	     s->blocks != NULL && i < p->n_units * p->n_groups * p->n_forms;
	     i++) {
		if (s->blocks[i] == NULL)
			continue;
		free(s->blocks[i]->count);
		free(s->blocks[i]->z);
		free(s->blocks[i]);
	}
	for (size_t f = 0; s->forms != NULL && f < p->n_forms; f++) {
		free(s->forms[f].map);
		free(s->forms[f].value);
		free(s->forms[f].from);
		free(s->forms[f].steps);
		free(s->forms[f].leaves);
	}
}

void score_free(struct score *s)
{
	if (s == NULL)
		return;
	free_cells(s);
	free_units(s);
	free(s->item_from);
	free(s->forms);
	free(s->blocks);
	free(s->seen);
	free(s->local);
	free(s->units);
	free(s->cells);
	free(s->item);
	free(s->sums);
	free(s->item_weight);
	free(s->n_asked);
	free(s->factor);
	free(s->live);
	free(s->z);
	free(s->in);
	free(s->asked);
	free(s);
}

/* ---- pass one -------------------------------------------------------- */

static struct block **block_at(const struct score *s, size_t unit, size_t group,
			       size_t form)
{
	const struct score_spec *p = s->spec;

	return &s->blocks[(unit * p->n_groups + group) * p->n_forms + form];
}

struct block *score_block(const struct score *s, size_t unit, size_t group,
			  size_t form)
{
	return *block_at(s, unit, group, form);
}

static bool block_make(struct score *s, const struct score_rating *r,
		       struct err *e)
{
	size_t n = s->forms[r->form].n_classes + 1;
	struct block *b = calloc(1, sizeof *b);
	int64_t *count = calloc(n, sizeof *count);

	if (b == NULL || count == NULL) {
		free(b);
		free(count);
		return err_set(e, ERR_NOMEM, "no memory for counts");
	}
	b->count = count;
	*block_at(s, r->unit, r->group, r->form) = b;
	return true;
}

bool score_count(struct score *s, const struct score_rating *r, struct err *e)
{
	const struct score_spec *p = s->spec;
	const struct form_map *m;
	int64_t *count;

	if (r->unit >= p->n_units || r->form >= p->n_forms ||
	    r->group >= p->n_groups || r->stratum >= p->n_strata ||
	    p->stratum_group[r->stratum] != r->group || s->fixed)
		return err_set(e, ERR_BUG, "a rating out of place");
	if (score_block(s, r->unit, r->group, r->form) == NULL &&
	    !block_make(s, r, e))
		return false;
	m = &s->forms[r->form];
	count = score_block(s, r->unit, r->group, r->form)->count;
	for (size_t slot = 0; slot < m->slots; slot++)
		count[m->map[r->answers[slot] * m->slots + slot]]++;
	s->seen[r->unit * p->n_strata + r->stratum]++;
	s->n_ratings++;
	return true;
}

bool score_fix(struct score *s, struct err *e)
{
	const struct score_spec *p = s->spec;

	for (size_t i = 0; i < p->n_units * p->n_strata; i++)
		if (s->seen[i] > (uint64_t)p->strata[i % p->n_strata].n)
			return err_set(e, ERR_INPUT,
				       "a unit has more ratings than its "
				       "stratum has respondents");
	s->fixed = true;
	return score_points(s, e) && score_tables(s, e);
}

/* ---- results --------------------------------------------------------- */

const struct score_cell *score_cell_at(const struct score *s, size_t unit,
				       size_t i)
{
	return &s->cells[unit * (s->spec->n_nodes + 1) + i];
}

const struct score_cell *score_cell(const struct score *s, size_t unit,
				    size_t node)
{
	return score_cell_at(s, unit,
			     node == SCORE_NONE ? s->spec->n_nodes : node);
}

const struct score_item_cell *score_item(const struct score *s, size_t unit,
					 size_t node, size_t item)
{
	return &s->item[unit * s->n_items + s->item_from[node] + item];
}

int64_t score_item_count(const struct score *s, size_t unit, size_t node,
			 size_t item, size_t group, uint8_t byte)
{
	const struct score_item *it = &s->spec->nodes[node].items[item];
	int64_t n = 0;

	for (size_t a = 0; a < it->n_askings; a++) {
		const struct score_asking *ask = &it->askings[a];
		const struct block *b = score_block(s, unit, group, ask->form);
		const struct form_map *m = &s->forms[ask->form];

		if (b != NULL)
			n += b->count[m->map[byte * m->slots + ask->slot]];
	}
	return n;
}

int64_t score_ratings(const struct score *s)
{
	return s->n_ratings;
}
