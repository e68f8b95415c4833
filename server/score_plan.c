#include "phieu/score_plan.h"

#include <stdlib.h>
#include <string.h>

#include "phieu/submission.h"

#define SCORE_PLAN_BYTES ((size_t)512 << 20)

/* ---- bytes ----------------------------------------------------------- */

static void special(struct score_value *v, enum blank_rule rule, struct dec c)
{
	if (rule == BLANK_COEFFICIENT)
		*v = (struct score_value){ .counts = true, .coefficient = c };
	else
		*v = (struct score_value){ .blank = true };
}

/* Satisfaction needs no coefficients, survey criteria do (plan check). */
static void question_values(const struct decisions *d, const struct question *q,
			    struct score_value *v)
{
	for (size_t i = 0; i < q->n_options; i++) {
		const struct option *o = &q->options[i];

		if (o->no_opinion)
			special(&v[o->ordinal], d->dont_know,
				d->dont_know_coefficient);
		else
			v[o->ordinal] =
				(struct score_value){ .counts = true,
						      .satisfied = o->satisfied,
						      .coefficient =
							      o->coefficient };
	}
	special(&v[ANSWER_DONT_KNOW], d->dont_know, d->dont_know_coefficient);
	special(&v[ANSWER_BLANK], d->blank, d->blank_coefficient);
	v[ANSWER_UNREADABLE].blank = true;
}

static bool values(struct score_plan *s)
{
	const struct plan *p = s->plan;
	const struct score_value **all =
		arena_array(s->arena, p->n_forms + 1,
			    sizeof(const struct score_value *));
	size_t *slots = arena_array(s->arena, p->n_forms + 1, sizeof *slots);

	if (!all || !slots)
		return false;
	for (size_t f = 0; f < p->n_forms; f++) {
		const struct form *form = &p->forms[f];
		struct score_value *v =
			arena_array(s->arena, form->n_slots * 256 + 1,
				    sizeof *v);

		if (!v)
			return false;
		for (size_t q = 0; q < form->n_questions; q++)
			if (form->questions[q].slot != NONE)
				question_values(&p->decisions,
						&form->questions[q],
						v + form->questions[q].slot *
								256);
		all[f] = v;
		slots[f] = form->n_slots;
	}
	s->spec.value = all;
	s->spec.form_slots = slots;
	return true;
}

/* ---- criteria -------------------------------------------------------- */

/* Rows with the same item are one question put on several forms. */
static bool items(struct score_plan *s, const struct criterion *c,
		  struct score_node *n)
{
	const struct plan *p = s->plan;
	struct score_item *list =
		arena_array(s->arena, c->n_questions + 1, sizeof *list);
	struct score_asking *ask =
		arena_array(s->arena, c->n_questions + 1, sizeof *ask);
	size_t n_ask = 0;

	if (!list || !ask)
		return false;
	for (size_t i = 0; i < c->n_questions; i++) {
		struct score_item *it = &list[n->n_items];
		size_t seen = 0;

		while (seen < i && strcmp(c->questions[seen].item,
					  c->questions[i].item) != 0)
			seen++;
		if (seen < i)
			continue;
		*it = (struct score_item){ .code = c->questions[i].item,
					   .weight = { DEC_ONE },
					   .askings = ask + n_ask };
		if (p->decisions.question_weights)
			it->weight = c->questions[i].weight;
		for (size_t j = i; j < c->n_questions; j++) {
			const struct crit_question *q = &c->questions[j];

			if (strcmp(q->item, it->code) != 0)
				continue;
			ask[n_ask++] = (struct score_asking){
				q->form,
				p->forms[q->form].questions[q->question].slot
			};
			it->n_askings++;
		}
		n->n_items++;
	}
	n->items = list;
	return true;
}

static const bool *applies(struct score_plan *s, const struct criterion *c)
{
	const struct plan *p = s->plan;
	bool *out = arena_array(s->arena, p->n_units + 1, sizeof *out);

	for (size_t u = 0; out && u < p->n_units; u++) {
		const struct unit *unit = &p->units[u];
		bool kind = c->n_kinds == 0;

		for (size_t i = 0; i < c->n_kinds; i++)
			kind = kind || c->kinds[i] == unit->kind;
		out[u] = kind && p->kinds[unit->kind].rated &&
			 unit->merged_into == NONE;
	}
	return out;
}

