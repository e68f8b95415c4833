/* Two years beside each other: against fractions worked out by
 * tests/data/change/make.py, and properties. */
#include "phieu/index_change.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/file.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "support/index.h"
#include "support/table.h"
#include "support/test.h"

#define WHERE	 "tests/data/change/"
#define OUT_MOST ((size_t)16 << 20)

/* Holm's p values are the only thing here outside of arena and GMP: told from
 * these by their size. */
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
static size_t size_that_fails;

void *__wrap_malloc(size_t size)
{
	return size == size_that_fails ? NULL : __real_malloc(size);
}

struct years {
	struct indexed now, before;
	struct faults f;
	struct index_pairs pairs;
	struct index_change c;
};

static void compare(struct years *y)
{
	struct err e = { 0 };

	if (!index_change(y->now.ix, y->before.ix, &y->pairs, 0.05, y->now.a,
			  &y->c, &e))
		fail_msg("%s", e.msg);
}

static void open_years(struct years *y, const char *now, const char *before)
{
	*y = (struct years){ 0 };
	indexed_open(&y->now, now);
	indexed_open(&y->before, before);
	faults_init(&y->f, y->now.a);
}

static bool read_pairs(struct years *y, const char *json)
{
	y->f.n = 0;
	return index_pairs_read(json, strlen(json), &y->now.set, &y->before.set,
				y->now.a, &y->pairs, &y->f);
}

static void close_years(struct years *y)
{
	index_change_free(&y->c);
	indexed_close(&y->now);
	indexed_close(&y->before);
}

static char *read_text(const char *path)
{
	struct err e = { 0 };
	size_t n;
	char *text = file_read(path, LIMIT_INDEX_BYTES, &n, &e);

	if (!text)
		fail_msg("%s", e.msg);
	return text;
}

static void open_files(struct years *y, const char *which)
{
	char path[64], *now, *before, *map;

	(void)snprintf(path, sizeof path, WHERE "now-%s.json", which);
	now = read_text(path);
	(void)snprintf(path, sizeof path, WHERE "before-%s.json", which);
	before = read_text(path);
	map = read_text(WHERE "map.json");
	open_years(y, now, before);
	if (!read_pairs(y, map))
		fail_msg("%s", y->f.list[0].message);
	compare(y);
	free(now);
	free(before);
	free(map);
}

static cJSON *as_json(const struct years *y, size_t unit)
{
	const struct index_change_head head = { .name = { "nay", NULL },
						.note = { "Dự thảo", NULL },
						.sha256 = { "ab", NULL } };
	struct buf b = BUF_INIT(OUT_MOST);
	struct err e = { 0 };
	cJSON *tree;

	index_change_json(&y->c, unit, &head, &b);
	assert_non_null(buf_cstr(&b));
	tree = json_parse(b.data, b.len, &json_plan_limits, &e);
	if (!tree)
		fail_msg("%s", e.msg);
	buf_free(&b);
	return tree;
}

static char *as_csv(const struct years *y, size_t unit)
{
	struct buf b = BUF_INIT(OUT_MOST);

	index_change_csv(&y->c, unit, &b);
	assert_non_null(buf_cstr(&b));
	return buf_take(&b);
}

static const cJSON *find(const cJSON *list, const char *key, const char *code)
{
	for (const cJSON *o = list->child; o; o = o->next)
		if (strcmp(json_get_text(o, key), code) == 0)
			return o;
	fail_msg("no %s %s", key, code);
	return NULL;
}

/* ---- against the script ------------------------------------------------ */

/* Every member of `want` stands in `got` and says the same, but for what the
 * outputs name otherwise. */
static void same_tree(const cJSON *got, const cJSON *want, const char *where)
{
	char *a, *b;

	if (cJSON_IsObject(want)) {
		for (const cJSON *w = want->child; w; w = w->next) {
			const cJSON *g = json_get(got, w->string);

			if (!g)
				fail_msg("%s: no %s", where, w->string);
			same_tree(g, w, where);
		}
		assert_int_equal(cJSON_GetArraySize(got) >=
					 cJSON_GetArraySize(want),
				 1);
		return;
	}
	a = cJSON_PrintUnformatted(got);
	b = cJSON_PrintUnformatted(want);
	if (strcmp(a, b) != 0)
		fail_msg("%s: %s, not %s", where, a, b);
	free(a);
	free(b);
}

