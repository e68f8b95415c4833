#include "phieu/score.h"

#include <stdlib.h>
#include <string.h>

#include "phieu/json.h"
#include "support/survey.h"
#include "support/table.h"
#include "support/test.h"

static struct dec dec_of(const char *s)
{
	struct err e = { 0 };
	struct dec d;

	assert_true(dec_parse(s, strlen(s), &d, &e));
	return d;
}

static void assert_exact(const mpq_t got, const char *want)
{
	struct buf b = BUF_INIT(400);
	size_t n = strlen(want);

	exact_text(got, &b);
	if (n > 2 && strcmp(want + n - 2, "/1") == 0)
		n -= 2; /* "60/1" in Python's words */
	if (b.len != n || memcmp(buf_cstr(&b), want, n) != 0)
		fail_msg("exact %s, want %s", buf_cstr(&b), want);
	buf_free(&b);
}

static void assert_fixed(struct dec got, int digits, const char *want)
{
	char buf[DEC_TEXT_MAX + 8];

	assert_string_equal(exact_fixed(got, digits, buf), want);
}

/* ---- golden ---------------------------------------------------------- */

static const char *const golden_units[] = { "SO-NV", "SO-TC", "SO-YT" };
static const char *const golden_groups[] = { "HDND", "CC", "PHONG" };
static const char *const golden_max[] = { "1", "1.5", "0.5" };

struct golden {
	struct survey_rating r[40];
	size_t n;
	struct score_value value[3 * 256];
	const struct score_value *values[1];
	size_t slots[1], group_form[3], stratum_group[3];
	struct taylor_stratum strata[3];
	struct dec weight[3];
	bool applies[3];
	struct score_asking ask[3];
	struct score_item item[3];
	struct score_node node[3];
	struct score_spec spec;
};

static size_t index_in(const char *const *list, const char *s)
{
	for (size_t i = 0; i < 3; i++)
		if (strcmp(list[i], s) == 0)
			return i;
	fail_msg("unknown %s", s);
	return 0;
}

static void golden_answers(struct golden *g)
{
	struct test_table t = test_table_read("tests/data/golden/answers.csv");
	const char *last_form = "", *last_unit = "";
	struct survey_rating *r = NULL;

	assert_int_equal(t.rows, 102);
	for (size_t i = 0; i < t.rows; i++) {
		const char *o = test_cell(&t, i, 4);

		if (strcmp(test_cell(&t, i, 0), last_form) != 0)
			g->strata[index_in(golden_groups, test_cell(&t, i, 1))]
				.n++;
		if (strcmp(test_cell(&t, i, 0), last_form) != 0 ||
		    strcmp(test_cell(&t, i, 2), last_unit) != 0) {
			r = &g->r[g->n++];
			*r = (struct survey_rating){
				.unit = index_in(golden_units,
						 test_cell(&t, i, 2)),
				.group = index_in(golden_groups,
						  test_cell(&t, i, 1)),
			};
			r->stratum = r->group;
		}
		last_form = test_cell(&t, i, 0);
		last_unit = test_cell(&t, i, 2);
		r->answers[test_cell(&t, i, 3)[1] - '1'] =
			*o == '\0' ? 255 : (uint8_t)(*o - 'A' + 1);
	}
	test_table_free(&t);
}

static void golden_make(struct golden *g)
{
	static const char *const coefficient[] = { "100", "60", "20", "0" };
	static const char *const weight[] = { "0.2", "0.5", "0.3" };

	*g = (struct golden){ 0 };
	for (size_t i = 0; i < 3; i++) {
		for (size_t a = 0; a < 4; a++)
			g->value[i * 256 + a + 1] = (struct score_value){
				.counts = true,
				.satisfied = a < 2,
				.coefficient = dec_of(coefficient[a])
			};
		g->value[i * 256 + 255].blank = true;
		g->stratum_group[i] = i;
		g->strata[i].population = -1;
		g->weight[i] = dec_of(weight[i]);
		g->applies[i] = true;
		g->ask[i].slot = i;
		g->item[i] = (struct score_item){ .code = "q",
						  .weight = { DEC_ONE },
						  .askings = &g->ask[i],
						  .n_askings = 1 };
		g->node[i] =
			(struct score_node){ .code = "k",
					     .parent = SCORE_NONE,
					     .kind = SCORE_SURVEY,
					     .maximum = dec_of(golden_max[i]),
					     .items = &g->item[i],
					     .n_items = 1,
					     .applies = g->applies };
	}
	golden_answers(g);
	g->slots[0] = 3;
	g->values[0] = g->value;
	g->spec = (struct score_spec){ .n_units = 3,
				       .n_groups = 3,
				       .n_forms = 1,
				       .n_strata = 3,
				       .form_slots = g->slots,
				       .value = g->values,
				       .nodes = g->node,
				       .n_nodes = 3,
				       .group_weight = g->weight,
				       .group_form = g->group_form,
				       .digits = 2,
				       .strata = g->strata,
				       .stratum_group = g->stratum_group,
				       .confidence = 0.95 };
}

