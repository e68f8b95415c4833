/* estimate_close.c - which cells of a wave may be shown.
 *
 * A place is what a cell is of, whatever statistic is asked of it: a variable
 * (a field, a question) of a unit, of a unit's group.  It is open in all tables
 * or in none.  Every sum that can be made of places is handed to
 * disclose_sums: all values of one column with the others fixed (units of a
 * kind, groups of a unit), with the place that is their total where a table has
 * it; and, loosely, the fields that make up field.all. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/disclose.h"
#include "phieu/estimate_load.h"

/* ---- what may be shown ------------------------------------------------ */

/* Names of columns that tell units, or two of them. */
static bool is_unit_name(const char *name)
{
	return strcmp(name, "unit") == 0 || strcmp(name, "unit_kind") == 0 ||
	       strcmp(name, "unit_a") == 0 || strcmp(name, "unit_b") == 0;
}

/* Results of units have one limit; anything finer has another. */
static const char *const units[] = { "unit", "unit_kind", "wave", NULL };

static bool is_finer(const struct spec *s, const struct est_cell *c)
{
	const struct spec_estimate *x = &s->estimate[c->estimate];

	for (size_t i = 0; i < c->by.n; i++)
		if (!is_unit_name(c->by.name[i]))
			return true;
	return spec_where_beyond(s->where, units) ||
	       spec_where_beyond(x->where, units) ||
	       spec_where_beyond(s->subset, units);
}

static void close_cell(struct est_cell *c, struct arena *a)
{
	struct est_extra *none = arena_array(a, c->n_extra + 1, sizeof *none);

	c->r = (struct est){ .value = NAN,
			     .se = NAN,
			     .deff = NAN,
			     .deff_replace = NAN,
			     .cv = NAN,
			     .ci_l = NAN,
			     .ci_u = NAN,
			     .sum_w = NAN,
			     .df_design = c->r.df_design };
	for (size_t i = 0; none && i < c->n_extra; i++)
		none[i] = (struct est_extra){ c->extra[i].name, NAN };
	c->extra = none;
	if (!none)
		c->n_extra = 0;
}

#define NOWHERE SIZE_MAX
#define FIELD	"field."
#define ALL	"field.all"

struct place {
	const char *text; /* universe and keys: what it is told by */
	size_t cell;	  /* one of its cells */
	int64_t n, k;	  /* respondents: the fewest of its cells */
};

struct member { /* of a sum: its name, its total's, and who */
	const char *sum, *total;
	size_t place;
	bool loose;
};

struct closing {
	const struct spec *s;
	const struct wave_limits *l;
	struct arena *a;
	struct est_results *out;
	size_t *of;	     /* [cells] place, NOWHERE: none */
	struct place *place; /* [places] by text */
	size_t n_places;
	bool *closed; /* [places] */
	size_t *who;  /* [members] their places */
	bool *shut;   /* [cells] */
	struct member *member;
	size_t n_members, cap_members;
};

static bool is_stat(const struct closing *c, size_t cell, const char *stat)
{
	return strcmp(c->s->estimate[c->out->cell[cell].estimate].stat, stat) ==
	       0;
}

/* Pairs of units have no sums: a pair is as small as its smaller unit. */
static bool is_pairs(const struct closing *c, size_t cell)
{
	return is_stat(c, cell, "unit_pairs");
}

static int64_t limit_of(const struct closing *c, size_t cell)
{
	int k = is_finer(c->s, &c->out->cell[cell]) ? c->l->min_sub
						    : c->l->min_unit;

	return k > 0 ? k : 1;
}

/* ---- places ----------------------------------------------------------- */

static const char *key_of(const struct est_cell *x, const char *name)
{
	for (size_t i = 0; i < x->by.n; i++)
		if (strcmp(x->by.name[i], name) == 0)
			return x->key[i];
	return NULL;
}

/* What statistics of one variable have in common: its name without what of it
 * is looked at. */
static size_t variable_bytes(const char *of)
{
	static const char *const aspects[] = { ".coefficient", ".satisfied",
					       ".answered", ".top" };
	size_t n = strcspn(of, "=");

	for (size_t i = 0; i < sizeof aspects / sizeof aspects[0]; i++) {
		const char *at = strstr(of, aspects[i]);

		if (at && (size_t)(at - of) < n)
			n = (size_t)(at - of);
	}
	return n;
}

/* Tables whose cells are of the same rows: all without conditions; of
 * conditions on units those that name the unit; changes; else each its own. */
static void add_universe(const struct closing *c, size_t cell, struct buf *b)
{
	const struct est_cell *x = &c->out->cell[cell];
	const struct spec_estimate *e = &c->s->estimate[x->estimate];
	static const char *const year[] = { "wave", NULL };

	if (spec_where_beyond(e->where, units) ||
	    (spec_where_beyond(e->where, year) && !key_of(x, "unit")))
		buf_addf(b, "%s\x1d", e->path);
	else if (is_stat(c, cell, "change"))
		buf_adds(b, "change\x1d");
	else
		buf_adds(b, "\x1d");
}

