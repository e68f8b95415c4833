/* What weighed groups give away, and what is kept back for it.
 *
 * Points weigh groups, counts weigh people: W = sum of w(g) m(g) and S = sum
 * of n(g) m(g) are two equations over the same groups, so that two closed
 * groups follow from the open ones; and a fraction's denominator, or an error
 * to the sixth decimal, tells of whole people, so that even W alone may do.
 * W rounded as decided is the official value and stays.  S, the fraction and
 * the finer decimals go, wherever a group is too small to be shown itself. */
#include <stdlib.h>

#include "phieu/cli.h"
#include "result_parts.h"

int64_t guard_count(const struct result *r, size_t unit, size_t node,
		    size_t item, size_t group)
{
	const struct score_spec *p = &r->in.sp->spec;
	const struct score_asking *ask = &p->nodes[node].items[item].askings[0];
	const struct score_value *v = &p->value[ask->form][ask->slot * 256];
	int64_t n = 0;

	for (unsigned b = 1; b < 256; b++)
		if (v[b].counts)
			n += score_item_count(r->in.score, unit, node, item,
					      group, (uint8_t)b);
	return n;
}

bool guard_item(const struct result *r, size_t unit, size_t node, size_t item)
{
	size_t answering = 0, small = 0;

	if (!r->in.sp->spec.group_weights)
		return false;
	for (size_t g = 0; g < r->in.sp->spec.n_groups; g++) {
		int64_t n = guard_count(r, unit, node, item, g);

		answering += n > 0;
		small += n > 0 && n < r->plan->decisions.min_sub;
	}
	return answering > 1 && small > 0;
}

/* Of a sum, what its open parts leave over: one part without its share would
 * follow from it. */
static void guard_sums(const struct result *r, size_t unit, bool *guarded,
		       bool *no_top)
{
	const struct score_spec *p = &r->in.sp->spec;

	for (size_t i = p->n_nodes + 1; i-- > 0;) {
		size_t hidden = 0;

		for (size_t k = i; k < p->n_nodes; k++) {
			size_t parent = p->nodes[k].parent;

			if ((parent == SCORE_NONE ? 0 : parent + 1) != i ||
			    score_cell(r->in.score, unit, k)->n_valid == 0)
				continue;
			guarded[i] = guarded[i] || guarded[k + 1];
			hidden += no_top[k + 1];
		}
		no_top[i] = no_top[i] || hidden == 1;
	}
}

void guard_unit(const struct result *r, size_t unit, bool *guarded,
		bool *no_top)
{
	const struct score_spec *p = &r->in.sp->spec;

	guarded[0] = no_top[0] = false;
	for (size_t i = 0; i < p->n_nodes; i++) {
		guarded[i + 1] = false;
		for (size_t q = 0; q < p->nodes[i].n_items; q++)
			guarded[i + 1] =
				guarded[i + 1] || guard_item(r, unit, i, q);
		no_top[i + 1] = guarded[i + 1];
	}
	guard_sums(r, unit, guarded, no_top);
}

const char *guard_exact(const struct result_cell *c)
{
	return c->shown && c->scored && !c->guarded ? c->exact : NULL;
}

const char *guard_error(const struct result *r, const struct result_cell *c,
			const char *six, int more, char out[RESULT_NUMBER])
{
	if (!c->shown || !c->has_se)
		return NULL;
	if (!c->guarded)
		return six;
	(void)snprintf(out, RESULT_NUMBER, "%.*f",
		       r->plan->decisions.digits + more, strtod(six, NULL));
	return out;
}