static bool is_leaf(const struct criterion *c)
{
	return c->kind == CRIT_SURVEY || c->kind == CRIT_SATISFACTION;
}

static bool add_node(struct score_plan *s, size_t criterion, size_t parent,
		     size_t *own)
{
	const struct criterion *c = &s->plan->criteria[criterion];
	struct score_node *n = &s->nodes[s->spec.n_nodes];

	*n = (struct score_node){
		.code = c->code,
		.parent = parent,
		.kind = c->kind == CRIT_SURVEY	       ? SCORE_SURVEY
			: c->kind == CRIT_SATISFACTION ? SCORE_SATISFACTION
						       : SCORE_GROUP,
		.maximum = c->maximum,
	};
	*own = s->spec.n_nodes++;
	if (!is_leaf(c))
		return true;
	n->applies = applies(s, c);
	return n->applies && items(s, c, n);
}

static bool nodes(struct score_plan *s)
{
	const struct plan *p = s->plan;
	size_t n = p->n_criteria;
	bool *keep = arena_array(s->arena, n + 1, sizeof *keep);
	size_t *node = arena_array(s->arena, n + 1, sizeof *node);
	size_t *criterion = arena_array(s->arena, n + 1, sizeof *criterion);

	s->nodes = arena_array(s->arena, n + 1, sizeof *s->nodes);
	if (!keep || !node || !criterion || !s->nodes)
		return false;
	s->spec.nodes = s->nodes;
	for (size_t i = n; i-- > 0;) {
		const struct criterion *c = &p->criteria[i];

		keep[i] = keep[i] || is_leaf(c);
		if (keep[i] && c->parent != NONE)
			keep[c->parent] = true;
	}
	for (size_t i = 0; i < n; i++) {
		size_t parent = p->criteria[i].parent;

		if (!keep[i])
			continue;
		criterion[s->spec.n_nodes] = i;
		if (!add_node(s, i, parent == NONE ? SCORE_NONE : node[parent],
			      &node[i]))
			return false;
	}
	s->criterion = criterion;
	return true;
}

/* ---- groups and strata ----------------------------------------------- */

/* Who is missed when he does not come: only asked for by rules that mind. */
static bool expected(struct score_plan *s)
{
	const struct plan *p = s->plan;
	bool *out;
	size_t *units;

	if (s->spec.missing_group == SCORE_RENORMALISE ||
	    !s->spec.group_weights)
		return true;
	out = arena_array(s->arena, p->n_units * p->n_groups + 1, sizeof *out);
	units = arena_array(s->arena, p->n_units + 1, sizeof *units);
	if (!out || !units)
		return false;
	for (size_t g = 0; g < p->n_groups; g++) {
		for (size_t c = 0; c < p->groups[g].n_cells; c++) {
			size_t n =
				plan_rateable(p, g, p->groups[g].cells[c].home,
					      p->to, units, p->n_units);

			for (size_t i = 0; i < n; i++)
				out[units[i] * p->n_groups + g] = true;
		}
	}
	s->spec.expected = out;
	return true;
}

static size_t homes_of(const struct plan *p, size_t group)
{
	size_t n = 0;

	if (!p->groups[group].has_home)
		return 1;
	for (size_t u = 0; u < p->n_units; u++)
		n += p->units[u].kind == p->groups[group].home_kind;
	return n;
}

static bool positions(struct score_plan *s)
{
	const struct plan *p = s->plan;
	size_t *position =
		arena_array(s->arena, p->n_units + 1, sizeof *position);
	size_t *seen = arena_array(s->arena, p->n_kinds + 1, sizeof *seen);

	if (!position || !seen)
		return false;
	for (size_t u = 0; u < p->n_units; u++)
		position[u] = seen[p->units[u].kind]++;
	s->position = position;
	return true;
}

