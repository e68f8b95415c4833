/* The index: golden values, rules one by one, and properties. */
#include "phieu/index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/json.h"
#include "support/index.h"
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

#define LEAF(code, max)                                            \
	"{\"code\":\"" code "\",\"name\":\"n\",\"maximum\":\"" max \
	"\",\"source\":\"assessed\"}"
#define UNIT(code, values)                                       \
	"{\"code\":\"" code "\",\"name\":\"n\",\"kind\":\"so\"," \
	"\"values\":{" values "}}"

static void open_small(struct indexed *q, const char *rescale,
		       const char *missing, const char *order, const char *more,
		       const char *criteria, const char *total,
		       const char *units)
{
	struct arena *a = arena_new(1 << 22);

	indexed_open(q, index_document(a,
				       index_rules(a, rescale, missing, order,
						   2, more),
				       criteria, total, units));
	arena_free(a);
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

/* ---- rescaling --------------------------------------------------------- */

#define SURVEY(code, max)                                          \
	"{\"code\":\"" code "\",\"name\":\"n\",\"maximum\":\"" max \
	"\",\"source\":\"survey\"}"
#define FIELD(code, max, children)                                 \
	"{\"code\":\"" code "\",\"name\":\"n\",\"maximum\":\"" max \
	"\",\"children\":[" children "]}"

static const char two_fields[] =
	"[" FIELD("1", "40",
		  LEAF("1.1", "25") "," SURVEY(
			  "1.2", "15")) "," FIELD("2", "60",
						  LEAF("2.1", "35") "," SURVEY(
							  "2.2", "25")) "]";

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

/* ---- beside the criteria ----------------------------------------------- */

static const char extras[] =
	"[" LEAF("a", "100") ",{\"code\":\"b\",\"name\":\"n\",\"maximum\":\"5\""
			     ",\"source\":\"assessed\",\"effect\":\"bonus\"},"
			     "{\"code\":\"d\",\"name\":\"n\",\"maximum\":\"3\""
			     ",\"source\":\"assessed\",\"effect\":"
			     "\"deduction\"}]";

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

/* ---- ranks ------------------------------------------------------------- */

static const char four_units[] = "[" UNIT(
	"A",
	"\"1.1\":\"20\",\"1.2\":\"10\",\"2.1\":\"30\",\"2.2\":"
	"\"20\"") "," UNIT("B",
			   "\"1.1\":\"20\",\"1.2\":\"12\","
			   "\"2.1\":\"30\",\"2.2\":"
			   "\"20\"") "," UNIT("C",
					      "\"1.1\":\"22\",\"1.2\":\"10\","
					      "\"2.1\":\"30\",\"2.2\":"
					      "\"20\"") "," UNIT("D",
								 "\"1.1\":"
								 "\"20\",\"1."
								 "2\":\"9\","
								 "\"2.1\":"
								 "\"30\",\"2."
								 "2\":"
								 "\"20\"") "]";

static void ties_share_a_rank_or_follow_the_stated_rule(void **state)
{
	static const struct {
		const char *more;
		size_t a, b, c, d;
	} k[] = { { "", 3, 1, 1, 4 },
		  { ",\"ties\":\"dense\"", 2, 1, 1, 3 },
		  { ",\"tie_break\":[\"survey\"]", 3, 1, 2, 4 },
		  { ",\"tie_break\":[\"criterion:1.1\"]", 3, 2, 1, 4 },
		  { ",\"tie_break\":[\"exact\",\"deduction\",\"criterion:2\"]",
		    3, 1, 1, 4 },
		  { ",\"tie_break\":[\"criterion:2\",\"assessed\"]", 3, 2, 1,
		    4 } };
	struct indexed q;

	(void)state;
	for (size_t i = 0; i < sizeof k / sizeof k[0]; i++) {
		open_small(&q, "total", "incomplete", "item-first", k[i].more,
			   two_fields, "100", four_units);
		assert_int_equal(indexed_rank(&q, "A"), k[i].a);
		assert_int_equal(indexed_rank(&q, "B"), k[i].b);
		assert_int_equal(indexed_rank(&q, "C"), k[i].c);
		assert_int_equal(indexed_rank(&q, "D"), k[i].d);
		assert_int_equal(index_total(q.ix, 1)->shared,
				 k[i].b == k[i].c);
		indexed_close(&q);
	}
}

static void ranks_are_given_within_blocks(void **state)
{
	struct indexed q;
	const size_t *order;

	(void)state;
	indexed_open_file(&q, "docs/examples/index-ba-cap.json");
	assert_int_equal(indexed_rank(&q, "SO-4"), 1);
	assert_int_equal(indexed_rank(&q, "SO-3"), 1); /* its own block */
	assert_int_equal(indexed_rank(&q, "XA-3"), 2);
	assert_int_equal(indexed_rank(&q, "HUYEN-3"), 3);
	assert_int_equal(indexed_rank(&q, "XA-4"), 3);
	assert_int_equal(indexed_rank(&q, "XA-5"), 3);
	assert_string_equal(indexed_grade(&q, "XA-1"), "Đạt");
	assert_string_equal(indexed_grade(&q, "SO-1"), "Khá");
	/* points of the exact rationals, rounded once */
	assert_string_equal(indexed_total(&q, "SO-1"), "75.136");
	order = index_order(q.ix);
	assert_string_equal(q.set.units[order[0]].code, "SO-4");
	assert_string_equal(q.set.units[order[11]].code, "HUYEN-3");
	indexed_close(&q);
}

/* ---- properties -------------------------------------------------------- */

static char *result_of(const struct index *ix)
{
	struct buf b = BUF_INIT((size_t)64 << 20);

	index_write_json(ix, NULL, NULL, 0, &b);
	index_write_csv(ix, &b);
	assert_non_null(buf_cstr(&b));
	return buf_take(&b);
}

static unsigned next(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 16;
}

/* Units, values, deductions in another order: the same bytes. */
static void shuffled_gives_the_same(const char *path, unsigned seed)
{
	struct indexed q;
	struct index_set s;
	struct index_unit *units;
	struct index_value *values;
	struct index_deduction *deductions;
	struct buf set_a = BUF_INIT((size_t)64 << 20);
	struct buf set_b = BUF_INIT((size_t)64 << 20);
	size_t to[64];
	struct err e = { 0 };
	struct index *ix;
	char *a, *b;

	indexed_open_file(&q, path);
	s = q.set;
	assert_true(s.n_units < 64);
	units = arena_array(q.a, s.n_units, sizeof *units);
	values = arena_array(q.a, s.n_values, sizeof *values);
	deductions = arena_array(q.a, s.n_deductions + 1, sizeof *deductions);
	for (size_t i = 0; i < s.n_units; i++)
		to[i] = i;
	for (size_t i = s.n_units; i-- > 1;) {
		size_t k = next(&seed) % (i + 1), t = to[i];

		to[i] = to[k];
		to[k] = t;
	}
	for (size_t i = 0; i < s.n_units; i++)
		units[to[i]] = s.units[i];
	for (size_t i = 0; i < s.n_values; i++) {
		size_t k = s.n_values - 1 - i;

		values[k] = s.values[i];
		values[k].unit = to[values[k].unit];
	}
	for (size_t i = 0; i < s.n_deductions; i++) {
		size_t k = s.n_deductions - 1 - i;

		deductions[k] = s.deductions[i];
		deductions[k].unit = to[deductions[k].unit];
	}
	s.units = units;
	s.values = values;
	s.deductions = deductions;
	s.n_typed = 0;
	q.set.n_typed = 0;
	ix = index_new(&s, q.a, &e);
	assert_non_null(ix);
	a = result_of(q.ix);
	b = result_of(ix);
	assert_string_equal(a, b);
	index_write_set(&q.set, &set_a);
	index_write_set(&s, &set_b);
	assert_string_equal(buf_cstr(&set_a), buf_cstr(&set_b));
	free(a);
	free(b);
	buf_free(&set_a);
	buf_free(&set_b);
	index_free(ix);
	indexed_close(&q);
}

static void the_order_of_rows_changes_no_byte(void **state)
{
	static const char *const path[] = {
		"docs/examples/index-hai-cap.json",
		"docs/examples/index-ba-cap.json",
		"docs/examples/index-dieu-kien.json",
		"docs/examples/index-nhom.json",
		"docs/examples/index-thieu.json",
	};

	(void)state;
	for (size_t i = 0; i < sizeof path / sizeof path[0]; i++)
		for (unsigned seed = 1; seed < 6; seed++)
			shuffled_gives_the_same(path[i], seed);
}

static void check_invariants(const struct indexed *q, size_t u)
{
	const struct index_total *t = index_total(q->ix, u);
	mpq_t sum, x;

	mpq_inits(sum, x, NULL);
	for (size_t i = 0; i < q->set.n_nodes; i++) {
		const struct index_node *n = &q->set.nodes[i];
		const struct index_cell *c = index_cell(q->ix, u, i);

		exact_from_dec(x, n->maximum);
		assert_true(mpq_sgn(c->before) >= 0);
		assert_true(mpq_cmp(c->before, x) <= 0);
		assert_true(mpq_cmp(c->base, c->full) <= 0);
		if (n->parent != INDEX_NONE || n->effect != INDEX_COUNTS ||
		    mpq_sgn(c->base) == 0)
			continue;
		if (c->rounded)
			exact_from_dec(x, c->points);
		else
			mpq_set(x, c->before);
		mpq_add(sum, sum, x);
	}
	assert_true(mpq_equal(sum, t->sum));
	mpq_set_ui(sum, 0, 1);
	for (size_t k = 0; k < INDEX_SOURCES; k++)
		mpq_add(sum, sum, t->part[k].full);
	assert_true(mpq_equal(sum, t->full));
	assert_true(t->complete == (t->rank > 0));
	mpq_clears(sum, x, NULL);
}

static void points_lie_within_maxima_and_fields_add_up(void **state)
{
	static const char *const path[] = {
		"docs/examples/index-hai-cap.json",
		"docs/examples/index-ba-cap.json",
		"docs/examples/index-dieu-kien.json",
		"docs/examples/index-nhom.json",
		"docs/examples/index-thieu.json",
		"docs/examples/index-tthc-2021.json",
	};
	struct indexed q;

	(void)state;
	for (size_t i = 0; i < sizeof path / sizeof path[0]; i++) {
		indexed_open_file(&q, path[i]);
		for (size_t u = 0; u < q.set.n_units; u++)
			check_invariants(&q, u);
		indexed_close(&q);
	}
}

/* ---- one more point ---------------------------------------------------- */

static const struct index_more *more_of(const struct index_more *m, size_t n,
					size_t unit, size_t node)
{
	for (size_t i = 0; i < n; i++)
		if (m[i].unit == unit && m[i].node == node)
			return &m[i];
	return NULL;
}

static void one_more_point_tells_total_grade_and_rank(void **state)
{
	struct indexed q;
	struct index_more *m;
	const struct index_more *x;
	struct err e = { 0 };
	size_t n;

	(void)state;
	open_small(&q, "total", "incomplete", "item-first", "", two_fields,
		   "100", four_units);
	assert_true(index_one_more(q.ix, q.a, &m, &n, &e));
	assert_int_equal(n, 16);
	x = more_of(m, n, 0, indexed_node(&q, "1.2"));
	assert_int_equal(x->published.micro, 81 * DEC_ONE);
	assert_int_equal(x->rank, 3);
	x = more_of(m, n, 1, indexed_node(&q, "1.2"));
	assert_int_equal(x->published.micro, 83 * DEC_ONE);
	assert_int_equal(x->rank, 1);
	x = more_of(m, n, 3, indexed_node(&q, "2.1"));
	assert_int_equal(x->published.micro, 80 * DEC_ONE);
	assert_int_equal(x->rank, 3); /* joins A */
	assert_int_equal(x->band, 2);
	indexed_close(&q);

	open_small(&q, "total", "incomplete", "item-first",
		   ",\"ties\":\"dense\"", two_fields, "100", four_units);
	assert_true(index_one_more(q.ix, q.a, &m, &n, &e));
	x = more_of(m, n, 3, indexed_node(&q, "2.1"));
	assert_int_equal(x->rank, 2);
	indexed_close(&q);
}

static void one_more_point_stops_at_the_maximum(void **state)
{
	struct indexed q;
	struct index_more *m;
	struct err e = { 0 };
	size_t n;

	(void)state;
	open_small(&q, "total", "incomplete", "item-first", "", two_fields,
		   "100",
		   "[" UNIT("A", "\"1.1\":\"24.6\",\"1.2\":\"15\",\"2.1\":"
				 "{\"status\":\"not-applicable\"},\"2.2\":"
				 "\"20\"") "," UNIT("B", "\"1.1\":\"1\"") "]");
	assert_true(index_one_more(q.ix, q.a, &m, &n, &e));
	assert_int_equal(n, 2); /* B is incomplete, 1.2 full, 2.1 removed */
	assert_int_equal(m[0].node, indexed_node(&q, "1.1"));
	assert_int_equal(m[0].added.micro, 400000);
	assert_int_equal(m[1].added.micro, DEC_ONE);
	indexed_close(&q);
}

/* ---- memory and numbers ------------------------------------------------ */

static void memory_that_ends_is_said(void **state)
{
	struct indexed q;
	struct index_mismatch *mm;
	struct index_record *r;
	struct index_more *m;
	struct err e = { 0 };
	struct arena *none = arena_new(8), *a;
	size_t n;

	(void)state;
	indexed_open_file(&q, "docs/examples/index-hai-cap.json");
	assert_null(index_new(&q.set, none, &e));
	assert_int_equal(e.kind, ERR_NOMEM);
	e = (struct err){ 0 };
	a = arena_new(3000);
	assert_null(index_new(&q.set, a, &e));
	assert_int_equal(e.kind, ERR_NOMEM);
	arena_free(a);
	e = (struct err){ 0 };
	assert_false(index_mismatches(q.ix, none, &mm, &n, &e));
	assert_false(index_one_more(q.ix, none, &m, &n, &e));
	e = (struct err){ 0 };
	assert_false(index_explain(q.ix, 0, 0, none, &r, &n, &e));
	assert_int_equal(e.kind, ERR_NOMEM);
	for (size_t size = 1000, done = 0; !done; size += 200) {
		a = arena_new(size);
		e = (struct err){ 0 };
		done = index_explain(q.ix, 0, INDEX_NONE, a, &r, &n, &e);
		assert_true(done || e.kind == ERR_NOMEM);
		arena_free(a);
	}
	arena_free(none);
	index_free(NULL);
	indexed_close(&q);
}

static void numbers_not_checked_are_a_fault_of_ours(void **state)
{
	static const char *const bad[] = { "x", "9e9", "101", "1/0", "" };
	struct indexed q;
	struct index_value v;
	struct index_set s;
	struct err e = { 0 };

	(void)state;
	open_small(&q, "total", "incomplete", "item-first", "",
		   "[" LEAF("a", "100") "]", "100",
		   "[" UNIT("u", "\"a\":{\"value\":\"3\",\"self\":"
				 "\"4\"}") "]");
	s = q.set;
	v = s.values[0];
	s.values = &v;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		v.value = bad[i];
		v.self = "4";
		assert_null(index_new(&s, q.a, &e));
		assert_int_equal(e.kind, ERR_BUG);
		e = (struct err){ 0 };
		v.value = "3";
		v.self = bad[i];
		assert_null(index_new(&s, q.a, &e));
		assert_int_equal(e.kind, ERR_BUG);
		e = (struct err){ 0 };
	}
	indexed_close(&q);
}

