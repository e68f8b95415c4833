/* Errors: every rating's scores, added up by the Taylor engine.
 *
 * The score of a rating on criterion k of unit u is the derivative of the
 * points by its answers (Särndal, Swensson & Wretman 1992, 5.5):
 *   pooled   M/100 sum_q w_q (y_q - r_uq) / n_uq
 *   groups   M/100 sum_q w_q w_g/W_uq (y_q - r_uqg) / n_uqg
 * with w_q the item's share of its criterion.  A field's score is the sum of
 * its criteria's, times what rescaling (D5) multiplied by. */
#include <math.h>
#include <stdlib.h>

#include "score_parts.h"

/* Points per percent of the mean for one answer: what (y - r) is
 * multiplied by, and r itself. */
struct slope {
	double k, r;
	bool satisfaction;
};

static double percent(const struct group_sum *g)
{
	return (double)g->y / (double)g->n / (double)DEC_ONE;
}

static double group_total(const struct score *s, const struct score_item *it,
			  size_t unit, const struct group_sum *sums)
{
	const struct score_spec *p = s->spec;
	double w = 0;

	for (size_t g = 0; g < p->n_groups; g++) {
		bool counts = sums[g].n > 0;

		if (!counts && p->missing_group == SCORE_ZERO_GROUP) {
			for (size_t a = 0; a < it->n_askings; a++)
				counts = counts || it->askings[a].form ==
							   p->group_form[g];
			counts =
				counts && (p->expected == NULL ||
					   p->expected[unit * p->n_groups + g]);
		}
		if (counts)
			w += (double)p->group_weight[g].micro;
	}
	return w;
}

static struct slope slope_of(const struct score *s, size_t unit, size_t group,
			     size_t node, size_t item)
{
	const struct score_spec *p = s->spec;
	const struct score_node *n = &p->nodes[node];
	size_t at = unit * s->n_items + item;
	const struct group_sum *sums = &s->sums[at * p->n_groups];
	struct slope l = { .satisfaction = n->kind == SCORE_SATISFACTION };
	double share = (double)n->maximum.micro / (double)DEC_ONE / 100 *
		       s->item_weight[at];

	if (s->item_weight[at] == 0 || sums[group].n == 0 ||
	    (l.satisfaction && p->n_bands > 0))
		return l;
	if (p->group_weights) {
		double w = group_total(s, &n->items[item - s->item_from[node]],
				       unit, sums);

		l.k = share * (double)p->group_weight[group].micro / w /
		      (double)sums[group].n;
		l.r = percent(&sums[group]);
	} else {
		l.k = share / (double)s->item[at].n_valid;
		l.r = mpq_get_d(s->item[at].mean);
	}
	return l;
}

static double score_of(const struct slope *l, const struct score_value *v)
{
	double y;

	if (v == NULL || !v->counts)
		return 0;
	if (l->satisfaction)
		y = v->satisfied ? 100 : 0;
	else
		y = (double)v->coefficient.micro / (double)DEC_ONE;
	return l->k * (y - l->r);
}

static int64_t entry(const struct score_value *v, int64_t z)
{
	if (v == NULL)
		return 0; /* not asked */
	return z * ENTRY_ONE + ENTRY_ASKED + (v->counts ? ENTRY_VALID : 0);
}

/* ---- tables ---------------------------------------------------------- */

/* Walks every entry of a block's table: with z NULL it only finds the
 * largest score that a rating of this block can have. */
