#include "plan_in.h"

#include <inttypes.h>
#include <string.h>

#include "phieu/json.h"
#include "phieu/limits.h"

#define MOST_SHEETS INT64_C(100000000)

static const char *const modes[] = { "all", "own", "mapped", NULL };

struct group_in {
	struct group g;
	size_t home; /* kind, NONE without */
};

static const struct member group_members[] = {
	MEMBER("code", M_CODE, true, .off = offsetof(struct group_in, g.code)),
	MEMBER("name", M_LINE, true, .off = offsetof(struct group_in, g.name)),
	MEMBER("name_en", M_LINE, false,
	       .off = offsetof(struct group_in, g.name_en)),
	MEMBER("form", M_REF, true, .off = offsetof(struct group_in, g.form),
	       .dir = DIR_FORM),
	MEMBER("home", M_REF, false, .off = offsetof(struct group_in, home),
	       .dir = DIR_KIND),
	MEMBER("rates", M_OBJECT, true, .off = 0),
	MEMBER("basis", M_REF, true, .off = offsetof(struct group_in, g.basis),
	       .dir = DIR_BASIS),
	MEMBER("quota", M_OBJECT, true, .off = 0),
};

struct rates_in {
	enum rates_mode mode;
	bool has_mode;
	size_t kind, per_sheet;
	size_t basis; /* only whether it is an example matters */
};

static const struct member rates_members[] = {
	MEMBER("mode", M_WORD, true, .off = offsetof(struct rates_in, mode),
	       .has = offsetof(struct rates_in, has_mode), .words = modes),
	MEMBER("kind", M_REF, true, .off = offsetof(struct rates_in, kind),
	       .dir = DIR_KIND),
	MEMBER("per_sheet", M_SIZE, false,
	       .off = offsetof(struct rates_in, per_sheet), .min = 1,
	       .max = LIMIT_RATINGS),
	MEMBER("table", M_LIST, false, .off = 0),
	MEMBER("basis", M_REF, false, .off = offsetof(struct rates_in, basis),
	       .dir = DIR_BASIS),
};

static const struct member row_members[] = {
	MEMBER("home", M_REF, false, .off = offsetof(struct rates_row, home),
	       .dir = DIR_UNIT),
	MEMBER("office", M_LINE, false,
	       .off = offsetof(struct rates_row, office)),
	MEMBER("unit", M_REF, true, .off = offsetof(struct rates_row, unit),
	       .dir = DIR_UNIT),
};

struct quota_in {
	const char *rule;
	int64_t total, each, population;
	bool has_total, has_each, has_population;
	size_t basis;
};

static const struct member quota_members[] = {
	MEMBER("rule", M_LINE, true, .off = offsetof(struct quota_in, rule)),
	MEMBER("total", M_COUNT, true, .off = offsetof(struct quota_in, total),
	       .has = offsetof(struct quota_in, has_total), .min = 0,
	       .max = MOST_SHEETS),
	MEMBER("each", M_COUNT, false, .off = offsetof(struct quota_in, each),
	       .has = offsetof(struct quota_in, has_each), .min = 0,
	       .max = MOST_SHEETS),
	MEMBER("N", M_COUNT, false,
	       .off = offsetof(struct quota_in, population),
	       .has = offsetof(struct quota_in, has_population), .min = 0,
	       .max = MOST_SHEETS),
	MEMBER("cells", M_LIST, false, .off = 0),
	MEMBER("basis", M_REF, true, .off = offsetof(struct quota_in, basis),
	       .dir = DIR_BASIS),
};

struct cell_in {
	struct quota_cell c;
	bool has_n;
};

static const struct member cell_members[] = {
	MEMBER("home", M_REF, false, .off = offsetof(struct cell_in, c.home),
	       .dir = DIR_UNIT),
	MEMBER("n", M_COUNT, true, .off = offsetof(struct cell_in, c.n),
	       .has = offsetof(struct cell_in, has_n), .min = 0,
	       .max = MOST_SHEETS),
	MEMBER("N", M_COUNT, false,
	       .off = offsetof(struct cell_in, c.population), .min = 0,
	       .max = MOST_SHEETS),
};

