#include "store_plan_doc.h"

#include "phieu/json.h"

static const char *const types[] = { "scale", "single", "multiple", "number",
				     "text" };

static void date_member(struct jw *w, const char *key, bool has, struct date d)
{
	char text[DATE_TEXT_MAX];

	if (has)
		jw_kv(w, key, date_text(d, text));
}

static void units(struct jw *w, const struct plan *p)
{
	jw_key(w, "units");
	jw_array(w);
	for (size_t i = 0; i < p->n_units; i++) {
		const struct unit *u = &p->units[i];

		jw_object(w);
		jw_ki(w, "position", (int64_t)i + 1);
		jw_kv(w, "code", u->code);
		jw_kv(w, "name", u->name);
		jw_kv(w, "kind", p->kinds[u->kind].code);
		jw_kb(w, "rated", p->kinds[u->kind].rated);
		if (u->parent != NONE)
			jw_kv(w, "parent", p->units[u->parent].code);
		if (u->merged_into != NONE)
			jw_kv(w, "merged_into", p->units[u->merged_into].code);
		date_member(w, "valid_from", u->has_from, u->from);
		date_member(w, "valid_to", u->has_to, u->to);
		jw_object_end(w);
	}
	jw_array_end(w);
}

static void forms(struct jw *w, const struct plan *p)
{
	jw_key(w, "forms");
	jw_array(w);
	for (size_t i = 0; i < p->n_forms; i++) {
		const struct form *f = &p->forms[i];

		jw_object(w);
		jw_ki(w, "position", (int64_t)i + 1);
		jw_kv(w, "code", f->code);
		jw_kv(w, "version", f->version);
		jw_kv(w, "name", f->name);
		jw_ki(w, "slots", (int64_t)f->n_slots);
		jw_kb(w, "example",
		      p->bases[f->basis].kind >= BASIS_RECOLLECTED);
		jw_object_end(w);
	}
	jw_array_end(w);
}

static void question(struct jw *w, const struct form *f, size_t i)
{
	const struct question *q = &f->questions[i];

	jw_object(w);
	jw_kv(w, "form", f->code);
	jw_kv(w, "version", f->version);
	jw_ki(w, "position", (int64_t)i + 1);
	jw_kv(w, "code", q->code);
	jw_kv(w, "type", types[q->type]);
	if (q->slot != NONE)
		jw_ki(w, "slot", (int64_t)q->slot);
	jw_kv(w, "text", q->text);
	jw_object_end(w);
}

static void option(struct jw *w, const struct form *f, size_t i,
		   const struct option *o)
{
	jw_object(w);
	jw_kv(w, "form", f->code);
	jw_kv(w, "version", f->version);
	jw_ki(w, "question", (int64_t)i + 1);
	jw_ki(w, "ordinal", o->ordinal);
	jw_kv(w, "code", o->code);
	jw_kv(w, "label", o->label);
	if (o->has_coefficient) {
		jw_key(w, "coefficient");
		jw_dec(w, o->coefficient);
	}
	jw_kb(w, "satisfied", o->satisfied);
	jw_object_end(w);
}

static void questions(struct jw *w, const struct plan *p)
{
	jw_key(w, "questions");
	jw_array(w);
	for (size_t f = 0; f < p->n_forms; f++)
		for (size_t i = 0; i < p->forms[f].n_questions; i++)
			question(w, &p->forms[f], i);
	jw_array_end(w);
	jw_key(w, "options");
	jw_array(w);
	for (size_t f = 0; f < p->n_forms; f++)
		for (size_t i = 0; i < p->forms[f].n_questions; i++) {
			const struct question *q = &p->forms[f].questions[i];

			for (size_t k = 0; k < q->n_options; k++)
				option(w, &p->forms[f], i, &q->options[k]);
		}
	jw_array_end(w);
}

static void cell(struct jw *w, const struct plan *p, const struct group *g,
		 const struct quota_cell *c)
{
	jw_object(w);
	jw_kv(w, "grp", g->code);
	if (c->home != NONE)
		jw_kv(w, "home", p->units[c->home].code);
	jw_ki(w, "planned", c->n);
	if (c->population >= 0)
		jw_ki(w, "population", c->population);
	jw_kv(w, "rule", g->rule);
	jw_object_end(w);
}

static void groups(struct jw *w, const struct plan *p)
{
	jw_key(w, "groups");
	jw_array(w);
	for (size_t i = 0; i < p->n_groups; i++) {
		const struct group *g = &p->groups[i];

		jw_object(w);
		jw_ki(w, "position", (int64_t)i + 1);
		jw_kv(w, "code", g->code);
		jw_kv(w, "name", g->name);
		jw_kv(w, "form", p->forms[g->form].code);
		jw_kv(w, "version", p->forms[g->form].version);
		if (g->has_home)
			jw_kv(w, "home_kind", p->kinds[g->home_kind].code);
		jw_object_end(w);
	}
	jw_array_end(w);
	jw_key(w, "cells");
	jw_array(w);
	for (size_t i = 0; i < p->n_groups; i++)
		for (size_t k = 0; k < p->groups[i].n_cells; k++)
			cell(w, p, &p->groups[i], &p->groups[i].cells[k]);
	jw_array_end(w);
}

void store_plan_doc(const struct plan *p, struct buf *out)
{
	struct jw w;

	jw_init(&w, out);
	jw_object(&w);
	units(&w, p);
	forms(&w, p);
	questions(&w, p);
	groups(&w, p);
	jw_object_end(&w);
}