/* What the script does not give must not be there either. */
static void same_absences(const cJSON *got, const cJSON *want)
{
	static const char *const keys[] = { "before", "change",
					    "share_change" };
	static const char *const sides[] = { "points", "share" };

	for (size_t i = 0; i < 3; i++)
		assert_int_equal(json_get(got, keys[i]) != NULL,
				 json_get(want, keys[i]) != NULL);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(json_get(json_get(got, "now"), sides[i]) !=
					 NULL,
				 json_get(json_get(want, "now"), sides[i]) !=
					 NULL);
}

static void same_standing(const cJSON *got, const cJSON *rank,
			  const cJSON *grade)
{
	int64_t n;

	assert_int_equal(json_get_int(got, "rank", &n), cJSON_IsNumber(rank));
	if (cJSON_IsNumber(rank))
		assert_int_equal(n, (int64_t)rank->valuedouble);
	if (cJSON_IsString(grade))
		assert_string_equal(json_get_text(got, "grade"),
				    grade->valuestring);
	else
		assert_null(json_get(got, "grade"));
}

static void same_unit(const cJSON *got, const cJSON *want)
{
	const cJSON *from = json_get(want, "from"), *o;
	char where[64];
	int i = 0;

	same_tree(json_get(got, "total"), json_get(want, "total"),
		  want->string);
	same_absences(json_get(got, "total"), json_get(want, "total"));
	cJSON_ArrayForEach(o, json_get(want, "cells"))
	{
		const cJSON *c =
			find(json_get(got, "criteria"), "code", o->string);

		(void)snprintf(where, sizeof where, "%s/%s", want->string,
			       o->string);
		same_tree(c, o, where);
		same_absences(c, o);
	}
	same_standing(json_get(got, "unit"), json_get(want, "rank"),
		      json_get(want, "grade"));
	assert_int_equal(cJSON_GetArraySize(json_get(got, "from")),
			 cJSON_GetArraySize(from));
	cJSON_ArrayForEach(o, from)
	{
		same_standing(
			find(json_get(got, "from"), "code", o->valuestring),
			cJSON_GetArrayItem(json_get(want, "from_rank"), i),
			cJSON_GetArrayItem(json_get(want, "from_grade"), i));
		i++;
	}
}

static void same_number(const cJSON *got, const cJSON *want, const char *key)
{
	const cJSON *a = json_get(got, key), *b = json_get(want, key);

	assert_non_null(a);
	assert_near(a->valuedouble, b->valuedouble,
		    1e-12 + 1e-9 * fabs(b->valuedouble));
}

static const cJSON *test_named(const cJSON *list, const char *unit,
			       const char *criterion)
{
	for (const cJSON *t = list->child; t; t = t->next)
		if (strcmp(json_get_text(t, "unit"), unit) == 0 &&
		    strcmp(json_get_text(t, "criterion"), criterion) == 0)
			return t;
	fail_msg("no test of %s %s", unit, criterion);
	return NULL;
}

static void same_tests(const cJSON *got, const cJSON *want)
{
	static const char *const keys[] = { "difference", "se", "z", "p",
					    "p_holm" };
	const cJSON *list = json_get(got, "list"), *w;
	int64_t family;
	int tested = 0;

	assert_int_equal(cJSON_GetArraySize(list), cJSON_GetArraySize(want));
	cJSON_ArrayForEach(w, want)
	{
		const cJSON *g = test_named(list, json_get_text(w, "unit"),
					    json_get_text(w, "criterion"));
		bool done;

		assert_string_equal(json_get_text(g, "state"),
				    json_get_text(w, "state"));
		done = strcmp(json_get_text(w, "state"), "tested") == 0;
		assert_int_equal(json_get(g, "p") != NULL, done);
		for (size_t k = 0; done && k < 5; k++)
			same_number(g, w, keys[k]);
		if (done)
			assert_int_equal(
				cJSON_IsTrue(json_get(g, "significant")),
				json_get(w, "p_holm")->valuedouble < 0.05);
		tested += done;
	}
	assert_true(json_get_int(got, "family", &family));
	assert_int_equal(family, tested);
}

static void same_codes(const cJSON *got, const cJSON *want)
{
	const cJSON *w;

	assert_int_equal(cJSON_GetArraySize(got), cJSON_GetArraySize(want));
	cJSON_ArrayForEach(w, want)
	{
		(void)find(got, "code", w->valuestring);
	}
}