/* Which kind a unit is of, as any table says; NULL: none does. */
static const char *kind_of(const struct closing *c, const char *unit)
{
	for (size_t i = 0; i < c->out->n; i++) {
		const struct est_cell *x = &c->out->cell[i];
		const char *own = key_of(x, "unit");

		if (own && strcmp(own, unit) == 0 && key_of(x, "unit_kind"))
			return key_of(x, "unit_kind");
	}
	return NULL;
}

/* The key of a cell whose column comes next after `last`, in order. */
static size_t next_key(const struct est_cell *x, const char *last)
{
	size_t best = NOWHERE;

	for (size_t i = 0; i < x->by.n; i++)
		if (strcmp(x->by.name[i], last) > 0 &&
		    (best == NOWHERE ||
		     strcmp(x->by.name[i], x->by.name[best]) < 0))
			best = i;
	return best;
}

static void add_key(struct buf *b, const char *name, const char *value)
{
	if (!value)
		return;
	buf_adds(b, name);
	buf_adds(b, "\x1e");
	buf_adds(b, value);
	buf_adds(b, "\x1f");
}

/* The name of a cell's place: variable, universe, keys in order of columns,
 * without the column `without` (NULL: all of them).  A unit's kind adds nothing
 * beside the unit; without the unit it is what is left of it, and stands last.
 */
static const char *name_place(struct closing *c, size_t cell,
			      const char *without)
{
	const struct est_cell *x = &c->out->cell[cell];
	const char *unit = key_of(x, "unit"), *kind = key_of(x, "unit_kind");
	const char *of = x->of ? x->of : "", *text;
	struct buf b = BUF_INIT(65536);

	buf_add(&b, of, variable_bytes(of));
	buf_adds(&b, "\x1d");
	add_universe(c, cell, &b);
	for (size_t i = next_key(x, ""); i != NOWHERE;
	     i = next_key(x, x->by.name[i]))
		if (strcmp(x->by.name[i], "unit_kind") != 0 &&
		    !(without && strcmp(x->by.name[i], without) == 0))
			add_key(&b, x->by.name[i], x->key[i]);
	if (unit && without && strcmp(without, "unit") == 0)
		add_key(&b, "unit_kind", kind ? kind : kind_of(c, unit));
	else if (!unit && !(without && strcmp(without, "unit_kind") == 0))
		add_key(&b, "unit_kind", kind);
	text = arena_strdup(c->a, b.data && buf_cstr(&b) ? buf_cstr(&b) : "");
	buf_free(&b);
	return text ? text : "";
}

static int by_text(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int d = strcmp(x->text, y->text);

	return d ? d : (x->cell > y->cell) - (x->cell < y->cell);
}

static size_t find_place(const struct closing *c, const char *text)
{
	size_t lo = 0, hi = c->n_places;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (strcmp(c->place[mid].text, text) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < c->n_places && strcmp(c->place[lo].text, text) == 0
		       ? lo
		       : NOWHERE;
}

static bool make_places(struct closing *c, struct err *e)
{
	size_t n = 0, k = 0;

	c->of = arena_array(c->a, c->out->n + 1, sizeof *c->of);
	c->shut = arena_array(c->a, c->out->n + 1, sizeof *c->shut);
	c->place = arena_array(c->a, c->out->n + 1, sizeof *c->place);
	c->closed = arena_array(c->a, c->out->n + 1, sizeof *c->closed);
	if (!c->of || !c->shut || !c->place || !c->closed)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < c->out->n; i++) {
		c->of[i] = NOWHERE;
		if (!is_pairs(c, i))
			c->place[n++] =
				(struct place){ name_place(c, i, NULL), i,
						(int64_t)c->out->cell[i].r.psu,
						limit_of(c, i) };
	}
	qsort(c->place, n, sizeof *c->place, by_text);
	for (size_t i = 0; i < n; i++) {
		struct place *p = &c->place[i];

		if (i > 0 && strcmp(p->text, c->place[k - 1].text) == 0) {
			struct place *one = &c->place[k - 1];

			if (one->n == 0 || (p->n > 0 && p->n < one->n))
				one->n = p->n;
			if (p->k > one->k)
				one->k = p->k;
		} else {
			c->place[k++] = *p;
		}
		c->of[p->cell] = k - 1;
	}
	c->n_places = k;
	return true;
}

/* ---- sums ------------------------------------------------------------- */

