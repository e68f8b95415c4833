/* Reports of a round that follow the tree of criteria. */
#include <stdio.h>
#include <string.h>

#include "round_report_parts.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static bool applies(const struct making *m, size_t node, size_t unit)
{
	return index_cell(m->ix, unit, node)->state != INDEX_ABSENT;
}

/* Is `node` the root or somewhere below it?  INDEX_NONE: all are. */
static bool below(const struct index_set *s, size_t node, size_t root)
{
	if (root == INDEX_NONE)
		return true;
	while (node != INDEX_NONE && node != root)
		node = s->nodes[node].parent;
	return node == root;
}

/* ---- a unit's criteria --------------------------------------------------- */

static const struct paper_head unit_heads[] = {
	{ NULL, "Tiêu chí", 10, false },
	{ NULL, "Nội dung", 60, false },
	{ NULL, "Điểm tối đa", 12, false },
	{ NULL, "Điểm tự chấm", 12, false },
	{ NULL, "Điểm thẩm định", 12, false },
	{ NULL, "Điểm bị trừ", 12, false },
	{ NULL, "Điểm sau khi trừ", 12, false },
};

/* Nobody types what a survey or another index gives. */
static struct paper_cell own_points(const struct making *m,
				    const struct index_node *n,
				    const struct index_cell *c)
{
	static const char *const words[INDEX_SOURCES] = {
		[INDEX_ASSESSED] = "",
		[INDEX_SURVEY] = "ĐTXHH",
		[INDEX_SATISFACTION] = "SIPAS",
		[INDEX_EXTERNAL] = "chỉ số khác",
	};

	if (n->leaf && n->source != INDEX_ASSESSED)
		return paper_mark(words[n->source]);
	return c->has_self ? shape_exact(m, c->self) : paper_text("");
}

static bool has_points(const struct index_cell *c)
{
	return c->state != INDEX_REMOVED && c->state != INDEX_OUT &&
	       c->state != INDEX_MISSING;
}

static void unit_row(const struct making *m, struct paper_table *t, size_t row,
		     size_t unit, size_t node)
{
	const struct index_node *n = &m->s->nodes[node];
	const struct index_cell *c = index_cell(m->ix, unit, node);
	mpq_t left;

	*paper_at(t, row, 0) = paper_text(n->code);
	*paper_at(t, row, 1) = paper_text(n->name);
	*paper_at(t, row, 2) = shape_maximum(n->maximum);
	*paper_at(t, row, 3) = own_points(m, n, c);
	*paper_at(t, row, 4) = shape_points(m, c);
	if (mpq_sgn(c->deducted))
		*paper_at(t, row, 5) = shape_exact(m, c->deducted);
	t->strong[row] = n->parent == INDEX_NONE;
	if (!has_points(c))
		return;
	mpq_init(left);
	exact_from_dec(left, c->points);
	mpq_sub(left, left, c->deducted);
	*paper_at(t, row, 6) = shape_exact(m, left);
	mpq_clear(left);
}

static void unit_sum(const struct making *m, struct paper_table *t, size_t row,
		     size_t unit)
{
	const struct index_total *x = index_total(m->ix, unit);

	*paper_at(t, row, 1) = paper_text("Tổng điểm");
	*paper_at(t, row, 2) =
		shape_maximum(m->s->kinds[m->s->units[unit].kind].total);
	*paper_at(t, row, 3) = shape_exact(m, x->self);
	*paper_at(t, row, 4) = shape_exact(m, x->sum);
	*paper_at(t, row, 5) = shape_exact(m, x->deduction);
	*paper_at(t, row, 6) = shape_total(m, unit);
	t->strong[row] = true;
}

static bool unit_table(struct making *m, size_t unit, struct err *e)
{
	const struct index_total *x = index_total(m->ix, unit);
	const char *said = NULL;
	struct paper_table *t;
	size_t rows = 0, row = 0;

	for (size_t n = 0; n < m->s->n_nodes; n++)
		rows += applies(m, n, unit);
	t = shape_table(m, m->s->units[unit].name, unit_heads, N(unit_heads),
			rows + 1);
	if (!t)
		return err_no_memory(e);
	for (size_t n = 0; n < m->s->n_nodes; n++)
		if (applies(m, n, unit))
			unit_row(m, t, row++, unit, n);
	unit_sum(m, t, row, unit);
	if (x->rank)
		said = arena_printf(m->a,
				    "Xếp loại: %s; xếp hạng trong khối: "
				    "%zu%s.",
				    shape_grade(m, unit), x->rank,
				    x->shared ? " (đồng hạng)" : "");
	return shape_notes(m, &unit, 1, said, t, e);
}

