#include <string.h>

#include "plan_in.h"

size_t plan_unit(const struct plan *p, const char *code)
{
	size_t lo = 0, hi = p->n_units;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(p->units[p->unit_by_code[mid]].code, code);

		if (c == 0)
			return p->unit_by_code[mid];
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NONE;
}

size_t plan_group(const struct plan *p, const char *code)
{
	size_t lo = 0, hi = p->n_groups;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = strcmp(p->groups[p->group_by_code[mid]].code, code);

		if (c == 0)
			return p->group_by_code[mid];
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NONE;
}

size_t plan_criterion(const struct plan *p, const char *code)
{
	size_t lo = 0, hi = p->n_criteria;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		size_t i = p->criterion_by_code[mid];
		int c = strcmp(p->criteria[i].code, code);

		if (c == 0)
			return i;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NONE;
}

size_t plan_form(const struct plan *p, const char *code, const char *version)
{
	for (size_t i = 0; i < p->n_forms; i++)
		if (strcmp(p->forms[i].code, code) == 0 &&
		    strcmp(p->forms[i].version, version) == 0)
			return i;
	return NONE;
}

size_t plan_form_named(const struct plan *p, const char *word, struct err *e)
{
	size_t found = NONE, n = strcspn(word, "/");

	for (size_t i = 0; i < p->n_forms; i++) {
		const struct form *f = &p->forms[i];

		if (strncmp(f->code, word, n) != 0 || f->code[n] != '\0')
			continue;
		if (word[n] && strcmp(f->version, word + n + 1) != 0)
			continue;
		if (found != NONE) {
			err_set(e, ERR_INPUT,
				"form %s has several versions: name one, "
				"like %s/%s",
				word, f->code, f->version);
			return NONE;
		}
		found = i;
	}
	if (found == NONE)
		err_set(e, ERR_INPUT, "no form %s in the plan", word);
	return found;
}

size_t form_question(const struct form *f, const char *code)
{
	for (size_t i = 0; i < f->n_questions; i++)
		if (f->questions[i].code &&
		    strcmp(f->questions[i].code, code) == 0)
			return i;
	return NONE;
}

static bool valid_on(const struct unit *u, struct date day)
{
	return !(u->has_from && day.days < u->from.days) &&
	       !(u->has_to && day.days > u->to.days);
}

bool plan_in_wave(const struct plan *p, size_t unit)
{
	const struct unit *u = &p->units[unit];

	return !(u->has_from && u->from.days > p->to.days) &&
	       !(u->has_to && u->to.days < p->from.days);
}

size_t plan_own(const struct plan *p, size_t unit, size_t kind)
{
	/* bounded: the reader asks before it knows that there is no cycle */
	for (size_t n = 0; unit != NONE && n <= p->n_units; n++) {
		if (p->units[unit].kind == kind)
			return unit;
		unit = p->units[unit].parent;
	}
	return NONE;
}

static bool mapped(const struct group *g, size_t home, size_t unit)
{
	for (size_t i = 0; i < g->n_table; i++)
		if (g->table[i].unit == unit &&
		    (g->table[i].home == NONE || g->table[i].home == home))
			return true;
	return false;
}

bool plan_may_rate(const struct plan *p, size_t group, size_t home, size_t unit,
		   struct date day)
{
	const struct group *g = &p->groups[group];

	if (unit >= p->n_units || !valid_on(&p->units[unit], day))
		return false;
	if (g->mode == RATES_ALL)
		return p->units[unit].kind == g->rated_kind;
	if (g->mode == RATES_OWN)
		return home < p->n_units &&
		       plan_own(p, home, g->rated_kind) == unit;
	return mapped(g, home, unit);
}

size_t plan_rateable(const struct plan *p, size_t group, size_t home,
		     struct date day, size_t *out, size_t max)
{
	size_t n = 0;

	for (size_t u = 0; u < p->n_units; u++) {
		if (!plan_may_rate(p, group, home, u, day))
			continue;
		if (n < max)
			out[n] = u;
		n++;
	}
	return n;
}

const struct quota_cell *plan_cell(const struct plan *p, size_t group,
				   size_t home)
{
	const struct group *g = &p->groups[group];

	for (size_t i = 0; i < g->n_cells; i++)
		if (g->cells[i].home == home)
			return &g->cells[i];
	return NULL;
}

int64_t plan_total(const struct plan *p)
{
	int64_t sum = 0;

	for (size_t i = 0; i < p->n_groups; i++)
		sum += p->groups[i].total;
	return sum;
}

bool plan_form_rates(const struct plan *p, size_t form, size_t kind)
{
	/* a group that could not be read may do it */
	for (size_t i = 0; i < p->n_groups; i++) {
		const struct group *g = &p->groups[i];

		if (g->form == NONE ||
		    (g->form == form &&
		     (g->rated_kind == kind || g->rated_kind == NONE)))
			return true;
	}
	return p->n_groups == 0;
}
