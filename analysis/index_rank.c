/* Grades and ranks, and the order in which units are shown. */
#include <stdlib.h>
#include <string.h>

#include "index_parts.h"

size_t index_grade(struct dec published, const struct index_band *bands,
		   size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (dec_cmp(published, bands[i].from) >= 0)
			return i;
	return INDEX_NONE;
}

void index_rank(const struct dec *value, const bool *in, size_t n,
		enum index_ties ties, size_t *rank)
{
	for (size_t i = 0; i < n; i++) {
		rank[i] = in[i] ? 1 : 0;
		for (size_t j = 0; in[i] && j < n; j++) {
			bool counts = in[j] && dec_cmp(value[j], value[i]) > 0;

			/* dense: only the first of equal ones counts */
			for (size_t k = 0;
			     counts && ties == INDEX_DENSE && k < j; k++)
				counts = !in[k] ||
					 dec_cmp(value[k], value[j]) != 0;
			rank[i] += counts;
		}
	}
}

/* ---- who is better ----------------------------------------------------- */

static int by_points(const struct index_cell *a, const struct index_cell *b)
{
	return dec_cmp(b->points, a->points);
}

static int by_tie(const struct index_tie *t, const struct index_sheet *a,
		  const struct index_sheet *b)
{
	switch (t->by) {
	case INDEX_TIE_NODE:
		return by_points(&a->cells[t->node], &b->cells[t->node]);
	case INDEX_TIE_SOURCE:
		return mpq_cmp(b->total->part[t->source].points,
			       a->total->part[t->source].points);
	case INDEX_TIE_EXACT:
		return mpq_cmp(b->total->before, a->total->before);
	default: return mpq_cmp(a->total->deduction, b->total->deduction);
	}
}

int index_better(const struct index_set *s, const struct index_sheet *a,
		 const struct index_sheet *b)
{
	int c = dec_cmp(b->total->published, a->total->published);

	for (size_t i = 0; c == 0 && i < s->rules.n_tie_break; i++)
		c = by_tie(&s->rules.tie_break[i], a, b);
	return c;
}

/* ---- blocks ------------------------------------------------------------ */

/* Kinds in their order, then named blocks, which may cross kinds. */
static int by_block(const struct index_unit *a, const struct index_unit *b)
{
	if (a->block && b->block)
		return strcmp(a->block, b->block);
	if (a->block || b->block)
		return a->block ? 1 : -1;
	return (a->kind > b->kind) - (a->kind < b->kind);
}

bool index_same_block(const struct index *ix, size_t a, size_t b)
{
	return by_block(&ix->s->units[a], &ix->s->units[b]) == 0;
}

/* Block, complete ones first, best first, then code: no row number anywhere. */
static int by_place(const void *pa, const void *pb, void *arg)
{
	const struct index *ix = arg;
	size_t a = *(const size_t *)pa, b = *(const size_t *)pb;
	struct index_sheet ha = index_sheet_of(ix, a);
	struct index_sheet hb = index_sheet_of(ix, b);
	int c = by_block(&ix->s->units[a], &ix->s->units[b]);

	if (c == 0)
		c = (int)hb.total->complete - (int)ha.total->complete;
	if (c == 0 && ha.total->complete)
		c = index_better(ix->s, &ha, &hb);
	return c != 0 ? c : strcmp(ix->s->units[a].code, ix->s->units[b].code);
}

void index_ranks(struct index *ix)
{
	const struct index_set *s = ix->s;
	size_t place = 0, rank = 0;

	for (size_t u = 0; u < s->n_units; u++)
		ix->order[u] = u;
	qsort_r(ix->order, s->n_units, sizeof *ix->order, by_place, ix);
	for (size_t i = 0; i < s->n_units; i++) {
		size_t u = ix->order[i];
		struct index_sheet h = index_sheet_of(ix, u), before = { 0 };
		bool first =
			i == 0 || !index_same_block(ix, ix->order[i - 1], u);

		if (first)
			place = rank = 0;
		else
			before = index_sheet_of(ix, ix->order[i - 1]);
		if (!h.total->complete)
			continue;
		place++;
		if (!first && index_better(s, &before, &h) == 0) {
			h.total->shared = before.total->shared = true;
		} else {
			rank = s->rules.ties == INDEX_DENSE ? rank + 1 : place;
		}
		h.total->rank = rank;
	}
}
