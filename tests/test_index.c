/* The index: golden values, rules one by one, and properties. */
#include <stdio.h>

#include "phieu/index.h"
#include "phieu/json.h"
#include "support/index.h"
#include "support/index_small.h"
#include "support/table.h"
#include "support/test.h"

/* ---- golden ------------------------------------------------------------ */

static const char golden_criteria[] =
	"[{\"code\":\"Q1\",\"name\":\"q\",\"maximum\":\"1\",\"source\":"
	"\"survey\",%s\"convert\":{\"linear\":{\"low\":\"0\",\"high\":\"100\"}}"
	"},{\"code\":\"Q2\",\"name\":\"q\",\"maximum\":\"1.5\",\"source\":"
	"\"survey\",%s\"convert\":{\"linear\":{\"low\":\"0\",\"high\":\"100\"}}"
	"},{\"code\":\"Q3\",\"name\":\"q\",\"maximum\":\"0.5\",\"source\":"
	"\"survey\",%s\"convert\":{\"linear\":{\"low\":\"0\",\"high\":\"100\"}}"
	"}]";
static const char *const golden_q[] = { "Q1", "Q2", "Q3" };

/* Units with pooled means, or with means by group. */
static char *golden_units(struct arena *a, const cJSON *units, bool by_group)
{
	struct buf b = BUF_INIT(1 << 20);
	char *s;

	buf_adds(&b, "[");
	for (const cJSON *u = units->child; u; u = u->next) {
		buf_addf(&b,
			 "%s{\"code\":\"%s\",\"name\":\"n\",\"kind\":\"so\","
			 "\"values\":{",
			 u == units->child ? "" : ",", u->string);
		for (size_t q = 0; q < 3; q++) {
			const cJSON *one =
				json_get(json_get(u, "questions"), golden_q[q]);
			const cJSON *g = json_get(one, "group_mean_coef");

			buf_addf(&b, "%s\"%s\":", q > 0 ? "," : "",
				 golden_q[q]);
			if (!by_group) {
				buf_addf(&b, "\"%s\"",
					 json_get_text(one, "mean_coef_exact"));
				continue;
			}
			buf_adds(&b, "{\"groups\":{");
			for (g = g->child; g; g = g->next)
				buf_addf(&b, "\"%s\":\"%s\"%s", g->string,
					 g->valuestring, g->next ? "," : "");
			buf_adds(&b, "}}");
		}
		buf_adds(&b, "}}");
	}
	buf_adds(&b, "]");
	s = arena_strdup(a, buf_cstr(&b));
	buf_free(&b);
	return s;
}

static void golden_open(struct indexed *q, const cJSON *tree, bool by_group,
			const char *order, int digits)
{
	static const char groups[] = "\"groups\":{\"HDND\":\"0.2\",\"CC\":"
				     "\"0.5\",\"PHONG\":\"0.3\"},";
	const char *g = by_group ? groups : "";
	struct arena *a = arena_new(1 << 22);

	indexed_open(
		q, index_document(
			   a,
			   index_rules(a, "total", "incomplete", order, digits,
				       ",\"missing_group\":\"renormalise\""),
			   arena_printf(a, golden_criteria, g, g, g), "3",
			   golden_units(a, json_get(tree, "units"), by_group)));
	arena_free(a);
}

static void want_text(const char *got, const cJSON *object, const char *field)
{
	const char *want = json_get_text(object, field);

	assert_non_null(want);
	assert_string_equal(got, want);
}

