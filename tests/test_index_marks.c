/* What is marked, what follows what, what is tested, of two small years. */
#include <math.h>
#include <string.h>

#include "support/test.h"
#include "support/years.h"

static void what_stays_the_same_has_no_marks(void **state)
{
	struct years y;

	(void)state;
	years_small(&y, TWO, TWO, "100", "100",
		    "[" UNIT("A", "\"1\":\"50\",\"2\":\"20\"") "]",
		    "[" UNIT("A", "\"1\":\"49.5\",\"2\":\"20\"") "]", "{}");
	assert_int_equal(y.c.totals[0].marks, 0);
	assert_int_equal(y.c.totals[0].move, INDEX_UP);
	assert_string_equal(indexed_exact(&y.now, y.c.totals[0].change), "1/2");
	assert_int_equal(years_cell(&y, "A", "1")->move, INDEX_UP);
	assert_int_equal(years_cell(&y, "A", "2")->move, INDEX_KEPT);
	assert_int_equal(y.c.rules, 0);
	assert_int_equal(y.c.n_gone_node + y.c.n_gone_unit, 0);
	years_close(&y);
}

/* A smaller maximum: points fell, the share rose, and neither is in a list. */
static void another_maximum_is_never_compared_in_silence(void **state)
{
	struct years y;
	const struct index_moved *m;

	(void)state;
	years_small(&y,
		    "[" LEAF("1", "a", "40", ASSESSED) "," LEAF("2", "b", "60",
								ASSESSED) "]",
		    TWO, "100", "100",
		    "[" UNIT("A", "\"1\":\"36\",\"2\":\"30\"") "]",
		    "[" UNIT("A", "\"1\":\"48\",\"2\":\"30\"") "]", "{}");
	m = years_cell(&y, "A", "1");
	assert_int_equal(m->marks, INDEX_MARK_MAXIMUM);
	assert_int_equal(m->move, INDEX_CHANGED);
	assert_string_equal(indexed_exact(&y.now, m->change), "-12");
	assert_string_equal(indexed_exact(&y.now, m->share_change), "10");
	assert_string_equal(indexed_exact(&y.now, m->now.maximum), "40");
	assert_string_equal(indexed_exact(&y.now, m->before.maximum), "60");
	assert_int_equal(y.c.totals[0].marks, INDEX_MARK_CHILDREN);
	years_close(&y);
}

/* What gives points, one thing changed at a time. */
static void each_way_of_scoring_that_changed_is_marked(void **state)
{
	static const char before[] =
		LEAF("1", "a", "60",
		     "\"survey\",\"convert\":{\"linear\":{\"low\":\"1\","
		     "\"high\":\"5\"}},\"groups\":{\"X\":\"1\",\"Y\":\"2\"}");
	static const char *const now[] = {
		LEAF("1", "a", "60",
		     "\"survey\",\"convert\":{\"linear\":{\"low\":\"0\","
		     "\"high\":\"5\"}},\"groups\":{\"X\":\"1\",\"Y\":\"2\"}"),
		LEAF("1", "a", "60",
		     "\"survey\",\"convert\":{\"linear\":{\"low\":\"1\","
		     "\"high\":\"6\"}},\"groups\":{\"X\":\"1\",\"Y\":\"2\"}"),
		LEAF("1", "a", "60",
		     "\"survey\",\"convert\":{\"linear\":{\"low\":\"1\","
		     "\"high\":\"5\",\"cap\":true}},\"groups\":{\"X\":\"1\","
		     "\"Y\":\"2\"}"),
		LEAF("1", "a", "60",
		     "\"survey\",\"convert\":{\"linear\":{\"low\":\"1\","
		     "\"high\":\"5\"}},\"groups\":{\"X\":\"1\",\"Y\":\"3\"}"),
		LEAF("1", "a", "60",
		     "\"survey\",\"convert\":{\"linear\":{\"low\":\"1\","
		     "\"high\":\"5\"}},\"groups\":{\"X\":\"1\",\"Z\":\"2\"}"),
		LEAF("1", "a", "60",
		     "\"survey\",\"convert\":{\"linear\":{\"low\":\"1\","
		     "\"high\":\"5\"}}"),
		LEAF("1", "a", "60",
		     "\"satisfaction\",\"convert\":{\"linear\":{\"low\":\"1\","
		     "\"high\":\"5\"}},\"groups\":{\"X\":\"1\",\"Y\":\"2\"}"),
		LEAF("1", "a", "60",
		     "\"survey\",\"convert\":{\"steps\":[{\"from\":\"4\","
		     "\"points\":\"60\"}]},\"groups\":{\"X\":\"1\",\"Y\":"
		     "\"2\"}"),
		LEAF("1", "a", "60", ASSESSED),
	};
	struct arena *a = arena_new(1 << 20);
	const char *rest = "," LEAF("2", "b", "40", ASSESSED) "]";

	(void)state;
	for (size_t i = 0; i < sizeof now / sizeof now[0]; i++) {
		struct years y;

		years_small(&y, arena_printf(a, "[%s%s", now[i], rest),
			    arena_printf(a, "[%s%s", before, rest), "100",
			    "100", "[" UNIT("A", "\"2\":\"30\"") "]",
			    "[" UNIT("A", "\"2\":\"30\"") "]", "{}");
		assert_int_equal(years_cell(&y, "A", "1")->marks,
				 INDEX_MARK_KIND);
		assert_int_equal(years_cell(&y, "A", "1")->move, INDEX_CHANGED);
		assert_int_equal(years_cell(&y, "A", "2")->move, INDEX_KEPT);
		assert_int_equal(y.c.totals[0].marks, INDEX_MARK_CHILDREN);
		years_close(&y);
	}
	arena_free(a);
}

