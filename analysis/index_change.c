/* Points, shares, totals of two years beside each other.  Formulas and what
 * the marks mean: docs/INDEX.md, "Year on year". */
#include <string.h>

#include "change_parts.h"
#include "index_parts.h"
#include "phieu/limits.h"

#define HINDERS (~(unsigned)INDEX_MARK_CODE)
/* A node whose children merely have other names adds up as before. */
#define ADDS_OTHERWISE (~(unsigned)(INDEX_MARK_CODE | INDEX_MARK_TEXT))

static bool no_memory(struct err *e)
{
	(void)err_set(e, ERR_NOMEM, "out of memory for the comparison");
	return false;
}

static void side_init(struct index_side *s)
{
	mpq_inits(s->points, s->maximum, s->share, NULL);
}

static void side_clear(struct index_side *s)
{
	mpq_clears(s->points, s->maximum, s->share, NULL);
}

static void moved_init(struct index_moved *m)
{
	side_init(&m->now);
	side_init(&m->before);
	mpq_inits(m->change, m->share_change, NULL);
}

static void moved_clear(struct index_moved *m)
{
	side_clear(&m->now);
	side_clear(&m->before);
	mpq_clears(m->change, m->share_change, NULL);
}

/* 100 x points / base; the base is not 0. */
static void set_share(struct index_side *s, const mpq_t base)
{
	s->shares = s->has && mpq_sgn(base) > 0;
	if (!s->shares)
		return;
	mpq_set_ui(s->share, 100, 1);
	mpq_mul(s->share, s->share, s->points);
	mpq_div(s->share, s->share, base);
}

static bool has_points(enum index_state s)
{
	return s == INDEX_SCORED || s == INDEX_SELF || s == INDEX_ZEROED ||
	       s == INDEX_UNCLAIMED;
}

static void cell_side(const struct index *ix, size_t unit, size_t node,
		      struct index_side *s)
{
	const struct index_cell *c = index_cell(ix, unit, node);

	s->state = c->state;
	s->there = c->state != INDEX_ABSENT;
	s->has = has_points(c->state);
	mpq_set(s->maximum, c->full);
	if (ix->s->nodes[node].effect != INDEX_COUNTS)
		exact_from_dec(s->maximum, ix->s->nodes[node].maximum);
	if (s->has)
		index_carry(c, s->points);
	set_share(s, c->base);
}

static void total_side(const struct index *ix, size_t unit,
		       struct index_side *s)
{
	const struct index_total *t = index_total(ix, unit);

	s->there = true;
	s->has = t->complete && t->computable;
	s->state = s->has ? INDEX_SCORED : INDEX_MISSING;
	mpq_set(s->maximum, t->full);
	if (s->has)
		exact_from_dec(s->points, t->published);
	set_share(s, t->full);
}

static enum index_move direction(int sign)
{
	return sign > 0 ? INDEX_UP : sign < 0 ? INDEX_DOWN : INDEX_KEPT;
}

/* Once both sides and the marks are known.  `worse`: more points are worse (a
 * deduction). */
static enum index_move move_of(const struct index_moved *m, bool worse)
{
	int sign = mpq_sgn(m->change);

	if (!m->now.there)
		return m->before.there ? INDEX_GONE : INDEX_ABSENT_BOTH;
	if (!m->before.there && !(m->marks & INDEX_MARK_MERGED))
		return INDEX_NEW;
	if (m->marks & HINDERS)
		return INDEX_CHANGED;
	if (!m->now.has || !m->before.has)
		return INDEX_UNSETTLED;
	return direction(worse ? -sign : sign);
}

static void settle(struct index_moved *m, bool worse)
{
	if (m->now.has && m->before.has)
		mpq_sub(m->change, m->now.points, m->before.points);
	if (m->now.shares && m->before.shares)
		mpq_sub(m->share_change, m->now.share, m->before.share);
	m->move = move_of(m, worse);
}

/* ---- one unit ---------------------------------------------------------- */

struct work {
	struct index_change *c;
	const struct index_set *now, *before;
	const size_t *to; /* [before nodes] */
	size_t unit, was; /* was: of before, INDEX_NONE */
};

/* Does the node add to the one above otherwise than it did? */
static bool adds_otherwise(const struct work *w, const struct index_moved *m,
			   size_t node)
{
	size_t was = w->c->node[node].before, up, stood;

	if (!m->now.there && !m->before.there)
		return false;
	if (!m->now.there || !m->before.there || (m->marks & ADDS_OTHERWISE))
		return true;
	up = w->now->nodes[node].parent;
	stood = w->before->nodes[was].parent;
	return (up == INDEX_NONE) != (stood == INDEX_NONE) ||
	       (stood != INDEX_NONE && w->to[stood] != up);
}

