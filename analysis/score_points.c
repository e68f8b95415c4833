/* From counts to exact points: means by question and group, points of criteria,
 * and the sums (score.h). */
#include "score_parts.h"

static void mpq_set_counts(mpq_t q, int64_t num, int64_t den)
{
	mpz_set_si(mpq_numref(q), num);
	mpz_set_si(mpq_denref(q), den);
	mpq_canonicalize(q);
}

/* ---- items ----------------------------------------------------------- */

struct totals {
	int64_t n, satisfied;
};

static void sum_block(const struct score *s, const struct block *b,
		      const struct score_asking *ask, bool satisfaction,
		      struct group_sum *g, struct score_item_cell *c,
		      struct totals *t)
{
	const struct form_map *m = &s->forms[ask->form];

	for (uint32_t k = m->from[ask->slot]; k < m->from[ask->slot + 1]; k++) {
		const struct score_value *v = m->value[k];
		int64_t n = b->count[k];

		if (v == NULL)
			continue;
		c->n_asked += n;
		if (!v->counts) {
			c->n_blank += n;
			continue;
		}
		g->n += n;
		if (satisfaction)
			g->y += v->satisfied ? n * 100 * DEC_ONE : 0;
		else
			g->y += n * v->coefficient.micro;
		t->n += n;
		t->satisfied += v->satisfied ? n : 0;
	}
}

static bool asks(const struct score_spec *p, const struct score_item *it,
		 size_t group)
{
	for (size_t a = 0; a < it->n_askings; a++)
		if (it->askings[a].form == p->group_form[group])
			return true;
	return false;
}

static bool expects(const struct score *s, const struct score_item *it,
		    size_t unit, size_t group)
{
	const struct score_spec *p = s->spec;

	return asks(p, it, group) &&
	       (p->expected == NULL || p->expected[unit * p->n_groups + group]);
}

/* r(u,q,g): mean coefficient of a group, in percent. */
static void group_mean(mpq_t r, const struct group_sum *g)
{
	mpq_t million;

	mpq_init(million);
	mpq_set_si(million, 1, (unsigned long)DEC_ONE);
	mpq_set_counts(r, g->y, g->n);
	mpq_mul(r, r, million);
	mpq_clear(million);
}

/* r(u,q) = sum w r(u,q,g) / sum w.  False: not scored. */
static bool weigh_groups(const struct score *s, size_t unit,
			 const struct score_item *it,
			 const struct group_sum *sums, mpq_t mean)
{
	const struct score_spec *p = s->spec;
	mpq_t r, w, total;
	bool ok = true;

	mpq_inits(r, w, total, NULL);
	mpq_set_ui(mean, 0, 1);
	for (size_t g = 0; g < p->n_groups; g++) {
		exact_from_dec(w, p->group_weight[g]);
		if (sums[g].n == 0) {
			if (p->group_weight[g].micro == 0 ||
			    p->missing_group == SCORE_RENORMALISE ||
			    !expects(s, it, unit, g))
				continue;
			ok = ok && p->missing_group != SCORE_UNSCORED;
			mpq_add(total, total, w);
			continue;
		}
		group_mean(r, &sums[g]);
		mpq_mul(r, r, w);
		mpq_add(mean, mean, r);
		mpq_add(total, total, w);
	}
	ok = ok && mpq_sgn(total) > 0;
	if (ok)
		mpq_div(mean, mean, total);
	mpq_clears(r, w, total, NULL);
	return ok;
}

static void score_one_item(struct score *s, size_t unit, size_t node, size_t q)
{
	const struct score_spec *p = s->spec;
	const struct score_item *it = &p->nodes[node].items[q];
	size_t at = unit * s->n_items + s->item_from[node] + q;
	struct score_item_cell *c = &s->item[at];
	struct group_sum *sums = &s->sums[at * p->n_groups], all = { 0 };
	struct totals t = { 0 };

	for (size_t g = 0; g < p->n_groups; g++) {
		for (size_t a = 0; a < it->n_askings; a++) {
			const struct block *b =
				score_block(s, unit, g, it->askings[a].form);

			if (b != NULL)
				sum_block(s, b, &it->askings[a],
					  p->nodes[node].kind ==
						  SCORE_SATISFACTION,
					  &sums[g], c, &t);
		}
		all.n += sums[g].n;
		all.y += sums[g].y;
	}
	c->n_valid = all.n;
	if (all.n == 0)
		return;
	mpq_set_counts(c->top, t.satisfied, t.n);
	if (p->group_weights) {
		c->scored = weigh_groups(s, unit, it, sums, c->mean);
	} else {
		group_mean(c->mean, &all);
		c->scored = true;
	}
}

