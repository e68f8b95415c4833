/* The arithmetic of index_unit.c once more, in doubles, for many runs with
 * something changed.  tests/test_index_sure.c holds the two together. */
#include <math.h>
#include <string.h>

#include "index_parts.h"
#include "phieu/index_sure.h"

#define SLACK                                                          \
	1e-9 /* a need, a step that is reached but for rounding errors \
	      */

struct index_model {
	const struct index *ix;
	const struct index_set *s;
	double *points;	     /* [unit * n_nodes + node] that go on */
	double *measure;     /* likewise; NAN: none */
	double **by_group;   /* likewise [group of the node]; NULL: none */
	size_t *slot;	     /* likewise, in z; INDEX_NONE: no error */
	size_t **group_of;   /* [node][its group] index in groups */
	const char **groups; /* all there are */
	size_t n_groups, n_errors;
	bool *item;		   /* [node] */
	enum index_source *source; /* [node], of items */
	double *at, *base, *full;  /* [node] of the run at hand */
};

static double number(const char *text)
{
	mpq_t x;
	double v = NAN;

	mpq_init(x);
	if (text && index_number(text, x))
		v = mpq_get_d(x);
	mpq_clear(x);
	return v;
}

/* ---- made once --------------------------------------------------------- */

static size_t group_index(struct index_model *m, const char *code)
{
	size_t i = 0;

	while (i < m->n_groups && strcmp(m->groups[i], code) != 0)
		i++;
	if (i == m->n_groups)
		m->groups[m->n_groups++] = code;
	return i;
}

static bool take_groups(struct index_model *m, struct arena *a)
{
	size_t most = 0;

	for (size_t i = 0; i < m->s->n_nodes; i++)
		most += m->s->nodes[i].n_groups;
	m->groups = arena_array(a, most + 1, sizeof *m->groups);
	for (size_t i = 0; !arena_broken(a) && i < m->s->n_nodes; i++) {
		const struct index_node *n = &m->s->nodes[i];

		m->group_of[i] =
			arena_array(a, n->n_groups + 1, sizeof **m->group_of);
		for (size_t g = 0; m->group_of[i] && g < n->n_groups; g++)
			m->group_of[i][g] = group_index(m, n->groups[g].code);
	}
	return !arena_broken(a);
}

static void take_items(struct index_model *m)
{
	const struct index_node *nodes = m->s->nodes;

	for (size_t i = 0; i < m->s->n_nodes; i++) {
		size_t leaf = i;

		while (!nodes[leaf].leaf)
			leaf++;
		m->source[i] = nodes[leaf].source;
		m->item[i] = index_is_item(m->s, i);
	}
}

static bool take_by_group(struct index_model *m, size_t node, size_t at,
			  const struct index_value *v, struct arena *a)
{
	const struct index_node *n = &m->s->nodes[node];
	double *x = arena_array(a, n->n_groups, sizeof *x);

	if (!x)
		return false;
	for (size_t g = 0; g < n->n_groups; g++)
		x[g] = NAN;
	for (size_t i = 0; i < v->n_groups; i++)
		x[v->groups[i].group] = number(v->groups[i].value);
	m->by_group[at] = x;
	return true;
}

/* Weighted mean of the groups; a missing one by the rule. */
static double group_mean(const struct index_model *m, size_t node,
			 const double *x, const double *factor)
{
	const struct index_node *n = &m->s->nodes[node];
	bool zero = m->s->rules.missing_group == INDEX_GROUP_ZERO;
	double sum = 0, total = 0;

	for (size_t g = 0; g < n->n_groups; g++) {
		double w = dec_double(n->groups[g].weight);

		if (isnan(x[g]) && !zero)
			continue;
		if (factor)
			w *= factor[m->group_of[node][g]];
		total += w;
		sum += isnan(x[g]) ? 0 : w * x[g];
	}
	return sum / total;
}

static bool take_value(struct index_model *m, size_t unit, size_t node,
		       struct arena *a)
{
	const struct index_cell *c = index_cell(m->ix, unit, node);
	const struct index_value *v = index_value(m->ix, unit, node);
	size_t at = unit * m->s->n_nodes + node;
	mpq_t x;