static void golden_points_come_out_exactly(void **state)
{
	cJSON *tree = test_json_read("tests/data/golden/expected.json");
	struct indexed two, three, items, weighted;

	(void)state;
	golden_open(&two, tree, false, "sum-first", 2);
	golden_open(&three, tree, false, "sum-first", 3);
	golden_open(&items, tree, false, "item-first", 2);
	golden_open(&weighted, tree, true, "sum-first", 3);
	for (const cJSON *u = json_get(tree, "units")->child; u; u = u->next) {
		size_t at = indexed_unit(&two, u->string);

		for (size_t q = 0; q < 3; q++) {
			const cJSON *one =
				json_get(json_get(u, "questions"), golden_q[q]);

			want_text(indexed_points(&two, u->string, golden_q[q]),
				  one, "points_2dp");
			want_text(indexed_points(&three, u->string,
						 golden_q[q]),
				  one, "points_3dp");
			want_text(indexed_points(&weighted, u->string,
						 golden_q[q]),
				  one, "weighted_points_3dp");
			want_text(indexed_exact(&two, index_cell(two.ix, at, q)
							      ->before),
				  one, "points_exact");
		}
		want_text(indexed_exact(&two, index_total(two.ix, at)->before),
			  u, "sum_points_exact");
		want_text(indexed_total(&two, u->string), u, "sum_points_2dp");
		want_text(indexed_total(&items, u->string), u,
			  "sum_of_rounded_2dp");
		want_text(indexed_total(&weighted, u->string), u,
			  "sum_weighted_points_3dp");
	}
	/* the two orders differ, and both are right by their rule */
	assert_string_equal(indexed_total(&two, "SO-TC"), "2.49");
	assert_string_equal(indexed_total(&items, "SO-TC"), "2.50");
	indexed_close(&two);
	indexed_close(&three);
	indexed_close(&items);
	indexed_close(&weighted);
	cJSON_Delete(tree);
}

static void grades_and_rescaling_of_the_golden_traps(void **state)
{
	cJSON *tree = test_json_read("tests/data/golden/expected.json");
	const cJSON *traps = json_get(tree, "traps"), *one;
	const cJSON *na = json_get(traps, "renormalise_not_applicable");
	char percent[DEC_TEXT_MAX + 8];
	struct indexed q;

	(void)state;
	cJSON_ArrayForEach(one, json_get(traps, "grade_hanam_2023"))
	{
		struct arena *a = arena_new(1 << 20);

		indexed_open(
			&q,
			index_document(
				a,
				index_rules(a, "total", "incomplete",
					    "sum-first", 3, ""),
				"[" LEAF("a", "100") "]", "100",
				arena_printf(a,
					     "[{\"code\":\"u\",\"name\":\"n\","
					     "\"kind\":\"so\",\"values\":{\"a\""
					     ":\"%s\"}}]",
					     json_get_text(one, "score"))));
		want_text(indexed_grade(&q, "u"), one, "grade");
		indexed_close(&q);
		arena_free(a);
	}
	open_small(&q, "total", "incomplete", "sum-first", "",
		   "[" LEAF("a", "66") "," LEAF("b", "4") "]", "70",
		   "[" UNIT("u", "\"a\":\"60.5\",\"b\":{\"status\":"
				 "\"not-applicable\"}") "]");
	want_text(indexed_total(&q, "u"), na, "scaled_points_2dp");
	want_text(exact_fixed(index_total(q.ix, 0)->percent, 2, percent), na,
		  "ratio_percent_2dp");
	indexed_close(&q);
	cJSON_Delete(tree);
}

static void a_unit_with_nothing_left_is_refused_not_divided(void **state)
{
	static const char *const how[] = { "total", "source", "parent",
					   "none" };
	struct indexed q;
	struct index_record *r;
	struct err e = { 0 };
	struct dec d;
	size_t n;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		open_small(&q, how[i], "incomplete", "item-first", "",
			   "[" LEAF("a", "7") "]", "7",
			   "[" UNIT("u", "\"a\":{\"status\":"
					 "\"not-applicable\"}") "]");
		assert_false(index_total(q.ix, 0)->computable);
		assert_false(index_total(q.ix, 0)->complete);
		assert_int_equal(index_total(q.ix, 0)->rank, 0);
		assert_false(index_percent(index_cell(q.ix, 0, 0), 2, &d));
		assert_true(
			index_explain(q.ix, 0, INDEX_NONE, q.a, &r, &n, &e));
		assert_string_equal(r[n - 1].rule, "nothing-left");
		indexed_close(&q);
	}
}

