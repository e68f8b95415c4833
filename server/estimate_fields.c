#include "phieu/estimate_fields.h"

#include <math.h>
#include <stdlib.h>

#include "phieu/score_plan.h"

struct asking {
	size_t slot, leaf;
	double weight;
	bool first; /* of its slot on the form */
};

struct leaf {
	const bool *applies; /* [units] */
	size_t field;
	double maximum;
	bool satisfaction;
};

struct fields {
	struct score_plan *sp;
	struct arena *a;
	struct leaf *leaf;
	size_t n_leaves, n;
	const char **name;
	struct asking **ask; /* [form] */
	size_t *n_ask;
	double *num, *den; /* [leaves] of the rating in hand */
	bool *seen;	   /* [fields * slots] */
};

static void add_leaf(struct fields *f, size_t node, size_t field)
{
	const struct score_node *n = &f->sp->nodes[node];

	f->leaf[f->n_leaves] =
		(struct leaf){ .applies = n->applies,
			       .field = field,
			       .maximum = dec_double(n->maximum),
			       .satisfaction = n->kind == SCORE_SATISFACTION };
	for (size_t i = 0; i < n->n_items; i++)
		for (size_t k = 0; k < n->items[i].n_askings; k++) {
			const struct score_asking *s = &n->items[i].askings[k];
			size_t at = f->n_ask[s->form]++;
			struct asking *list = f->ask[s->form];
			bool first = true;

			for (size_t j = 0; j < at; j++)
				first = first &&
					(list[j].slot != s->slot ||
					 f->leaf[list[j].leaf].field != field);
			list[at] =
				(struct asking){ s->slot, f->n_leaves,
						 dec_double(n->items[i].weight),
						 first };
		}
	f->n_leaves++;
}

static size_t root_of(const struct score_plan *sp, size_t node)
{
	while (sp->nodes[node].parent != SCORE_NONE)
		node = sp->nodes[node].parent;
	return node;
}

static size_t askings_of(const struct score_plan *sp, size_t form)
{
	size_t n = 0;

	for (size_t i = 0; i < sp->spec.n_nodes; i++)
		for (size_t q = 0; q < sp->nodes[i].n_items; q++)
			for (size_t k = 0; k < sp->nodes[i].items[q].n_askings;
			     k++)
				n += sp->nodes[i].items[q].askings[k].form ==
				     form;
	return n;
}

static bool room(struct fields *f)
{
	const struct score_spec *s = &f->sp->spec;
	size_t most = 0;

	f->leaf = arena_array(f->a, s->n_nodes + 1, sizeof *f->leaf);
	f->name = arena_array(f->a, s->n_nodes + 2, sizeof *f->name);
	f->num = arena_array(f->a, s->n_nodes + 1, sizeof *f->num);
	f->den = arena_array(f->a, s->n_nodes + 1, sizeof *f->den);
	f->ask = arena_array(f->a, s->n_forms + 1, sizeof(struct asking *));
	f->n_ask = arena_array(f->a, s->n_forms + 1, sizeof *f->n_ask);
	if (arena_broken(f->a))
		return false;
	for (size_t i = 0; i < s->n_forms; i++) {
		f->ask[i] = arena_array(f->a, askings_of(f->sp, i) + 1,
					sizeof *f->ask[i]);
		if (s->form_slots[i] > most)
			most = s->form_slots[i];
	}
	f->seen = arena_array(f->a, most + 1, sizeof *f->seen);
	return !arena_broken(f->a);
}

static bool fill(struct fields *f)
{
	const struct score_plan *sp = f->sp;

	if (!room(f))
		return false;
	for (size_t i = 0; i < sp->spec.n_nodes; i++) {
		if (sp->nodes[i].parent != SCORE_NONE)
			continue;
		for (size_t k = i; k < sp->spec.n_nodes; k++)
			if (sp->nodes[k].kind != SCORE_GROUP &&
			    root_of(sp, k) == i)
				add_leaf(f, k, f->n);
		f->name[f->n++] =
			arena_printf(f->a, "field.%s", sp->nodes[i].code);
	}
	f->name[f->n++] = FIELD_ALL;
	return !arena_broken(f->a);
}

