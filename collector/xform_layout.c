#include <string.h>

#include "phieu/limits.h"
#include "plan_in.h"
#include "xform_parts.h"

const char *xname(struct arena *a, const char *code)
{
	if ((*code >= '0' && *code <= '9') || strcmp(code, "unit") == 0)
		return arena_printf(a, "_%s", code);
	return code;
}

const char *slot_name(struct arena *a, size_t k)
{
	return arena_printf(a, "r%zu", k + 1);
}

size_t section_ratings(const struct section *s)
{
	return s->kind == SECTION_EVERY ? s->n_units : s->slots;
}

const char *rating_name(const struct layout *l, const struct section *s,
			size_t k)
{
	const char *name;

	if (s->kind == SECTION_EVERY)
		name = xname(l->a, l->p->units[s->units[k].unit].code);
	else
		name = slot_name(l->a, k);
	return name ? name : "r";
}

bool question_shown(const struct question *q)
{
	return q->asked;
}

/* What submission_check would fault when left blank. */
bool question_required(const struct layout *l, const struct question *q)
{
	const struct decisions *d = &l->p->decisions;

	return q->required || (q->slot != NONE && (d->blank == BLANK_INVALID ||
						   d->minimum == MINIMUM_ALL));
}

const char *layout_text(const struct layout *l, struct buf *x)
{
	const char *out = NULL;

	if (!buf_cstr(x))
		(void)arena_alloc(l->a, SIZE_MAX);
	else if (x->len)
		out = arena_strdup(l->a, x->data);
	buf_free(x);
	return out;
}

static int as_number(struct date day)
{
	int y, m, d;

	date_ymd(day, &y, &m, &d);
	return y * 10000 + m * 100 + d;
}

int unit_from(const struct plan *p, size_t unit)
{
	const struct unit *u = &p->units[unit];

	return u->has_from && u->from.days > p->from.days ? as_number(u->from)
							  : 0;
}

int unit_to(const struct plan *p, size_t unit)
{
	const struct unit *u = &p->units[unit];

	return u->has_to && u->to.days < p->to.days ? as_number(u->to) : 0;
}

/* "a b" and c -> "a b c"; NULL starts. */
static const char *add_word(struct arena *a, const char *list, const char *c)
{
	return list ? arena_printf(a, "%s %s", list, c) : arena_strdup(a, c);
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_options(const struct option *a, const struct option *b,
			 size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(a[i].code, b[i].code) != 0 ||
		    strcmp(a[i].label, b[i].label) != 0 ||
		    !same_text(a[i].label_en, b[i].label_en) ||
		    a[i].retired != b[i].retired)
			return false;
	return true;
}

static size_t list_of(struct layout *l, const struct option *o, size_t n,
		      bool marks)
{
	for (size_t i = 0; i < l->n_lists; i++)
		if (l->lists[i].n == n && l->lists[i].marks == marks &&
		    same_options(l->lists[i].options, o, n))
			return i;
	l->lists[l->n_lists] =
		(struct xlist){ .options = o, .n = n, .marks = marks };
	return l->n_lists++;
}

static bool options_english(const struct option *o, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (o[i].label_en)
			return true;
	return false;
}

static void lay_questions(struct layout *l)
{
	const struct form *f = l->f;

	l->english = f->name_en != NULL;
	for (size_t i = 0; i < f->n_profile; i++) {
		const struct profile_field *x = &f->profile[i];

		l->profile_list[i] =
			list_of(l, x->options, x->n_options, false);
		l->english |= x->label_en ||
			      options_english(x->options, x->n_options);
		l->paper |= x->required;
	}
	for (size_t i = 0; i < f->n_questions; i++) {
		const struct question *q = &f->questions[i];

		l->question_list[i] = NONE;
		if (!question_shown(q))
			continue;
		if (q->n_options > 0)
			l->question_list[i] =
				list_of(l, q->options, q->n_options,
					q->slot != NONE);
		l->english |=
			q->text_en || options_english(q->options, q->n_options);
		l->paper |= question_required(l, q);
	}
}

/* Homes of all the groups, each with the groups it is for. */
static bool lay_homes(struct layout *l)
{
	const struct plan *p = l->p;
	const char *groups;

	for (size_t i = 0; i < l->n_groups; i++) {
		const struct group *g = &p->groups[l->groups[i]];

		if (!g->has_home)
			l->homeless = true;
		else
			l->home_groups =
				add_word(l->a, l->home_groups, g->code);
	}
	for (size_t u = 0; u < p->n_units; u++) {
		if (!plan_in_wave(p, u))
			continue;
		groups = NULL;
		for (size_t i = 0; i < l->n_groups; i++) {
			const struct group *g = &p->groups[l->groups[i]];

			if (g->has_home && g->home_kind == p->units[u].kind)
				groups = add_word(l->a, groups, g->code);
		}
		if (!groups)
			continue;
		l->homes[l->n_homes].unit = u;
		l->homes[l->n_homes++].groups = groups;
	}
	for (size_t i = 0; i < l->n_homes; i++)
		l->homes_differ |=
			strcmp(l->homes[i].groups, l->home_groups) != 0;
	return !arena_broken(l->a);
}

static bool same_table(const struct group *a, const struct group *b)
{
	if (a->n_table != b->n_table)
		return false;
	for (size_t i = 0; i < a->n_table; i++)
		if (a->table[i].home != b->table[i].home ||
		    a->table[i].unit != b->table[i].unit ||
		    !same_text(a->table[i].office, b->table[i].office))
			return false;
	return true;
}

static bool same_way(const struct group *a, const struct group *b)
{
	return a->mode == b->mode && a->rated_kind == b->rated_kind &&
	       a->per_sheet == b->per_sheet && same_table(a, b);
}