bool shape_units(struct making *m, struct err *e)
{
	const size_t *order = index_order(m->ix);

	if (m->ask->unit != INDEX_NONE)
		return unit_table(m, m->ask->unit, e);
	for (size_t i = 0; i < m->s->n_units; i++)
		if (!unit_table(m, order[i], e))
			return false;
	return true;
}

/* ---- criteria by units --------------------------------------------------- */

static const struct paper_head *field_heads(const struct making *m,
					    const size_t *unit, size_t n)
{
	struct paper_head *h = arena_array(m->a, n + 3, sizeof *h);

	if (!h)
		return NULL;
	h[0] = (struct paper_head){ NULL, "Tiêu chí", 10, false };
	h[1] = (struct paper_head){ NULL, "Nội dung", 50, false };
	h[2] = (struct paper_head){ NULL, "Điểm tối đa", 10, false };
	for (size_t i = 0; i < n; i++)
		h[3 + i] = (struct paper_head){ NULL, m->s->units[unit[i]].name,
						12, true };
	return h;
}

static void field_sum(const struct making *m, struct paper_table *t, size_t row,
		      const size_t *unit)
{
	size_t root = m->ask->node, kind = m->s->units[unit[0]].kind;

	*paper_at(t, row, 1) = paper_text("Tổng điểm");
	*paper_at(t, row, 2) =
		shape_maximum(root == INDEX_NONE ? m->s->kinds[kind].total
						 : m->s->nodes[root].maximum);
	for (size_t i = 0; i + 3 < t->columns; i++)
		*paper_at(t, row, 3 + i) =
			root == INDEX_NONE
				? shape_total(m, unit[i])
				: shape_mark(m,
					     index_cell(m->ix, unit[i], root));
	t->strong[row] = true;
}

static bool in_field(const struct making *m, size_t node, size_t unit)
{
	return node != m->ask->node && applies(m, node, unit) &&
	       below(m->s, node, m->ask->node);
}

static bool field_table(struct making *m, const size_t *unit, size_t n,
			struct err *e)
{
	const char *kind = m->s->kinds[m->s->units[unit[0]].kind].name;
	const char *caption = kind;
	struct paper_table *t;
	size_t rows = 0, row = 0, root = m->ask->node;

	if (root != INDEX_NONE)
		caption = arena_printf(m->a, "%s — %s. %s", kind,
				       m->s->nodes[root].code,
				       m->s->nodes[root].name);
	for (size_t k = 0; k < m->s->n_nodes; k++)
		rows += in_field(m, k, unit[0]);
	t = shape_table(m, caption, field_heads(m, unit, n), n + 3, rows + 1);
	if (!t)
		return err_no_memory(e);
	t->fixed = 3;
	for (size_t k = 0; k < m->s->n_nodes; k++) {
		if (!in_field(m, k, unit[0]))
			continue;
		*paper_at(t, row, 0) = paper_text(m->s->nodes[k].code);
		*paper_at(t, row, 1) = paper_text(m->s->nodes[k].name);
		*paper_at(t, row, 2) = shape_maximum(m->s->nodes[k].maximum);
		for (size_t i = 0; i < n; i++)
			*paper_at(t, row, 3 + i) =
				shape_mark(m, index_cell(m->ix, unit[i], k));
		t->strong[row++] = m->s->nodes[k].parent == INDEX_NONE;
	}
	field_sum(m, t, row, unit);
	return shape_notes(m, unit, root == INDEX_NONE ? n : 0,
			   shape_legend(m, t), t, e);
}

/* A table for each kind of unit: its criteria are its own. */
bool shape_field(struct making *m, struct err *e)
{
	const size_t *order = index_order(m->ix);
	size_t *unit = arena_array(m->a, m->s->n_units + 1, sizeof *unit);

	if (!unit)
		return err_no_memory(e);
	for (size_t kind = 0; kind < m->s->n_kinds; kind++) {
		size_t n = 0;

		for (size_t i = 0; i < m->s->n_units; i++)
			if (m->s->units[order[i]].kind == kind)
				unit[n++] = order[i];
		if (n &&
		    (m->ask->node == INDEX_NONE ||
		     applies(m, m->ask->node, unit[0])) &&
		    !field_table(m, unit, n, e))
			return false;
	}
	return m->n || err_set(e, ERR_INPUT,
			       "không đơn vị nào có tiêu chí này (no unit has "
			       "this criterion)");
}

/* ---- fields by criteria and sub-criteria --------------------------------- */

/* Children of a node that the unit has; those beyond `max` are not kept. */
static size_t children(const struct making *m, size_t unit, size_t node,
		       size_t *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < m->s->n_nodes; i++)
		if (m->s->nodes[i].parent == node && applies(m, i, unit)) {
			if (n < max)
				out[n] = i;
			n++;
		}
	return n;
}