static const char *skip_spaces(const char *s)
{
	while (*s == ' ')
		s++;
	return s;
}

/* × (U+00D7), x or * between whole numbers, as the plans print them. */
bool plan_rule(const char *rule, int64_t *factor, size_t most, size_t *n,
	       int64_t *product)
{
	const char *s = skip_spaces(rule);

	*n = 0;
	*product = 1;
	for (;;) {
		int64_t v = 0;

		if (*s < '0' || *s > '9' || *n == most)
			return false;
		for (; *s >= '0' && *s <= '9'; s++) {
			v = v * 10 + (*s - '0');
			if (v > MOST_SHEETS)
				return false;
		}
		factor[(*n)++] = v;
		*product *= v;
		if (*product > MOST_SHEETS)
			return false;
		s = skip_spaces(s);
		if (!*s)
			return true;
		if (strncmp(s, "\xc3\x97", 2) == 0)
			s += 2;
		else if (*s == 'x' || *s == '*')
			s++;
		else
			return false;
		s = skip_spaces(s);
	}
}

/* The printed rule against the printed total. */
static void check_rule(struct pr *r, const struct at *at,
		       const struct quota_in *q)
{
	struct at here = { at, "rule", 0 };
	int64_t factor[8], product;
	size_t n;

	if (!plan_rule(q->rule, factor, 8, &n, &product))
		plan_fault(r, &here, "P19",
			   "\"%.80s\" is no rule (25, 15 × 20, 2 × 12 × 8)",
			   "\"%.80s\" không phải công thức (25, 15 × 20, "
			   "2 × 12 × 8)",
			   q->rule);
	else if (q->has_total && product != q->total)
		plan_fault(r, &here, "P20",
			   "%.80s makes %" PRId64 ", the total is %" PRId64,
			   "%.80s bằng %" PRId64 ", tổng ghi là %" PRId64,
			   q->rule, product, q->total);
}

static size_t homes_of(const struct plan *p, size_t kind)
{
	size_t n = 0;

	for (size_t u = 0; u < p->n_units; u++)
		n += p->units[u].kind == kind && plan_in_wave(p, u);
	return n;
}

/* The number of homes is one of the factors printed. */
static void check_factors(struct pr *r, const struct at *at,
			  const struct quota_in *q, size_t homes)
{
	struct at rule = { at, "rule", 0 };
	int64_t factor[8], product;
	size_t n, k = 0;

	if (!q->rule || !plan_rule(q->rule, factor, 8, &n, &product) ||
	    product != q->total)
		return;
	while (k < n && factor[k] != (int64_t)homes)
		k++;
	if (k == n)
		plan_fault(r, &rule, "P22",
			   "%.80s has no factor %zu, the number of homes",
			   "%.80s không có thừa số %zu là số nơi", q->rule,
			   homes);
}

/* `each` at every home; without homes one cell. */
static void cells_of_each(struct pr *r, const struct at *at, struct group *g,
			  const struct quota_in *q)
{
	struct at here = { at, "each", 0 };
	size_t homes = g->has_home ? homes_of(r->p, g->home_kind) : 1, i = 0;
	struct quota_cell *c = arena_array(r->a, homes + 1, sizeof *c);
	int64_t sum = q->each * (int64_t)homes;

	if (q->has_total && r->homes_known && sum != q->total)
		plan_fault(r, &here, "P21",
			   "%" PRId64 " at each of %zu homes makes %" PRId64
			   ", the total is %" PRId64,
			   "%" PRId64 " phiếu ở mỗi nơi trong %zu nơi bằng "
			   "%" PRId64 ", tổng ghi là %" PRId64,
			   q->each, homes, sum, q->total);
	else if (g->has_home && r->homes_known)
		check_factors(r, at, q, homes);
	for (size_t u = 0; c && i < homes; u++) {
		if (g->has_home && (r->p->units[u].kind != g->home_kind ||
				    !plan_in_wave(r->p, u)))
			continue;
		c[i].home = g->has_home ? u : NONE;
		c[i].n = q->each;
		c[i++].population = q->has_population ? q->population : -1;
	}
	g->cells = c;
	g->n_cells = c ? homes : 0;
}