static bool strata(struct score_plan *s)
{
	const struct plan *p = s->plan;
	size_t *first = arena_array(s->arena, p->n_groups + 1, sizeof *first);
	size_t *group_form =
		arena_array(s->arena, p->n_groups + 1, sizeof *group_form);
	size_t *of, n = 0;

	if (!first || !group_form || !positions(s))
		return false;
	for (size_t g = 0; g < p->n_groups; g++) {
		first[g] = n;
		n += homes_of(p, g);
		group_form[g] = p->groups[g].form;
	}
	s->strata = arena_array(s->arena, n + 1, sizeof *s->strata);
	of = arena_array(s->arena, n + 1, sizeof *of);
	if (!s->strata || !of)
		return false;
	for (size_t g = 0; g < p->n_groups; g++) {
		size_t end = g + 1 < p->n_groups ? first[g + 1] : n;

		for (size_t h = first[g]; h < end; h++) {
			of[h] = g;
			s->strata[h].population = -1;
		}
	}
	s->first_stratum = first;
	s->spec.n_strata = n;
	s->spec.strata = s->strata;
	s->spec.stratum_group = of;
	s->spec.group_form = group_form;
	for (size_t g = 0; g < p->n_groups; g++)
		for (size_t c = 0; c < p->groups[g].n_cells; c++) {
			const struct quota_cell *q = &p->groups[g].cells[c];
			size_t h = score_plan_stratum(s, g, q->home);

			if (h != NONE)
				s->strata[h].population = q->population;
		}
	return true;
}

size_t score_plan_stratum(const struct score_plan *s, size_t group, size_t home)
{
	const struct group *g = &s->plan->groups[group];

	if (!g->has_home)
		return home == NONE ? s->first_stratum[group] : NONE;
	if (home == NONE || s->plan->units[home].kind != g->home_kind)
		return NONE;
	return s->first_stratum[group] + s->position[home];
}

/* ---- decisions ------------------------------------------------------- */

static bool choices(struct score_plan *s)
{
	static const enum taylor_lonely lonely[] = {
		[LONELY_FAIL] = TAYLOR_FAIL,
		[LONELY_CERTAINTY] = TAYLOR_CERTAINTY,
		[LONELY_REMOVE] = TAYLOR_REMOVE,
		[LONELY_ADJUST] = TAYLOR_ADJUST,
		[LONELY_AVERAGE] = TAYLOR_AVERAGE,
		[LONELY_COLLAPSE] = TAYLOR_COLLAPSE
	};
	static const enum score_missing missing[] = {
		[GROUP_RENORMALISE] = SCORE_RENORMALISE,
		[GROUP_NOT_SCORED] = SCORE_UNSCORED,
		[GROUP_ZERO] = SCORE_ZERO_GROUP
	};
	static const enum score_empty empty[] = { [EMPTY_RESCALE] =
							  SCORE_RESCALE,
						  [EMPTY_ZERO] = SCORE_ZERO,
						  [EMPTY_MANUAL] =
							  SCORE_MANUAL };
	const struct decisions *d = &s->plan->decisions;
	struct score_spec *o = &s->spec;
	struct score_band *bands =
		arena_array(s->arena, d->n_sipas_bands + 1, sizeof *bands);

	if (!bands)
		return false;
	for (size_t i = 0; i < d->n_sipas_bands; i++)
		bands[i] = (struct score_band){ d->sipas_bands[i].from,
						d->sipas_bands[i].percent };
	o->bands = bands;
	o->n_bands = d->n_sipas_bands;
	o->group_weights = d->pool == POOL_GROUP_WEIGHTS;
	o->group_weight = d->group_weight;
	o->missing_group = missing[d->missing_group];
	o->empty = empty[d->empty];
	o->digits = d->digits;
	o->round =
		d->round == ROUND_HALF_EVEN ? EXACT_HALF_EVEN : EXACT_HALF_UP;
	o->item_first = d->order == ITEM_FIRST;
	o->lonely = lonely[d->lonely];
	o->confidence = (double)d->confidence.micro / 100 / (double)DEC_ONE;
	return true;
}

struct score_plan *score_plan_new(const struct plan *p, struct err *e)
{
	struct arena *a = arena_new(SCORE_PLAN_BYTES);
	struct score_plan *s = a ? arena_alloc(a, sizeof *s) : NULL;

	if (s) {
		s->plan = p;
		s->arena = a;
		s->spec.n_units = p->n_units;
		s->spec.n_groups = p->n_groups;
		s->spec.n_forms = p->n_forms;
		if (choices(s) && values(s) && nodes(s) && strata(s) &&
		    expected(s))
			return s;
	}
	arena_free(a);
	err_set(e, ERR_NOMEM, "out of memory for the plan");
	return NULL;
}

void score_plan_free(struct score_plan *s)
{
	if (s)
		arena_free(s->arena);
}
