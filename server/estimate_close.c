/* estimate_close.c - which cells of a wave may be shown.
 *
 * Each estimate and variable is a table.  Every sum that can be made of it is
 * one disclose() looks at: the whole, and each line (all values of one column,
 * the others fixed), since a report has the line's total as well.  A cell
 * closed in one table of the report is closed in every table of the same
 * cells, for fields are means of one another. */
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
static const char *const units[] = { "unit", "unit_kind", NULL };

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

struct closing {
	const struct spec *s;
	const struct wave_limits *l;
	struct arena *a;
	struct est_results *out;
	int64_t *n; /* [cells] respondents */
	bool *closed;
	struct named {
		const char *text;
		size_t cell;
	} * named;	   /* [cells] room for sorting */
	struct cell *room; /* [cells + 1] */
};

static int by_text(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int c = strcmp(x->text, y->text);

	return c ? c : (x->cell > y->cell) - (x->cell < y->cell);
}

static int64_t limit_of(const struct closing *c, size_t cell)
{
	int k = is_finer(c->s, &c->out->cell[cell]) ? c->l->min_sub
						    : c->l->min_unit;

	return k > 0 ? k : 1;
}

/* One sum of named[0..n-1]; what is closed already counts as too few.  True
 * when more is closed than before. */
static bool close_sum(struct closing *c, const struct named *x, size_t n,
		      int64_t k)
{
	bool more = false;

	c->room[0] = (struct cell){ .parent = (size_t)-1 };
	for (size_t i = 0; i < n; i++) {
		int64_t m = c->n[x[i].cell];

		c->room[0].n += m;
		if (c->closed[x[i].cell] && m >= k)
			m = k - 1;
		c->room[i + 1] = (struct cell){ .n = m };
	}
	(void)disclose(c->room, n + 1, k, true);
	for (size_t i = 0; i < n; i++) {
		size_t at = x[i].cell;

		if (c->n[at] == 0 || c->closed[at] ||
		    !(c->room[i + 1].closed || c->n[at] < k))
			continue;
		c->closed[at] = more = true;
	}
	return more;
}

/* The keys of a cell but one (`without`), as a text. */
static const char *other_keys(struct closing *c, size_t cell, size_t without)
{
	const struct est_cell *x = &c->out->cell[cell];
	struct buf b = BUF_INIT(65536);
	const char *text;

	for (size_t i = 0; i < x->by.n; i++)
		if (i != without)
			buf_addf(&b, "%s\x1f", x->key[i]);
	text = arena_strdup(c->a, b.data && buf_cstr(&b) ? buf_cstr(&b) : "");
	buf_free(&b);
	return text ? text : "";
}

/* Every line of the table [from, to) along its column `along`. */
static bool close_lines(struct closing *c, size_t from, size_t to, size_t along)
{
	size_t n = to - from;
	bool more = false;

	for (size_t i = 0; i < n; i++)
		c->named[i] = (struct named){ other_keys(c, from + i, along),
					      from + i };
	qsort(c->named, n, sizeof *c->named, by_text);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n; end++)
			if (strcmp(c->named[end].text, c->named[i].text) != 0)
				break;
		if (end - i > 1)
			more = close_sum(c, c->named + i, end - i,
					 limit_of(c, from)) ||
			       more;
	}
	return more;
}

/* Pairs of units have no sums: a pair is as small as its smaller unit. */
static bool is_pairs(const struct closing *c, size_t cell)
{
	return strcmp(c->s->estimate[c->out->cell[cell].estimate].stat,
		      "unit_pairs") == 0;
}

static void close_table(struct closing *c, size_t from, size_t to)
{
	size_t dims = c->out->cell[from].by.n;
	bool more = true;

	if (is_pairs(c, from)) {
		for (size_t i = from; i < to; i++)
			c->closed[i] = c->n[i] > 0 && c->n[i] < limit_of(c, i);
		return;
	}
	for (size_t i = from; i < to; i++)
		c->named[i - from] = (struct named){ "", i };
	(void)close_sum(c, c->named, to - from, limit_of(c, from));
	while (more && dims > 1) {
		more = false;
		for (size_t j = 0; j < dims; j++)
			more = close_lines(c, from, to, j) || more;
	}
}

/* What a cell is, whatever is asked of it; a unit's kind adds nothing.  NULL:
 * of other rows than the wave's. */