static double fill_block(const struct score *s, size_t unit, size_t group,
			 size_t form, double scale, int64_t *z)
{
	const struct form_map *m = &s->forms[form];
	double bound = 0;

	for (size_t l = 0; l < m->n_leaves; l++) {
		const struct leaf *leaf = &m->leaves[l];

		if (!s->live[unit * (s->spec->n_nodes + 1) + leaf->node])
			continue;
		for (size_t i = leaf->first; i < leaf->first + leaf->n; i++) {
			const struct step *st = &m->steps[i];
			struct slope sl =
				slope_of(s, unit, group, leaf->node, st->item);
			double most = 0;

			for (size_t k = m->from[st->slot];
			     k < m->from[st->slot + 1]; k++) {
				double v = score_of(&sl, m->value[k]);

				most = fmax(most, fabs(v));
				if (z != NULL)
					z[st->base + k] =
						entry(m->value[k],
						      llrint(v / scale));
			}
			bound += most;
		}
	}
	return bound;
}

/* What rescaling can make of a score on its way up. */
static double gain(const struct score *s, size_t unit)
{
	const struct score_spec *p = s->spec;
	const double *factor = &s->factor[unit * (p->n_nodes + 1)];
	double g = 1;

	for (size_t i = 0; i <= p->n_nodes; i++)
		g *= factor[i];
	return g;
}

/* The finest power of two that keeps every score below 2^SCORE_BITS: integer
 * sums are then exact. */
static double fine_scale(double bound)
{
	int exponent;

	if (!(bound > 0) || !isfinite(bound))
		return 1;
	frexp(bound, &exponent);
	return ldexp(1, exponent - SCORE_BITS + 1);
}

static bool unit_tables(struct score *s, size_t unit, struct err *e)
{
	const struct score_spec *p = s->spec;
	struct unit_part *u = &s->units[unit];
	double bound = 0;

	for (size_t g = 0; g < p->n_groups; g++)
		for (size_t f = 0; f < p->n_forms; f++)
			if (score_block(s, unit, g, f) != NULL)
				bound = fmax(bound, fill_block(s, unit, g, f, 1,
							       NULL));
	u->scale = fine_scale(bound * gain(s, unit));
	for (size_t g = 0; g < p->n_groups; g++) {
		for (size_t f = 0; f < p->n_forms; f++) {
			struct block *b = score_block(s, unit, g, f);

			if (b == NULL)
				continue;
			b->z = calloc(s->forms[f].n_z + 1, sizeof *b->z);
			if (b->z == NULL)
				return err_set(e, ERR_NOMEM,
					       "no memory for scores");
			fill_block(s, unit, g, f, u->scale, b->z);
		}
	}
	return true;
}

/* The strata that bear on a unit: those with ratings of it, and under
 * TAYLOR_COLLAPSE the others of their groups, which may take them in. */
static uint32_t choose_strata(struct score *s, size_t unit, bool *group)
{
	const struct score_spec *p = s->spec;
	const uint32_t *seen = &s->seen[unit * p->n_strata];
	uint32_t *local = &s->local[unit * p->n_strata];
	uint32_t n = 0;

	for (size_t h = 0; h < p->n_strata; h++)
		if (seen[h] > 0)
			group[p->stratum_group[h]] = true;
	for (size_t h = 0; h < p->n_strata; h++)
		if (seen[h] > 0 || (p->lonely == TAYLOR_COLLAPSE &&
				    group[p->stratum_group[h]]))
			local[h] = n++;
		else
			local[h] = NO_CLASS;
	return n;
}

static bool unit_strata(struct score *s, size_t unit, struct err *e)
{
	const struct score_spec *p = s->spec;
	struct unit_part *u = &s->units[unit];
	const uint32_t *local = &s->local[unit * p->n_strata];
	bool *group = calloc(p->n_groups + 1, sizeof *group);
	uint32_t n;

	if (group == NULL)
		return err_set(e, ERR_NOMEM, "no memory for strata");
	n = choose_strata(s, unit, group);
	free(group);
	if (n == 0 || u->n_columns == 0)
		return true;
	u->strata = calloc(n, sizeof *u->strata);
	if (u->strata == NULL)
		return err_set(e, ERR_NOMEM, "no memory for strata");
	for (size_t h = 0; h < p->n_strata; h++) {
		if (local[h] == NO_CLASS)
			continue;
		u->strata[local[h]] = p->strata[h];
		u->strata[local[h]].collapse = p->stratum_group[h];
	}
	return taylor_init(&u->taylor, n, u->n_columns, false, e);
}

