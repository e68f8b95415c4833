/* Two years beside each other: against fractions worked out by
 * tests/data/change/make.py, and properties. */
#include "phieu/index_change.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/json.h"
#include "support/table.h"
#include "support/test.h"
#include "support/years.h"

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

static void open_files(struct years *y, const char *which)
{
	char path[64], *now, *before, *map;

	(void)snprintf(path, sizeof path, WHERE "now-%s.json", which);
	now = years_text(path);
	(void)snprintf(path, sizeof path, WHERE "before-%s.json", which);
	before = years_text(path);
	map = years_text(WHERE "map.json");
	years_open(y, now, before);
	if (!years_pairs(y, map))
		fail_msg("%s", y->f.list[0].message);
	years_compare(y);
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
	years_close(&y);
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
	years_close(&y);
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
		years_small(&y, set, set, "100", "100", units[0], units[1],
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
		years_close(&y);
	}
	mpq_clears(sum, all, NULL);
	arena_free(a);
}

/* Units, values and the pairs in any order give the same bytes. */
static void the_order_of_rows_does_not_matter(void **state)
{
	struct years y, z;
	char *now = years_text(WHERE "now-sum.json");
	char *before = years_text(WHERE "before-sum.json");
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
	years_open(&z, text, before);
	assert_true(years_pairs(&z, "{\"units\":[{\"from\":\"G\",\"to\":\"F\"},"
				    "{\"from\":\"D\",\"to\":\"E\"}],"
				    "\"criteria\":[{\"from\":\"3.2\",\"to\":"
				    "\"3.1\"},{\"from\":\"1.3\",\"to\":"
				    "\"1.4\"}]}"));
	years_compare(&z);
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
	years_close(&y);
	years_close(&z);
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
	years_small(&y, TWO, TWO, "100", "100", p, q, "{}");
	years_small(&z, TWO, TWO, "100", "100", q, p, "{}");
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
	years_close(&y);
	years_close(&z);
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
	assert_non_null(strstr(all, "another-criterion,,\r\n"));
	assert_non_null(strstr(one, "changed,maximum children,"));
	/* ranks and grades stand on the total alone */
	assert_non_null(strstr(all, "F,Đơn vị F,,,,changed,merged,,"));
	free(one);
	free(all);
	years_close(&y);
}

static size_t count_of(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *s = text; (s = strstr(s, what)); s++)
		n++;
	return n;
}

static void every_output_says_that_the_years_are_independent(void **state)
{
	struct years y;
	char *csv;
	cJSON *tree;
	const cJSON *tests;

	(void)state;
	open_files(&y, "sum");
	csv = as_csv(&y, INDEX_NONE);
	tree = as_json(&y, INDEX_NONE);
	tests = json_get(tree, "tests");
	assert_true(y.c.n_tested > 0);
	assert_string_equal(json_get_text(tests, "samples"), "independent");
	assert_non_null(
		strstr(json_get_text(tests, "samples_words"), "independent"));
	assert_non_null(
		strstr(json_get_text(tests, "samples_words_vi"), "độc lập"));
	assert_int_equal(count_of(csv, ",p_holm,samples\r\n"), 1);
	assert_int_equal(count_of(csv, ",independent\r\n"), y.c.n_tested);
	cJSON_Delete(tree);
	free(csv);
	years_close(&y);
}

static void every_word_has_both_languages(void **state)
{
	struct buf b = BUF_INIT(1000);

	(void)state;
	for (enum index_move m = 0; m <= INDEX_UNSETTLED; m++)
		assert_string_not_equal(index_move_word(m),
					index_move_word_vi(m));
	for (size_t i = 0; i < INDEX_RULE_MARKS; i++)
		assert_true(index_rule_mark_word_vi(i)[0] != '\0');
	for (enum index_untested u = 0; u < INDEX_UNTESTED; u++)
		assert_string_not_equal(index_untested_word(u),
					index_untested_word_vi(u));
	index_marks_vi((1u << INDEX_MARKS) - 1, &b);
	assert_string_equal(buf_cstr(&b),
			    "mã khác, nội dung, điểm tối đa, cách chấm, "
			    "tiêu chí bên dưới, hợp nhất");
	b.len = 0;
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
	years_close(&y);
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
	years_close(&y);
}

static void a_map_that_does_not_fit_into_memory_is_refused(void **state)
{
	char *map = years_text(WHERE "map.json");
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
	years_close(&y);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fractions_of_another_program_come_out_exactly),
		cmocka_unit_test(lists_name_what_rose_fell_and_stayed),
		cmocka_unit_test(changes_of_children_add_to_that_of_the_field),
		cmocka_unit_test(the_order_of_rows_does_not_matter),
		cmocka_unit_test(the_way_back_is_the_way_there_negative),
		cmocka_unit_test(the_table_has_a_row_a_criterion_and_a_total),
		cmocka_unit_test(
			every_output_says_that_the_years_are_independent),
		cmocka_unit_test(every_word_has_both_languages),
		cmocka_unit_test(memory_that_ends_is_said),
		cmocka_unit_test(p_values_without_memory_are_said),
		cmocka_unit_test(
			a_map_that_does_not_fit_into_memory_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}