/* Scores of a world with everything in it, against brute force. */
#include <stdlib.h>
#include <string.h>

#include "phieu/distribution.h"
#include "support/score_world.h"
#include "support/test.h"

/* ---- the same by brute force ----------------------------------------- */

struct plain { /* points of a node in doubles */
	bool applies, scored, manual;
	double points, maximum;
};

/* r(u,q) with a weight a rating; NAN: not scored, INFINITY: not scored
 * though answered. */
static double plain_item(const struct world *w, const double *weight,
			 size_t unit, const struct score_item *it, bool top)
{
	const struct score_spec *p = &w->spec;
	double y[GROUPS] = { 0 }, n[GROUPS] = { 0 }, sy = 0, sn = 0, sw = 0;
	bool asked[GROUPS] = { 0 }, hole = false;

	for (size_t a = 0; a < it->n_askings; a++) {
		for (size_t g = 0; g < GROUPS; g++)
			if (w->group_form[g] == it->askings[a].form)
				asked[g] = true;
		for (size_t i = 0; i < w->n; i++) {
			const struct survey_rating *r = &w->r[i];
			const struct score_value *v =
				&w->value[r->form]
					 [it->askings[a].slot * 256 +
					  r->answers[it->askings[a].slot]];

			if (r->unit != unit || r->form != it->askings[a].form ||
			    !v->counts)
				continue;
			n[r->group] += weight[i];
			y[r->group] +=
				weight[i] *
				(top ? (v->satisfied ? 100 : 0)
				     : (double)v->coefficient.micro / 1e6);
		}
	}
	for (size_t g = 0; g < GROUPS; g++) {
		double a = (double)w->weight[g].micro;

		sy += p->group_weights ? (n[g] > 0 ? a * y[g] / n[g] : 0)
				       : y[g];
		sn += n[g];
		if (n[g] > 0) {
			sw += a;
		} else if (asked[g] && w->expected[unit * GROUPS + g]) {
			hole = true;
			if (p->missing_group == SCORE_ZERO_GROUP)
				sw += a;
		}
	}
	if (sn == 0)
		return NAN;
	if (!p->group_weights)
		return sy / sn;
	if (hole && p->missing_group == SCORE_UNSCORED)
		return INFINITY;
	return sy / sw;
}

static struct plain plain_leaf(const struct world *w, const double *weight,
			       size_t unit, size_t node)
{
	const struct score_spec *p = &w->spec;
	const struct score_node *k = &w->node[node];
	struct plain out = { .applies = k->applies[unit],
			     .maximum = (double)k->maximum.micro / 1e6 };
	double sum = 0, total = 0, percent;

	for (size_t q = 0; q < k->n_items; q++) {
		double a = (double)k->items[q].weight.micro;
		double r = plain_item(w, weight, unit, &k->items[q],
				      k->kind == SCORE_SATISFACTION);

		if (!isfinite(r)) {
			out.manual = out.manual || p->empty == SCORE_MANUAL;
			if (p->empty != SCORE_ZERO || isinf(r))
				continue;
			r = 0;
		}
		sum += a * r;
		total += a;
	}
	out.scored = total > 0 && !out.manual;
	percent = sum / total;
	if (k->kind == SCORE_SATISFACTION && p->n_bands > 0) {
		size_t b = 0;

		while (b < p->n_bands &&
		       percent < (double)p->bands[b].from.micro / 1e6)
			b++;
		percent = b < p->n_bands
				  ? (double)p->bands[b].percent.micro / 1e6
				  : 0;
	}
	out.points = out.maximum * percent / 100;
	return out;
}

static struct plain plain_node(const struct world *w, const double *weight,
			       size_t unit, size_t node)
{
	struct plain out = { 0 };
	double scored_max = 0;
	bool any = false;

	if (node != SCORE_NONE && w->node[node].kind != SCORE_GROUP)
		return plain_leaf(w, weight, unit, node);
	for (size_t i = 0; i < NODES; i++) {
		struct plain c;

		if (w->node[i].parent != node)
			continue;
		c = plain_node(w, weight, unit, i);
		if (!c.applies)
			continue;
		out.applies = true;
		out.maximum += c.maximum;
		if (c.scored) {
			any = true;
			out.points += c.points;
			scored_max += c.maximum;
		} else if (w->spec.empty == SCORE_MANUAL) {
			out.manual = true;
		}
	}
	out.scored = any && !out.manual;
	out.points *= out.maximum / scored_max;
	return out;
}