static const char *place_of(struct closing *c, size_t cell)
{
	const struct est_cell *x = &c->out->cell[cell];
	struct buf b = BUF_INIT(65536);
	const char *text;
	bool unit = false;

	if (is_pairs(c, cell) || x->by.n == 0 ||
	    spec_where_beyond(c->s->estimate[x->estimate].where, units))
		return NULL;
	for (size_t i = 0; i < x->by.n; i++)
		unit = unit || strcmp(x->by.name[i], "unit") == 0;
	for (size_t i = 0; i < x->by.n; i++)
		if (!unit || strcmp(x->by.name[i], "unit_kind") != 0)
			buf_addf(&b, "%s\x1e%s\x1f", x->by.name[i], x->key[i]);
	text = arena_strdup(c->a, b.data && buf_cstr(&b) ? buf_cstr(&b) : "");
	buf_free(&b);
	return text;
}

/* Closed once, closed in every table of the same cells. */
static size_t close_places(struct closing *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->out->n; i++) {
		const char *text = place_of(c, i);

		if (text)
			c->named[n++] = (struct named){ text, i };
	}
	qsort(c->named, n, sizeof *c->named, by_text);
	for (size_t i = 0, end; i < n; i = end) {
		bool any = false;

		for (end = i; end < n; end++) {
			if (strcmp(c->named[end].text, c->named[i].text) != 0)
				break;
			any = any || c->closed[c->named[end].cell];
		}
		for (size_t k = i; any && k < end; k++)
			c->closed[c->named[k].cell] =
				c->n[c->named[k].cell] > 0;
	}
	return n;
}

/* An open unit's score and its distance from a closed one would tell the
 * closed one's.  named[0..n-1] are sorted places. */
static void close_pairs(struct closing *c, size_t n)
{
	for (size_t i = 0; i < c->out->n; i++) {
		const struct est_cell *x = &c->out->cell[i];

		for (size_t j = 0; is_pairs(c, i) && j < 2; j++) {
			const char *text =
				arena_printf(c->a, "unit\x1e%s\x1f", x->key[j]);
			struct named *at, key = { text, 0 };
			size_t lo = 0, hi = n;

			while (text && lo < hi) {
				size_t mid = (lo + hi) / 2;

				if (by_text(&c->named[mid], &key) < 0)
					lo = mid + 1;
				else
					hi = mid;
			}
			for (at = c->named + lo;
			     text && lo < n && strcmp(at->text, text) == 0;
			     at++, lo++)
				c->closed[i] =
					c->closed[i] ||
					(c->closed[at->cell] && c->n[i] > 0);
		}
	}
}

static bool closing_init(struct closing *c, struct err *e)
{
	size_t n = c->out->n;

	c->n = arena_array(c->a, n + 1, sizeof *c->n);
	c->closed = arena_array(c->a, n + 1, sizeof *c->closed);
	c->named = arena_array(c->a, n + 1, sizeof *c->named);
	c->room = arena_array(c->a, n + 2, sizeof *c->room);
	if (!c->n || !c->closed || !c->named || !c->room)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < n; i++)
		c->n[i] = (int64_t)c->out->cell[i].r.psu;
	return true;
}

/* Tables are runs of cells with one estimate and one variable. */
static void close_tables(struct closing *c)
{
	const struct est_cell *cell = c->out->cell;
	size_t to;

	for (size_t from = 0; from < c->out->n; from = to) {
		const char *of = cell[from].of ? cell[from].of : "";

		for (to = from + 1; to < c->out->n; to++)
			if (cell[to].estimate != cell[from].estimate ||
			    strcmp(cell[to].of ? cell[to].of : "", of) != 0)
				break;
		close_table(c, from, to);
	}
}

bool close_cells(const struct spec *s, const struct wave_limits *l,
		 struct arena *a, struct est_results *out, struct err *e)
{
	struct closing c = { .s = s, .l = l, .a = a, .out = out };
	size_t closed = 0;

	if (!closing_init(&c, e))
		return false;
	close_tables(&c);
	close_pairs(&c, close_places(&c));
	if (arena_broken(a))
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < out->n; i++) {
		if (c.closed[i])
			closed++;
		if (c.closed[i] || c.n[i] == 0) {
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
