#include "phieu/score.h"

#include <stdlib.h>
#include <string.h>

#include "phieu/json.h"
#include "support/score_world.h"
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
	score_refused(&g.spec, ERR_MATH, "too many questions");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_points_come_out_exactly),
		cmocka_unit_test(golden_grades_and_left_out_points_come_out),
		cmocka_unit_test(points_by_counting_agree_with_the_oracle),
		cmocka_unit_test(equal_points_share_a_rank),
		cmocka_unit_test(forms_of_different_lengths_share_a_criterion),
		cmocka_unit_test(
			a_census_has_no_error_and_one_rating_no_interval),
		cmocka_unit_test(a_criterion_of_too_many_questions_is_refused),
		cmocka_unit_test(
			a_unit_that_no_criterion_is_about_has_no_points),
		cmocka_unit_test(
			a_criterion_alone_can_be_too_large_to_write_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