static void agree(const char *which)
{
	struct years y;
	char path[64];
	cJSON *want, *got;
	const cJSON *u;
	int units = 0;

	(void)snprintf(path, sizeof path, WHERE "expected-%s.json", which);
	want = test_json_read(path);
	open_files(&y, which);
	got = as_json(&y, INDEX_NONE);
	cJSON_ArrayForEach(u, json_get(want, "units"))
	{
		const cJSON *g = NULL, *o;

		cJSON_ArrayForEach(o, json_get(got, "units"))
		{
			if (strcmp(json_get_text(json_get(o, "unit"), "code"),
				   u->string) == 0)
				g = o;
		}
		assert_non_null(g);
		same_unit(g, u);
		units++;
	}
	assert_int_equal(cJSON_GetArraySize(json_get(got, "units")), units);
	same_codes(json_get(got, "criteria_gone"),
		   json_get(want, "criteria_gone"));
	same_codes(json_get(got, "units_gone"), json_get(want, "units_gone"));
	same_tests(json_get(got, "tests"), json_get(want, "tests"));
	cJSON_Delete(want);
	cJSON_Delete(got);
	close_years(&y);
}

static void fractions_of_another_program_come_out_exactly(void **state)
{
	(void)state;
	agree("sum");
	agree("item");
}

static void lists_name_what_rose_fell_and_stayed(void **state)
{
	static const char *const lists[] = { "up",	 "down", "kept",
					     "changed",	 "new",	 "gone",
					     "unsettled" };
	struct years y;
	cJSON *got;
	const cJSON *u;

	(void)state;
	open_files(&y, "sum");
	got = as_json(&y, indexed_unit(&y.now, "E"));
	assert_int_equal(cJSON_GetArraySize(json_get(got, "units")), 1);
	u = json_get(got, "units")->child;
	for (size_t i = 0; i < 7; i++) {
		const cJSON *o, *list = json_get(u, lists[i]);
		int n = 0;

		cJSON_ArrayForEach(o, json_get(u, "criteria"))
		{
			n += strcmp(json_get_text(o, "move"), lists[i]) == 0;
		}
		assert_non_null(list);
		assert_int_equal(cJSON_GetArraySize(list), n);
		cJSON_ArrayForEach(o, list)
		{
			assert_string_equal(
				json_get_text(find(json_get(u, "criteria"),
						   "code", o->valuestring),
					      "move"),
				lists[i]);
		}
	}
	/* other units' tests stay in the family and out of the list */
	cJSON_ArrayForEach(u, json_get(json_get(got, "tests"), "list"))
	{
		assert_string_equal(json_get_text(u, "unit"), "E");
	}
	assert_true(y.c.n_tested > 5);
	cJSON_Delete(got);
	close_years(&y);
}

/* ---- small documents --------------------------------------------------- */

#define LEAF(code, name, max, more)                                       \
	"{\"code\":\"" code "\",\"name\":\"" name "\",\"maximum\":\"" max \
	"\",\"source\":" more "}"
#define ASSESSED "\"assessed\""
#define NODE(code, max, children)                                  \
	"{\"code\":\"" code "\",\"name\":\"n\",\"maximum\":\"" max \
	"\",\"children\":[" children "]}"
#define UNIT(code, values)                          \
	"{\"code\":\"" code "\",\"name\":\"u " code \
	"\",\"kind\":\"so\",\"values\":{" values "}}"

static char *document(struct arena *a, const char *criteria, const char *total,
		      const char *units)
{
	return index_document(a,
			      index_rules(a, "total", "incomplete", "sum-first",
					  2, ""),
			      criteria, total, units);
}

/* Compares two documents of one set of rules. */
static void open_small(struct years *y, const char *criteria,
		       const char *criteria_before, const char *total,
		       const char *total_before, const char *units,
		       const char *units_before, const char *pairs)
{
	struct arena *a = arena_new(1 << 20);

	open_years(y, document(a, criteria, total, units),
		   document(a, criteria_before, total_before, units_before));
	if (!read_pairs(y, pairs))
		fail_msg("%s", y->f.list[0].message);
	compare(y);
	arena_free(a);
}

static const struct index_moved *cell_of(const struct years *y,
					 const char *unit, const char *node)
{
	return index_moved(&y->c, indexed_unit(&y->now, unit),
			   indexed_node(&y->now, node));
}

#define TWO                                                         \
	"[" LEAF("1", "a", "60", ASSESSED) "," LEAF("2", "b", "40", \
						    ASSESSED) "]"