static void sums_too_large_for_points_are_refused(void **state)
{
	struct indexed q;
	struct index_node n;
	struct index_set s;
	struct err e = { 0 };

	(void)state;
	open_small(&q, "total", "incomplete", "item-first", "",
		   "[{\"code\":\"a\",\"name\":\"n\",\"maximum\":\"100\","
		   "\"source\":\"survey\",\"convert\":{\"linear\":{\"low\":"
		   "\"0\",\"high\":\"1\",\"cap\":false}}}]",
		   "100", "[" UNIT("u", "\"a\":\"1\"") "]");
	s = q.set;
	n = s.nodes[0];
	s.nodes = &n;
	n.convert = (struct index_convert){ .kind = INDEX_STEPS };
	n.maximum.micro = INT64_MAX; /* 0 of it: fine */
	{
		struct index *ix = index_new(&s, q.a, &e);

		assert_non_null(ix);
		index_free(ix);
	}
	indexed_close(&q);

	open_small(&q, "total", "incomplete", "sum-first", "", extras, "100",
		   "[" UNIT("u", "\"a\":\"80\"") "]");
	s = q.set;
	{
		struct index_deduction d[2] = {
			{ 0, INDEX_NONE, { INT64_MAX }, "r", NULL },
			{ 0, INDEX_NONE, { INT64_MAX }, "r", NULL }
		};

		s.deductions = d;
		s.n_deductions = 2;
		assert_null(index_new(&s, q.a, &e));
		assert_int_equal(e.kind, ERR_MATH);
		assert_true(strncmp(e.msg, "u: ", 3) == 0);
	}
	indexed_close(&q);
}

