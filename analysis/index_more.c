/* What one more point on each criterion would do. */
#include "index_parts.h"

/* The rank that these numbers would have among the others of the block. */
static size_t rank_of(const struct index *ix, size_t unit,
		      const struct index_sheet *h)
{
	const struct index_set *s = ix->s;
	size_t rank = 1;
	const struct index_sheet *last = NULL;
	struct index_sheet other, kept;

	/* best first: equal ones are neighbours */
	for (size_t i = 0; i < s->n_units; i++) {
		size_t u = ix->order[i];

		if (u == unit || !index_same_block(ix, u, unit) ||
		    !ix->totals[u].complete)
			continue;
		other = index_sheet_of(ix, u);
		if (index_better(s, &other, h) >= 0)
			break;
		if (s->rules.ties != INDEX_DENSE || !last ||
		    index_better(s, last, &other) != 0)
			rank++;
		kept = other;
		last = &kept;
	}
	return rank;
}

/* A point, or what there is room for; 0: nothing. */
static struct dec room(const struct index *ix, size_t unit, size_t node)
{
	const struct index_node *n = &ix->s->nodes[node];
	const struct index_cell *c = index_cell(ix, unit, node);
	struct dec none = { 0 }, by = { DEC_ONE };

	if (!n->leaf || n->effect != INDEX_COUNTS ||
	    (c->state != INDEX_SCORED && c->state != INDEX_SELF &&
	     c->state != INDEX_ZEROED))
		return none;
	if (n->maximum.micro - c->points.micro < by.micro)
		by.micro = n->maximum.micro - c->points.micro;
	return by.micro > 0 ? by : none;
}

static bool raised(const struct index *ix, size_t unit, size_t node,
		   struct index_more *m, struct index_sheet *h, struct err *e)
{
	struct index_raise r = { node, { DEC_ONE } };

	if (!index_sheet_fill(ix, unit, &r, h, e))
		return false;
	m->unit = unit;
	m->node = node;
	m->published = h->total->published;
	m->band = h->total->band;
	m->rank = rank_of(ix, unit, h);
	return true;
}

bool index_one_more(const struct index *ix, struct arena *a,
		    struct index_more **out, size_t *n, struct err *e)
{
	const struct index_set *s = ix->s;
	struct index_cell *cells =
		arena_array(a, s->n_nodes + 1, sizeof *cells);
	struct index_more *m =
		arena_array(a, s->n_nodes * s->n_units + 1, sizeof *m);

	*out = m;
	*n = 0;
	if (!cells || !m)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (size_t i = 0; i < s->n_units; i++) {
		size_t u = ix->order[i];

		for (size_t k = 0; ix->totals[u].complete && k < s->n_nodes;
		     k++) {
			struct index_total t = { 0 };
			struct index_sheet h = { cells, &t };
			bool ok;

			m[*n].added = room(ix, u, k);
			if (m[*n].added.micro == 0)
				continue;
			for (size_t j = 0; j < s->n_nodes; j++)
				cells[j] = (struct index_cell){ 0 };
			index_sheet_init(s, &h);
			ok = raised(ix, u, k, &m[*n], &h, e);
			index_sheet_clear(s, &h);
			if (!ok)
				return false;
			++*n;
		}
	}
	return true;
}