static bool push_member(struct closing *c, size_t place, const char *total,
			const char *column, struct err *e)
{
	if (c->n_members == c->cap_members) {
		size_t cap = c->cap_members ? 2 * c->cap_members : 256;
		struct member *grown = arena_array(c->a, cap, sizeof *grown);

		if (!grown)
			return err_set(e, ERR_NOMEM, "out of memory");
		if (c->n_members > 0)
			memcpy(grown, c->member, c->n_members * sizeof *grown);
		c->member = grown;
		c->cap_members = cap;
	}
	c->member[c->n_members++] =
		(struct member){ .sum = arena_printf(c->a, "%s\x1c%s",
						     total ? total : "",
						     column),
				 .total = total ? total : "",
				 .place = place,
				 .loose = strcmp(column, FIELD) == 0 };
	return !arena_broken(c->a) || err_set(e, ERR_NOMEM, "out of memory");
}

static int by_sum(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int d = strcmp(x->sum, y->sum);

	return d ? d : (x->place > y->place) - (x->place < y->place);
}

/* The fields of a place nearly make up field.all. */
static bool add_field(struct closing *c, size_t place, struct err *e)
{
	const char *text = c->place[place].text;
	const char *rest = strchr(text, '\x1d');
	size_t n = rest ? (size_t)(rest - text) : 0;

	if (!rest || strncmp(text, FIELD, strlen(FIELD)) != 0 ||
	    (n == strlen(ALL) && strncmp(text, ALL, n) == 0))
		return true;
	return push_member(c, place, arena_printf(c->a, ALL "%s", rest), FIELD,
			   e);
}

/* Every place is a part of one sum a column. */
static bool make_members(struct closing *c, struct err *e)
{
	for (size_t i = 0; i < c->n_places; i++) {
		const struct est_cell *x = &c->out->cell[c->place[i].cell];
		bool unit = key_of(x, "unit") != NULL;

		for (size_t k = 0; k < x->by.n; k++)
			if (!(unit &&
			      strcmp(x->by.name[k], "unit_kind") == 0) &&
			    !push_member(c, i,
					 name_place(c, c->place[i].cell,
						    x->by.name[k]),
					 x->by.name[k], e))
				return false;
		if (!add_field(c, i, e))
			return false;
	}
	if (c->n_members > 0)
		qsort(c->member, c->n_members, sizeof *c->member, by_sum);
	return true;
}

/* A unit's groups, nothing else about them: what official points weigh. */
static bool is_weighed(const struct closing *c, const struct member *m)
{
	const struct est_cell *x = &c->out->cell[c->place[m->place].cell];
	const char *column = strchr(m->sum, '\x1c');

	if (c->l->n_weights == 0 || !column || strcmp(column + 1, "group") != 0)
		return false;
	for (size_t i = 0; i < x->by.n; i++)
		if (!is_unit_name(x->by.name[i]) &&
		    strcmp(x->by.name[i], "group") != 0)
			return false;
	return key_of(x, "unit") != NULL;
}

/* As decided; or any numbers, for what follows whatever they are: points are
 * of items, and a mean over items weighs a little otherwise. */
static int64_t weight_of(const struct closing *c, size_t place, bool decided)
{
	const char *group =
		key_of(&c->out->cell[c->place[place].cell], "group");
	uint64_t x = (uint64_t)place + 1;

	for (size_t i = 0; decided && group && i < c->l->n_weights; i++)
		if (strcmp(c->l->weight[i].group, group) == 0)
			return c->l->weight[i].weight;
	x = (x ^ (x << 13)) * UINT64_C(0x9e3779b97f4a7c15);
	return (int64_t)((x ^ (x >> 29)) % 1000003) + 1;
}

/* Every sum that is weighed stands twice. */
static bool add_weighed(const struct closing *c, struct disclose_sum *sum,
			size_t *sums, bool decided, struct err *e)
{
	size_t n = *sums;

	for (size_t i = 0; i < n; i++) {
		const struct member *m = &c->member[sum[i].cell - c->who];
		int64_t *weight;

		if (!is_weighed(c, m))
			continue;
		weight = arena_array(c->a, sum[i].n + 1, sizeof *weight);
		if (!weight)
			return err_set(e, ERR_NOMEM, "out of memory");
		for (size_t k = 0; k < sum[i].n; k++)
			weight[k] = weight_of(c, sum[i].cell[k], decided);
		sum[*sums] = sum[i];
		sum[(*sums)++].weight = weight;
	}
	return true;
}