/* Parts of a sum that bear on the unit; *only is one of them. */
static size_t parts_of(const struct score *s, size_t unit, size_t node,
		       size_t *only)
{
	const struct score_spec *p = s->spec;
	const struct unit_part *u = &s->units[unit];
	size_t parent = node == p->n_nodes ? SCORE_NONE : node, n = 0;

	for (size_t i = 0; i < p->n_nodes; i++)
		if (p->nodes[i].parent == parent && u->column[i] != NO_CLASS) {
			*only = i;
			n++;
		}
	return n;
}

static void add_rises(struct score *s, size_t unit, size_t node)
{
	const struct score_spec *p = s->spec;
	struct unit_part *u = &s->units[unit];
	size_t parent = node == p->n_nodes ? SCORE_NONE : node;

	for (size_t i = 0; i < p->n_nodes; i++)
		if (p->nodes[i].parent == parent && u->column[i] != NO_CLASS)
			u->rises[u->n_rises++] =
				(struct rise){ .from = u->column[i],
					       .to = u->column[node],
					       .factor = 1 };
}

static bool unit_columns(struct score *s, size_t unit, struct err *e)
{
	const struct score_spec *p = s->spec;
	struct unit_part *u = &s->units[unit];
	const double *factor = &s->factor[unit * (p->n_nodes + 1)];
	const bool *live = &s->live[unit * (p->n_nodes + 1)];

	u->column = calloc(p->n_nodes + 1, sizeof *u->column);
	u->rises = calloc(2 * p->n_nodes + 2, sizeof *u->rises);
	if (u->column == NULL || u->rises == NULL)
		return err_set(e, ERR_NOMEM, "no memory for criteria");
	for (size_t i = 0; i <= p->n_nodes; i++)
		u->column[i] = NO_CLASS;
	for (size_t k = 0; k <= p->n_nodes; k++) {
		/* children before parents, the total last */
		size_t i = k == p->n_nodes ? k : p->n_nodes - 1 - k;
		size_t only = 0, parts;

		if (live[i]) {
			u->column[i] = (uint32_t)u->n_columns++;
			continue;
		}
		parts = parts_of(s, unit, i, &only);
		if (parts == 1 && factor[i] == 1) {
			u->column[i] = u->column[only];
		} else if (parts > 0) {
			u->column[i] = (uint32_t)u->n_columns++;
			add_rises(s, unit, i);
			if (factor[i] != 1)
				u->rises[u->n_rises++] =
					(struct rise){ .from = u->column[i],
						       .to = NO_CLASS,
						       .factor = factor[i] };
		}
	}
	return true;
}

bool score_tables(struct score *s, struct err *e)
{
	for (size_t u = 0; u < s->spec->n_units; u++)
		if (!unit_columns(s, u, e) || !unit_strata(s, u, e) ||
		    !unit_tables(s, u, e))
			return false;
	return true;
}

/* ---- pass two -------------------------------------------------------- */

static void spread_leaves(struct score *s, const struct score_rating *r,
			  const struct unit_part *u)
{
	const struct form_map *m = &s->forms[r->form];
	const int64_t *z = score_block(s, r->unit, r->group, r->form)->z;
	const uint8_t *answers = r->answers;

	for (const struct leaf *l = m->leaves; l < m->leaves + m->n_leaves;
	     l++) {
		const struct step *st = &m->steps[l->first];
		const struct step *end = st + l->n;
		uint32_t column = u->column[l->node];
		int64_t sum = 0;

		if (column == NO_CLASS)
			continue;
		for (; st < end; st++)
			sum += z[st->base +
				 m->map[answers[st->slot] * m->slots +
					st->slot]];
		s->in[column] = (sum & (ENTRY_ASKED - 1)) != 0;
		s->asked[column] = (sum & (ENTRY_ONE - ENTRY_ASKED)) != 0;
		s->z[column] = sum >> 2 * ENTRY_BITS;
	}
}