static bool add_unit(struct layout *l, struct section *s, size_t u)
{
	s->units[s->n_units++] = (struct xunit){ .unit = u };
	return !arena_broken(l->a);
}

/* Has an earlier row named this office for the same unit? */
static bool office_told(const struct group *g, size_t row)
{
	for (size_t i = 0; i < row; i++)
		if (g->table[i].unit == g->table[row].unit &&
		    same_text(g->table[i].office, g->table[row].office))
			return true;
	return false;
}

/* A unit of a mapped table: the offices that lead to it, the homes. */
static bool add_mapped(struct layout *l, struct section *s, size_t u)
{
	const struct group *g = &l->p->groups[s->model];
	struct xunit x = { .unit = u };
	bool any = false, here = false;

	for (size_t i = 0; i < g->n_table; i++) {
		const struct rates_row *r = &g->table[i];

		if (r->unit != u)
			continue;
		here = true;
		if (r->office && !office_told(g, i))
			x.offices = x.offices
					    ? arena_printf(l->a, "%s, %s",
							   x.offices, r->office)
					    : r->office;
		if (r->home == NONE)
			any = true;
		else
			x.homes = add_word(l->a, x.homes,
					   l->p->units[r->home].code);
	}
	if (!here)
		return true;
	if (any)
		x.homes = NULL;
	s->by_home |= x.homes != NULL;
	s->units[s->n_units++] = x;
	return !arena_broken(l->a);
}

static bool lay_units(struct layout *l, struct section *s)
{
	const struct group *g = &l->p->groups[s->model];

	s->units = arena_array(l->a, l->p->n_units, sizeof *s->units);
	if (!s->units)
		return false;
	for (size_t u = 0; u < l->p->n_units; u++) {
		if (!plan_in_wave(l->p, u))
			continue;
		if (g->mode == RATES_MAPPED) {
			if (!add_mapped(l, s, u))
				return false;
		} else if (l->p->units[u].kind == g->rated_kind) {
			if (!add_unit(l, s, u))
				return false;
		}
	}
	return true;
}

static bool lay_section(struct layout *l, struct section *s, size_t group)
{
	const struct group *g = &l->p->groups[group];
	size_t no = l->n_sections;
	size_t max = l->o && l->o->inline_max ? l->o->inline_max : XFORM_INLINE;

	*s = (struct section){ .model = group, .slots = 1 };
	s->groups = arena_strdup(l->a, g->code);
	s->name = no ? arena_printf(l->a, "ratings-%zu", no + 1) : "ratings";
	s->list = no ? arena_printf(l->a, "units-%zu", no + 1) : "units";
	if (!s->groups || !s->name || !s->list)
		return false;
	if (g->mode == RATES_OWN) {
		s->kind = SECTION_OWN;
		return true;
	}
	s->kind = g->per_sheet ? SECTION_PICK : SECTION_EVERY;
	if (g->per_sheet)
		s->slots = g->per_sheet;
	if (!lay_units(l, s))
		return false;
	for (size_t i = 0; i < s->n_units; i++)
		s->by_day |= unit_from(l->p, s->units[i].unit) ||
			     unit_to(l->p, s->units[i].unit);
	s->list_file = s->kind == SECTION_PICK && s->n_units > max &&
		       l->n_files < XFORM_MEDIA_MAX;
	l->n_files += s->list_file;
	return true;
}

static bool lay_sections(struct layout *l)
{
	for (size_t i = 0; i < l->n_groups; i++) {
		const struct group *g = &l->p->groups[l->groups[i]];
		struct section *s = NULL;

		for (size_t k = 0; k < l->n_sections && !s; k++)
			if (same_way(g, &l->p->groups[l->sections[k].model]))
				s = &l->sections[k];
		if (s) {
			s->groups = add_word(l->a, s->groups, g->code);
			continue;
		}
		if (!lay_section(l, &l->sections[l->n_sections], l->groups[i]))
			return false;
		l->n_sections++;
	}
	return !arena_broken(l->a);
}

static bool lay_arrays(struct layout *l)
{
	size_t questions = l->f->n_questions, profile = l->f->n_profile;

	l->groups = arena_array(l->a, l->p->n_groups + 1, sizeof *l->groups);
	l->homes = arena_array(l->a, l->p->n_units + 1, sizeof *l->homes);
	l->sections =
		arena_array(l->a, l->p->n_groups + 1, sizeof *l->sections);
	l->lists = arena_array(l->a, questions + profile + 1, sizeof *l->lists);
	l->question_list =
		arena_array(l->a, questions + 1, sizeof *l->question_list);
	l->profile_list =
		arena_array(l->a, profile + 1, sizeof *l->profile_list);
	return !arena_broken(l->a);
}

bool layout_make(const struct plan *p, size_t form, const struct xform_opts *o,
		 struct arena *a, struct layout *out, struct err *e)
{
	struct layout *l = out;
	size_t max = o && o->inline_max ? o->inline_max : XFORM_INLINE;

	*l = (struct layout){
		.p = p, .f = &p->forms[form], .form = form, .a = a, .o = o
	};
	if (!lay_arrays(l))
		return err_set(e, ERR_NOMEM, "out of memory for a form");
	for (size_t g = 0; g < p->n_groups; g++)
		if (p->groups[g].form == form)
			l->groups[l->n_groups++] = g;
	lay_questions(l);
	l->photos = !(o && o->no_photos);
	if (!lay_homes(l))
		return err_set(e, ERR_NOMEM, "out of memory for a form");
	l->homes_file = l->n_homes > max;
	l->n_files = l->homes_file;
	if (!lay_sections(l))
		return err_set(e, ERR_NOMEM, "out of memory for a form");
	return true;
}