static void check_golden_counts(const struct score *s, size_t u, size_t q,
				const cJSON *want)
{
	const struct score_item_cell *it = score_item(s, u, q, 0);
	const struct score_cell *c = score_cell(s, u, q);
	const cJSON *counts = json_get(want, "counts");
	struct err e = { 0 };
	struct dec top;
	mpq_t percent;

	assert_true(it->scored && c->applies && c->scored && !c->rescaled);
	assert_int_equal(it->n_valid, json_get(want, "n_valid")->valueint);
	assert_int_equal(it->n_blank, json_get(want, "n_blank")->valueint);
	assert_int_equal(it->n_asked, it->n_valid + it->n_blank);
	assert_int_equal(c->n_valid, it->n_valid);
	assert_int_equal(c->n_asked, it->n_asked);
	assert_int_equal(c->n_answers, it->n_valid);
	for (uint8_t a = 1; a <= 4; a++) {
		char code[2] = { (char)('A' + a - 1), '\0' };
		int64_t n = 0;

		for (size_t g = 0; g < 3; g++)
			n += score_item_count(s, u, q, 0, g, a);
		assert_int_equal(n, json_get(counts, code)->valueint);
	}
	mpq_init(percent);
	mpq_set_si(percent, 100, 1);
	mpq_mul(percent, percent, c->top);
	assert_true(exact_round(percent, 2, EXACT_HALF_UP, &top, &e));
	assert_fixed(top, 2, json_get_text(want, "top2_percent_2dp"));
	assert_true(mpq_equal(c->top, it->top));
	mpq_clear(percent);
}

/* What a group alone gives: the ratings of the others left out. */
static void check_golden_groups(struct golden *g, size_t u, size_t q,
				const cJSON *want)
{
	for (size_t k = 0; k < 3; k++) {
		struct survey_rating only[40];
		struct score *s;
		size_t n = 0;

		for (size_t i = 0; i < g->n; i++)
			if (g->r[i].group == k)
				only[n++] = g->r[i];
		s = survey_score(&g->spec, only, NULL, n);
		assert_exact(score_item(s, u, q, 0)->mean,
			     json_get_text(want, golden_groups[k]));
		score_free(s);
	}
}

static void golden_points_come_out_exactly(void **state)
{
	cJSON *j = test_json_read("tests/data/golden/expected.json");
	struct golden g;

	(void)state;
	golden_make(&g);
	for (int mode = 0; mode < 4; mode++) {
		struct score *s;

		/* 2 digits sum-first and item-first, 3 digits, weighted */
		g.spec.digits = mode < 2 ? 2 : 3;
		g.spec.item_first = mode == 1;
		g.spec.group_weights = mode == 3;
		s = survey_score(&g.spec, g.r, NULL, g.n);
		assert_int_equal(score_ratings(s), 34);
		for (size_t u = 0; u < 3; u++) {
			const cJSON *unit =
				json_get(json_get(j, "units"), golden_units[u]);
			const struct score_cell *total =
				score_cell(s, u, SCORE_NONE);

			for (size_t q = 0; q < 3; q++) {
				char code[3] = { 'Q', (char)('1' + q), '\0' };
				const cJSON *want =
					json_get(json_get(unit, "questions"),
						 code);
				const struct score_cell *c =
					score_cell(s, u, q);

				check_golden_counts(s, u, q, want);
				if (mode == 0)
					check_golden_groups(
						&g, u, q,
						json_get(want,
							 "group_mean_coef"));
				if (mode < 3) {
					assert_exact(
						score_item(s, u, q, 0)->mean,
						json_get_text(
							want,
							"mean_coef_exact"));
					assert_exact(
						c->exact,
						json_get_text(want,
							      "points_exact"));
				}
				assert_fixed(
					c->points, g.spec.digits,
					json_get_text(
						want,
						mode == 3   ? "weighted_points_"
							      "3dp"
						: mode == 2 ? "points_3dp"
							    : "points_2dp"));
			}
			if (mode < 3)
				assert_exact(total->exact,
					     json_get_text(unit,
							   "sum_points_exact"));
			if (mode == 0)
				assert_fixed(total->points, 2,
					     json_get_text(unit,
							   "sum_points_2dp"));
			if (mode == 1)
				assert_fixed(
					total->points, 2,
					json_get_text(unit,
						      "sum_of_rounded_2dp"));
			if (mode == 3)
				assert_fixed(
					total->points, 3,
					json_get_text(
						unit,
						"sum_weighted_points_3dp"));
			assert_int_equal(total->maximum.micro, 3 * DEC_ONE);
		}
		score_free(s);
	}
	cJSON_Delete(j);
}

