/* Everything about one unit of a round, read once for its pages. */
#include <string.h>

#include "page_round.h"

/* The rows that an appraiser may see are those of his offices. */
static bool standing_of(struct page *p, struct page_desk *d, struct err *e)
{
	const char *unit = p->round.set.units[d->unit].code;
	struct page_standing *all;
	size_t n, kept = 0;

	if (!page_standing(p, unit, &all, &n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		size_t node = page_node_of(p, all[i].criterion);

		if (node != INDEX_NONE && page_sees_item(p, d->unit, node))
			all[kept++] = all[i];
	}
	d->standing = all;
	d->n_standing = kept;
	return true;
}

bool page_desk_open(struct page *p, size_t unit, struct page_desk *out,
		    struct err *e)
{
	const char *code = p->round.set.units[unit].code;
	struct round_values v;
	size_t n = 0;

	*out = (struct page_desk){ .unit = unit };
	if (!store_self_head(p->db, p->head.id, code, p->a, &out->self, e) ||
	    !store_self_rows(p->db, p->head.id, out->self.unit, &p->round, unit,
			     p->a, &out->rows, &out->n, e) ||
	    !standing_of(p, out, e) ||
	    !store_round_values(p->db, p->head.id, p->a, &v, e))
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (!v.v[i].assessed && strcmp(v.v[i].unit, code) == 0)
			v.v[n++] = v.v[i];
	out->values = v.v;
	out->n_values = n;
	out->files = store_evidence_list(p->db, p->head.id, out->self.unit, e);
	return out->files != NULL;
}

void page_desk_close(struct page_desk *d)
{
	res_free(d->files);
	d->files = NULL;
}

const struct self_row *page_desk_row(const struct page_desk *d, size_t node)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->rows[i].node == node)
			return &d->rows[i];
	return NULL;
}

const struct page_standing *
page_desk_standing(const struct page *p, const struct page_desk *d, size_t node)
{
	for (size_t i = 0; i < d->n_standing; i++)
		if (strcmp(d->standing[i].criterion,
			   p->round.set.nodes[node].code) == 0)
			return &d->standing[i];
	return NULL;
}

const struct round_value *
page_desk_value(const struct page *p, const struct page_desk *d, size_t node)
{
	for (size_t i = 0; i < d->n_values; i++)
		if (strcmp(d->values[i].node, p->round.set.nodes[node].code) ==
		    0)
			return &d->values[i];
	return NULL;
}

const char *page_self_text(struct page *p, const struct self_row *row)
{
	char text[DEC_TEXT_MAX];
	const char *s = "";

	if (row && row->not_applicable)
		return "n/a";
	if (row && row->has_points)
		s = arena_strdup(p->a, dec_text(row->points, text));
	return s ? s : "";
}

bool page_may_fill(const struct page *p, const struct page_desk *d)
{
	if (!p->me.unit[d->unit] || strcmp(d->self.state, "submitted") == 0)
		return false;
	return strcmp(d->self.state, "reopened") == 0 ||
	       page_step_open(p, STEP_SELF);
}