#define STEP(from, points) "{\"from\":\"" from "\",\"points\":\"" points "\"}"
#define STEPS(list)	   "\"survey\",\"convert\":{\"steps\":[" list "]}"

static void steps_and_conditions_are_looked_into(void **state)
{
	static const char *const pair[][2] = {
		{ LEAF("1", "a", "100", STEPS(STEP("4", "100"))),
		  LEAF("1", "a", "100", STEPS(STEP("3", "100"))) },
		{ LEAF("1", "a", "100", STEPS(STEP("4", "100"))),
		  LEAF("1", "a", "100",
		       STEPS(STEP("4", "100") "," STEP("3", "50"))) },
		{ LEAF("1", "a", "100",
		       STEPS(STEP("4", "100") "," STEP("3", "40"))),
		  LEAF("1", "a", "100",
		       STEPS(STEP("4", "100") "," STEP("3", "50"))) },
		{ LEAF("1", "a", "100", ASSESSED),
		  NODE("1", "100", LEAF("1.1", "x", "100", ASSESSED)) },
		{ "{\"code\":\"1\",\"name\":\"n\",\"maximum\":\"100\","
		  "\"combine\":\"all-of\",\"children\":[" LEAF("1.1", "x",
							       "100",
							       ASSESSED) "]}",
		  NODE("1", "100", LEAF("1.1", "x", "100", ASSESSED)) },
		{ "{\"code\":\"1\",\"name\":\"n\",\"maximum\":\"100\","
		  "\"combine\":\"formula\",\"convert\":{\"steps\":[" STEP(
			  "50", "100") "]},\"children\":[" LEAF("1.1", "x",
								"100",
								ASSESSED) "]}",
		  "{\"code\":\"1\",\"name\":\"n\",\"maximum\":\"100\","
		  "\"combine\":\"formula\",\"convert\":{\"steps\":[" STEP(
			  "60",
			  "100") "]},\"children\":[" LEAF("1.1", "x", "100",
							  ASSESSED) "]}" },
	};
	struct arena *a = arena_new(1 << 20);

	(void)state;
	for (size_t i = 0; i < sizeof pair / sizeof pair[0]; i++) {
		struct years y;

		years_small(&y, arena_printf(a, "[%s]", pair[i][0]),
			    arena_printf(a, "[%s]", pair[i][1]), "100", "100",
			    "[" UNIT("A", "") "]", "[" UNIT("A", "") "]", "{}");
		assert_true(years_cell(&y, "A", "1")->marks & INDEX_MARK_KIND);
		/* the same against itself has none */
		years_close(&y);
		years_small(&y, arena_printf(a, "[%s]", pair[i][0]),
			    arena_printf(a, "[%s]", pair[i][0]), "100", "100",
			    "[" UNIT("A", "") "]", "[" UNIT("A", "") "]", "{}");
		assert_int_equal(years_cell(&y, "A", "1")->marks, 0);
		assert_int_equal(years_cell(&y, "A", "1")->move,
				 INDEX_UNSETTLED);
		years_close(&y);
	}
	arena_free(a);
}