/* ---- criteria -------------------------------------------------------- */

/* D7 by bands: the percent of the maximum that a share earns. */
static void band_percent(const struct score_spec *p, mpq_t share)
{
	mpq_t from;
	size_t b;

	mpq_init(from);
	for (b = 0; b < p->n_bands; b++) {
		exact_from_dec(from, p->bands[b].from);
		if (mpq_cmp(share, from) >= 0)
			break;
	}
	if (b < p->n_bands)
		exact_from_dec(share, p->bands[b].percent);
	else
		mpq_set_ui(share, 0, 1);
	mpq_clear(from);
}

/* The mean of the items that count, in percent; D5 says which do.  False:
 * none does, or one that is missing must be settled by hand. */
static bool mean_of_items(struct score *s, size_t unit, size_t node,
			  struct score_cell *c, mpq_t mean)
{
	const struct score_spec *p = s->spec;
	size_t at = unit * s->n_items + s->item_from[node];
	mpq_t w, x, total;
	bool manual = false, ok;

	mpq_inits(w, x, total, NULL);
	mpq_set_ui(mean, 0, 1);
	for (size_t q = 0; q < p->nodes[node].n_items; q++) {
		const struct score_item_cell *it = &s->item[at + q];

		if (!it->scored) {
			if (p->empty == SCORE_MANUAL)
				manual = true;
			if (p->empty != SCORE_ZERO || it->n_valid > 0) {
				c->rescaled = true;
				continue;
			}
		}
		exact_from_dec(w, p->nodes[node].items[q].weight);
		mpq_mul(x, w, it->mean);
		mpq_add(mean, mean, x);
		mpq_add(total, total, w);
	}
	ok = mpq_sgn(total) > 0 && !manual;
	for (size_t q = 0; ok && q < p->nodes[node].n_items; q++) {
		if (!s->item[at + q].scored)
			continue;
		exact_from_dec(w, p->nodes[node].items[q].weight);
		mpq_div(w, w, total);
		s->item_weight[at + q] = mpq_get_d(w);
	}
	if (ok)
		mpq_div(mean, mean, total);
	mpq_clears(w, x, total, NULL);
	return ok;
}

static bool score_leaf(struct score *s, size_t unit, size_t node,
		       struct score_cell *c, struct err *e)
{
	const struct score_spec *p = s->spec;
	const struct score_node *n = &p->nodes[node];
	int64_t satisfied = 0;
	mpq_t top, count;

	mpq_inits(top, count, NULL);
	for (size_t q = 0; q < n->n_items; q++) {
		struct score_item_cell *it =
			&s->item[unit * s->n_items + s->item_from[node] + q];

		score_one_item(s, unit, node, q);
		mpq_set_si(count, it->n_valid, 1);
		mpq_mul(top, it->top, count);
		satisfied += mpz_get_si(mpq_numref(top));
		c->n_answers += it->n_valid;
	}
	mpq_clears(top, count, NULL);
	mpq_set_counts(c->top, satisfied, c->n_answers > 0 ? c->n_answers : 1);
	c->scored = mean_of_items(s, unit, node, c, c->exact);
	if (!c->scored) {
		mpq_set_ui(c->exact, 0, 1);
		return true;
	}
	if (n->kind == SCORE_SATISFACTION && p->n_bands > 0)
		band_percent(p, c->exact);
	mpz_mul_si(mpq_numref(c->exact), mpq_numref(c->exact),
		   n->maximum.micro);
	mpz_mul_si(mpq_denref(c->exact), mpq_denref(c->exact), 100 * DEC_ONE);
	mpq_canonicalize(c->exact);
	return exact_round(c->exact, p->digits, p->round, &c->points, e);
}

/* ---- sums ------------------------------------------------------------ */

struct sum {
	mpq_t exact, rounded, scored_max, full_max, top;
	bool any, missing, manual;
};