static void golden_grades_and_left_out_points_come_out(void **state)
{
	static const char *const name[] = { "Xuất sắc", "Tốt", "Khá",
					    "Trung bình" };
	const struct dec from[] = { { 95 * DEC_ONE },
				    { 85 * DEC_ONE },
				    { 75 * DEC_ONE },
				    { 70 * DEC_ONE } };
	cJSON *j = test_json_read("tests/data/golden/expected.json");
	const cJSON *t,
		*all = json_get(json_get(j, "traps"), "grade_hanam_2023");
	int n = 0;

	(void)state;
	cJSON_ArrayForEach(t, all)
	{
		size_t b =
			score_grade(dec_of(json_get_text(t, "score")), from, 4);

		assert_string_equal(b == SCORE_NONE ? "Yếu" : name[b],
				    json_get_text(t, "grade"));
		n++;
	}
	assert_int_equal(n, 10);
	cJSON_Delete(j);
}

/* ---- count-based points of the oracle -------------------------------- */

struct oracle {
	struct test_table t, items;
	struct survey_rating *r;
	struct score_value value[25 * 256];
	const struct score_value *values[1];
	size_t slots[1], group_form[8], stratum_group[8];
	struct taylor_stratum strata[8];
	struct dec weight[8];
	bool applies[28];
	struct score_asking ask[25];
	struct score_item item[25];
	struct score_node node[8];
	struct score_spec spec;
};

static size_t oracle_unit(const char *code)
{
	return (code[0] == 'S' ? 0 : 20) + (size_t)(code[1] - '0') * 10 +
	       (size_t)(code[2] - '0') - 1;
}

static void oracle_items(struct oracle *o)
{
	static const int64_t share[] = { 25, 20, 25, 30, 25, 25, 20, 30 };

	o->items = test_table_read("tests/data/oracle/items.csv");
	assert_int_equal(o->items.rows, 25);
	for (size_t i = 0; i < 25; i++) {
		size_t field = (size_t)test_number(&o->items, i, 1) - 1;
		bool reversed = test_number(&o->items, i, 2) > 0;

		for (size_t a = 1; a <= 5; a++)
			o->value[i * 256 + a] = (struct score_value){
				.counts = true,
				.satisfied = reversed ? a <= 2 : a >= 4,
				.coefficient = { (int64_t)(reversed ? 5 - a
								    : a - 1) *
						 25 * DEC_ONE }
			};
		o->ask[i].slot = i;
		o->item[i] = (struct score_item){ .code = "i",
						  .weight = { DEC_ONE },
						  .askings = &o->ask[i],
						  .n_askings = 1 };
		if (o->node[field].n_items++ == 0)
			o->node[field].items = &o->item[i];
	}
	for (size_t f = 0; f < 8; f++) {
		o->node[f].code = "f";
		o->node[f].parent = SCORE_NONE;
		o->node[f].kind = SCORE_SURVEY;
		o->node[f].maximum.micro = 3 * DEC_ONE;
		o->node[f].applies = o->applies;
		o->stratum_group[f] = f;
		o->strata[f] = (struct taylor_stratum){ 2000, -1, 0 };
		o->weight[f].micro = share[f] * DEC_ONE / 100;
	}
}