static bool bears_on(const struct world *w, const struct survey_rating *r,
		     size_t node)
{
	for (size_t i = 0; i < NODES; i++) {
		size_t at = i;

		while (at != node && at != SCORE_NONE)
			at = w->node[at].parent;
		if (at != node || !w->node[i].applies[r->unit])
			continue;
		for (size_t q = 0; q < w->node[i].n_items; q++) {
			const struct score_item *it = &w->node[i].items[q];

			for (size_t a = 0; a < it->n_askings; a++) {
				size_t slot = it->askings[a].slot;

				if (it->askings[a].form == r->form &&
				    w->value[r->form]
					    [slot * 256 + r->answers[slot]]
						    .counts)
					return true;
			}
		}
	}
	return false;
}

/* Variance from numerical derivatives of the points by each rating's
 * weight: no formula of the score is used. */
static double plain_variance(const struct world *w, size_t unit, size_t node,
			     int64_t *df)
{
	static const double step = 1e-4;
	double weight[600], sum[STRATA] = { 0 }, square[STRATA] = { 0 }, v = 0;
	int64_t touched[STRATA] = { 0 };

	for (size_t i = 0; i < w->n; i++)
		weight[i] = 1;
	*df = 0;
	for (size_t i = 0; i < w->n; i++) {
		size_t h = w->r[i].stratum;
		double up, down, z;

		if (w->r[i].unit != unit || !bears_on(w, &w->r[i], node))
			continue;
		weight[i] = 1 + step;
		up = plain_node(w, weight, unit, node).points;
		weight[i] = 1 - step;
		down = plain_node(w, weight, unit, node).points;
		weight[i] = 1;
		z = (up - down) / (2 * step);
		sum[h] += z;
		square[h] += z * z;
		touched[h]++;
	}
	for (size_t h = 0; h < STRATA; h++) {
		double n = (double)w->strata[h].n;
		double N = (double)w->strata[h].population;
		double f = N < 0 ? 1 : 1 - n / N;

		*df += touched[h] > 0 ? touched[h] - 1 : 0;
		if (n > 1)
			v += f * n / (n - 1) *
			     (square[h] - sum[h] * sum[h] / n);
		else
			v += f * square[h]; /* TAYLOR_ADJUST */
	}
	return v;
}

static bool under_bands(const struct world *w, size_t node)
{
	return w->spec.n_bands > 0 &&
	       (node == SCORE_NONE || node == 3 || node == 6);
}

static void check_cell(const struct world *w, const struct score *s, size_t u,
		       size_t node)
{
	const struct score_cell *c = score_cell(s, u, node);
	double weight[600], var, q;
	struct plain want;
	int64_t df;
	bool band;

	for (size_t i = 0; i < w->n; i++)
		weight[i] = 1;
	want = plain_node(w, weight, u, node);
	assert_int_equal(c->applies, want.applies);
	if (!want.applies)
		return;
	assert_int_equal(c->scored, want.scored);
	assert_near((double)c->maximum.micro / 1e6, want.maximum, 1e-15);
	if (!c->scored) {
		assert_false(c->has_se);
		return;
	}
	assert_true(mpq_sgn(c->exact) >= 0);
	assert_true(fabs(mpq_get_d(c->exact) - want.points) < 1e-12);
	var = plain_variance(w, u, node, &df);
	assert_int_equal(c->df, df);
	band = under_bands(w, node) && score_cell(s, u, 6)->scored;
	assert_int_equal(c->has_se, df > 0 && !band);
	if (!c->has_se)
		return;
	assert_true(fabs(c->se - sqrt(fmax(var, 0))) < 1e-6 * c->se + 1e-9);
	q = student_quantile(0.95, (double)df);
	assert_near(c->high - c->low, 2 * q * c->se, 1e-12);
	assert_true(fabs(c->high + c->low - 2 * want.points) < 1e-12);
}

static void every_choice_agrees_with_brute_force(void **state)
{
	static struct world w;
	int cells = 0;

	(void)state;
	world_make(&w);
	assert_true(w.n > 200);
	for (int mode = 0; mode < 36; mode++) {
		struct score *s;

		w.spec.group_weights = mode % 2 == 1;
		w.spec.missing_group = (enum score_missing)(mode / 2 % 3);
		w.spec.empty = (enum score_empty)(mode / 6 % 3);
		w.spec.bands = w.band;
		w.spec.n_bands = mode / 18 == 0 ? 0 : 3;
		s = survey_score(&w.spec, w.r, NULL, w.n);
		for (size_t u = 0; u < UNITS; u++) {
			for (size_t i = 0; i < NODES; i++)
				check_cell(&w, s, u, i);
			check_cell(&w, s, u, SCORE_NONE);
			cells += NODES + 1;
		}
		score_free(s);
	}
	assert_int_equal(cells, 36 * UNITS * (NODES + 1));
}