static void sum_init(struct sum *a)
{
	mpq_inits(a->exact, a->rounded, a->scored_max, a->full_max, a->top,
		  NULL);
	a->any = a->missing = a->manual = false;
}

static void sum_clear(struct sum *a)
{
	mpq_clears(a->exact, a->rounded, a->scored_max, a->full_max, a->top,
		   NULL);
}

static bool sum_add(struct sum *a, struct score_cell *to,
		    const struct score_cell *c, enum score_empty empty,
		    struct err *e)
{
	mpq_t x;

	if (!c->applies)
		return true;
	mpq_init(x);
	to->applies = true;
	exact_from_dec(x, c->maximum);
	mpq_add(a->full_max, a->full_max, x);
	if (c->scored) {
		a->any = true;
		mpq_add(a->scored_max, a->scored_max, x);
		mpq_add(a->exact, a->exact, c->exact);
		exact_from_dec(x, c->points);
		mpq_add(a->rounded, a->rounded, x);
	} else {
		a->missing = true;
		a->manual = a->manual || empty == SCORE_MANUAL;
	}
	to->rescaled = to->rescaled || c->rescaled;
	to->n_answers += c->n_answers;
	mpq_set_si(x, c->n_answers, 1);
	mpq_mul(x, x, c->top);
	mpq_add(a->top, a->top, x);
	mpq_clear(x);
	return dec_add(to->maximum, c->maximum, &to->maximum, e);
}

/* Achieved / scored maximum x maximum, for criteria that are left out. */
static bool sum_settle(const struct score_spec *p, struct sum *a,
		       struct score_cell *to, double *factor, struct err *e)
{
	if (to->n_answers > 0) {
		mpq_set_si(to->top, to->n_answers, 1);
		mpq_div(to->top, a->top, to->top);
	}
	to->scored = a->any && !a->manual && mpq_sgn(a->scored_max) > 0;
	if (!to->scored)
		return true;
	if (a->missing) {
		to->rescaled = true;
		mpq_div(a->scored_max, a->full_max, a->scored_max);
		*factor = mpq_get_d(a->scored_max);
		mpq_mul(a->exact, a->exact, a->scored_max);
		mpq_mul(a->rounded, a->rounded, a->scored_max);
	}
	mpq_set(to->exact, a->exact);
	return exact_round(p->item_first ? a->rounded : a->exact, p->digits,
			   p->round, &to->points, e);
}

static bool score_sum(struct score *s, size_t unit, size_t node, struct err *e)
{
	const struct score_spec *p = s->spec;
	size_t parent = node == p->n_nodes ? SCORE_NONE : node;
	size_t from = parent == SCORE_NONE ? 0 : node + 1;
	struct score_cell *cells = &s->cells[unit * (p->n_nodes + 1)];
	struct sum a;
	bool ok = true;

	sum_init(&a);
	for (size_t i = from; ok && i < p->n_nodes; i++)
		if (p->nodes[i].parent == parent)
			ok = sum_add(&a, &cells[node], &cells[i], p->empty, e);
	if (ok)
		ok = sum_settle(p, &a, &cells[node],
				&s->factor[unit * (p->n_nodes + 1) + node], e);
	sum_clear(&a);
	return ok;
}

static bool unit_points(struct score *s, size_t unit, struct err *e)
{
	const struct score_spec *p = s->spec;
	struct score_cell *cells = &s->cells[unit * (p->n_nodes + 1)];
	bool *live = &s->live[unit * (p->n_nodes + 1)];

	for (size_t i = p->n_nodes; i-- > 0;) { /* children come later */
		const struct score_node *n = &p->nodes[i];

		if (n->kind == SCORE_GROUP) {
			if (!score_sum(s, unit, i, e))
				return false;
			continue;
		}
		if (!n->applies[unit])
			continue;
		cells[i].applies = live[i] = true;
		cells[i].maximum = n->maximum;
		if (!score_leaf(s, unit, i, &cells[i], e))
			return false;
	}
	return score_sum(s, unit, p->n_nodes, e);
}

bool score_points(struct score *s, struct err *e)
{
	for (size_t u = 0; u < s->spec->n_units; u++)
		if (!unit_points(s, u, e))
			return false;
	return true;
}