static void the_rest_is_rescaled_as_the_rule_says(void **state)
{
	/* 1.1 of 25 removed; the others 10, 30, 20 */
	static const char units[] =
		"[" UNIT("u", "\"1.1\":{\"status\":\"not-applicable\"},"
			      "\"1.2\":\"10\",\"2.1\":\"30\",\"2.2\":"
			      "\"20\"") "]";
	static const char *const want[][2] = {
		{ "total", "80.00" },  /* 60 / 75 x 100 */
		{ "source", "81.43" }, /* 30/35 x 60 + 30 = 81.428571 */
		{ "parent", "76.67" }, /* 10/15 x 40 + 50 */
		{ "none", "60.00" },
	};
	struct indexed q;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		open_small(&q, want[i][0], "incomplete", "sum-first", "",
			   two_fields, "100", units);
		assert_string_equal(indexed_total(&q, "u"), want[i][1]);
		assert_int_equal(index_total(q.ix, 0)->n_removed, 1);
		indexed_close(&q);
	}
	/* a whole field removed: the other stands for everything */
	open_small(&q, "parent", "incomplete", "item-first", "", two_fields,
		   "100",
		   "[" UNIT("u", "\"1\":{\"status\":\"not-applicable\"},"
				 "\"2.1\":\"30\",\"2.2\":\"20\"") "]");
	assert_string_equal(indexed_total(&q, "u"), "83.33");
	assert_int_equal(index_cell(q.ix, 0, 0)->state, INDEX_REMOVED);
	assert_int_equal(index_cell(q.ix, 0, 1)->state, INDEX_REMOVED);
	indexed_close(&q);
	/* a whole source removed cannot be made up for by another */
	open_small(&q, "source", "incomplete", "item-first", "", two_fields,
		   "100",
		   "[" UNIT("u", "\"1.1\":{\"status\":\"not-applicable\"},"
				 "\"2.1\":{\"status\":\"not-applicable\"},"
				 "\"1.2\":\"10\",\"2.2\":\"20\"") "]");
	assert_false(index_total(q.ix, 0)->computable);
	indexed_close(&q);
}

static void a_missing_part_follows_the_decision(void **state)
{
	static const char units[] =
		"[" UNIT("u", "\"1.1\":\"20\",\"1.2\":{\"status\":\"no-"
			      "answers\"},\"2.1\":\"30\",\"2.2\":\"20\"") "]";
	static const struct {
		const char *rule, *want;
		enum index_state state;
	} c[] = { { "incomplete", "-", INDEX_MISSING },
		  { "leave-out", "82.35", INDEX_OUT }, /* 70 / 85 x 100 */
		  { "zero", "70.00", INDEX_ZEROED } };
	struct indexed q;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		open_small(&q, "total", c[i].rule, "sum-first", "", two_fields,
			   "100", units);
		assert_string_equal(indexed_total(&q, "u"), c[i].want);
		assert_int_equal(index_cell(q.ix, 0, 2)->state, c[i].state);
		assert_int_equal(index_total(q.ix, 0)->n_missing, i == 0);
		assert_int_equal(index_total(q.ix, 0)->n_out, i == 1);
		assert_int_equal(index_total(q.ix, 0)->n_zeroed, i == 2);
		indexed_close(&q);
	}
	/* no row at all is as missing as a row that says so */
	open_small(&q, "total", "incomplete", "sum-first", "", two_fields,
		   "100", "[" UNIT("u", "\"1.1\":\"20\"") "]");
	assert_int_equal(index_total(q.ix, 0)->n_missing, 3);
	assert_false(index_total(q.ix, 0)->complete);
	indexed_close(&q);
	/* a field of which all is left out is left out */
	open_small(&q, "total", "leave-out", "sum-first", "", two_fields, "100",
		   "[" UNIT("u", "\"1.1\":\"20\",\"1.2\":\"10\"") "]");
	assert_int_equal(index_cell(q.ix, 0, 3)->state, INDEX_OUT);
	assert_string_equal(indexed_total(&q, "u"), "75.00");
	indexed_close(&q);
}

static void own_points_stand_in_only_where_decided(void **state)
{
	struct indexed q;

	(void)state;
	indexed_open_file(&q, "docs/examples/index-thieu.json");
	assert_string_equal(indexed_total(&q, "T2"), "82.50");
	assert_int_equal(index_cell(q.ix, indexed_unit(&q, "T2"),
				    indexed_node(&q, "1.1"))
				 ->state,
			 INDEX_SELF);
	assert_string_equal(indexed_total(&q, "T3"), "80.40");
	assert_string_equal(indexed_total(&q, "T5"), "-");
	assert_string_equal(indexed_total(&q, "T6"), "85.00");
	indexed_close(&q);
}