static void left_out_items_are_said_and_sums_add_up(void **state)
{
	static struct world w;
	struct score *s;

	(void)state;
	world_make(&w);
	w.spec.item_first = true;
	w.spec.digits = 2;
	s = survey_score(&w.spec, w.r, NULL, w.n);
	assert_true(score_cell(s, 1, 1)->rescaled);
	assert_true(score_cell(s, 1, 0)->rescaled);
	assert_true(score_cell(s, 1, SCORE_NONE)->rescaled);
	assert_false(score_cell(s, 1, 3)->rescaled);
	assert_false(score_cell(s, 2, 6)->scored);
	assert_int_equal(score_cell(s, 2, 6)->n_valid, 0);
	assert_true(score_cell(s, 2, 6)->n_asked > 0);
	for (size_t u = 0; u < UNITS; u++) {
		const struct score_cell *total = score_cell(s, u, SCORE_NONE);
		int64_t sum = score_cell(s, u, 0)->points.micro +
			      score_cell(s, u, 3)->points.micro;

		if (score_cell(s, u, 7)->applies)
			sum += score_cell(s, u, 7)->points.micro;
		assert_int_equal(total->points.micro, sum);
		assert_int_equal(total->maximum.micro,
				 (w.some[u] ? 13 : 12) * DEC_ONE);
	}
	score_free(s);
}

static void shuffled_ratings_give_the_same_bits(void **state)
{
	static struct world w;
	uint64_t seed = 7;
	size_t order[600];
	struct score *first;

	(void)state;
	world_make(&w);
	w.spec.group_weights = true;
	first = survey_score(&w.spec, w.r, NULL, w.n);
	for (size_t i = 0; i < w.n; i++)
		order[i] = i;
	for (int round = 0; round < 20; round++) {
		struct score *s;

		for (size_t i = w.n; i-- > 1;) {
			size_t k = survey_random(&seed) % (i + 1);
			size_t t = order[i];

			order[i] = order[k];
			order[k] = t;
		}
		s = survey_score(&w.spec, w.r, order, w.n);
		for (size_t u = 0; u < UNITS; u++) {
			for (size_t i = 0; i <= NODES; i++) {
				size_t node = i == NODES ? SCORE_NONE : i;
				const struct score_cell *a =
					score_cell(first, u, node);
				const struct score_cell *b =
					score_cell(s, u, node);

				assert_true(mpq_equal(a->exact, b->exact));
				assert_memory_equal(&a->se, &b->se,
						    3 * sizeof a->se);
			}
		}
		score_free(s);
	}
	score_free(first);
}

static void every_lonely_rule_is_taken_up(void **state)
{
	static struct world w;
	double se[6];

	(void)state;
	world_make(&w);
	for (int rule = TAYLOR_FAIL; rule <= TAYLOR_COLLAPSE; rule++) {
		const struct score_cell *c;
		struct score *s;

		w.spec.lonely = (enum taylor_lonely)rule;
		s = survey_score(&w.spec, w.r, NULL, w.n);
		c = score_cell(s, 0, SCORE_NONE);
		assert_int_equal(c->has_se, rule != TAYLOR_FAIL);
		assert_int_equal(c->lonely, rule != TAYLOR_COLLAPSE);
		assert_true(c->scored);
		se[rule] = c->se;
		score_free(s);
	}
	assert_near(se[TAYLOR_REMOVE], se[TAYLOR_CERTAINTY], 1e-15);
	assert_true(se[TAYLOR_ADJUST] > se[TAYLOR_REMOVE]);
	assert_true(se[TAYLOR_AVERAGE] > se[TAYLOR_REMOVE]);
	assert_true(se[TAYLOR_COLLAPSE] != se[TAYLOR_REMOVE]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_choice_agrees_with_brute_force),
		cmocka_unit_test(left_out_items_are_said_and_sums_add_up),
		cmocka_unit_test(shuffled_ratings_give_the_same_bits),
		cmocka_unit_test(every_lonely_rule_is_taken_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