static void what_stays_the_same_has_no_marks(void **state)
{
	struct years y;

	(void)state;
	open_small(&y, TWO, TWO, "100", "100",
		   "[" UNIT("A", "\"1\":\"50\",\"2\":\"20\"") "]",
		   "[" UNIT("A", "\"1\":\"49.5\",\"2\":\"20\"") "]", "{}");
	assert_int_equal(y.c.totals[0].marks, 0);
	assert_int_equal(y.c.totals[0].move, INDEX_UP);
	assert_string_equal(indexed_exact(&y.now, y.c.totals[0].change), "1/2");
	assert_int_equal(cell_of(&y, "A", "1")->move, INDEX_UP);
	assert_int_equal(cell_of(&y, "A", "2")->move, INDEX_KEPT);
	assert_int_equal(y.c.rules, 0);
	assert_int_equal(y.c.n_gone_node + y.c.n_gone_unit, 0);
	close_years(&y);
}

/* A smaller maximum: points fell, the share rose, and neither is in a list. */
static void another_maximum_is_never_compared_in_silence(void **state)
{
	struct years y;
	const struct index_moved *m;

	(void)state;
	open_small(&y,
		   "[" LEAF("1", "a", "40", ASSESSED) "," LEAF("2", "b", "60",
							       ASSESSED) "]",
		   TWO, "100", "100",
		   "[" UNIT("A", "\"1\":\"36\",\"2\":\"30\"") "]",
		   "[" UNIT("A", "\"1\":\"48\",\"2\":\"30\"") "]", "{}");
	m = cell_of(&y, "A", "1");
	assert_int_equal(m->marks, INDEX_MARK_MAXIMUM);
	assert_int_equal(m->move, INDEX_CHANGED);
	assert_string_equal(indexed_exact(&y.now, m->change), "-12");
	assert_string_equal(indexed_exact(&y.now, m->share_change), "10");
	assert_string_equal(indexed_exact(&y.now, m->now.maximum), "40");
	assert_string_equal(indexed_exact(&y.now, m->before.maximum), "60");
	assert_int_equal(y.c.totals[0].marks, INDEX_MARK_CHILDREN);
	close_years(&y);
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

		open_small(&y, arena_printf(a, "[%s%s", now[i], rest),
			   arena_printf(a, "[%s%s", before, rest), "100", "100",
			   "[" UNIT("A", "\"2\":\"30\"") "]",
			   "[" UNIT("A", "\"2\":\"30\"") "]", "{}");
		assert_int_equal(cell_of(&y, "A", "1")->marks, INDEX_MARK_KIND);
		assert_int_equal(cell_of(&y, "A", "1")->move, INDEX_CHANGED);
		assert_int_equal(cell_of(&y, "A", "2")->move, INDEX_KEPT);
		assert_int_equal(y.c.totals[0].marks, INDEX_MARK_CHILDREN);
		close_years(&y);
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

		open_small(&y, arena_printf(a, "[%s]", pair[i][0]),
			   arena_printf(a, "[%s]", pair[i][1]), "100", "100",
			   "[" UNIT("A", "") "]", "[" UNIT("A", "") "]", "{}");
		assert_true(cell_of(&y, "A", "1")->marks & INDEX_MARK_KIND);
		/* the same against itself has none */
		close_years(&y);
		open_small(&y, arena_printf(a, "[%s]", pair[i][0]),
			   arena_printf(a, "[%s]", pair[i][0]), "100", "100",
			   "[" UNIT("A", "") "]", "[" UNIT("A", "") "]", "{}");
		assert_int_equal(cell_of(&y, "A", "1")->marks, 0);
		assert_int_equal(cell_of(&y, "A", "1")->move, INDEX_UNSETTLED);
		close_years(&y);
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
	open_small(&y, now, before, "100", "100", units, units, "{}");
	assert_true(cell_of(&y, "A", "1")->marks & INDEX_MARK_CHILDREN);
	assert_true(cell_of(&y, "A", "2")->marks & INDEX_MARK_CHILDREN);
	assert_int_equal(cell_of(&y, "A", "1.2")->move, INDEX_KEPT);
	/* 3 is gone, 3.1 stands alone now */
	assert_int_equal(cell_of(&y, "A", "3.1")->move, INDEX_KEPT);
	assert_int_equal(y.c.n_gone_node, 1);
	assert_true(y.c.totals[0].marks & INDEX_MARK_CHILDREN);
	close_years(&y);
	/* and the other way */
	open_small(&y, before, now, "100", "100", units, units, "{}");
	assert_int_equal(cell_of(&y, "A", "3")->move, INDEX_NEW);
	assert_true(y.c.totals[0].marks & INDEX_MARK_CHILDREN);
	close_years(&y);
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
	open_years(&y, some, all);
	compare(&y);
	assert_int_equal(cell_of(&y, "A", "2")->move, INDEX_GONE);
	assert_int_equal(y.c.totals[0].marks,
			 INDEX_MARK_MAXIMUM | INDEX_MARK_CHILDREN);
	/* B became a commune: its kind is marked */
	assert_int_equal(y.c.unit[1].marks, INDEX_MARK_KIND);
	assert_int_equal(y.c.totals[1].move, INDEX_CHANGED);
	close_years(&y);
	open_years(&y, all, some);
	compare(&y);
	assert_int_equal(cell_of(&y, "A", "2")->move, INDEX_NEW);
	close_years(&y);
	open_years(&y, some, some);
	compare(&y);
	assert_int_equal(cell_of(&y, "A", "2")->move, INDEX_ABSENT_BOTH);
	assert_int_equal(y.c.totals[0].move, INDEX_KEPT);
	close_years(&y);
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
		open_years(&y,
			   index_document(a,
					  index_rules(a, cases[i].rescale,
						      cases[i].missing,
						      cases[i].order,
						      cases[i].digits,
						      cases[i].more),
					  TWO, "100", units),
			   base);
		compare(&y);
		assert_int_equal(y.c.rules, cases[i].want);
		close_years(&y);
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
		open_years(&y, doc[0], doc[1]);
		compare(&y);
		assert_int_equal(y.c.rules, INDEX_RULE_TIES);
		close_years(&y);
		open_years(&y, doc[0], doc[0]);
		compare(&y);
		assert_int_equal(y.c.rules, 0);
		close_years(&y);
	}
	memcpy(strstr(other, "\"85\""), "\"84\"", 4);
	memcpy(strstr(name, "\"Khá\""), "\"Kha \"", 6);
	open_years(&y, index_document(a, other, TWO, "100", units),
		   index_document(a, rules, TWO, "100", units));
	compare(&y);
	assert_int_equal(y.c.rules, INDEX_RULE_BANDS);
	close_years(&y);
	open_years(&y, index_document(a, name, TWO, "100", units),
		   index_document(a, rules, TWO, "100", units));
	compare(&y);
	assert_int_equal(y.c.rules, INDEX_RULE_BANDS);
	close_years(&y);
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
	open_small(&y, arena_printf(a, doc, "50"), arena_printf(a, doc, "60"),
		   "100", "100", "[" UNIT("A", "\"1.1\":\"55\"") "]",
		   "[" UNIT("A", "\"1.1\":\"55\"") "]", "{}");
	assert_int_equal(cell_of(&y, "A", "1.1")->marks, INDEX_MARK_KIND);
	assert_int_equal(cell_of(&y, "A", "1")->marks, INDEX_MARK_CHILDREN);
	close_years(&y);
	arena_free(a);
}