struct fields *fields_new(const struct plan *p, struct err *e)
{
	struct score_plan *sp = score_plan_new(p, e);
	struct fields *f;

	if (!sp)
		return NULL;
	f = arena_alloc(sp->arena, sizeof *f);
	if (f) {
		*f = (struct fields){ .sp = sp, .a = sp->arena };
		if (fill(f))
			return f;
	}
	score_plan_free(sp);
	(void)err_set(e, ERR_NOMEM, "out of memory for the fields");
	return NULL;
}

void fields_free(struct fields *f)
{
	if (f)
		score_plan_free(f->sp);
}

size_t fields_count(const struct fields *f)
{
	return f->n;
}

const char *fields_name(const struct fields *f, size_t field)
{
	return f->name[field];
}

/* Sums of the leaves, and counts: of a field each slot once, of all too. */
static void add_answers(const struct fields *f, size_t form, size_t unit,
			const uint8_t *answers, size_t n,
			struct field_value *out)
{
	const struct score_value *all = f->sp->spec.value[form];
	struct field_value *sum = &out[f->n - 1];

	for (size_t i = 0; i < f->n_ask[form]; i++) {
		const struct asking *s = &f->ask[form][i];
		const struct leaf *leaf = &f->leaf[s->leaf];
		const struct score_value *v =
			&all[s->slot * 256 +
			     (s->slot < n ? answers[s->slot] : 0)];

		if (!v->counts || !leaf->applies[unit])
			continue;
		f->num[s->leaf] +=
			s->weight * (leaf->satisfaction
					     ? (v->satisfied ? 100 : 0)
					     : dec_double(v->coefficient));
		f->den[s->leaf] += s->weight;
		if (!s->first)
			continue;
		out[leaf->field].answered++;
		out[leaf->field].satisfied += v->satisfied;
		if (f->seen[s->slot])
			continue;
		f->seen[s->slot] = true;
		sum->answered++;
		sum->satisfied += v->satisfied;
	}
}

void fields_rate(const struct fields *f, size_t form, size_t unit,
		 const uint8_t *answers, size_t n, struct field_value *out)
{
	double top = 0, all = 0;

	for (size_t i = 0; i < f->n; i++)
		out[i] = (struct field_value){ .percent = NAN };
	for (size_t l = 0; l < f->n_leaves; l++)
		f->num[l] = f->den[l] = 0;
	for (size_t s = 0; s < f->sp->spec.form_slots[form]; s++)
		f->seen[s] = false;
	add_answers(f, form, unit, answers, n, out);
	for (size_t l = 0, end; l < f->n_leaves; l = end) {
		size_t field = f->leaf[l].field;
		double num = 0, den = 0;

		for (end = l; end < f->n_leaves && f->leaf[end].field == field;
		     end++)
			if (f->den[end] > 0) {
				num += f->leaf[end].maximum * f->num[end] /
				       f->den[end];
				den += f->leaf[end].maximum;
			}
		if (den > 0)
			out[field].percent = num / den;
		top += num;
		all += den;
	}
	if (all > 0)
		out[f->n - 1].percent = top / all;
}

bool fields_asks(const struct fields *f, size_t field, size_t form)
{
	for (size_t i = 0; i < f->n_ask[form]; i++)
		if (f->leaf[f->ask[form][i].leaf].field == field)
			return true;
	return false;
}

bool fields_is_satisfaction(const struct fields *f, size_t field)
{
	for (size_t l = 0; l < f->n_leaves; l++)
		if (f->leaf[l].field == field && f->leaf[l].satisfaction)
			return true;
	return false;
}