static void mark_above(const struct work *w, struct index_moved *cells,
		       size_t parent)
{
	struct index_moved *m =
		parent == INDEX_NONE ? &w->c->totals[w->unit] : &cells[parent];

	m->marks |= INDEX_MARK_CHILDREN;
}

/* What the year before had below a node and now is elsewhere or nowhere. */
static void mark_left(const struct work *w, struct index_moved *cells)
{
	for (size_t i = 0; i < w->before->n_nodes; i++) {
		size_t stood = w->before->nodes[i].parent, up = INDEX_NONE;
		size_t now = w->to[i];

		if (index_cell(w->c->before, w->was, i)->state == INDEX_ABSENT)
			continue;
		if (stood != INDEX_NONE) {
			up = w->to[stood];
			if (up == INDEX_NONE)
				continue; /* gone itself: marked above it */
		}
		if (now == INDEX_NONE || w->now->nodes[now].parent != up)
			mark_above(w, cells, up);
	}
}

static void compare_nodes(const struct work *w, struct index_moved *cells)
{
	for (size_t i = 0; i < w->now->n_nodes; i++) {
		struct index_moved *m = &cells[i];
		size_t was = w->c->node[i].before;

		m->marks |= w->c->node[i].marks |
			    (w->c->unit[w->unit].marks & INDEX_MARK_MERGED);
		cell_side(w->c->now, w->unit, i, &m->now);
		if (w->was != INDEX_NONE && was != INDEX_NONE)
			cell_side(w->c->before, w->was, was, &m->before);
	}
	if (w->was != INDEX_NONE)
		mark_left(w, cells);
	for (size_t i = w->now->n_nodes; i-- > 0;) {
		if (w->was != INDEX_NONE && adds_otherwise(w, &cells[i], i))
			mark_above(w, cells, w->now->nodes[i].parent);
		settle(&cells[i], w->now->nodes[i].effect == INDEX_DEDUCTION);
	}
}

static void compare_unit(const struct work *w)
{
	struct index_moved *total = &w->c->totals[w->unit];
	const struct index_match *u = &w->c->unit[w->unit];

	compare_nodes(w, &w->c->cells[w->unit * w->now->n_nodes]);
	total->marks |= u->marks & (INDEX_MARK_KIND | INDEX_MARK_MERGED);
	total_side(w->c->now, w->unit, &total->now);
	if (w->was != INDEX_NONE) {
		total_side(w->c->before, w->was, &total->before);
		if (!mpq_equal(total->now.maximum, total->before.maximum))
			total->marks |= INDEX_MARK_MAXIMUM;
	}
	settle(total, false);
}

/* ---- the whole --------------------------------------------------------- */

static bool allocate(struct index_change *c, struct arena *a, struct err *e)
{
	const struct index_set *s = c->now->s;
	size_t n = s->n_units * s->n_nodes; /* as many as the index has */

	c->cells = arena_array(a, n + 1, sizeof *c->cells);
	c->totals = arena_array(a, s->n_units + 1, sizeof *c->totals);
	return (c->cells && c->totals) || no_memory(e);
}

static void compare(struct index_change *c, const size_t *to)
{
	struct work w = { c, c->now->s, c->before->s, to, 0, 0 };

	for (w.unit = 0; w.unit < w.now->n_units; w.unit++) {
		moved_init(&c->totals[w.unit]);
		for (size_t i = 0; i < w.now->n_nodes; i++)
			moved_init(&c->cells[w.unit * w.now->n_nodes + i]);
		c->n_ready = w.unit + 1;
		w.was = c->unit[w.unit].before;
		compare_unit(&w);
	}
}

bool index_change(const struct index *now, const struct index *before,
		  const struct index_pairs *pairs, double alpha,
		  struct arena *a, struct index_change *out, struct err *e)
{
	size_t *to = NULL;

	*out = (struct index_change){ .now = now,
				      .before = before,
				      .alpha = alpha };
	if (!index_match_all(out, pairs, a, &to, e) || !allocate(out, a, e))
		return false;
	out->rules = index_rules_differ(now->s, before->s);
	compare(out, to);
	if (index_change_tests(out, a, e))
		return true;
	index_change_free(out);
	return false;
}

void index_change_free(struct index_change *c)
{
	size_t k = c->n_ready > 0 ? c->now->s->n_nodes : 0;

	for (size_t u = 0; u < c->n_ready; u++) {
		moved_clear(&c->totals[u]);
		for (size_t i = 0; i < k; i++)
			moved_clear(&c->cells[u * k + i]);
	}
	c->n_ready = 0;
}

const struct index_moved *index_moved(const struct index_change *c, size_t unit,
				      size_t node)
{
	return &c->cells[unit * c->now->s->n_nodes + node];
}

size_t index_ranked(const struct index *ix, size_t unit)
{
	size_t n = 0;

	for (size_t i = 0; i < ix->s->n_units; i++)
		n += index_total(ix, i)->rank > 0 &&
		     index_same_block(ix, unit, i);
	return n;
}
