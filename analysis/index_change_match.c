/* Which criterion and unit of last year stands for which of this year. */
#include <stdlib.h>
#include <string.h>

#include "change_parts.h"
#include "index_parts.h"

/* ---- by code or by pair ------------------------------------------------ */

struct known { /* a code and where it stands, sorted to be found */
	const char *code;
	size_t at;
};

static int by_code(const void *a, const void *b)
{
	const struct known *x = a, *y = b;

	return strcmp(x->code, y->code);
}

static size_t place_of(const struct known *k, size_t n, const char *code)
{
	struct known want = { .code = code };
	const struct known *x = bsearch(&want, k, n, sizeof *k, by_code);

	return x ? x->at : INDEX_NONE;
}

/* Codes of both years, as lists. */
struct side_codes {
	struct known *now, *before;
	size_t n_now, n_before;
};

static bool no_memory(struct err *e)
{
	(void)err_set(e, ERR_NOMEM, "out of memory for the comparison");
	return false;
}

/* to[before]: first by code, then what the pairs say. */
static void follow(const struct side_codes *s, const struct index_pair *p,
		   size_t n_p, size_t *to)
{
	for (size_t i = 0; i < s->n_before; i++)
		to[s->before[i].at] =
			place_of(s->now, s->n_now, s->before[i].code);
	for (size_t i = 0; i < n_p; i++) {
		size_t from = place_of(s->before, s->n_before, p[i].from);

		if (from != INDEX_NONE)
			to[from] = p[i].to ? place_of(s->now, s->n_now, p[i].to)
					   : INDEX_NONE;
	}
}

/* The other way round: lists of what stood for each of now. */
static bool gather(const size_t *to, size_t n_before, struct index_match *m,
		   size_t n_now, struct arena *a, const size_t **gone,
		   size_t *n_gone, struct err *e)
{
	size_t *from = arena_array(a, n_before + 1, sizeof *from);
	size_t *none = arena_array(a, n_before + 1, sizeof *none);
	size_t at = 0;

	if (!from || !none)
		return no_memory(e);
	*gone = none;
	*n_gone = 0;
	for (size_t i = 0; i < n_before; i++)
		if (to[i] == INDEX_NONE)
			none[(*n_gone)++] = i;
		else
			m[to[i]].n_from++;
	for (size_t j = 0; j < n_now; j++) {
		m[j].from = from + at;
		at += m[j].n_from;
		m[j].n_from = 0;
	}
	for (size_t i = 0; i < n_before; i++)
		if (to[i] != INDEX_NONE) {
			struct index_match *x = &m[to[i]];

			from[(size_t)(x->from - from) + x->n_from++] = i;
		}
	for (size_t j = 0; j < n_now; j++) {
		m[j].before = m[j].n_from == 1 ? m[j].from[0] : INDEX_NONE;
		m[j].marks = m[j].n_from > 1 ? INDEX_MARK_MERGED : 0;
	}
	return true;
}

static bool sorted(struct side_codes *s, struct arena *a, size_t n_now,
		   size_t n_before, struct err *e)
{
	*s = (struct side_codes){
		arena_array(a, n_now + 1, sizeof *s->now),
		arena_array(a, n_before + 1, sizeof *s->before), n_now, n_before
	};
	return (s->now && s->before) || no_memory(e);
}

static void sort(struct side_codes *s)
{
	qsort(s->now, s->n_now, sizeof *s->now, by_code);
	qsort(s->before, s->n_before, sizeof *s->before, by_code);
}

/* ---- how criteria differ ----------------------------------------------- */

static bool same_dec(struct dec a, struct dec b)
{
	return dec_cmp(a, b) == 0;
}