/* ---- what follows what ------------------------------------------------- */

static void pairs_win_over_equal_codes(void **state)
{
	struct years y;

	(void)state;
	/* codes were exchanged: by code both would look changed */
	open_small(&y,
		   "[" LEAF("1", "b", "40", ASSESSED) "," LEAF("2", "a", "60",
							       ASSESSED) "]",
		   TWO, "100", "100",
		   "[" UNIT("A", "\"1\":\"30\",\"2\":\"50\"") "]",
		   "[" UNIT("A", "\"1\":\"40\",\"2\":\"31\"") "]",
		   "{\"criteria\":[{\"from\":\"1\",\"to\":\"2\"},{\"from\":"
		   "\"2\",\"to\":\"1\"}]}");
	assert_int_equal(cell_of(&y, "A", "1")->move, INDEX_DOWN);
	assert_int_equal(cell_of(&y, "A", "2")->move, INDEX_UP);
	assert_int_equal(cell_of(&y, "A", "2")->marks, INDEX_MARK_CODE);
	assert_string_equal(indexed_exact(&y.now,
					  cell_of(&y, "A", "2")->change),
			    "10");
	close_years(&y);
	/* dropped: what has its code is new */
	open_small(&y, TWO, TWO, "100", "100",
		   "[" UNIT("A", "\"1\":\"30\",\"2\":\"30\"") "]",
		   "[" UNIT("A", "\"1\":\"40\",\"2\":\"31\"") "]",
		   "{\"criteria\":[{\"from\":\"1\"}]}");
	assert_int_equal(cell_of(&y, "A", "1")->move, INDEX_NEW);
	assert_int_equal(y.c.n_gone_node, 1);
	close_years(&y);
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
	open_small(&y, TWO, TWO, "100", "100", "[" UNIT("A", "") "]",
		   "[" UNIT("A", "") "]", "{}");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_false(read_pairs(&y, cases[i].json));
		assert_string_equal(y.f.list[0].code, cases[i].code);
		assert_string_equal(y.f.list[0].path, cases[i].path);
	}
	close_years(&y);
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
	open_small(&y, MEANS, "[" LEAF("2", "b", "40", "\"satisfaction\"") "]",
		   "100", "40",
		   "[" UNIT("A",
			    "\"1\":{\"value\":\"3\",\"se\":1},\"2\":{"
			    "\"value\":\"3\",\"se\":1}") "," UNIT("N",
								  "\"1\":"
								  "\"3\","
								  "\"2\":"
								  "\"4\"") "]",
		   "[" UNIT("A", "\"2\":{\"value\":\"2\",\"se\":1}") "]", "{}");
	assert_int_equal(y.c.n_tests, 2);
	assert_int_equal(y.c.n_tested, 1);
	assert_int_equal(y.c.tests[0].why, INDEX_NOT_BEFORE);
	assert_true(isnan(y.c.tests[0].p_holm));
	/* z = 1 / sqrt 2, a family of one */
	assert_near(y.c.tests[1].t.t, 0.70710678118654752, 1e-15);
	assert_near(y.c.tests[1].p_holm, 0.47950012218695337, 1e-12);
	assert_false(y.c.tests[1].clear);
	close_years(&y);
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
	open_small(&y, leaf, leaf, "100", "100",
		   "[" UNIT("A", "\"1\":{\"groups\":{\"X\":\"2\",\"Y\":\"4\"},"
				 "\"se\":0.3}") "]",
		   "[" UNIT("A", "\"1\":{\"groups\":{\"X\":\"2\",\"Y\":\"3\"},"
				 "\"se\":0.4}") "]",
		   "{}");
	assert_near(y.c.tests[0].now, 3.5, 1e-15);
	assert_near(y.c.tests[0].t.value, 0.75, 1e-15);
	assert_near(y.c.tests[0].t.se, 0.5, 1e-15);
	assert_int_equal(y.c.tests[0].why, INDEX_TESTED);
	close_years(&y);
}