/* Moved under another field: both fields add up otherwise. */
static void a_criterion_under_another_field_marks_both(void **state)
{
	static const char before[] = "[" NODE(
		"1", "60",
		LEAF("1.1", "x", "40", ASSESSED) "," LEAF(
			"1.2", "y", "20",
			ASSESSED)) "," NODE("2", "20",
					    LEAF("2.1", "z", "20",
						 ASSESSED)) "," NODE("3", "20",
								     LEAF("3.1",
									  "w",
									  "20",
									  ASSESSED)) "]";
	static const char now[] =
		"[" NODE("1", "40", LEAF("1.1", "x", "40", ASSESSED)) "," NODE(
			"2", "40",
			LEAF("2.1", "z", "20", ASSESSED) "," LEAF(
				"1.2", "y", "20",
				ASSESSED)) "," LEAF("3.1", "w", "20",
						    ASSESSED) "]";
	static const char values[] =
		"\"1.1\":\"4\",\"1.2\":\"4\",\"2.1\":\"4\",\"3.1\":\"4\"";
	struct arena *a = arena_new(1 << 20);
	const char *units = arena_printf(a,
					 "[{\"code\":\"A\",\"name\":\"u\","
					 "\"kind\":\"so\",\"values\":{%s}}]",
					 values);
	struct years y;

	(void)state;
	years_small(&y, now, before, "100", "100", units, units, "{}");
	assert_true(years_cell(&y, "A", "1")->marks & INDEX_MARK_CHILDREN);
	assert_true(years_cell(&y, "A", "2")->marks & INDEX_MARK_CHILDREN);
	assert_int_equal(years_cell(&y, "A", "1.2")->move, INDEX_KEPT);
	/* 3 is gone, 3.1 stands alone now */
	assert_int_equal(years_cell(&y, "A", "3.1")->move, INDEX_KEPT);
	assert_int_equal(y.c.n_gone_node, 1);
	assert_true(y.c.totals[0].marks & INDEX_MARK_CHILDREN);
	years_close(&y);
	/* and the other way */
	years_small(&y, before, now, "100", "100", units, units, "{}");
	assert_int_equal(years_cell(&y, "A", "3")->move, INDEX_NEW);
	assert_true(y.c.totals[0].marks & INDEX_MARK_CHILDREN);
	years_close(&y);
	arena_free(a);
}

static char *applies(struct arena *a, const char *kinds)
{
	return arena_printf(
		a,
		"[" LEAF("1", "a", "60",
			 ASSESSED) ","
				   "{\"code\":\"2\",\"name\":\"b\",\"maximum\":"
				   "\"40\",\"source\":\"assessed\"%s}]",
		kinds);
}

/* A criterion for another kind of unit is gone for this one, or new. */
static void criteria_come_and_go_by_kind_of_unit(void **state)
{
	static const char doc[] =
		"{\"format\":\"phieu-index/1\",\"example\":true,\"rules\":%s,"
		"\"kinds\":[{\"code\":\"so\",\"name\":\"S\",\"total\":\"%s\"},"
		"{\"code\":\"xa\",\"name\":\"X\",\"total\":\"100\"}],"
		"\"criteria\":%s,\"units\":[" UNIT(
			"A", "\"1\":\"50\"") ",{"
					     "\"code\":\"B\",\"name\":\"b\","
					     "\"kind\":\"%s\",\"values\":{"
					     "\"1\":\"50\",\"2\":\"1\"}}]}";
	struct arena *a = arena_new(1 << 20);
	const char *rules = index_rules(a, "total", "zero", "sum-first", 2, "");
	const char *all =
		arena_printf(a, doc, rules, "100", applies(a, ""), "so");
	const char *some =
		arena_printf(a, doc, rules, "60",
			     applies(a, ",\"applies\":[\"xa\"]"), "xa");
	struct years y;

	(void)state;
	years_open(&y, some, all);
	years_compare(&y);
	assert_int_equal(years_cell(&y, "A", "2")->move, INDEX_GONE);
	assert_int_equal(y.c.totals[0].marks,
			 INDEX_MARK_MAXIMUM | INDEX_MARK_CHILDREN);
	/* B became a commune: its kind is marked */
	assert_int_equal(y.c.unit[1].marks, INDEX_MARK_KIND);
	assert_int_equal(y.c.totals[1].move, INDEX_CHANGED);
	years_close(&y);
	years_open(&y, all, some);
	years_compare(&y);
	assert_int_equal(years_cell(&y, "A", "2")->move, INDEX_NEW);
	years_close(&y);
	years_open(&y, some, some);
	years_compare(&y);
	assert_int_equal(years_cell(&y, "A", "2")->move, INDEX_ABSENT_BOTH);
	assert_int_equal(y.c.totals[0].move, INDEX_KEPT);
	years_close(&y);
	arena_free(a);
}

