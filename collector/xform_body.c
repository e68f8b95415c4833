/* What is seen: pages, questions, how they are put. */
#include <stdio.h>
#include <string.h>

#include "phieu/utf8.h"
#include "xform_parts.h"

#define ROW_OPTIONS   ((size_t)6)
#define ROW_WIDTH     ((size_t)20)
#define RADIO_OPTIONS ((size_t)12)

static void label(struct xw *w, const char *element, const char *prefix,
		  const char *id)
{
	xw_start(w, element);
	xw_attrf(w, "ref", "jr:itext('%s%s')", prefix, id);
	xw_end(w);
}

static void page(struct xw *w, const char *ref)
{
	xw_start(w, "group");
	xw_attr(w, "appearance", "field-list");
	xw_attr(w, "ref", ref);
	xw_line(w);
}

static void end(struct xw *w)
{
	xw_end(w);
	xw_line(w);
}

static void input(struct xw *w, const char *ref, const char *appearance)
{
	xw_start(w, "input");
	if (appearance)
		xw_attr(w, "appearance", appearance);
	xw_attr(w, "ref", ref);
}

/* A choice from the secondary instance `list`; label and hint come between
 * begin and itemset. */
static void choice(struct xw *w, const char *element, const char *ref,
		   const char *appearance)
{
	xw_start(w, element);
	if (appearance)
		xw_attr(w, "appearance", appearance);
	xw_attr(w, "ref", ref);
}

static void itemset(struct xw *w, const char *list, const char *filter,
		    bool file)
{
	xw_start(w, "itemset");
	xw_attrf(w, "nodeset", "instance('%s')/root/item%s", list,
		 filter ? filter : "");
	xw_start(w, "value");
	xw_attr(w, "ref", "name");
	xw_end(w);
	xw_start(w, "label");
	xw_attr(w, "ref", file ? "label" : "jr:itext(itextId)");
	xw_end(w);
	xw_end(w);
	end(w);
}

#define HEAD XPATH_ROOT "/head"

static const char *list_appearance(size_t n)
{
	return n > RADIO_OPTIONS ? "minimal autocomplete" : NULL;
}

static void head_home(const struct layout *l, struct xw *w)
{
	if (!l->home_groups)
		return;
	choice(w, "select1", HEAD "/home", list_appearance(l->n_homes));
	label(w, "label", "", say_id[SAY_HOME]);
	itemset(w, "homes",
		l->homes_differ ? "[selected(groups," HEAD "/group)]" : NULL,
		l->homes_file);
}

static void head(const struct layout *l, struct xw *w)
{
	page(w, HEAD);
	label(w, "label", "", say_id[SAY_HEAD]);
	if (l->p->is_trial) {
		input(w, HEAD "/trial", NULL);
		label(w, "label", "", say_id[SAY_TRIAL]);
		if (l->f->note)
			label(w, "hint", "", "s-note");
		end(w);
	}
	input(w, HEAD "/sheet", "numbers");
	label(w, "label", "", say_id[SAY_SHEET]);
	label(w, "hint", "", "s-sheet-hint");
	end(w);
	if (l->n_groups > 1) {
		choice(w, "select1", HEAD "/group", NULL);
		label(w, "label", "", say_id[SAY_GROUP]);
		itemset(w, "groups", NULL, false);
	}
	head_home(l, w);
	input(w, HEAD "/collected", NULL);
	label(w, "label", "", say_id[SAY_COLLECTED]);
	end(w);
	if (l->paper) {
		choice(w, "select", HEAD "/paper", NULL);
		label(w, "label", "", say_id[SAY_PAPER]);
		label(w, "hint", "", say_id[SAY_PAPER_HINT]);
		itemset(w, "paper", NULL, false);
	}
	choice(w, "select1", HEAD "/keying", "minimal");
	label(w, "label", "", say_id[SAY_KEYING]);
	itemset(w, "keying", NULL, false);
	end(w);
}

/* Short lists in a row, long ones as a drop-down.  Not "likert": an unclear
 * mark must not look like the end of the scale. */
static const char *appearance(const struct xlist *x)
{
	size_t n = x->marks, widest = 0;

	for (size_t i = 0; i < x->n; i++) {
		size_t width = utf8_width(x->options[i].label);

		if (x->options[i].retired)
			continue;
		n++;
		if (width > widest)
			widest = width;
	}
	if (n > RADIO_OPTIONS)
		return "minimal";
	return n <= ROW_OPTIONS && widest <= ROW_WIDTH ? "columns-pack" : NULL;
}

static void options(const struct layout *l, size_t list, struct xw *w)
{
	char id[32];

	(void)l;
	(void)snprintf(id, sizeof id, "o%zu", list + 1);
	itemset(w, id, NULL, false);
}