static void check_home(struct pr *r, const struct at *at, const struct group *g,
		       size_t home)
{
	struct at here = { at, "home", 0 };
	const struct unit *u;

	if (home == NONE) {
		if (g->has_home)
			plan_fault(r, &here, "P22", "a home is wanted here",
				   "cần ghi đơn vị nơi lấy phiếu");
		return;
	}
	u = &r->p->units[home];
	if (!g->has_home)
		plan_fault(r, &here, "P22", "the group has no home",
			   "nhóm này không gắn với đơn vị nào");
	else if (u->kind != g->home_kind && u->kind != NONE)
		plan_fault(r, &here, "P22", "%s is not of the home kind %s",
			   "%s không thuộc loại đơn vị %s",
			   r->dir[DIR_UNIT].code[home],
			   r->dir[DIR_KIND].code[g->home_kind]);
	else if (!plan_in_wave(r->p, home))
		plan_fault(r, &here, "P13", "%s is not valid in the wave",
			   "%s không còn hiệu lực trong đợt này",
			   r->dir[DIR_UNIT].code[home]);
}

static bool has_cell(const struct quota_cell *c, size_t n, size_t home)
{
	for (size_t i = 0; i < n; i++)
		if (c[i].home == home)
			return true;
	return false;
}

static void all_homes(struct pr *r, const struct at *list,
		      const struct group *g)
{
	const struct plan *p = r->p;

	for (size_t u = 0; g->has_home && r->homes_known && u < p->n_units; u++)
		if (p->units[u].kind == g->home_kind && plan_in_wave(p, u) &&
		    !has_cell(g->cells, g->n_cells, u))
			plan_fault(r, list, "P22", "no cell for %s",
				   "thiếu ô của %s",
				   p->units[u].code ? p->units[u].code : "?");
}

static void read_cells(struct pr *r, const struct at *at, const cJSON *v,
		       struct group *g, const struct quota_in *q)
{
	struct at list = { at, "cells", 0 };
	const cJSON *x;
	int64_t sum = 0;
	size_t i = 0, before = r->f->n + r->f->more;
	struct quota_cell *c = plan_list(r, at, v, "cells", 1, LIMIT_UNITS,
					 sizeof *c, &g->n_cells);

	g->cells = c;
	if (g->n_cells == 0)
		return;
	cJSON_ArrayForEach(x, json_get(v, "cells"))
	{
		struct at here = { &list, NULL, i },
			  home = { &here, "home", 0 };
		struct cell_in in = { .c = { .home = NONE, .population = -1 } };

		if (plan_members(r, &here, x, MEMBERS(cell_members), &in) &&
		    (in.c.home != NONE || !plan_has(x, "home"))) {
			check_home(r, &here, g, in.c.home);
			if (has_cell(c, i, in.c.home))
				plan_fault(r, &home, "P06",
					   "this home is there twice",
					   "đơn vị này có hai lần");
		}
		c[i++] = in.c;
		sum += in.c.n;
	}
	if (r->f->n + r->f->more != before)
		return;
	all_homes(r, &list, g);
	if (q->has_total && sum != q->total)
		plan_fault(r, &list, "P21",
			   "the cells make %" PRId64 ", the total is %" PRId64,
			   "cộng các ô được %" PRId64 ", tổng ghi là %" PRId64,
			   sum, q->total);
}

/* A sample cannot be larger than its frame. */
static void check_frame(struct pr *r, const struct at *at,
			const struct group *g, bool each)
{
	for (size_t i = 0; i < g->n_cells; i++) {
		struct at list = { at, "cells", 0 }, cell = { &list, NULL, i };
		struct at here = { each ? at : &cell, "N", 0 };

		if (g->cells[i].population < 0 ||
		    g->cells[i].n <= g->cells[i].population)
			continue;
		plan_fault(r, &here, "P21",
			   "%" PRId64 " sheets for %" PRId64 " people",
			   "%" PRId64 " phiếu cho %" PRId64 " người",
			   g->cells[i].n, g->cells[i].population);
		if (each)
			return;
	}
}