static void oracle_make(struct oracle *o)
{
	size_t first;

	*o = (struct oracle){ 0 };
	oracle_items(o);
	o->t = test_table_read("tests/data/oracle/prov_w1.csv");
	o->r = calloc(o->t.rows, sizeof *o->r);
	first = test_column(&o->t, "I01");
	for (size_t i = 0; i < o->t.rows; i++) {
		const char *group =
			test_cell(&o->t, i, test_column(&o->t, "group"));
		struct survey_rating *r = &o->r[i];

		r->unit = oracle_unit(
			test_cell(&o->t, i, test_column(&o->t, "unit")));
		r->group = r->stratum = (size_t)(group[2] - '1');
		for (size_t k = 0; k < 25; k++) {
			const char *a = test_cell(&o->t, i, first + k);

			r->answers[k] = *a == '\0' ? 0 : (uint8_t)(*a - '0');
		}
	}
	for (size_t u = 0; u < 28; u++)
		o->applies[u] = true;
	o->slots[0] = 25;
	o->values[0] = o->value;
	o->spec = (struct score_spec){ .n_units = 28,
				       .n_groups = 8,
				       .n_forms = 1,
				       .n_strata = 8,
				       .form_slots = o->slots,
				       .value = o->values,
				       .nodes = o->node,
				       .n_nodes = 8,
				       .group_weight = o->weight,
				       .group_form = o->group_form,
				       .digits = 2,
				       .strata = o->strata,
				       .stratum_group = o->stratum_group,
				       .confidence = 0.95 };
}

static void points_by_counting_agree_with_the_oracle(void **state)
{
	cJSON *j = test_json_read("tests/data/oracle/prov_official_score.json");
	const cJSON *c, *cases = json_get(j, "cases");
	struct score *pooled, *weighted;
	struct oracle o;
	int n = 0;

	(void)state;
	oracle_make(&o);
	pooled = survey_score(&o.spec, o.r, NULL, o.t.rows);
	o.spec.group_weights = true;
	weighted = survey_score(&o.spec, o.r, NULL, o.t.rows);
	cJSON_ArrayForEach(c, cases)
	{
		const cJSON *want = json_get(c, "expected");
		size_t u = oracle_unit(json_get_text(c, "unit"));
		size_t f = (size_t)json_get(c, "field")->valueint - 1;
		const struct score_cell *p = score_cell(pooled, u, f);
		const struct score_cell *w = score_cell(weighted, u, f);

		assert_near(mpq_get_d(p->exact),
			    json_get(want, "points_pooled")->valuedouble,
			    1e-12);
		assert_near(mpq_get_d(w->exact),
			    json_get(want, "points_group")->valuedouble, 1e-12);
		assert_int_equal(p->points.micro,
				 llrint(json_get(want, "points_pooled_2dp")
						->valuedouble *
					1e6));
		assert_int_equal(
			w->points.micro,
			llrint(json_get(want, "points_group_2dp")->valuedouble *
			       1e6));
		assert_near(mpq_get_d(p->top),
			    json_get(want, "top2")->valuedouble, 1e-12);
		assert_int_equal(p->n_answers,
				 json_get(want, "n_answers")->valueint);
		n++;
	}
	assert_int_equal(n, 224);
	score_free(pooled);
	score_free(weighted);
	cJSON_Delete(j);
	free(o.r);
	test_table_free(&o.t);
	test_table_free(&o.items);
}

/* ---- a world with everything in it ----------------------------------- */

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

static void world_make(struct world *w)
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

static void a_census_has_no_error_and_one_rating_no_interval(void **state)
{
	struct golden g;
	struct score *s;
	const struct score_cell *c;

	(void)state;
	golden_make(&g);
	for (size_t h = 0; h < 3; h++)
		g.strata[h].population = g.strata[h].n;
	s = survey_score(&g.spec, g.r, NULL, g.n);
	c = score_cell(s, 0, SCORE_NONE);
	assert_true(c->has_se && c->se == 0 && c->low == c->high);
	score_free(s);
	s = survey_score(&g.spec, g.r, NULL, 1);
	c = score_cell(s, g.r[0].unit, SCORE_NONE);
	assert_true(c->scored);
	assert_false(c->has_se);
	assert_int_equal(c->df, 0);
	/* a unit nobody rated */
	c = score_cell(s, (g.r[0].unit + 1) % 3, SCORE_NONE);
	assert_true(c->applies);
	assert_false(c->scored || c->has_se);
	assert_int_equal(c->n_asked, 0);
	score_free(s);
}

