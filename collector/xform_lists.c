/* Lists to choose from: options, homes, units; inside the form or as CSV. */
#include <stdio.h>
#include <string.h>

#include "phieu/csv.h"
#include "plan_in.h"
#include "xform_parts.h"

static void item(struct xw *w, const char *text_id, const char *name)
{
	xw_start(w, "item");
	xw_leaf(w, "itextId", text_id);
	xw_leaf(w, "name", name);
}

static void item_end(struct xw *w)
{
	xw_end(w);
	xw_line(w);
}

static void list_begin(struct xw *w, const char *id)
{
	xw_start(w, "instance");
	xw_attr(w, "id", id);
	xw_start(w, "root");
	xw_line(w);
}

static void list_end(struct xw *w)
{
	xw_end(w);
	xw_end(w);
	xw_line(w);
}

static void list_outside(struct xw *w, const char *id)
{
	xw_start(w, "instance");
	xw_attr(w, "id", id);
	xw_attrf(w, "src", "jr://file-csv/%s.csv", id);
	xw_end(w);
	xw_line(w);
}

static void options(const struct layout *l, size_t list, struct xw *w)
{
	const struct xlist *x = &l->lists[list];
	char id[64];

	(void)snprintf(id, sizeof id, "o%zu", list + 1);
	list_begin(w, id);
	for (size_t i = 0; i < x->n; i++) {
		if (x->options[i].retired)
			continue;
		(void)snprintf(id, sizeof id, "o%zu-%zu", list + 1, i);
		item(w, id, x->options[i].code);
		item_end(w);
	}
	if (x->marks) {
		item(w, say_id[SAY_UNREADABLE], XNAME_UNREADABLE);
		item_end(w);
	}
	list_end(w);
}

/* Code of the unit that a home rates in an OWN section, "" for none. */
static const char *own_of(const struct layout *l, const struct section *s,
			  size_t home)
{
	size_t u = plan_own(l->p, home, l->p->groups[s->model].rated_kind);

	return u == NONE ? "" : l->p->units[u].code;
}

static void homes(const struct layout *l, struct xw *w)
{
	list_begin(w, "homes");
	for (size_t i = 0; i < l->n_homes; i++) {
		const struct xhome *h = &l->homes[i];
		const char *code = l->p->units[h->unit].code;
		char id[80];

		(void)snprintf(id, sizeof id, "home-%s", code);
		item(w, id, code);
		if (l->homes_differ)
			xw_leaf(w, "groups", h->groups);
		for (size_t k = 0; k < l->n_sections; k++)
			if (l->sections[k].kind == SECTION_OWN) {
				(void)snprintf(id, sizeof id, "own%zu", k + 1);
				xw_leaf(w, id,
					own_of(l, &l->sections[k], h->unit));
			}
		item_end(w);
	}
	list_end(w);
}

static const char *day(const struct layout *l,
		       int (*end)(const struct plan *, size_t),
		       const struct xunit *u)
{
	int n = end(l->p, u->unit);

	return n ? arena_printf(l->a, "%d", n) : "";
}

static void units(const struct layout *l, size_t no, struct xw *w)
{
	const struct section *s = &l->sections[no];
	char id[96];

	list_begin(w, s->list);
	for (size_t i = 0; i < s->n_units; i++) {
		const char *code = l->p->units[s->units[i].unit].code;

		(void)snprintf(id, sizeof id, "u%zu-%s", no + 1, code);
		item(w, id, code);
		if (s->by_home)
			xw_leaf(w, "homes",
				s->units[i].homes ? s->units[i].homes : "*");
		if (s->by_day) {
			xw_leaf(w, "from", day(l, unit_from, &s->units[i]));
			xw_leaf(w, "to", day(l, unit_to, &s->units[i]));
		}
		item_end(w);
	}
	list_end(w);
}

static void says(struct xw *w, const char *id, const char *const name[],
		 const enum say text[], size_t n)
{
	list_begin(w, id);
	for (size_t i = 0; i < n; i++) {
		item(w, say_id[text[i]], name[i]);
		item_end(w);
	}
	list_end(w);
}

static void groups(const struct layout *l, struct xw *w)
{
	list_begin(w, "groups");
	for (size_t i = 0; i < l->n_groups; i++) {
		const char *code = l->p->groups[l->groups[i]].code;
		char id[80];

		(void)snprintf(id, sizeof id, "g-%s", code);
		item(w, id, code);
		item_end(w);
	}
	list_end(w);
}

void write_lists(const struct layout *l, struct xw *w)
{
	static const char *const once_twice[] = { "1", "2" };
	static const enum say keying[] = { SAY_KEYING_1, SAY_KEYING_2 };
	static const char *const blank[] = { "blank" };
	static const enum say paper[] = { SAY_PAPER_BLANK };

	for (size_t i = 0; i < l->n_lists; i++)
		options(l, i, w);
	says(w, "keying", once_twice, keying, 2);
	if (l->paper)
		says(w, "paper", blank, paper, 1);
	if (l->n_groups > 1)
		groups(l, w);
	if (l->homes_file)
		list_outside(w, "homes");
	else if (l->n_homes > 0)
		homes(l, w);
	for (size_t i = 0; i < l->n_sections; i++) {
		if (l->sections[i].kind != SECTION_PICK)
			continue;
		if (l->sections[i].list_file)
			list_outside(w, l->sections[i].list);
		else
			units(l, i, w);
	}
}

static void cell(struct buf *out, const char *s, bool first)
{
	if (!s)
		s = "";
	if (!first)
		csv_sep(out);
	csv_write(out, s, strlen(s));
}

void write_homes_csv(const struct layout *l, struct buf *out)
{
	buf_adds(out, "name,label");
	if (l->homes_differ)
		buf_adds(out, ",groups");
	for (size_t k = 0; k < l->n_sections; k++)
		if (l->sections[k].kind == SECTION_OWN)
			buf_addf(out, ",own%zu", k + 1);
	csv_end_row(out);
	for (size_t i = 0; i < l->n_homes; i++) {
		const struct unit *u = &l->p->units[l->homes[i].unit];

		cell(out, u->code, true);
		cell(out, u->name, false);
		if (l->homes_differ)
			cell(out, l->homes[i].groups, false);
		for (size_t k = 0; k < l->n_sections; k++)
			if (l->sections[k].kind == SECTION_OWN)
				cell(out,
				     own_of(l, &l->sections[k],
					    l->homes[i].unit),
				     false);
		csv_end_row(out);
	}
}

void write_units_csv(const struct layout *l, const struct section *s,
		     struct buf *out)
{
	const char *label;

	buf_adds(out, "name,label");
	buf_adds(out, s->by_home ? ",homes" : "");
	buf_adds(out, s->by_day ? ",from,to" : "");
	csv_end_row(out);
	for (size_t i = 0; i < s->n_units; i++) {
		const struct xunit *x = &s->units[i];
		const struct unit *u = &l->p->units[x->unit];

		cell(out, u->code, true);
		label = NULL;
		if (x->offices)
			label = arena_printf(l->a, "%s (%s)", u->name,
					     x->offices);
		cell(out, label ? label : u->name, false);
		if (s->by_home)
			cell(out, x->homes ? x->homes : "*", false);
		if (s->by_day) {
			cell(out, day(l, unit_from, x), false);
			cell(out, day(l, unit_to, x), false);
		}
		csv_end_row(out);
	}
}