	mpq_init(x);
	index_carry(c, x);
	m->points[at] = mpq_get_d(x);
	mpq_clear(x);
	m->measure[at] = NAN;
	m->slot[at] = INDEX_NONE;
	if (!m->s->nodes[node].leaf || c->state != INDEX_SCORED)
		return true;
	if (v->n_groups > 0) {
		if (!take_by_group(m, node, at, v, a))
			return false;
		m->measure[at] = group_mean(m, node, m->by_group[at], NULL);
	} else {
		m->measure[at] = number(v->value);
	}
	if (v->se > 0 && !isnan(m->measure[at]) &&
	    m->s->nodes[node].effect == INDEX_COUNTS)
		m->slot[at] = m->n_errors++;
	return true;
}

struct index_model *index_model_new(const struct index *ix, struct arena *a,
				    struct err *e)
{
	const struct index_set *s = ix->s;
	size_t n = s->n_nodes, cells = s->n_units * n;
	struct index_model *m = arena_array(a, 1, sizeof *m);
	bool ok = m != NULL;

	if (ok) {
		m->ix = ix;
		m->s = s;
		m->points = arena_array(a, cells + 1, sizeof *m->points);
		m->measure = arena_array(a, cells + 1, sizeof *m->measure);
		m->by_group = arena_array(a, cells + 1, sizeof *m->by_group);
		m->slot = arena_array(a, cells + 1, sizeof *m->slot);
		m->group_of = arena_array(a, n + 1, sizeof *m->group_of);
		m->item = arena_array(a, n + 1, sizeof *m->item);
		m->source = arena_array(a, n + 1, sizeof *m->source);
		m->at = arena_array(a, n + 1, sizeof *m->at);
		m->base = arena_array(a, n + 1, sizeof *m->base);
		m->full = arena_array(a, n + 1, sizeof *m->full);
		ok = !arena_broken(a) && take_groups(m, a);
	}
	/* slots in the order shown: no row number enters */
	for (size_t i = 0; ok && i < s->n_units; i++)
		for (size_t k = 0; ok && k < n; k++)
			ok = take_value(m, ix->order[i], k, a);
	if (!ok) {
		(void)err_set(e, ERR_NOMEM, "no memory for the model");
		return NULL;
	}
	take_items(m);
	return m;
}

size_t index_model_errors(const struct index_model *m)
{
	return m->n_errors;
}

const char *const *index_model_groups(const struct index_model *m, size_t *n)
{
	*n = m->n_groups;
	return m->groups;
}

/* ---- a run ------------------------------------------------------------- */

static double convert(const struct index_node *n, double measure)
{
	const struct index_convert *c = &n->convert;
	double most = dec_double(n->maximum), low = 0, high = most;

	if (c->kind == INDEX_STEPS) {
		for (size_t i = 0; i < c->n_steps; i++)
			if (measure >= dec_double(c->steps[i].from) - SLACK)
				return dec_double(c->steps[i].points);
		return 0;
	}
	if (c->kind == INDEX_LINEAR) {
		low = dec_double(c->low);
		high = dec_double(c->high);
	}
	return most * fmin(1, fmax(0, (measure - low) / (high - low)));
}

static double shown(const struct index_model *m, double x)
{
	return m->s->rules.item_first
		       ? index_round_half_up(x, m->s->rules.digits)
		       : x;
}

static double leaf(const struct index_model *m, size_t unit, size_t node,
		   const struct index_shift *s)
{
	size_t at = unit * m->s->n_nodes + node, slot = m->slot[at];
	bool shifted = s->z && slot != INDEX_NONE;
	bool grouped = s->group && m->by_group[at];
	double x = m->measure[at];

	if (!shifted && !grouped)
		return m->points[at];
	if (grouped)
		x = group_mean(m, node, m->by_group[at], s->group);
	if (shifted)
		x += index_value(m->ix, unit, node)->se * s->z[slot];
	return shown(m, convert(&m->s->nodes[node], x));
}

struct sums {
	double points, base, full;
	size_t met, unmet, missing;
};

static struct sums add_up(const struct index_model *m, size_t unit, size_t node)
{
	struct sums k = { 0 };

