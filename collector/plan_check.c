#include <string.h>

#include "phieu/limits.h"
#include "plan_in.h"

static const char *unit_code(const struct pr *r, size_t u)
{
	const char *code = r->dir[DIR_UNIT].code[u];

	return code ? code : "?";
}

static size_t next_unit(const struct unit *u, bool merges)
{
	return merges ? u->merged_into : u->parent;
}

/* Follows parents (or merges) from every unit; a walk longer than the list
 * is a cycle.  mark: 0 new, 1 on this walk, 2 known to end. */
static void check_cycles(struct pr *r, bool merges)
{
	const struct plan *p = r->p;
	unsigned char *mark = arena_alloc(r->a, p->n_units + 1);
	const char *member = merges ? "merged_into" : "parent";

	for (size_t i = 0; mark && i < p->n_units; i++) {
		struct at top = { NULL, "units", 0 };
		struct at element = { &top, NULL, i };
		struct at here = { &element, member, 0 };
		size_t u = i;

		while (u != NONE && mark[u] == 0) {
			mark[u] = 1;
			u = next_unit(&p->units[u], merges);
		}
		if (u != NONE && mark[u] == 1)
			plan_fault(r, &here, "P12",
				   "%s comes back to itself by %s",
				   "%s quay lại chính nó qua %s",
				   unit_code(r, u), member);
		for (u = i; u != NONE && mark[u] == 1;
		     u = next_unit(&p->units[u], merges))
			mark[u] = 2;
	}
}

static void check_unit(struct pr *r, size_t i)
{
	const struct plan *p = r->p;
	const struct unit *u = &p->units[i];
	struct at top = { NULL, "units", 0 }, at = { &top, NULL, i };
	struct at to = { &at, "to", 0 }, parent = { &at, "parent", 0 };
	struct at merged = { &at, "merged_into", 0 };

	if (u->has_from && u->has_to && u->to.days < u->from.days) {
		plan_fault(r, &to, "P10", "ends before it begins",
			   "ngày kết thúc trước ngày bắt đầu");
		return;
	}
	if (u->merged_into != NONE && !u->has_to)
		plan_fault(r, &to, "P13",
			   "a merged unit needs the day it ended",
			   "đơn vị đã sáp nhập phải có ngày kết thúc");
	if (u->merged_into == i)
		return; /* told as a cycle */
	if (u->merged_into != NONE && u->has_to &&
	    p->units[u->merged_into].has_to &&
	    p->units[u->merged_into].to.days < u->to.days)
		plan_fault(r, &merged, "P13", "%s had ended before",
			   "%s đã kết thúc trước đó",
			   unit_code(r, u->merged_into));
	if (!plan_in_wave(p, i)) {
		if (u->merged_into == NONE)
			plan_fault(r, &at, "P13", "%s is not valid in the wave",
				   "%s không có hiệu lực trong đợt này",
				   unit_code(r, i));
		return;
	}
	if (u->parent != NONE && !plan_in_wave(p, u->parent))
		plan_fault(r, &parent, "P13",
			   "the parent %s is not valid in the wave",
			   "đơn vị cấp trên %s không có hiệu lực trong đợt",
			   unit_code(r, u->parent));
}

void plan_check_units(struct pr *r)
{
	check_cycles(r, false);
	check_cycles(r, true);
	for (size_t i = 0; i < r->p->n_units; i++)
		check_unit(r, i);
}

/* Units of a kind valid in the wave. */
static size_t units_of(const struct plan *p, size_t kind)
{
	size_t n = 0;

	for (size_t u = 0; u < p->n_units; u++)
		n += p->units[u].kind == kind && plan_in_wave(p, u);
	return n;
}