void score_spread(struct score *s, const struct score_rating *r)
{
	const struct score_spec *p = s->spec;
	struct unit_part *u = &s->units[r->unit];
	int64_t *n_asked = &s->n_asked[r->unit * (p->n_nodes + 1)];
	int64_t *z = s->z;
	uint8_t *in = s->in, *asked = s->asked;

	if (u->n_columns == 0)
		return; /* no criterion applies to the unit */
	for (size_t c = 0; c < u->n_columns; c++) {
		z[c] = 0;
		in[c] = asked[c] = 0;
	}
	spread_leaves(s, r, u);
	for (size_t i = 0; i < u->n_rises; i++) {
		const struct rise *up = &u->rises[i];

		if (up->to == NO_CLASS) { /* after all its parts came */
			z[up->from] = llrint((double)z[up->from] * up->factor);
			continue;
		}
		z[up->to] += z[up->from];
		in[up->to] |= in[up->from];
		asked[up->to] |= asked[up->from];
	}
	for (size_t c = 0; c < u->n_columns; c++)
		n_asked[c] += asked[c];
	taylor_add(&u->taylor, s->local[r->unit * p->n_strata + r->stratum], z,
		   in);
}

/* ---- results --------------------------------------------------------- */

/* Bands are a step function: no linearisation, so no error, for the
 * criterion and every sum it enters. */
static bool has_bands(const struct score_spec *p,
		      const struct score_cell *cells, size_t node)
{
	if (p->n_bands == 0)
		return false;
	for (size_t i = 0; i < p->n_nodes; i++) {
		size_t at = i;

		if (p->nodes[i].kind != SCORE_SATISFACTION || !cells[i].scored)
			continue;
		while (at != node && at != SCORE_NONE)
			at = p->nodes[at].parent;
		if (at == node || node == p->n_nodes)
			return true;
	}
	return false;
}

static void finish_cell(const struct score *s, size_t unit, size_t i,
			const double *variance, const struct taylor_result *r)
{
	const struct score_spec *p = s->spec;
	struct score_cell *cells = &s->cells[unit * (p->n_nodes + 1)];
	const struct unit_part *u = &s->units[unit];
	struct score_cell *c = &cells[i];
	uint32_t k = u->column[i];
	double q, points;

	if (k == NO_CLASS)
		return;
	c->n_asked = s->n_asked[unit * (p->n_nodes + 1) + k];
	for (size_t h = 0; h < u->taylor.n_strata; h++)
		c->n_valid += u->taylor.count[h * u->taylor.p + k];
	c->df = r[k].df;
	c->lonely = r[k].lonely;
	if (!c->scored || !r[k].defined || c->df <= 0 || has_bands(p, cells, i))
		return;
	q = student_quantile(p->confidence, (double)c->df);
	points = mpq_get_d(c->exact);
	c->has_se = true;
	c->se = sqrt(fmax(variance[k], 0));
	c->low = points - q * c->se;
	c->high = points + q * c->se;
}

bool score_finish(struct score *s, struct err *e)
{
	size_t p1 = s->spec->n_nodes + 1;
	double *v = calloc(p1, sizeof *v);
	struct taylor_result *r = calloc(p1, sizeof *r);
	bool ok = v != NULL && r != NULL;

	if (!ok)
		err_set(e, ERR_NOMEM, "no memory for results");
	for (size_t u = 0; ok && u < s->spec->n_units; u++) {
		struct unit_part *part = &s->units[u];

		if (part->strata == NULL)
			continue; /* nobody rated it */
		ok = taylor_cov(&part->taylor, part->strata, s->spec->lonely,
				part->scale, v, r, e);
		for (size_t i = 0; ok && i < p1; i++)
			finish_cell(s, u, i, v, r);
	}
	free(v);
	free(r);
	return ok;
}