/* ---- what is refused ------------------------------------------------- */

static void refused(const struct score_spec *spec, enum err_kind kind,
		    const char *word)
{
	struct err e = { 0 };

	assert_null(score_new(spec, &e));
	assert_int_equal(e.kind, kind);
	assert_non_null(strstr(e.msg, word));
}

static void a_spec_that_does_not_hold_is_refused(void **state)
{
	static struct world w;
	struct score_asking nowhere = { 5, 0 };
	struct score_band upside[2];
	struct score_spec p;

	(void)state;
	world_make(&w);
	p = w.spec;
	p.digits = 7;
	refused(&p, ERR_INPUT, "digits");
	p = w.spec;
	p.confidence = 1;
	refused(&p, ERR_INPUT, "confidence");
	w.node[1].parent = 1;
	refused(&w.spec, ERR_INPUT, "parent");
	w.node[1].parent = 0;
	w.node[5].parent = 2; /* a leaf */
	refused(&w.spec, ERR_INPUT, "parent");
	w.node[5].parent = 4;
	w.node[5].maximum.micro = -1;
	refused(&w.spec, ERR_INPUT, "negative");
	w.node[5].maximum.micro = 4 * DEC_ONE;
	w.item[0].weight.micro = 0;
	refused(&w.spec, ERR_INPUT, "weight");
	w.item[0].weight.micro = DEC_ONE;
	w.item[0].askings = &nowhere;
	refused(&w.spec, ERR_INPUT, "asked nowhere");
	nowhere = (struct score_asking){ 0, SLOTS };
	refused(&w.spec, ERR_INPUT, "asked nowhere");
	w.item[0].askings = &w.ask[0];
	w.value[1][256].counts = true;
	refused(&w.spec, ERR_INPUT, "not asked");
	w.value[1][256].counts = false;
	w.value[1][257].coefficient.micro = 100 * DEC_ONE + 1;
	refused(&w.spec, ERR_INPUT, "coefficient");
	w.value[1][257].coefficient.micro = 100 * DEC_ONE;
	w.group_form[2] = 2;
	refused(&w.spec, ERR_INPUT, "group");
	w.group_form[2] = 0;
	w.stratum_group[1] = GROUPS;
	refused(&w.spec, ERR_INPUT, "stratum");
	w.stratum_group[1] = 0;
	p = w.spec;
	upside[0] = w.band[1];
	upside[1] = w.band[0];
	p.bands = upside;
	p.n_bands = 2;
	refused(&p, ERR_INPUT, "bands");
	p = w.spec;
	p.n_units = (size_t)1 << 40;
	refused(&p, ERR_MATH, "too many");
	p.n_units = (size_t)1 << 25;
	refused(&p, ERR_MATH, "too many");
}