/* ---- properties -------------------------------------------------------- */

/* Where nothing is marked and nothing left out, what the children moved adds
 * up to what the field moved, and the fields to the total's sum. */
static void changes_of_children_add_to_that_of_the_field(void **state)
{
	struct arena *a = arena_new(4 << 20);
	static const char set[] = "[" NODE(
		"1", "60",
		LEAF("1.1", "x", "35", ASSESSED) "," LEAF(
			"1.2", "y", "25",
			ASSESSED)) "," NODE("2", "40",
					    LEAF("2.1", "z", "10",
						 ASSESSED) "," LEAF("2.2", "w",
								    "30",
								    ASSESSED)) "]";
	unsigned seed = 12345;
	mpq_t sum, all;

	(void)state;
	mpq_inits(sum, all, NULL);
	for (int turn = 0; turn < 40; turn++) {
		const char *units[2];
		struct years y;

		for (size_t k = 0; k < 2; k++) {
			unsigned v[4];

			for (size_t i = 0; i < 4; i++) {
				seed = seed * 1103515245U + 12345U;
				v[i] = (seed >> 16) % 1000;
			}
			units[k] = arena_printf(
				a,
				"[" UNIT("A", "\"1.1\":\"%u.%03u\",\"1.2\":"
					      "\"%u.%02u\",\"2.1\":\"%u.%03u\","
					      "\"2.2\":\"%u\"") "]",
				v[0] % 35, v[0], v[1] % 25, v[1] % 100,
				v[2] % 10, v[2], v[3] % 31);
		}
		open_small(&y, set, set, "100", "100", units[0], units[1],
			   "{}");
		mpq_set_ui(all, 0, 1);
		for (size_t f = 0; f < 6; f += 3) {
			mpq_add(sum, index_moved(&y.c, 0, f + 1)->change,
				index_moved(&y.c, 0, f + 2)->change);
			assert_true(mpq_equal(sum,
					      index_moved(&y.c, 0, f)->change));
			mpq_add(all, all, sum);
		}
		mpq_sub(sum, index_total(y.now.ix, 0)->sum,
			index_total(y.before.ix, 0)->sum);
		assert_true(mpq_equal(sum, all));
		close_years(&y);
	}
	mpq_clears(sum, all, NULL);
	arena_free(a);
}