/* How many sub-criteria the widest j-th criterion has, over all fields; the
 * return value is how many criteria the widest field has. */
static size_t measure(const struct making *m, size_t unit, const size_t *field,
		      size_t fields, size_t *child, size_t *widest)
{
	size_t most = 0, max = m->s->n_nodes;

	for (size_t f = 0; f < fields; f++) {
		size_t n = children(m, unit, field[f], child, max);

		for (size_t j = 0; j < n; j++) {
			size_t k = children(m, unit, child[j], NULL, 0);

			widest[j] = k > widest[j] ? k : widest[j];
		}
		most = n > most ? n : most;
	}
	return most;
}

static const struct paper_head *criteria_heads(const struct making *m,
					       const size_t *widest,
					       size_t most, size_t columns)
{
	struct paper_head *h = arena_array(m->a, columns, sizeof *h);
	size_t c = 0;

	if (!h)
		return NULL;
	h[c++] = (struct paper_head){ NULL, "Lĩnh vực", 40, false };
	for (size_t j = 0; j < most; j++) {
		const char *group = arena_printf(m->a, "TC%zu", j + 1);

		for (size_t k = 0; k < widest[j]; k++)
			h[c++] = (struct paper_head){
				group, arena_printf(m->a, "TCTP%zu", k + 1), 9,
				false
			};
		h[c++] = (struct paper_head){
			group, arena_printf(m->a, "TĐ TC%zu", j + 1), 9, false
		};
	}
	h[c] = (struct paper_head){ NULL, "Tổng điểm", 10, false };
	for (size_t i = 0; i < columns; i++)
		if (!h[i].text)
			return NULL;
	return h;
}

struct wide { /* what one unit's table needs */
	size_t *field, *child, *grand, *widest;
	size_t fields, most, columns;
};

static void criteria_row(const struct making *m, struct paper_table *t,
			 size_t row, size_t unit, const struct wide *w)
{
	size_t max = m->s->n_nodes, field = w->field[row], c = 1;
	size_t n = children(m, unit, field, w->child, max);

	*paper_at(t, row, 0) =
		paper_text(arena_printf(m->a, "LV%zu: %s", row + 1,
					m->s->nodes[field].name));
	for (size_t j = 0; j < w->most; j++) {
		size_t k = j < n ? children(m, unit, w->child[j], w->grand, max)
				 : 0;

		for (size_t i = 0; i < k; i++)
			*paper_at(t, row, c + i) =
				shape_mark(m, index_cell(m->ix, unit,
							 w->grand[i]));
		c += w->widest[j];
		if (j < n)
			*paper_at(t, row, c) =
				shape_mark(m, index_cell(m->ix, unit,
							 w->child[j]));
		c++;
	}
	*paper_at(t, row, c) = shape_mark(m, index_cell(m->ix, unit, field));
}

static bool criteria_table(struct making *m, size_t unit, struct err *e)
{
	size_t nodes = m->s->n_nodes + 1;
	struct wide w = {
		.field = arena_array(m->a, nodes, sizeof *w.field),
		.child = arena_array(m->a, nodes, sizeof *w.child),
		.grand = arena_array(m->a, nodes, sizeof *w.grand),
		.widest = arena_array(m->a, nodes, sizeof *w.widest),
	};
	struct paper_table *t;

	if (!w.field || !w.child || !w.grand || !w.widest)
		return err_no_memory(e);
	w.fields = children(m, unit, INDEX_NONE, w.field, nodes);
	w.most = measure(m, unit, w.field, w.fields, w.child, w.widest);
	w.columns = 2 + w.most;
	for (size_t j = 0; j < w.most; j++)
		w.columns += w.widest[j];
	t = shape_table(m, m->s->units[unit].name,
			criteria_heads(m, w.widest, w.most, w.columns),
			w.columns, w.fields + 1);
	if (!t)
		return err_no_memory(e);
	t->fixed = 1;
	for (size_t f = 0; f < w.fields; f++)
		criteria_row(m, t, f, unit, &w);
	*paper_at(t, w.fields, 0) = paper_text("Tổng điểm");
	*paper_at(t, w.fields, w.columns - 1) = shape_total(m, unit);
	t->strong[w.fields] = true;
	return shape_notes(m, &unit, 1, shape_legend(m, t), t, e);
}

bool shape_criteria(struct making *m, struct err *e)
{
	const size_t *order = index_order(m->ix);

	if (m->ask->unit != INDEX_NONE)
		return criteria_table(m, m->ask->unit, e);
	for (size_t i = 0; i < m->s->n_units; i++)
		if (!criteria_table(m, order[i], e))
			return false;
	return true;
}