static void rules_that_changed_are_told(void **state)
{
	static const struct {
		const char *rescale, *missing, *order;
		int digits;
		const char *more;
		unsigned want;
	} cases[] = {
		{ "source", "zero", "sum-first", 2, "", INDEX_RULE_RESCALE },
		{ "total", "leave-out", "sum-first", 2, "",
		  INDEX_RULE_MISSING },
		{ "total", "zero", "sum-first", 2,
		  ",\"missing_group\":\"zero\"", INDEX_RULE_MISSING },
		{ "total", "zero", "item-first", 2, "", INDEX_RULE_ROUNDING },
		{ "total", "zero", "sum-first", 3, "", INDEX_RULE_ROUNDING },
		{ "total", "zero", "sum-first", 2, ",\"ties\":\"dense\"",
		  INDEX_RULE_TIES },
		{ "total", "zero", "sum-first", 2,
		  ",\"tie_break\":[\"criterion:1\",\"survey\"]",
		  INDEX_RULE_TIES },
		{ "total", "zero", "sum-first", 2, ",\"cap_total\":true",
		  INDEX_RULE_BOUNDS },
		{ "total", "zero", "sum-first", 2, "", 0 },
	};
	struct arena *a = arena_new(1 << 20);
	const char *units = "[" UNIT("A", "\"1\":\"50\"") "]";
	const char *base = index_document(a,
					  index_rules(a, "total", "zero",
						      "sum-first", 2, ""),
					  TWO, "100", units);
	struct years y;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		years_open(&y,
			   index_document(a,
					  index_rules(a, cases[i].rescale,
						      cases[i].missing,
						      cases[i].order,
						      cases[i].digits,
						      cases[i].more),
					  TWO, "100", units),
			   base);
		years_compare(&y);
		assert_int_equal(y.c.rules, cases[i].want);
		years_close(&y);
	}
	arena_free(a);
}

/* Ties by another criterion or source, bands by name and by number. */
static void ties_and_bands_are_compared_one_by_one(void **state)
{
	static const char *const more[][2] = {
		{ ",\"tie_break\":[\"criterion:1\"]",
		  ",\"tie_break\":[\"criterion:2\"]" },
		{ ",\"tie_break\":[\"survey\"]",
		  ",\"tie_break\":[\"assessed\"]" },
		{ ",\"tie_break\":[\"exact\"]", ",\"tie_break\":"
						"[\"deduction\"]" },
	};
	struct arena *a = arena_new(1 << 20);
	const char *units = "[" UNIT("A", "\"1\":\"50\"") "]";
	const char *rules = index_rules(a, "total", "zero", "sum-first", 2, "");
	char *other = arena_strdup(a, rules), *name = arena_strdup(a, rules);
	struct years y;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const char *doc[2];

		for (size_t k = 0; k < 2; k++)
			doc[k] = index_document(a,
						index_rules(a, "total", "zero",
							    "sum-first", 2,
							    more[i][k]),
						TWO, "100", units);
		years_open(&y, doc[0], doc[1]);
		years_compare(&y);
		assert_int_equal(y.c.rules, INDEX_RULE_TIES);
		years_close(&y);
		years_open(&y, doc[0], doc[0]);
		years_compare(&y);
		assert_int_equal(y.c.rules, 0);
		years_close(&y);
	}
	memcpy(strstr(other, "\"85\""), "\"84\"", 4);
	memcpy(strstr(name, "\"Khá\""), "\"Kha \"", 6);
	years_open(&y, index_document(a, other, TWO, "100", units),
		   index_document(a, rules, TWO, "100", units));
	years_compare(&y);
	assert_int_equal(y.c.rules, INDEX_RULE_BANDS);
	years_close(&y);
	years_open(&y, index_document(a, name, TWO, "100", units),
		   index_document(a, rules, TWO, "100", units));
	years_compare(&y);
	assert_int_equal(y.c.rules, INDEX_RULE_BANDS);
	years_close(&y);
	arena_free(a);
}

