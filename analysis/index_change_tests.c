/* Is the change of a survey component more than chance? */
#include <math.h>
#include <stdlib.h>

#include "change_parts.h"
#include "index_parts.h"

/* The measure as given; NAN: there is none. */
static double measure(const struct index *ix, size_t unit, size_t node,
		      double *se)
{
	const struct index_node *n = &ix->s->nodes[node];
	const struct index_value *v = index_value(ix, unit, node);
	double x = (double)NAN;
	mpq_t q;
	bool has;

	*se = 0;
	if (!v || v->status != INDEX_GIVEN)
		return x;
	*se = v->se;
	mpq_init(q);
	has = n->n_groups > 0 && v->n_groups > 0
		      ? index_group_mean(n, v, ix->s->rules.missing_group, q)
		      : v->value && index_number(v->value, q);
	if (has)
		x = mpq_get_d(q);
	mpq_clear(q);
	return x;
}

/* Points of a smaller maximum are another measure; a mean on its own scale is
 * the same whatever its maximum. */
static bool another(const struct index_change *c, size_t node)
{
	unsigned m = c->node[node].marks;

	if (c->now->s->nodes[node].convert.kind != INDEX_POINTS)
		m &= ~(unsigned)INDEX_MARK_MAXIMUM;
	return (m & ~(unsigned)INDEX_MARK_CODE) != 0;
}

static enum index_untested why_not(const struct index_change *c,
				   const struct index_tested *t,
				   const struct index_moved *m)
{
	if (m->move == INDEX_NEW)
		return INDEX_NOT_BEFORE;
	if (another(c, t->node))
		return INDEX_ANOTHER;
	if (isnan(t->now) || isnan(t->before))
		return INDEX_NO_VALUE;
	return t->se_now > 0 && t->se_before > 0 ? INDEX_TESTED
						 : INDEX_NO_ERROR;
}

static void test_one(const struct index_change *c, size_t unit, size_t node,
		     struct index_tested *t)
{
	size_t was = c->node[node].before;

	*t = (struct index_tested){ .unit = unit,
				    .node = node,
				    .before = (double)NAN,
				    .p_holm = (double)NAN };
	t->now = measure(c->now, unit, node, &t->se_now);
	if (was != INDEX_NONE)
		t->before = measure(c->before, c->unit[unit].before, was,
				    &t->se_before);
	t->why = why_not(c, t, index_moved(c, unit, node));
	est_t_test(t->now - t->before, hypot(t->se_now, t->se_before),
		   (double)INFINITY, 1 - c->alpha, &t->t);
	if (t->why != INDEX_TESTED)
		t->t.p = (double)NAN;
}

/* Of units that have one year before them. */
static bool asks(const struct index_change *c, size_t unit, size_t node)
{
	const struct index_node *n = &c->now->s->nodes[node];

	return c->unit[unit].before != INDEX_NONE && n->leaf &&
	       (n->source == INDEX_SURVEY || n->source == INDEX_SATISFACTION) &&
	       index_cell(c->now, unit, node)->state != INDEX_ABSENT;
}

static size_t count(const struct index_change *c)
{
	const struct index_set *s = c->now->s;
	size_t n = 0;

	for (size_t u = 0; u < s->n_units; u++)
		for (size_t i = 0; i < s->n_nodes; i++)
			n += asks(c, u, i);
	return n;
}

static bool adjust(struct index_change *c, double *p, struct err *e)
{
	size_t n = c->n_tests;

	for (size_t i = 0; i < n; i++)
		p[i] = c->tests[i].t.p;
	if (!est_p_holm(p, n, p + n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		struct index_tested *t = &c->tests[i];

		t->p_holm = p[n + i];
		t->clear = t->p_holm < c->alpha;
		c->n_tested += t->why == INDEX_TESTED;
	}
	return true;
}

bool index_change_tests(struct index_change *c, struct arena *a, struct err *e)
{
	const struct index_set *s = c->now->s;
	size_t n = count(c);
	struct index_tested *t = arena_array(a, n + 1, sizeof *t);
	double *p = arena_array(a, 2 * n + 2, sizeof *p);

	if (!t || !p) {
		(void)err_set(e, ERR_NOMEM, "out of memory for %zu tests", n);
		return false;
	}
	c->tests = t;
	for (size_t i = 0; i < s->n_units; i++)
		for (size_t k = 0; k < s->n_nodes; k++)
			if (asks(c, c->now->order[i], k))
				test_one(c, c->now->order[i], k,
					 &t[c->n_tests++]);
	return adjust(c, p, e);
}