/* Units, values and the pairs in any order give the same bytes. */
static void the_order_of_rows_does_not_matter(void **state)
{
	struct years y, z;
	char *now = read_text(WHERE "now-sum.json");
	char *before = read_text(WHERE "before-sum.json");
	struct err e = { 0 };
	cJSON *tree = json_parse(now, strlen(now), &json_plan_limits, &e);
	cJSON *list = cJSON_GetObjectItem(tree, "units"), *turned, *got, *want;
	char *text, *a, *b;

	(void)state;
	turned = cJSON_CreateArray();
	while (cJSON_GetArraySize(list) > 0)
		(void)cJSON_AddItemToArray(
			turned, cJSON_DetachItemFromArray(
					list, cJSON_GetArraySize(list) - 1));
	(void)cJSON_ReplaceItemInObject(tree, "units", turned);
	text = cJSON_PrintUnformatted(tree);
	open_files(&y, "sum");
	open_years(&z, text, before);
	assert_true(read_pairs(&z, "{\"units\":[{\"from\":\"G\",\"to\":\"F\"},"
				   "{\"from\":\"D\",\"to\":\"E\"}],"
				   "\"criteria\":[{\"from\":\"3.2\",\"to\":"
				   "\"3.1\"},{\"from\":\"1.3\",\"to\":"
				   "\"1.4\"}]}"));
	compare(&z);
	a = as_csv(&y, INDEX_NONE);
	b = as_csv(&z, INDEX_NONE);
	assert_string_equal(a, b);
	got = as_json(&y, INDEX_NONE);
	want = as_json(&z, INDEX_NONE);
	assert_true(cJSON_Compare(got, want, true));
	cJSON_Delete(got);
	cJSON_Delete(want);
	cJSON_Delete(tree);
	free(text);
	free(a);
	free(b);
	free(now);
	free(before);
	close_years(&y);
	close_years(&z);
}

/* Now and before exchanged: every change is the other's, negative. */
static void the_way_back_is_the_way_there_negative(void **state)
{
	struct arena *a = arena_new(1 << 20);
	const char *p = "[" UNIT("A", "\"1\":\"50.5\",\"2\":\"21\"") "]";
	const char *q = "[" UNIT("A", "\"1\":\"48\",\"2\":\"33.25\"") "]";
	struct years y, z;
	mpq_t sum;

	(void)state;
	open_small(&y, TWO, TWO, "100", "100", p, q, "{}");
	open_small(&z, TWO, TWO, "100", "100", q, p, "{}");
	mpq_init(sum);
	for (size_t i = 0; i < 2; i++) {
		mpq_add(sum, index_moved(&y.c, 0, i)->change,
			index_moved(&z.c, 0, i)->change);
		assert_int_equal(mpq_sgn(sum), 0);
		mpq_add(sum, index_moved(&y.c, 0, i)->share_change,
			index_moved(&z.c, 0, i)->share_change);
		assert_int_equal(mpq_sgn(sum), 0);
	}
	mpq_clear(sum);
	close_years(&y);
	close_years(&z);
	arena_free(a);
}

/* ---- outputs ----------------------------------------------------------- */

static void the_table_has_a_row_a_criterion_and_a_total(void **state)
{
	struct years y;
	char *one, *all;
	size_t rows = 0;

	(void)state;
	open_files(&y, "sum");
	one = as_csv(&y, indexed_unit(&y.now, "A"));
	all = as_csv(&y, INDEX_NONE);
	for (const char *s = one; (s = strchr(s, '\n')); s++)
		rows++;
	assert_int_equal(rows, 1 + 17 + 1);
	assert_non_null(strstr(one, "A,Đơn vị A,1.4,1.3,Tiêu chí 1.3,"));
	assert_non_null(strstr(one, "tested,"));
	/* one unit alone says what it says among all */
	assert_non_null(strstr(all, strstr(one, "A,Đơn vị A,1,")));
	assert_non_null(strstr(all, "another-criterion,\r\n"));
	assert_non_null(strstr(one, "changed,maximum children,"));
	/* ranks and grades stand on the total alone */
	assert_non_null(strstr(all, "F,Đơn vị F,,,,changed,merged,,"));
	free(one);
	free(all);
	close_years(&y);
}