static void a_changed_need_is_another_way_of_scoring(void **state)
{
	static const char doc[] =
		"[{\"code\":\"1\",\"name\":\"n\",\"maximum\":\"100\","
		"\"combine\":\"any-of\",\"children\":[{\"code\":\"1.1\","
		"\"name\":\"x\",\"maximum\":\"100\",\"need\":\"%s\","
		"\"source\":\"assessed\"}]}]";
	struct arena *a = arena_new(1 << 20);
	struct years y;

	(void)state;
	years_small(&y, arena_printf(a, doc, "50"), arena_printf(a, doc, "60"),
		    "100", "100", "[" UNIT("A", "\"1.1\":\"55\"") "]",
		    "[" UNIT("A", "\"1.1\":\"55\"") "]", "{}");
	assert_int_equal(years_cell(&y, "A", "1.1")->marks, INDEX_MARK_KIND);
	assert_int_equal(years_cell(&y, "A", "1")->marks, INDEX_MARK_CHILDREN);
	years_close(&y);
	arena_free(a);
}

/* ---- what follows what ------------------------------------------------- */

static void pairs_win_over_equal_codes(void **state)
{
	struct years y;

	(void)state;
	/* codes were exchanged: by code both would look changed */
	years_small(&y,
		    "[" LEAF("1", "b", "40", ASSESSED) "," LEAF("2", "a", "60",
								ASSESSED) "]",
		    TWO, "100", "100",
		    "[" UNIT("A", "\"1\":\"30\",\"2\":\"50\"") "]",
		    "[" UNIT("A", "\"1\":\"40\",\"2\":\"31\"") "]",
		    "{\"criteria\":[{\"from\":\"1\",\"to\":\"2\"},{\"from\":"
		    "\"2\",\"to\":\"1\"}]}");
	assert_int_equal(years_cell(&y, "A", "1")->move, INDEX_DOWN);
	assert_int_equal(years_cell(&y, "A", "2")->move, INDEX_UP);
	assert_int_equal(years_cell(&y, "A", "2")->marks, INDEX_MARK_CODE);
	assert_string_equal(indexed_exact(&y.now,
					  years_cell(&y, "A", "2")->change),
			    "10");
	years_close(&y);
	/* dropped: what has its code is new */
	years_small(&y, TWO, TWO, "100", "100",
		    "[" UNIT("A", "\"1\":\"30\",\"2\":\"30\"") "]",
		    "[" UNIT("A", "\"1\":\"40\",\"2\":\"31\"") "]",
		    "{\"criteria\":[{\"from\":\"1\"}]}");
	assert_int_equal(years_cell(&y, "A", "1")->move, INDEX_NEW);
	assert_int_equal(y.c.n_gone_node, 1);
	years_close(&y);
}

static void a_map_with_faults_tells_all_of_them(void **state)
{
	static const struct {
		const char *json, *code, *path;
	} cases[] = {
		{ "{", "K01", "" },
		{ "[]", "K04", "" },
		{ "{\"x\":1}", "K02", "/x" },
		{ "{\"units\":1}", "K05", "/units" },
		{ "{\"units\":[1]}", "K04", "/units/0" },
		{ "{\"units\":[{\"to\":\"A\"}]}", "K03", "/units/0/from" },
		{ "{\"units\":[{\"from\":\"Z\",\"to\":\"A\"}]}", "K09",
		  "/units/0/from" },
		{ "{\"units\":[{\"from\":\"A\",\"to\":\"Z\"}]}", "K09",
		  "/units/0/to" },
		{ "{\"criteria\":[{\"from\":\"1\",\"to\":\"1\"},{\"from\":"
		  "\"1\"}]}",
		  "K08", "/criteria/1/from" },
		{ "{\"criteria\":[{\"from\":1}]}", "K04", "/criteria/0/from" },
	};
	struct years y;

	(void)state;
	years_small(&y, TWO, TWO, "100", "100", "[" UNIT("A", "") "]",
		    "[" UNIT("A", "") "]", "{}");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_false(years_pairs(&y, cases[i].json));
		assert_string_equal(y.f.list[0].code, cases[i].code);
		assert_string_equal(y.f.list[0].path, cases[i].path);
	}
	years_close(&y);
}