static void a_draft_is_made_from_the_units_own_points(void **state)
{
	static const char units[] =
		"[" UNIT("u", "\"a\":{\"value\":\"3\",\"self\":\"5\"},\"b\":"
			      "\"4\"") "," UNIT("v", "\"a\":\"4\",\"b\":"
						     "\"4\"") "]";
	static const char criteria[] =
		"[" LEAF("a", "6") "," SURVEY("b", "4") "]";
	struct indexed q;

	(void)state;
	open_small(&q, "total", "incomplete", "item-first", ",\"draft\":true",
		   criteria, "10", units);
	assert_string_equal(indexed_total(&q, "u"), "9.00");
	assert_string_equal(indexed_total(&q, "v"), "-"); /* none given */
	indexed_close(&q);
	open_small(&q, "total", "incomplete", "item-first", "", criteria, "10",
		   units);
	assert_string_equal(indexed_total(&q, "u"), "7.00");
	assert_string_equal(indexed_exact(&q, index_total(q.ix, 0)->self), "5");
	assert_string_equal(indexed_exact(&q, index_total(q.ix, 0)->appraised),
			    "3");
	indexed_close(&q);
}

/* ---- how children combine ---------------------------------------------- */

#define WITH(code, max, how, children)                             \
	"{\"code\":\"" code "\",\"name\":\"n\",\"maximum\":\"" max \
	"\",\"combine\":\"" how "\",\"children\":[" children "]}"
#define NA "{\"status\":\"not-applicable\"}"

struct combined {
	const char *values, *points;
	enum index_state state;
};

static void check_combined(const char *criteria, const struct combined *c,
			   size_t n)
{
	struct indexed q;

	for (size_t i = 0; i < n; i++) {
		struct arena *a = arena_new(1 << 20);

		open_small(&q, "none", "incomplete", "item-first", "", criteria,
			   "10",
			   arena_printf(a,
					"[{\"code\":\"u\",\"name\":\"n\","
					"\"kind\":\"so\",\"values\":{%s}}]",
					c[i].values));
		assert_string_equal(indexed_points(&q, "u", "k"), c[i].points);
		assert_int_equal(index_cell(q.ix, 0, 0)->state, c[i].state);
		indexed_close(&q);
		arena_free(a);
	}
}

static void all_of_wants_every_part(void **state)
{
	static const struct combined c[] = {
		{ "\"a\":\"2\",\"b\":\"3\"", "10.00", INDEX_SCORED },
		{ "\"a\":\"2\",\"b\":\"2.99\"", "0.00", INDEX_SCORED },
		{ "\"a\":\"1.99\"", "0.00", INDEX_SCORED }, /* unmet anyway */
		{ "\"a\":\"2\"", "0.00", INDEX_MISSING },
		{ "\"a\":\"2\",\"b\":" NA, "10.00", INDEX_SCORED },
		{ "\"a\":" NA ",\"b\":" NA, "0.00", INDEX_REMOVED },
	};

	(void)state;
	check_combined("[" WITH("k", "10", "all-of",
				LEAF("a", "2") "," LEAF("b", "3")) "]",
		       c, 6);
}

static void any_of_wants_one_part(void **state)
{
	static const struct combined c[] = {
		{ "\"a\":\"2\",\"b\":\"0\"", "10.00", INDEX_SCORED },
		{ "\"a\":\"0\",\"b\":\"1.5\"", "10.00", INDEX_SCORED },
		{ "\"a\":\"0\",\"b\":\"1.49\"", "0.00", INDEX_SCORED },
		{ "\"a\":\"2\"", "10.00", INDEX_SCORED }, /* met anyway */
		{ "\"a\":\"0\"", "0.00", INDEX_MISSING },
	};

	(void)state;
	check_combined("[" WITH("k", "10", "any-of",
				LEAF("a",
				     "2") ",{\"code\":\"b\",\"name\":\"n\","
					  "\"maximum\":\"3\",\"need\":\"1.5\","
					  "\"source\":\"assessed\"}") "]",
		       c, 5);
}