static void check_table(struct pr *r, const struct at *rates, size_t i)
{
	const struct plan *p = r->p;
	const struct group *g = &p->groups[i];
	struct at table = { rates, "table", 0 };

	for (size_t k = 0; k < g->n_table; k++) {
		const struct rates_row *row = &g->table[k];
		struct at here = { &table, NULL, k };
		struct at home = { &here, "home", 0 };
		struct at unit = { &here, "unit", 0 };

		if (row->unit != NONE && p->units[row->unit].kind != NONE &&
		    p->units[row->unit].kind != g->rated_kind)
			plan_fault(r, &unit, "P18", "%s is not of kind %s",
				   "%s không thuộc loại %s",
				   unit_code(r, row->unit),
				   r->dir[DIR_KIND].code[g->rated_kind]);
		else if (row->unit != NONE && !plan_in_wave(p, row->unit))
			plan_fault(r, &unit, "P13",
				   "%s is not valid in the wave",
				   "%s không có hiệu lực trong đợt này",
				   unit_code(r, row->unit));
		if (row->home == NONE)
			continue;
		if (!g->has_home)
			plan_fault(r, &home, "P18", "the group has no home",
				   "nhóm này không gắn với đơn vị nào");
		else if (p->units[row->home].kind != g->home_kind)
			plan_fault(r, &home, "P18", "%s is not of kind %s",
				   "%s không thuộc loại %s",
				   unit_code(r, row->home),
				   r->dir[DIR_KIND].code[g->home_kind]);
	}
}

/* Rows of a mapped table that a home may use. */
static size_t rows_for(const struct group *g, size_t home)
{
	size_t n = 0;

	for (size_t k = 0; k < g->n_table; k++) {
		bool seen = false;

		if (g->table[k].home != NONE && g->table[k].home != home)
			continue;
		for (size_t m = 0; m < k && !seen; m++)
			seen = g->table[m].unit == g->table[k].unit &&
			       (g->table[m].home == NONE ||
				g->table[m].home == home);
		n += !seen;
	}
	return n;
}

static size_t rateable(const struct plan *p, const struct group *g, size_t home)
{
	if (g->mode == RATES_ALL)
		return units_of(p, g->rated_kind);
	if (g->mode == RATES_OWN)
		return home != NONE && plan_own(p, home, g->rated_kind) != NONE;
	return rows_for(g, home);
}

/* Every home has someone to rate, and enough for one sheet. */
static void check_homes(struct pr *r, const struct at *rates,
			const struct group *g)
{
	const struct plan *p = r->p;

	for (size_t i = 0; i < g->n_cells; i++) {
		size_t home = g->cells[i].home;
		size_t n = rateable(p, g, home);
		const char *code = home == NONE ? "-" : unit_code(r, home);

		if (n == 0)
			plan_fault(r, rates, "P17",
				   "home %s has no unit to rate",
				   "nơi %s không có đơn vị nào để đánh giá",
				   code);
		else if (g->per_sheet > n)
			plan_fault(r, rates, "P17",
				   "home %s may rate %zu, one sheet takes %zu",
				   "nơi %s được đánh giá %zu đơn vị, một phiếu "
				   "cần %zu",
				   code, n, g->per_sheet);
		else
			continue;
		return;
	}
}

static void check_group(struct pr *r, size_t i)
{
	const struct plan *p = r->p;
	const struct group *g = &p->groups[i];
	struct at top = { NULL, "groups", 0 }, at = { &top, NULL, i };
	struct at rates = { &at, "rates", 0 }, kind = { &rates, "kind", 0 };
	struct at home = { &at, "home", 0 };

	if (g->rated_kind == NONE || (g->has_home && g->home_kind == NONE) ||
	    (g->mode == RATES_MAPPED && g->n_table == 0) ||
	    r->dir[DIR_UNIT].told)
		return; /* told already */
	if (!p->kinds[g->rated_kind].rated) {
		plan_fault(r, &kind, "P17", "units of kind %s are not rated",
			   "đơn vị loại %s không được đánh giá",
			   r->dir[DIR_KIND].code[g->rated_kind]);
		return;
	}
	if (g->mode == RATES_OWN && !g->has_home) {
		plan_fault(r, &home, "P17", "who rates his own needs a home",
			   "nhóm đánh giá đơn vị mình phải có nơi công tác");
		return;
	}
	check_table(r, &rates, i);
	check_homes(r, &rates, g);
}

void plan_check_groups(struct pr *r)
{
	struct at forms = { NULL, "forms", 0 };

	for (size_t i = 0; i < r->p->n_groups; i++)
		check_group(r, i);
	for (size_t f = 0; f < r->p->n_forms; f++) {
		struct at here = { &forms, NULL, f };
		bool used = false;

		for (size_t i = 0; i < r->p->n_groups; i++)
			used = used || r->p->groups[i].form == f ||
			       r->p->groups[i].form == NONE;
		if (!used && r->p->n_groups)
			plan_fault(r, &here, "P28", "no group answers it",
				   "không nhóm nào trả lời mẫu phiếu này");
	}
}
