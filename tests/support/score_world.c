#include "support/score_world.h"

#include <string.h>

#include "support/test.h"

static void world_values(struct world *w)
{
	static const int64_t percent[] = { 100, 60, 20, 0 };

	for (size_t f = 0; f < FORMS; f++) {
		for (size_t i = 0; i < SLOTS; i++) {
			for (size_t a = 0; a < 4; a++)
				w->value[f][i * 256 + a + 1] =
					(struct score_value){
						.counts = true,
						.satisfied = a < 2,
						.coefficient = { percent[a] *
								 DEC_ONE }
					};
			w->value[f][i * 256 + 253].blank = true;
			w->value[f][i * 256 + 255].blank = true;
			/* "don't know" has a coefficient here (D3) */
			w->value[f][i * 256 + 254] = (struct score_value){
				.counts = true, .coefficient = { 33333333 }
			};
		}
		w->values[f] = w->value[f];
		w->slots[f] = SLOTS;
	}
}

static void world_nodes(struct world *w)
{
	static const struct score_asking ask[] = { { 0, 0 }, { 0, 1 }, { 0, 2 },
						   { 1, 0 }, { 0, 3 }, { 1, 1 },
						   { 0, 4 }, { 0, 5 }, { 1, 2 },
						   { 1, 3 } };
	static const struct {
		size_t parent, first, n;
		enum score_node_kind kind;
		int64_t maximum;
	} node[NODES] = { { SCORE_NONE, 0, 0, SCORE_GROUP, 5 },
			  { 0, 0, 2, SCORE_SURVEY, 3 },
			  { 0, 2, 1, SCORE_SURVEY, 2 },
			  { SCORE_NONE, 0, 0, SCORE_GROUP, 7 },
			  { 3, 0, 0, SCORE_GROUP, 4 },
			  { 4, 3, 3, SCORE_SURVEY, 4 },
			  { 3, 6, 1, SCORE_SATISFACTION, 3 },
			  { SCORE_NONE, 7, 1, SCORE_SURVEY, 1 } };
	/* item -> its askings: item 2 has two */
	static const size_t from[] = { 0, 1, 2, 4, 5, 6, 7, 9, 10 };

	memcpy(w->ask, ask, sizeof ask);
	for (size_t i = 0; i < 8; i++)
		w->item[i] = (struct score_item){
			.code = "i",
			.weight = { (int64_t)(i % 3 + 1) * DEC_ONE },
			.askings = &w->ask[from[i]],
			.n_askings = from[i + 1] - from[i]
		};
	for (size_t i = 0; i < NODES; i++)
		w->node[i] = (struct score_node){
			.code = "n",
			.parent = node[i].parent,
			.kind = node[i].kind,
			.maximum = { node[i].maximum * DEC_ONE },
			.items = node[i].n ? &w->item[node[i].first] : NULL,
			.n_items = node[i].n,
			.applies = i == 7 ? w->some : w->all
		};
}

static uint8_t random_answer(uint64_t *seed)
{
	static const uint8_t a[] = {
		1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 254, 255, 253
	};

	return a[survey_random(seed) % sizeof a];
}

static void world_ratings(struct world *w)
{
	uint64_t seed = 20201203;

	for (size_t h = 0; h < STRATA; h++) {
		for (int64_t i = 0; i < w->strata[h].n; i++) {
			for (size_t u = 0; u < UNITS; u++) {
				struct survey_rating *r = &w->r[w->n];
				size_t g = w->stratum_group[h];

				if (!w->expected[u * GROUPS + g] ||
				    survey_random(&seed) % 4 == 0)
					continue;
				/* nobody of group 1 turned up for unit 3 */
				if (u == 3 && g == 1)
					continue;
				*r = (struct survey_rating){
					.unit = u,
					.group = g,
					.stratum = h,
					.form = w->group_form[g]
				};
				for (size_t k = 0; k < SLOTS; k++)
					r->answers[k] = random_answer(&seed);
				/* item 0 of unit 1 and all that feeds node 6
				 * and node 2 of unit 2 got no answers */
				if (u == 1)
					r->answers[0] = 255;
				if (u == 2 && r->form == 0)
					r->answers[2] = r->answers[5] = 255;
				if (u == 2 && r->form == 1)
					r->answers[0] = r->answers[2] = 0;
				w->n++;
			}
		}
	}
}

void world_make(struct world *w)
{
	static const struct taylor_stratum strata[STRATA] = {
		{ 12, 30, 0 }, { 9, 9, 0 },   { 1, 20, 0 },  { 14, -1, 0 },
		{ 10, 40, 0 }, { 11, 25, 0 }, { 13, -1, 0 }, { 8, 300, 0 }
	};
	static const int64_t weight[] = { 20, 35, 15, 30 };

	*w = (struct world){ 0 };
	world_values(w);
	world_nodes(w);
	for (size_t u = 0; u < UNITS; u++) {
		w->all[u] = true;
		w->some[u] = u % 2 == 0;
		for (size_t g = 0; g < GROUPS; g++)
			w->expected[u * GROUPS + g] = u != 4 || g < 2;
	}
	for (size_t g = 0; g < GROUPS; g++) {
		w->group_form[g] = g % FORMS;
		w->weight[g].micro = weight[g] * DEC_ONE / 100;
	}
	memcpy(w->strata, strata, sizeof strata);
	for (size_t h = 0; h < STRATA; h++)
		w->stratum_group[h] = h / 2;
	world_ratings(w);
	w->band[0] = (struct score_band){ { 80 * DEC_ONE }, { 100 * DEC_ONE } };
	w->band[1] = (struct score_band){ { 50 * DEC_ONE }, { 60 * DEC_ONE } };
	w->band[2] = (struct score_band){ { 30 * DEC_ONE }, { 25 * DEC_ONE } };
	w->spec = (struct score_spec){ .n_units = UNITS,
				       .n_groups = GROUPS,
				       .n_forms = FORMS,
				       .n_strata = STRATA,
				       .form_slots = w->slots,
				       .value = w->values,
				       .nodes = w->node,
				       .n_nodes = NODES,
				       .group_weight = w->weight,
				       .group_form = w->group_form,
				       .expected = w->expected,
				       .digits = 3,
				       .lonely = TAYLOR_ADJUST,
				       .strata = w->strata,
				       .stratum_group = w->stratum_group,
				       .confidence = 0.95 };
}

void score_refused(const struct score_spec *spec, enum err_kind kind,
		   const char *word)
{
	struct err e = { 0 };

	assert_null(score_new(spec, &e));
	assert_int_equal(e.kind, kind);
	assert_non_null(strstr(e.msg, word));
}
