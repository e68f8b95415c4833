/* The tables of an inspection plan, as assess.inspect_load wants them. */
#include "phieu/inspect.h"
#include "phieu/json.h"

static const char *const forms[] = {
	[FORM_OPEN] = NULL,
	[FORM_DOSSIERS] = "dossiers",
	[FORM_ON_SITE] = "on-site",
};

static void put_teams(struct jw *w, const struct inspect_plan *p)
{
	jw_key(w, "teams");
	jw_array(w);
	for (size_t i = 0; i < p->n_teams; i++) {
		const struct inspect_team *t = &p->teams[i];

		jw_object(w);
		jw_kv(w, "code", t->code);
		jw_kv(w, "name", t->name);
		jw_kv(w, "basis", t->basis);
		jw_key(w, "members");
		jw_array(w);
		for (size_t k = 0; k < t->n; k++) {
			jw_object(w);
			jw_kv(w, "name", t->members[k].name);
			jw_kv(w, "position", t->members[k].position);
			jw_kv(w, "office", t->members[k].office);
			jw_kb(w, "head", t->members[k].head);
			jw_object_end(w);
		}
		jw_array_end(w);
		jw_object_end(w);
	}
	jw_array_end(w);
}

static void put_outline(struct jw *w, const struct inspect_plan *p)
{
	jw_key(w, "outline");
	jw_array(w);
	for (size_t i = 0; i < p->n_outline; i++) {
		const struct inspect_item *x = &p->outline[i];

		jw_object(w);
		jw_kv(w, "code", x->code);
		jw_kv(w, "part", x->part);
		jw_kv(w, "title", x->title);
		jw_texts(w, "asks", x->asks, x->n_asks);
		jw_texts(w, "kinds", x->kinds, x->n_kinds);
		jw_texts(w, "units", x->units, x->n_units);
		jw_object_end(w);
	}
	jw_array_end(w);
}

static void put_inspections(struct jw *w, const struct inspect_plan *p)
{
	jw_key(w, "inspections");
	jw_array(w);
	for (size_t i = 0; i < p->n_entries; i++) {
		const struct inspect_entry *x = &p->entries[i];

		jw_object(w);
		jw_ki(w, "number", x->number);
		jw_kv(w, "unit", x->unit);
		jw_key(w, "quarters");
		jw_array(w);
		for (int q = 1; q <= 4; q++)
			if (x->quarters & 1U << (q - 1))
				jw_int(w, q);
		jw_array_end(w);
		jw_kv(w, "form", forms[x->form]);
		jw_kv(w, "team", x->team);
		jw_kv(w, "note", x->note);
		jw_object_end(w);
	}
	jw_array_end(w);
}

void inspect_tables(const struct inspect_plan *p, struct buf *out)
{
	struct jw w;

	jw_init(&w, out);
	jw_object(&w);
	jw_ki(&w, "documents_days", p->documents_days);
	jw_key(&w, "conclusion_days");
	if (p->conclusion_days < 0)
		jw_null(&w);
	else
		jw_int(&w, p->conclusion_days);
	put_teams(&w, p);
	put_outline(&w, p);
	put_inspections(&w, p);
	jw_object_end(&w);
}