/* ---- tests of a survey's change ---------------------------------------- */

#define MEAN                                        \
	LEAF("1", "a", "60",                        \
	     "\"survey\",\"convert\":{\"linear\":{" \
	     "\"low\":\"0\",\"high\":\"5\"}}")
#define MEANS "[" MEAN "," LEAF("2", "b", "40", "\"satisfaction\"") "]"

static void a_new_survey_and_a_new_unit_are_not_tested(void **state)
{
	struct years y;

	(void)state;
	years_small(&y, MEANS, "[" LEAF("2", "b", "40", "\"satisfaction\"") "]",
		    "100", "40",
		    "[" UNIT("A",
			     "\"1\":{\"value\":\"3\",\"se\":1},\"2\":{"
			     "\"value\":\"3\",\"se\":1}") "," UNIT("N",
								   "\"1\":"
								   "\"3\","
								   "\"2\":"
								   "\"4\"") "]",
		    "[" UNIT("A", "\"2\":{\"value\":\"2\",\"se\":1}") "]",
		    "{}");
	assert_int_equal(y.c.n_tests, 2);
	assert_int_equal(y.c.n_tested, 1);
	assert_int_equal(y.c.tests[0].why, INDEX_NOT_BEFORE);
	assert_true(isnan(y.c.tests[0].p_holm));
	/* z = 1 / sqrt 2, a family of one */
	assert_near(y.c.tests[1].t.t, 0.70710678118654752, 1e-15);
	assert_near(y.c.tests[1].p_holm, 0.47950012218695337, 1e-12);
	assert_false(y.c.tests[1].clear);
	years_close(&y);
}

static void groups_are_tested_by_their_weighted_mean(void **state)
{
	static const char leaf[] =
		"[" LEAF("1", "a", "100",
			 "\"survey\",\"convert\":{\"linear\":{\"low\":\"0\","
			 "\"high\":\"5\"}},\"groups\":{\"X\":\"1\",\"Y\":"
			 "\"3\"}") "]";
	struct years y;

	(void)state;
	years_small(&y, leaf, leaf, "100", "100",
		    "[" UNIT("A", "\"1\":{\"groups\":{\"X\":\"2\",\"Y\":\"4\"},"
				  "\"se\":0.3}") "]",
		    "[" UNIT("A", "\"1\":{\"groups\":{\"X\":\"2\",\"Y\":\"3\"},"
				  "\"se\":0.4}") "]",
		    "{}");
	assert_near(y.c.tests[0].now, 3.5, 1e-15);
	assert_near(y.c.tests[0].t.value, 0.75, 1e-15);
	assert_near(y.c.tests[0].t.se, 0.5, 1e-15);
	assert_int_equal(y.c.tests[0].why, INDEX_TESTED);
	years_close(&y);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_stays_the_same_has_no_marks),
		cmocka_unit_test(another_maximum_is_never_compared_in_silence),
		cmocka_unit_test(each_way_of_scoring_that_changed_is_marked),
		cmocka_unit_test(steps_and_conditions_are_looked_into),
		cmocka_unit_test(a_criterion_under_another_field_marks_both),
		cmocka_unit_test(criteria_come_and_go_by_kind_of_unit),
		cmocka_unit_test(rules_that_changed_are_told),
		cmocka_unit_test(ties_and_bands_are_compared_one_by_one),
		cmocka_unit_test(a_changed_need_is_another_way_of_scoring),
		cmocka_unit_test(pairs_win_over_equal_codes),
		cmocka_unit_test(a_map_with_faults_tells_all_of_them),
		cmocka_unit_test(a_new_survey_and_a_new_unit_are_not_tested),
		cmocka_unit_test(groups_are_tested_by_their_weighted_mean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