static void every_word_has_both_languages(void **state)
{
	struct buf b = BUF_INIT(1000);

	(void)state;
	for (enum index_move m = 0; m <= INDEX_UNSETTLED; m++)
		assert_string_not_equal(index_move_word(m),
					index_move_word_vi(m));
	for (size_t i = 0; i < INDEX_MARKS; i++)
		assert_string_not_equal(index_mark_word(i),
					index_mark_word_vi(i));
	for (size_t i = 0; i < INDEX_RULE_MARKS; i++)
		assert_string_not_equal(index_rule_mark_word(i),
					index_rule_mark_word_vi(i));
	for (enum index_untested u = 0; u < INDEX_UNTESTED; u++)
		assert_string_not_equal(index_untested_word(u),
					index_untested_word_vi(u));
	index_marks_vi(INDEX_MARK_TEXT | INDEX_MARK_MERGED, &b);
	assert_string_equal(buf_cstr(&b), "nội dung, hợp nhất");
	buf_free(&b);
}

static void memory_that_ends_is_said(void **state)
{
	struct years y;
	struct arena *small;
	struct err e = { 0 };
	bool ok = false;
	size_t refused = 0;

	(void)state;
	open_files(&y, "sum");
	index_change_free(&y.c);
	for (size_t bytes = 64; !ok && bytes < (1 << 20); bytes += 64) {
		small = arena_new(bytes);
		e.kind = ERR_NONE;
		ok = small && index_change(y.now.ix, y.before.ix, &y.pairs,
					   0.05, small, &y.c, &e);
		if (!ok && small) {
			assert_int_equal(e.kind, ERR_NOMEM);
			refused++;
		}
		if (ok)
			index_change_free(&y.c);
		arena_free(small);
	}
	assert_true(ok && refused > 5);
	close_years(&y);
}

static void p_values_without_memory_are_said(void **state)
{
	struct years y;
	struct err e = { 0 };
	size_t n;

	(void)state;
	open_files(&y, "sum");
	n = y.c.n_tests;
	index_change_free(&y.c);
	size_that_fails = (n + 1) * (sizeof(double) + sizeof(size_t));
	assert_false(index_change(y.now.ix, y.before.ix, &y.pairs, 0.05,
				  y.now.a, &y.c, &e));
	size_that_fails = 0;
	assert_int_equal(e.kind, ERR_NOMEM);
	assert_int_equal(y.c.n_ready, 0);
	close_years(&y);
}

static void a_map_that_does_not_fit_into_memory_is_refused(void **state)
{
	char *map = read_text(WHERE "map.json");
	struct years y;
	struct faults f;
	struct arena *a = arena_new(1 << 20), *small;
	bool ok = false;
	size_t refused = 0;

	(void)state;
	open_files(&y, "sum");
	for (size_t bytes = 64; !ok && bytes < (1 << 16); bytes += 64) {
		small = arena_new(bytes);
		faults_init(&f, a);
		ok = index_pairs_read(map, strlen(map), &y.now.set,
				      &y.before.set, small, &y.pairs, &f);
		refused += !ok && f.n > 0;
		assert_int_equal(ok, f.n == 0);
		arena_free(small);
	}
	assert_true(ok && refused > 0);
	free(map);
	arena_free(a);
	close_years(&y);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fractions_of_another_program_come_out_exactly),
		cmocka_unit_test(lists_name_what_rose_fell_and_stayed),
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
		cmocka_unit_test(changes_of_children_add_to_that_of_the_field),
		cmocka_unit_test(the_order_of_rows_does_not_matter),
		cmocka_unit_test(the_way_back_is_the_way_there_negative),
		cmocka_unit_test(the_table_has_a_row_a_criterion_and_a_total),
		cmocka_unit_test(every_word_has_both_languages),
		cmocka_unit_test(memory_that_ends_is_said),
		cmocka_unit_test(p_values_without_memory_are_said),
		cmocka_unit_test(
			a_map_that_does_not_fit_into_memory_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