/* At the end of what a decimal holds, rounding up has no room. */
static void rounding_past_the_largest_number_is_refused(void **state)
{
	static const char *const order[] = { "sum-first", "item-first" };
	struct indexed q;
	struct index_set s;
	struct index_value v[2];
	struct index_more *m;
	struct err e = { 0 };
	size_t n;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		open_small(&q, "total", "incomplete", order[i], "",
			   "[" LEAF("a",
				    "9223372036854") "," LEAF("b",
							      "0.775807") "]",
			   "9223372036854.775807",
			   "[" UNIT("u", "\"a\":\"5\",\"b\":\"0\"") "]");
		s = q.set;
		v[0] = s.values[0];
		v[1] = s.values[1];
		s.values = v;
		v[0].value = "9223372036854";
		v[1].value = "0.775807";
		e = (struct err){ 0 };
		assert_null(index_new(&s, q.a, &e));
		assert_int_equal(e.kind, ERR_MATH);
		indexed_close(&q);
	}
	open_small(&q, "total", "incomplete", "sum-first", "",
		   "[" LEAF("a", "9223372036854.775") "]", "9223372036854.775",
		   "[" UNIT("u", "\"a\":\"9223372036853.775\"") "]");
	e = (struct err){ 0 };
	assert_false(index_one_more(q.ix, q.a, &m, &n, &e));
	assert_int_equal(e.kind, ERR_MATH);
	s = q.set;
	v[0] = s.values[0];
	v[0].value = "9223372036854.775";
	s.values = v;
	e = (struct err){ 0 };
	assert_null(index_new(&s, q.a, &e));
	assert_int_equal(e.kind, ERR_MATH);
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
		cmocka_unit_test(ties_share_a_rank_or_follow_the_stated_rule),
		cmocka_unit_test(ranks_are_given_within_blocks),
		cmocka_unit_test(the_order_of_rows_changes_no_byte),
		cmocka_unit_test(points_lie_within_maxima_and_fields_add_up),
		cmocka_unit_test(one_more_point_tells_total_grade_and_rank),
		cmocka_unit_test(one_more_point_stops_at_the_maximum),
		cmocka_unit_test(memory_that_ends_is_said),
		cmocka_unit_test(numbers_not_checked_are_a_fault_of_ours),
		cmocka_unit_test(sums_too_large_for_points_are_refused),
		cmocka_unit_test(rounding_past_the_largest_number_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