	for (size_t i = node + 1; i < m->s->n_nodes; i++) {
		const struct index_node *n = &m->s->nodes[i];
		const struct index_cell *c = index_cell(m->ix, unit, i);
		double need =
			dec_double(n->need.micro > 0 ? n->need : n->maximum);

		if (n->parent != node || c->state == INDEX_ABSENT ||
		    (n->leaf && n->effect != INDEX_COUNTS))
			continue;
		k.full += m->full[i];
		k.base += m->base[i];
		if (m->base[i] <= 0)
			continue;
		k.points += m->at[i];
		if (c->state == INDEX_MISSING)
			k.missing++;
		else if (m->at[i] >= need - SLACK)
			k.met++;
		else
			k.unmet++;
	}
	return k;
}

static double combined(const struct index_model *m, size_t node,
		       const struct sums *k)
{
	const struct index_node *n = &m->s->nodes[node];
	bool holds = n->combine == INDEX_ALL_OF ? k->unmet + k->missing == 0
						: k->met > 0;

	if (n->combine == INDEX_FORMULA)
		return shown(m, convert(n, 100 * k->points / k->base));
	return holds ? dec_double(n->maximum) : 0;
}

static void inner(struct index_model *m, size_t unit, size_t node)
{
	struct sums k = add_up(m, unit, node);
	bool sum = m->s->nodes[node].combine == INDEX_SUM;

	m->at[node] = sum ? k.points : k.base > 0 ? combined(m, node, &k) : 0;
	m->base[node] = k.base;
	m->full[node] = k.full;
	if (!sum) {
		m->full[node] = dec_double(m->s->nodes[node].maximum);
		m->base[node] = k.base > 0 ? m->full[node] : 0;
	} else if (m->s->rules.rescale == INDEX_RESCALE_PARENT && k.base > 0 &&
		   k.base < k.full) {
		m->at[node] = shown(m, k.points / k.base * k.full);
		m->base[node] = k.full;
	}
}

static void run(struct index_model *m, size_t unit, const struct index_shift *s)
{
	for (size_t i = m->s->n_nodes; i-- > 0;) {
		const struct index_cell *c = index_cell(m->ix, unit, i);
		const struct index_node *n = &m->s->nodes[i];

		m->at[i] = m->base[i] = m->full[i] = 0;
		if (c->state == INDEX_ABSENT)
			continue;
		if (!n->leaf) {
			inner(m, unit, i);
		} else if (n->effect == INDEX_COUNTS) {
			m->at[i] = leaf(m, unit, i, s);
			m->full[i] = dec_double(n->maximum);
			m->base[i] = mpq_sgn(c->base) > 0 ? m->full[i] : 0;
		}
		if (s->weight && m->item[i]) {
			m->at[i] *= s->weight[i];
			m->base[i] *= s->weight[i];
			m->full[i] *= s->weight[i];
		}
	}
}

static double rescaled(const struct index_model *m)
{
	double points[INDEX_SOURCES] = { 0 }, base[INDEX_SOURCES] = { 0 };
	double full[INDEX_SOURCES] = { 0 }, sum = 0;

	for (size_t i = 0; i < m->s->n_nodes; i++)
		if (m->item[i]) {
			points[m->source[i]] += m->base[i] > 0 ? m->at[i] : 0;
			base[m->source[i]] += m->base[i];
			full[m->source[i]] += m->full[i];
		}
	for (size_t k = 0; k < INDEX_SOURCES; k++)
		if (base[k] > 0)
			sum += points[k] / base[k] * full[k];
	return sum;
}

double index_model_total(struct index_model *m, size_t unit,
			 const struct index_shift *s)
{
	const struct index_rules *r = &m->s->rules;
	const struct index_total *t = index_total(m->ix, unit);
	double points = 0, base = 0, full = 0, x;
	double most = dec_double(m->s->kinds[m->s->units[unit].kind].total);

	run(m, unit, s);
	for (size_t i = 0; i < m->s->n_nodes; i++)
		if (m->s->nodes[i].parent == INDEX_NONE) {
			points += m->base[i] > 0 ? m->at[i] : 0;
			base += m->base[i];
			full += m->full[i];
		}
	if (r->rescale == INDEX_RESCALE_SOURCE)
		x = rescaled(m);
	else if (r->rescale == INDEX_RESCALE_NONE)
		x = points;
	else
		x = points / base * full;
	x = shown(m, x * (mpq_get_d(t->full) / full));
	x += mpq_get_d(t->bonus) - mpq_get_d(t->deduction);
	if (r->floor_zero)
		x = fmax(0, x);
	return r->cap_total ? fmin(most, x) : x;
}