static bool close_places(struct closing *c, bool decided, struct err *e)
{
	struct disclose_sum *sum =
		arena_array(c->a, 2 * c->n_members + 1, sizeof *sum);
	int64_t *n = arena_array(c->a, c->n_places + 1, sizeof *n);
	int64_t *k = arena_array(c->a, c->n_places + 1, sizeof *k);
	size_t sums = 0;

	c->who = arena_array(c->a, c->n_members + 1, sizeof *c->who);
	if (!sum || !c->who || !n || !k)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < c->n_places; i++) {
		n[i] = c->place[i].n;
		k[i] = c->place[i].k;
	}
	for (size_t i = 0; i < c->n_members; i++) {
		const struct member *m = &c->member[i];

		c->who[i] = m->place;
		if (i == 0 || strcmp(m->sum, m[-1].sum) != 0)
			sum[sums++] = (struct disclose_sum){
				.cell = c->who + i,
				.total = find_place(c, m->total),
				.loose = m->loose
			};
		sum[sums - 1].n++;
	}
	return add_weighed(c, sum, &sums, decided, e) &&
	       disclose_sums(n, k, c->closed, c->n_places, sum, sums, e);
}

static size_t count_closed(const struct closing *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_places; i++)
		n += c->closed[i];
	return n;
}

/* Until neither kind of weights tells more. */
static bool close_both(struct closing *c, struct err *e)
{
	size_t before;

	do {
		before = count_closed(c);
		if (!close_places(c, false, e))
			return false;
		if (c->l->n_weights > 0 && !close_places(c, true, e))
			return false;
	} while (count_closed(c) > before);
	return true;
}

/* What official results hide is not shown here either. */
static void take_official(struct closing *c)
{
	for (size_t i = 0; i < c->l->n_shut; i++) {
		const struct wave_shut *w = &c->l->shut[i];
		const char *text =
			arena_printf(c->a, "%s\x1d%s\x1dunit\x1e%s\x1f",
				     w->variable, w->before ? "change" : "",
				     w->unit);
		size_t at = text ? find_place(c, text) : NOWHERE;

		if (at != NOWHERE)
			c->closed[at] = true;
	}
}

/* A change shows both years: what is closed in the one asked for is closed
 * there; the other way round it need not be. */
static void take_to_changes(struct closing *c)
{
	for (size_t i = 0; i < c->n_places; i++) {
		const char *text = c->place[i].text;
		const char *rest = strchr(text, '\x1d');
		size_t at;

		if (!rest || strncmp(rest + 1, "change\x1d", 7) != 0)
			continue;
		text = arena_printf(c->a, "%.*s%s", (int)(rest + 1 - text),
				    text, rest + 7);
		at = text ? find_place(c, text) : NOWHERE;
		if (at != NOWHERE && c->closed[at])
			c->closed[i] = true;
	}
}

/* An open unit's score and its distance from a closed one would tell the
 * closed one's. */
static void close_pairs(struct closing *c)
{
	for (size_t i = 0; i < c->out->n; i++) {
		const struct est_cell *x = &c->out->cell[i];

		if (!is_pairs(c, i)) {
			c->shut[i] = c->closed[c->of[i]];
			continue;
		}
		c->shut[i] = (int64_t)x->r.psu < limit_of(c, i);
		for (size_t j = 0; j < 2; j++) {
			const char *text =
				arena_printf(c->a, "%.*s\x1d\x1dunit\x1e%s\x1f",
					     (int)variable_bytes(x->of), x->of,
					     x->key[j]);
			size_t at = text ? find_place(c, text) : NOWHERE;

			if (at != NOWHERE && c->closed[at])
				c->shut[i] = true;
		}
	}
}

static bool close_all(struct closing *c, struct err *e)
{
	if (!make_places(c, e) || !make_members(c, e))
		return false;
	take_official(c);
	if (!close_both(c, e))
		return false;
	take_to_changes(c);
	if (!close_both(c, e))
		return false;
	close_pairs(c);
	return !arena_broken(c->a) || err_set(e, ERR_NOMEM, "out of memory");
}

bool close_cells(const struct spec *s, const struct wave_limits *l,
		 struct arena *a, struct est_results *out, struct err *e)
{
	struct closing c = { .s = s, .l = l, .a = a, .out = out };
	size_t closed = 0;

	if (!close_all(&c, e))
		return false;
	for (size_t i = 0; i < out->n; i++) {
		bool some = out->cell[i].r.psu > 0;

		if (c.shut[i] && some)
			closed++;
		if (c.shut[i] || !some) {
			close_cell(&out->cell[i], a);
			out->detail[out->cell[i].estimate] = NULL;
		}
	}
	for (size_t i = 0; i < s->n_estimates; i++)
		if (!spec_is_tabular(s->estimate[i].def))
			out->detail[i] = NULL;
	if (closed > 0)
		return spec_note(a, out, "W03", "/wave",
				 arena_printf(a,
					      "%zu cells closed: fewer "
					      "respondents than may be shown",
					      closed),
				 arena_printf(a,
					      "%zu ô không công bố: ít người "
					      "trả lời hơn mức cho phép",
					      closed),
				 e);
	return true;
}