static bool same_convert(const struct index_convert *a,
			 const struct index_convert *b)
{
	bool same = a->kind == b->kind && a->n_steps == b->n_steps;

	if (same && a->kind == INDEX_LINEAR)
		same = same_dec(a->low, b->low) && same_dec(a->high, b->high) &&
		       a->cap == b->cap;
	for (size_t i = 0; same && i < a->n_steps; i++)
		same = same_dec(a->steps[i].from, b->steps[i].from) &&
		       same_dec(a->steps[i].points, b->steps[i].points);
	return same;
}

static bool same_groups(const struct index_node *a, const struct index_node *b)
{
	bool same = a->n_groups == b->n_groups;

	for (size_t i = 0; same && i < a->n_groups; i++)
		same = strcmp(a->groups[i].code, b->groups[i].code) == 0 &&
		       same_dec(a->groups[i].weight, b->groups[i].weight);
	return same;
}

static bool same_kind(const struct index_node *a, const struct index_node *b)
{
	if (a->leaf != b->leaf || !same_dec(a->need, b->need))
		return false;
	if (!a->leaf)
		return a->combine == b->combine &&
		       (a->combine != INDEX_FORMULA ||
			same_convert(&a->convert, &b->convert));
	return a->source == b->source && a->effect == b->effect &&
	       same_convert(&a->convert, &b->convert) && same_groups(a, b);
}

static unsigned node_marks(const struct index_node *now,
			   const struct index_node *before)
{
	unsigned m = 0;

	if (strcmp(now->code, before->code) != 0)
		m |= INDEX_MARK_CODE;
	if (strcmp(now->name, before->name) != 0)
		m |= INDEX_MARK_TEXT;
	if (!same_dec(now->maximum, before->maximum))
		m |= INDEX_MARK_MAXIMUM;
	if (!same_kind(now, before))
		m |= INDEX_MARK_KIND;
	return m;
}

static bool match_nodes(struct index_change *c, const struct index_pairs *p,
			struct arena *a, size_t *to, struct err *e)
{
	const struct index_set *now = c->now->s, *before = c->before->s;
	struct side_codes s;

	if (!sorted(&s, a, now->n_nodes, before->n_nodes, e))
		return false;
	for (size_t i = 0; i < now->n_nodes; i++)
		s.now[i] = (struct known){ now->nodes[i].code, i };
	for (size_t i = 0; i < before->n_nodes; i++)
		s.before[i] = (struct known){ before->nodes[i].code, i };
	sort(&s);
	follow(&s, p->criteria, p->n_criteria, to);
	if (!gather(to, before->n_nodes, c->node, now->n_nodes, a,
		    &c->gone_node, &c->n_gone_node, e))
		return false;
	for (size_t i = 0; i < now->n_nodes; i++)
		if (c->node[i].before != INDEX_NONE)
			c->node[i].marks =
				node_marks(&now->nodes[i],
					   &before->nodes[c->node[i].before]);
	return true;
}

/* ---- units ------------------------------------------------------------- */

static unsigned unit_marks(const struct index_change *c, size_t now,
			   size_t before)
{
	const struct index_set *n = c->now->s, *b = c->before->s;
	const struct index_unit *x = &n->units[now], *y = &b->units[before];
	unsigned m = 0;

	if (strcmp(x->code, y->code) != 0)
		m |= INDEX_MARK_CODE;
	if (strcmp(x->name, y->name) != 0)
		m |= INDEX_MARK_TEXT;
	if (strcmp(n->kinds[x->kind].code, b->kinds[y->kind].code) != 0)
		m |= INDEX_MARK_KIND;
	return m;
}

static bool match_units(struct index_change *c, const struct index_pairs *p,
			struct arena *a, struct err *e)
{
	const struct index_set *now = c->now->s, *before = c->before->s;
	size_t *to = arena_array(a, before->n_units + 1, sizeof *to);
	struct side_codes s;