static void profile(const struct layout *l, struct xw *w)
{
	if (l->f->n_profile == 0)
		return;
	page(w, XPATH_ROOT "/profile");
	label(w, "label", "", say_id[SAY_PROFILE]);
	for (size_t i = 0; i < l->f->n_profile; i++) {
		const struct profile_field *x = &l->f->profile[i];
		const char *name = xname(l->a, x->code);
		char *ref = arena_printf(l->a, XPATH_ROOT "/profile/%s",
					 name ? name : "");
		size_t list = l->profile_list[i];

		choice(w, "select1", ref ? ref : "",
		       appearance(&l->lists[list]));
		label(w, "label", "p-", x->code);
		options(l, list, w);
	}
	end(w);
}

static void question(const struct layout *l, size_t i, const char *rating,
		     struct xw *w)
{
	const struct question *q = &l->f->questions[i];
	const char *name = xname(l->a, q->code);
	char *at = arena_printf(l->a, "%s/%s", rating, name ? name : "");
	const char *ref = at ? at : "";
	size_t list = l->question_list[i];

	if (list != NONE)
		choice(w, q->type == QUESTION_MULTIPLE ? "select" : "select1",
		       ref, appearance(&l->lists[list]));
	else
		input(w, ref, q->type == QUESTION_TEXT ? "multiline" : NULL);
	label(w, "label", "q-", q->code);
	if (q->note)
		label(w, "hint", "h-", q->code);
	if (list != NONE)
		options(l, list, w);
	else
		end(w);
}

static bool same_field(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* Questions in the order of the form; where a sheet has one rating, under
 * the headings of their fields. */
static void questions(const struct layout *l, const char *rating, bool headings,
		      struct xw *w)
{
	const char *field = NULL;

	for (size_t i = 0; i < l->f->n_questions; i++) {
		const struct question *q = &l->f->questions[i];

		if (!question_shown(q))
			continue;
		if (headings && !same_field(field, q->field)) {
			if (field)
				end(w);
			if (q->field) {
				xw_start(w, "group");
				label(w, "label", "f-", q->code);
				xw_line(w);
			}
			field = q->field;
		}
		question(l, i, rating, w);
	}
	if (field)
		end(w);
}

/* Which units of a list may be chosen with this home on this day. */
static const char *unit_filter(const struct layout *l, const struct section *s)
{
	const char *home = s->by_home ? "[homes='*' or selected(homes," HEAD
					"/home)]"
				      : "";
	char *day;

	if (!s->by_day)
		return home;
	day = arena_printf(l->a,
			   "%s[(from='' or from<=" XPATH_DAY
			   ") and (to='' or to>=" XPATH_DAY ")]",
			   home);
	return day ? day : home;
}

static void rating(const struct layout *l, size_t no, size_t k, struct xw *w)
{
	const struct section *s = &l->sections[no];
	char *at = arena_printf(l->a, XPATH_ROOT "/%s/%s", s->name,
				rating_name(l, s, k));
	char *unit = arena_printf(l->a, "%s/unit", at ? at : "");
	const char *ref = at ? at : "";
	char prefix[32];

	page(w, ref);
	(void)snprintf(prefix, sizeof prefix, "u%zu-", no + 1);
	if (s->kind == SECTION_EVERY)
		label(w, "label", prefix, l->p->units[s->units[k].unit].code);
	else
		label(w, "label", "", say_id[SAY_RATINGS]);
	if (s->kind == SECTION_PICK) {
		choice(w, "select1", unit ? unit : "",
		       list_appearance(s->n_units));
		label(w, "label", "", say_id[SAY_UNIT]);
		itemset(w, s->list, unit_filter(l, s), s->list_file);
	}
	questions(l, ref, s->kind != SECTION_EVERY && s->slots == 1, w);
	end(w);
}

static void photo(struct xw *w, const char *ref, enum say what)
{
	xw_start(w, "upload");
	xw_attr(w, "mediatype", "image/*");
	xw_attr(w, "ref", ref);
	label(w, "label", "", say_id[what]);
	label(w, "hint", "", say_id[SAY_PHOTO_HINT]);
	end(w);
}

void write_body(const struct layout *l, struct xw *w)
{
	xw_start(w, "h:body");
	xw_attr(w, "class", "pages");
	xw_line(w);
	head(l, w);
	profile(l, w);
	for (size_t no = 0; no < l->n_sections; no++) {
		char *at = arena_printf(l->a, XPATH_ROOT "/%s",
					l->sections[no].name);

		xw_start(w, "group");
		xw_attr(w, "ref", at ? at : "");
		xw_line(w);
		for (size_t k = 0; k < section_ratings(&l->sections[no]); k++)
			rating(l, no, k, w);
		end(w);
	}
	page(w, XPATH_ROOT "/end-page");
	label(w, "label", "", say_id[SAY_END]);
	input(w, XPATH_ROOT "/end-page/comment", "multiline");
	label(w, "label", "", say_id[SAY_COMMENT]);
	end(w);
	if (l->photos) {
		photo(w, XPATH_ROOT "/end-page/photo-1", SAY_PHOTO_1);
		photo(w, XPATH_ROOT "/end-page/photo-2", SAY_PHOTO_2);
	}
	end(w);
	xw_end(w);
	xw_line(w);
}