static void a_formula_goes_by_steps(void **state)
{
	static const struct combined c[] = {
		{ "\"a\":\"90\",\"b\":\"90\"", "10.00", INDEX_SCORED },
		{ "\"a\":\"89.99\",\"b\":\"90\"", "6.50", INDEX_SCORED },
		{ "\"a\":\"40\",\"b\":\"39\"", "0.00", INDEX_SCORED },
		{ "\"a\":\"95\",\"b\":" NA, "10.00", INDEX_SCORED },
		{ "\"a\":\"95\"", "6.50", INDEX_MISSING }, /* so far */
		{ "\"a\":" NA ",\"b\":" NA, "0.00", INDEX_REMOVED },
	};
	static const struct combined linear[] = {
		{ "\"a\":\"100\",\"b\":\"50\"", "7.50", INDEX_SCORED },
	};

	(void)state;
	check_combined(
		"[{\"code\":\"k\",\"name\":\"n\",\"maximum\":\"10\","
		"\"combine\":\"formula\",\"convert\":{\"steps\":[{\"from\":"
		"\"90\",\"points\":\"10\"},{\"from\":\"40\",\"points\":\"6.5\""
		"}]},\"children\":[" LEAF("a", "100") "," LEAF("b",
							       "100") "]}]",
		c, 6);
	check_combined("[{\"code\":\"k\",\"name\":\"n\",\"maximum\":\"10\","
		       "\"combine\":\"formula\",\"convert\":{\"linear\":{"
		       "\"low\":\"0\",\"high\":\"100\"}},\"children\":[" LEAF(
			       "a", "100") "," LEAF("b", "100") "]}]",
		       linear, 1);
}

static void satisfaction_goes_by_share_or_by_bands(void **state)
{
	static const char bands[] =
		"[{\"code\":\"k\",\"name\":\"n\",\"maximum\":\"10\","
		"\"source\":\"satisfaction\",\"convert\":{\"steps\":[{\"from\":"
		"\"90\",\"points\":\"10\"},{\"from\":\"80\",\"points\":\"8\"}]}"
		"}]";
	static const char share[] =
		"[{\"code\":\"k\",\"name\":\"n\",\"maximum\":\"10\","
		"\"source\":\"satisfaction\",\"convert\":{\"linear\":{\"low\":"
		"\"0\",\"high\":\"90\",\"cap\":true}}}]";
	static const struct combined by_bands[] = {
		{ "\"k\":\"90\"", "10.00", INDEX_SCORED },
		{ "\"k\":\"89.9999999\"", "8.00", INDEX_SCORED },
		{ "\"k\":\"79\"", "0.00", INDEX_SCORED },
	};
	static const struct combined by_share[] = {
		{ "\"k\":\"82.66\"", "9.18", INDEX_SCORED },
		{ "\"k\":\"95\"", "10.00", INDEX_SCORED }, /* capped */
		{ "\"k\":\"-1\"", "0.00", INDEX_SCORED },
	};

	(void)state;
	check_combined(bands, by_bands, 3);
	check_combined(share, by_share, 3);
}

static void groups_that_did_not_answer_follow_the_decision(void **state)
{
	static const char criteria[] =
		"[{\"code\":\"k\",\"name\":\"n\",\"maximum\":\"10\","
		"\"source\":\"survey\",\"groups\":{\"A\":\"1\",\"B\":\"3\"},"
		"\"convert\":{\"linear\":{\"low\":\"0\",\"high\":\"100\"}}}]";
	static const char one[] =
		"[" UNIT("u", "\"k\":{\"groups\":{\"A\":\"80\"}}") "]";
	static const char none[] = "[" UNIT("u", "\"k\":{\"groups\":{}}") "]";
	static const struct {
		const char *rule, *want;
	} c[] = { { "renormalise", "8.00" },
		  { "unscored", "-" },
		  { "zero", "2.00" } };
	struct indexed q;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		char more[80];

		(void)snprintf(more, sizeof more, ",\"missing_group\":\"%s\"",
			       c[i].rule);
		open_small(&q, "none", "incomplete", "sum-first", more,
			   criteria, "10", one);
		assert_string_equal(indexed_total(&q, "u"), c[i].want);
		indexed_close(&q);
		open_small(&q, "none", "incomplete", "sum-first", more,
			   criteria, "10", none);
		assert_string_equal(indexed_total(&q, "u"), "-");
		indexed_close(&q);
	}
}

