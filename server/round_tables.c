/* The tables of a round's document, as assess.load wants them. */
#include "phieu/json.h"
#include "phieu/round.h"

static const char *const sources[] = {
	[INDEX_ASSESSED] = "assessed",
	[INDEX_SURVEY] = "survey",
	[INDEX_SATISFACTION] = "satisfaction",
	[INDEX_EXTERNAL] = "external",
};
static const char *const effects[] = {
	[INDEX_COUNTS] = "counts",
	[INDEX_BONUS] = "bonus",
	[INDEX_DEDUCTION] = "deduction",
};

static void put_units(struct jw *w, const struct index_set *s)
{
	jw_key(w, "units");
	jw_array(w);
	for (size_t i = 0; i < s->n_units; i++) {
		jw_object(w);
		jw_kv(w, "code", s->units[i].code);
		jw_kv(w, "name", s->units[i].name);
		jw_kv(w, "kind", s->kinds[s->units[i].kind].code);
		jw_kv(w, "block", s->units[i].block);
		jw_object_end(w);
	}
	jw_array_end(w);
}

static void put_nodes(struct jw *w, const struct index_set *s)
{
	jw_key(w, "nodes");
	jw_array(w);
	for (size_t i = 0; i < s->n_nodes; i++) {
		const struct index_node *n = &s->nodes[i];

		jw_object(w);
		jw_kv(w, "code", n->code);
		jw_kv(w, "name", n->name);
		jw_kv(w, "parent",
		      n->parent == INDEX_NONE ? NULL
					      : s->nodes[n->parent].code);
		jw_kb(w, "leaf", n->leaf);
		jw_kv(w, "source",
		      sources[n->leaf ? n->source : INDEX_ASSESSED]);
		jw_kv(w, "effect", effects[n->leaf ? n->effect : INDEX_COUNTS]);
		jw_key(w, "maximum");
		jw_dec(w, n->maximum);
		jw_object_end(w);
	}
	jw_array_end(w);
}

static void put_offices(struct jw *w, const struct round *r)
{
	jw_key(w, "offices");
	jw_array(w);
	for (size_t i = 0; i < r->n_offices; i++) {
		const struct round_office *o = &r->offices[i];

		jw_object(w);
		jw_kv(w, "code", o->code);
		jw_kv(w, "name", o->name);
		jw_kv(w, "unit",
		      o->unit == INDEX_NONE ? NULL
					    : r->set.units[o->unit].code);
		jw_object_end(w);
	}
	jw_array_end(w);
	jw_key(w, "assignments");
	jw_array(w);
	for (size_t i = 0; i < r->n_assignments; i++) {
		const struct round_assignment *x = &r->assignments[i];

		jw_object(w);
		jw_kv(w, "office", r->offices[x->office].code);
		jw_kv(w, "node",
		      x->node == INDEX_NONE ? NULL
					    : r->set.nodes[x->node].code);
		jw_kv(w, "role", x->lead ? "lead" : "cooperating");
		jw_object_end(w);
	}
	jw_array_end(w);
}

static void put_tasks(struct jw *w, const struct round *r)
{
	char day[DATE_TEXT_MAX];

	jw_key(w, "tasks");
	jw_array(w);
	for (size_t i = 0; i < r->n_tasks; i++) {
		const struct round_task *t = &r->tasks[i];

		jw_object(w);
		jw_kv(w, "code", t->code);
		jw_kv(w, "title", t->title);
		jw_kv(w, "step",
		      t->step == STEP_NONE ? NULL : round_step_word(t->step));
		jw_kv(w, "opens",
		      t->has_opens ? date_text(t->opens, day) : NULL);
		jw_kv(w, "due", date_text(t->due, day));
		jw_texts(w, "lead", t->lead, t->n_lead);
		jw_texts(w, "cooperating", t->cooperating, t->n_cooperating);
		jw_object_end(w);
	}
	jw_array_end(w);
}

void round_tables(const struct round *r, struct buf *out)
{
	struct jw w;

	jw_init(&w, out);
	jw_object(&w);
	jw_kb(&w, "own_unit", r->own_unit);
	jw_ki(&w, "opinion_days", r->opinion_days);
	put_units(&w, &r->set);
	put_nodes(&w, &r->set);
	put_offices(&w, r);
	put_tasks(&w, r);
	jw_key(&w, "replaced");
	jw_array(&w);
	for (size_t i = 0; i < r->n_replaced; i++) {
		const struct round_replaced *x = &r->replaced[i];

		jw_object(&w);
		jw_kv(&w, "from", x->from);
		jw_kv(&w, "to",
		      x->to == INDEX_NONE ? NULL : r->set.nodes[x->to].code);
		jw_object_end(&w);
	}
	jw_array_end(&w);
	jw_object_end(&w);
}