static void read_quota(struct pr *r, const struct at *at, const cJSON *v,
		       struct group *g)
{
	struct quota_in q = { .basis = NONE };
	struct at frame = { at, "N", 0 };

	(void)plan_members(r, at, v, MEMBERS(quota_members), &q);
	g->rule = q.rule;
	g->total = q.total;
	g->quota_basis = q.basis;
	if (q.rule)
		check_rule(r, at, &q);
	if (plan_has(v, "each") == plan_has(v, "cells"))
		plan_fault(r, at, "P16", "needs either each or cells",
			   "cần một trong hai: each hoặc cells");
	else if (plan_has(v, "cells"))
		read_cells(r, at, v, g, &q);
	else if (q.has_each)
		cells_of_each(r, at, g, &q);
	if (q.has_population && plan_has(v, "cells"))
		plan_fault(r, &frame, "P16", "with cells, N stands in each",
			   "đã có cells thì ghi N trong từng ô");
	check_frame(r, at, g, q.has_each);
}

static void read_rows(struct pr *r, const struct at *at, const cJSON *v,
		      struct group *g)
{
	struct at list = { at, "table", 0 };
	const cJSON *x;
	size_t i = 0;
	struct rates_row *row = plan_list(r, at, v, "table", 1, LIMIT_UNITS,
					  sizeof *row, &g->n_table);

	g->table = row;
	if (g->n_table == 0)
		return;
	cJSON_ArrayForEach(x, json_get(v, "table"))
	{
		struct at here = { &list, NULL, i };

		row[i].home = row[i].unit = NONE;
		(void)plan_members(r, &here, x, MEMBERS(row_members), &row[i]);
		i++;
	}
}

static void read_rates(struct pr *r, const struct at *at, const cJSON *v,
		       struct group *g)
{
	struct at table = { at, "table", 0 };
	struct rates_in in = { .kind = NONE };

	(void)plan_members(r, at, v, MEMBERS(rates_members), &in);
	if (!in.has_mode)
		return;
	g->mode = in.mode;
	g->rated_kind = in.kind;
	g->per_sheet = in.per_sheet;
	if (g->mode == RATES_MAPPED && !plan_has(v, "table"))
		plan_fault(r, &table, "P02", "is missing", "còn thiếu");
	else if (g->mode != RATES_MAPPED && plan_has(v, "table"))
		plan_fault(r, &table, "P16", "only mapped groups have a table",
			   "chỉ nhóm mapped mới có bảng này");
	else
		read_rows(r, at, v, g);
}

void plan_groups(struct pr *r)
{
	struct at top = { NULL, "groups", 0 };
	const cJSON *v;
	size_t i = 0;
	struct group *g = plan_list(r, NULL, r->root, "groups", 1, LIMIT_GROUPS,
				    sizeof *g, &r->p->n_groups);

	r->p->groups = g;
	if (r->p->n_groups == 0)
		return;
	cJSON_ArrayForEach(v, json_get(r->root, "groups"))
	{
		struct at here = { &top, NULL, i };
		struct at rates = { &here, "rates", 0 };
		struct at quota = { &here, "quota", 0 };
		struct group_in in = { .g = { .form = NONE,
					      .rated_kind = NONE,
					      .basis = NONE,
					      .quota_basis = NONE },
				       .home = NONE };

		(void)plan_members(r, &here, v, MEMBERS(group_members), &in);
		in.g.has_home = plan_has(v, "home");
		in.g.home_kind = in.home;
		if (cJSON_IsObject(json_get(v, "rates")))
			read_rates(r, &rates, json_get(v, "rates"), &in.g);
		/* an unknown home kind would only bring false faults */
		if (cJSON_IsObject(json_get(v, "quota")) &&
		    (!in.g.has_home || in.home != NONE))
			read_quota(r, &quota, json_get(v, "quota"), &in.g);
		g[i++] = in.g;
	}
}