static void a_rating_out_of_place_is_refused(void **state)
{
	static struct world w;
	struct err e = { 0 };
	struct score_rating r, bad;
	struct score *s;

	(void)state;
	world_make(&w);
	s = score_new(&w.spec, &e);
	assert_non_null(s);
	r = (struct score_rating){ 0, 0, 0, 0, w.r[0].answers };
	for (int i = 0; i < 5; i++) {
		bad = r;
		if (i == 0)
			bad.unit = UNITS;
		else if (i == 1)
			bad.form = FORMS;
		else if (i == 2)
			bad.group = GROUPS;
		else if (i == 3)
			bad.stratum = STRATA;
		else
			bad.stratum = 2; /* of another group */
		e = (struct err){ 0 };
		assert_false(score_count(s, &bad, &e));
		assert_int_equal(e.kind, ERR_BUG);
	}
	/* more ratings of a unit than respondents in the stratum */
	e = (struct err){ 0 };
	for (int i = 0; i < 13; i++)
		assert_true(score_count(s, &r, &e));
	assert_false(score_fix(s, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	score_free(s);
	score_free(NULL);
}

static void points_too_large_to_write_down_are_an_error(void **state)
{
	static struct world w;
	struct err e = { 0 };
	struct score *s;

	(void)state;
	world_make(&w);
	/* each fits, the sum does not */
	w.node[1].maximum.micro = w.node[2].maximum.micro = INT64_MAX;
	s = score_new(&w.spec, &e);
	assert_non_null(s);
	for (size_t i = 0; i < w.n; i++) {
		struct score_rating r = { w.r[i].unit, w.r[i].form,
					  w.r[i].group, w.r[i].stratum,
					  w.r[i].answers };

		assert_true(score_count(s, &r, &e));
	}
	assert_false(score_fix(s, &e));
	assert_int_equal(e.kind, ERR_MATH);
	score_free(s);
}

static void a_criterion_alone_can_be_too_large_to_write_down(void **state)
{
	struct golden g;
	struct err e = { 0 };
	struct score *s;

	(void)state;
	golden_make(&g);
	g.node[0].maximum.micro = INT64_MAX;
	/* all answer A: rounding up leaves the range */
	s = score_new(&g.spec, &e);
	assert_non_null(s);
	for (size_t i = 0; i < g.n; i++) {
		uint8_t best[SURVEY_SLOTS] = { 1, 1, 1 };
		struct score_rating r = { g.r[i].unit, 0, g.r[i].group,
					  g.r[i].stratum, best };

		assert_true(score_count(s, &r, &e));
	}
	assert_false(score_fix(s, &e));
	assert_int_equal(e.kind, ERR_MATH);
	score_free(s);
}

static void a_unit_that_no_criterion_is_about_has_no_points(void **state)
{
	struct golden g;
	struct score *s;
	const struct score_cell *c;

	(void)state;
	golden_make(&g);
	g.applies[1] = false;
	s = survey_score(&g.spec, g.r, NULL, g.n);
	c = score_cell(s, 1, SCORE_NONE);
	assert_false(c->applies || c->scored || c->has_se);
	assert_int_equal(c->n_valid, 0);
	assert_true(score_cell(s, 0, SCORE_NONE)->has_se);
	score_free(s);
}

static void a_criterion_of_too_many_questions_is_refused(void **state)
{
	static struct score_asking ask[512];
	struct score_item item = { .code = "q",
				   .weight = { DEC_ONE },
				   .askings = ask,
				   .n_askings = 512 };
	struct golden g;

	(void)state;
	golden_make(&g);
	g.node[0].items = &item;
	refused(&g.spec, ERR_MATH, "too many questions");
}

/* ---- ranks ----------------------------------------------------------- */

static void equal_points_share_a_rank(void **state)
{
	const struct dec p[] = { { 5 }, { 9 }, { 7 }, { 7 }, { 0 }, { 3 } };
	const bool scored[] = { true, true, true, true, false, true };
	const size_t want[] = { 4, 1, 2, 2, 0, 5 };
	size_t rank[6];

	(void)state;
	score_rank(p, scored, 6, rank);
	assert_memory_equal(rank, want, sizeof want);
}

/* ---- no memory ------------------------------------------------------- */

/* The linker sends every calloc and malloc of this program here. */
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
static _Atomic long allocations_left = -1;

static bool allocation_fails(void)
{
	return allocations_left >= 0 && allocations_left-- == 0;
}

void *__wrap_calloc(size_t n, size_t size)
{
	return allocation_fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_malloc(size_t size)
{
	return allocation_fails() ? NULL : __real_malloc(size);
}

static bool try_all(const struct world *w, struct err *e)
{
	struct score *s = score_new(&w->spec, e);
	bool ok = s != NULL;

	for (size_t i = 0; ok && i < w->n; i++) {
		struct score_rating r = { w->r[i].unit, w->r[i].form,
					  w->r[i].group, w->r[i].stratum,
					  w->r[i].answers };

		ok = score_count(s, &r, e);
	}
	ok = ok && score_fix(s, e);
	ok = ok && score_finish(s, e);
	score_free(s);
	return ok;
}

static void failing_memory_is_an_error_at_every_place(void **state)
{
	static struct world w;
	long n = 0;
	bool ok = false;

	(void)state;
	world_make(&w);
	w.spec.lonely = TAYLOR_COLLAPSE;
	while (!ok) {
		struct err e = { 0 };

		allocations_left = n;
		ok = try_all(&w, &e);
		allocations_left = -1;
		if (!ok)
			assert_int_equal(e.kind, ERR_NOMEM);
		n++;
		assert_true(n < 10000);
	}
	assert_true(n > 60);
}

/* The long form's last question lies past the end of the short one. */
static void forms_of_different_lengths_share_a_criterion(void **state)
{
	static const struct score_asking askings[] = { { 0, 0 }, { 1, 2 } };
	static const struct score_item item = { .code = "i",
						.weight = { DEC_ONE },
						.askings = askings,
						.n_askings = 2 };
	static const bool yes[] = { true, true };
	static const struct score_node node = { .code = "C1",
						.parent = SCORE_NONE,
						.kind = SCORE_SURVEY,
						.maximum = { 10 * DEC_ONE },
						.items = &item,
						.n_items = 1,
						.applies = yes };
	static struct score_value values[2][3 * 256];
	static const struct score_value *const value[] = { values[0],
							   values[1] };
	static const size_t slots[] = { 1, 3 }, group_form[] = { 0, 1 },
			    stratum_group[] = { 0, 1 };
	static const struct dec weight[] = { { 0 }, { 0 } };
	static const struct taylor_stratum strata[] = { { 1, -1, 0 },
							{ 1, -1, 0 } };
	const struct score_spec spec = { .n_units = 1,
					 .n_groups = 2,
					 .n_forms = 2,
					 .n_strata = 2,
					 .form_slots = slots,
					 .value = value,
					 .nodes = &node,
					 .n_nodes = 1,
					 .group_weight = weight,
					 .group_form = group_form,
					 .expected = yes,
					 .digits = 2,
					 .lonely = TAYLOR_ADJUST,
					 .strata = strata,
					 .stratum_group = stratum_group,
					 .confidence = 0.95 };
	const struct score_rating one = { 0, 0, 0, 0, (const uint8_t *)"\1" };
	const struct score_rating three = { 0, 1, 1, 1,
					    (const uint8_t *)"\2\2\1" };
	struct err e = { 0 };
	struct score *s;

	(void)state;
	for (size_t f = 0; f < 2; f++)
		for (size_t slot = 0; slot < slots[f]; slot++)
			values[f][slot * 256 + 1] = (struct score_value){
				.counts = true,
				.coefficient = { (f ? 40 : 80) * DEC_ONE }
			};
	s = score_new(&spec, &e);
	assert_non_null(s);
	assert_true(score_count(s, &one, &e));
	assert_true(score_count(s, &three, &e));
	assert_true(score_fix(s, &e));
	score_spread(s, &one);
	score_spread(s, &three);
	assert_true(score_finish(s, &e));
	assert_int_equal(score_item_count(s, 0, 0, 0, 0, 1), 1);
	assert_int_equal(score_item_count(s, 0, 0, 0, 1, 1), 1);
	assert_int_equal(score_cell(s, 0, 0)->points.micro, 6 * DEC_ONE);
	score_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_points_come_out_exactly),
		cmocka_unit_test(golden_grades_and_left_out_points_come_out),
		cmocka_unit_test(points_by_counting_agree_with_the_oracle),
		cmocka_unit_test(every_choice_agrees_with_brute_force),
		cmocka_unit_test(left_out_items_are_said_and_sums_add_up),
		cmocka_unit_test(shuffled_ratings_give_the_same_bits),
		cmocka_unit_test(every_lonely_rule_is_taken_up),
		cmocka_unit_test(
			a_census_has_no_error_and_one_rating_no_interval),
		cmocka_unit_test(a_spec_that_does_not_hold_is_refused),
		cmocka_unit_test(a_rating_out_of_place_is_refused),
		cmocka_unit_test(points_too_large_to_write_down_are_an_error),
		cmocka_unit_test(
			a_criterion_alone_can_be_too_large_to_write_down),
		cmocka_unit_test(
			a_unit_that_no_criterion_is_about_has_no_points),
		cmocka_unit_test(a_criterion_of_too_many_questions_is_refused),
		cmocka_unit_test(equal_points_share_a_rank),
		cmocka_unit_test(failing_memory_is_an_error_at_every_place),
		cmocka_unit_test(forms_of_different_lengths_share_a_criterion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
