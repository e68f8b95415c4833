/* score_world.h - an invented survey with every kind of node, group, form and
 * stratum, for tests of scoring. */
#ifndef TESTS_SCORE_WORLD_H
#define TESTS_SCORE_WORLD_H

#include "phieu/score.h"
#include "support/survey.h"

enum { UNITS = 5, GROUPS = 4, FORMS = 2, STRATA = 8, NODES = 8, SLOTS = 7 };

/* nodes: 0 field { 1 two items, 2 one item on both forms }, 3 field { 4
 * inner { 5 three items }, 6 satisfaction }, 7 a criterion by itself */
struct world {
	struct score_value value[FORMS][SLOTS * 256];
	const struct score_value *values[FORMS];
	size_t slots[FORMS], group_form[GROUPS], stratum_group[STRATA];
	struct taylor_stratum strata[STRATA];
	struct dec weight[GROUPS];
	bool expected[UNITS * GROUPS], all[UNITS], some[UNITS];
	struct score_asking ask[10];
	struct score_item item[8];
	struct score_node node[NODES];
	struct score_band band[3];
	struct score_spec spec;
	struct survey_rating r[600];
	size_t n;
};

void world_make(struct world *w);
/* score_new says no, with this kind and this word. */
void score_refused(const struct score_spec *spec, enum err_kind kind,
		   const char *word);

#endif