static void bonus_and_deductions_stand_beside_the_sum(void **state)
{
	static const char units[] =
		"[{\"code\":\"u\",\"name\":\"n\",\"kind\":\"so\",\"values\":{"
		"\"a\":\"80\",\"b\":\"4.5\",\"d\":\"1.25\"},\"deductions\":[{"
		"\"points\":\"0.5\",\"reason\":\"r\"},{\"points\":\"2\","
		"\"reason\":\"r\",\"document\":\"12/KL\",\"criterion\":\"a\"}]"
		"}," UNIT("v", "\"a\":\"99\",\"b\":\"5\"") "," UNIT(
			"w", "\"a\":\"1\",\"d\":\"3\"") "]";
	struct indexed q;
	const struct index_total *t;

	(void)state;
	open_small(&q, "total", "incomplete", "item-first", "", extras, "100",
		   units);
	t = index_total(q.ix, 0);
	assert_string_equal(indexed_total(&q, "u"), "80.75");
	assert_string_equal(indexed_exact(&q, t->sum), "80");
	assert_string_equal(indexed_exact(&q, t->bonus), "9/2");
	assert_string_equal(indexed_exact(&q, t->deduction), "15/4");
	assert_string_equal(indexed_exact(&q, index_cell(q.ix, 0, 0)->deducted),
			    "2");
	assert_string_equal(indexed_exact(&q, index_cell(q.ix, 0, 2)->deducted),
			    "5/4");
	/* not claimed is no missing part, and neither cap nor floor acts
	 * unless decided */
	assert_int_equal(index_cell(q.ix, 1, 2)->state, INDEX_UNCLAIMED);
	assert_string_equal(indexed_total(&q, "v"), "104.00");
	assert_string_equal(indexed_total(&q, "w"), "-2.00");
	assert_string_equal(indexed_grade(&q, "w"), "-");
	indexed_close(&q);
	open_small(&q, "total", "incomplete", "item-first",
		   ",\"cap_total\":true,\"floor_zero\":true", extras, "100",
		   units);
	assert_string_equal(indexed_total(&q, "v"), "100.00");
	assert_string_equal(indexed_total(&q, "w"), "0.00");
	indexed_close(&q);
}

static void a_pending_deduction_leaves_the_unit_incomplete(void **state)
{
	struct indexed q;

	(void)state;
	open_small(&q, "total", "incomplete", "item-first", "", extras, "100",
		   "[" UNIT("u", "\"a\":\"80\",\"d\":{\"status\":"
				 "\"pending\"}") "]");
	assert_false(index_total(q.ix, 0)->complete);
	indexed_close(&q);
	open_small(&q, "total", "incomplete", "item-first", "",
		   "[" FIELD("1", "100",
			     LEAF("a", "100") ",{\"code\":\"d\",\"name\":\"n\""
					      ",\"maximum\":\"3\",\"source\":"
					      "\"assessed\",\"effect\":"
					      "\"deduction\"}") "]",
		   "100",
		   "[" UNIT("u",
			    "\"a\":\"80\",\"d\":{\"status\":"
			    "\"pending\"}") "," UNIT("v", "\"a\":\"80\",\"d\":"
							  "\"3\"") "]");
	assert_false(index_total(q.ix, 0)->complete);
	assert_string_equal(indexed_total(&q, "v"), "77.00");
	assert_string_equal(indexed_exact(&q, index_cell(q.ix, 1, 0)->deducted),
			    "3");
	indexed_close(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_points_come_out_exactly),
		cmocka_unit_test(grades_and_rescaling_of_the_golden_traps),
		cmocka_unit_test(
			a_unit_with_nothing_left_is_refused_not_divided),
		cmocka_unit_test(the_rest_is_rescaled_as_the_rule_says),
		cmocka_unit_test(a_missing_part_follows_the_decision),
		cmocka_unit_test(own_points_stand_in_only_where_decided),
		cmocka_unit_test(a_draft_is_made_from_the_units_own_points),
		cmocka_unit_test(all_of_wants_every_part),
		cmocka_unit_test(any_of_wants_one_part),
		cmocka_unit_test(a_formula_goes_by_steps),
		cmocka_unit_test(satisfaction_goes_by_share_or_by_bands),
		cmocka_unit_test(
			groups_that_did_not_answer_follow_the_decision),
		cmocka_unit_test(bonus_and_deductions_stand_beside_the_sum),
		cmocka_unit_test(
			a_pending_deduction_leaves_the_unit_incomplete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