	if (!to)
		return no_memory(e);
	if (!sorted(&s, a, now->n_units, before->n_units, e))
		return false;
	for (size_t i = 0; i < now->n_units; i++)
		s.now[i] = (struct known){ now->units[i].code, i };
	for (size_t i = 0; i < before->n_units; i++)
		s.before[i] = (struct known){ before->units[i].code, i };
	sort(&s);
	follow(&s, p->units, p->n_units, to);
	if (!gather(to, before->n_units, c->unit, now->n_units, a,
		    &c->gone_unit, &c->n_gone_unit, e))
		return false;
	for (size_t i = 0; i < now->n_units; i++)
		if (c->unit[i].before != INDEX_NONE)
			c->unit[i].marks = unit_marks(c, i, c->unit[i].before);
	return true;
}

bool index_match_all(struct index_change *c, const struct index_pairs *pairs,
		     struct arena *a, size_t **to_node, struct err *e)
{
	size_t *to = arena_array(a, c->before->s->n_nodes + 1, sizeof *to);

	c->node = arena_array(a, c->now->s->n_nodes + 1, sizeof *c->node);
	c->unit = arena_array(a, c->now->s->n_units + 1, sizeof *c->unit);
	if (!to || !c->node || !c->unit)
		return no_memory(e);
	*to_node = to;
	return match_nodes(c, pairs, a, to, e) && match_units(c, pairs, a, e);
}

/* ---- rules ------------------------------------------------------------- */

static bool same_bands(const struct index_band *a, size_t n,
		       const struct index_band *b, size_t n_b)
{
	bool same = n == n_b;

	for (size_t i = 0; same && i < n; i++)
		same = strcmp(a[i].name, b[i].name) == 0 &&
		       same_dec(a[i].from, b[i].from);
	return same;
}

/* Bands of the kinds that both years have. */
static bool same_grades(const struct index_set *a, const struct index_set *b)
{
	for (size_t i = 0; i < a->n_kinds; i++)
		for (size_t k = 0; k < b->n_kinds; k++) {
			size_t n, n_b;
			const struct index_band *x, *y;

			if (strcmp(a->kinds[i].code, b->kinds[k].code) != 0)
				continue;
			x = index_kind_bands(a, i, &n);
			y = index_kind_bands(b, k, &n_b);
			if (!same_bands(x, n, y, n_b))
				return false;
		}
	return true;
}

static bool same_ties(const struct index_set *a, const struct index_set *b)
{
	const struct index_rules *x = &a->rules, *y = &b->rules;
	bool same = x->ties == y->ties && x->n_tie_break == y->n_tie_break;

	for (size_t i = 0; same && i < x->n_tie_break; i++) {
		const struct index_tie *p = &x->tie_break[i];
		const struct index_tie *q = &y->tie_break[i];

		same = p->by == q->by &&
		       (p->by != INDEX_TIE_SOURCE || p->source == q->source) &&
		       (p->by != INDEX_TIE_NODE ||
			strcmp(a->nodes[p->node].code,
			       b->nodes[q->node].code) == 0);
	}
	return same;
}

unsigned index_rules_differ(const struct index_set *now,
			    const struct index_set *before)
{
	const struct index_rules *x = &now->rules, *y = &before->rules;
	unsigned m = 0;

	if (x->rescale != y->rescale)
		m |= INDEX_RULE_RESCALE;
	if (memcmp(x->missing, y->missing, sizeof x->missing) != 0 ||
	    x->missing_group != y->missing_group)
		m |= INDEX_RULE_MISSING;
	if (x->digits != y->digits || x->round != y->round ||
	    x->item_first != y->item_first)
		m |= INDEX_RULE_ROUNDING;
	if (!same_grades(now, before))
		m |= INDEX_RULE_BANDS;
	if (!same_ties(now, before))
		m |= INDEX_RULE_TIES;
	if (x->floor_zero != y->floor_zero || x->cap_total != y->cap_total ||
	    x->use_self != y->use_self)
		m |= INDEX_RULE_BOUNDS;
	return m;
}
