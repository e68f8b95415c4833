/* The index when memory or numbers end. */
#include <string.h>

#include "phieu/index.h"
#include "phieu/json.h"
#include "support/index.h"
#include "support/index_small.h"
#include "support/test.h"

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
		cmocka_unit_test(memory_that_ends_is_said),
		cmocka_unit_test(numbers_not_checked_are_a_fault_of_ours),
		cmocka_unit_test(sums_too_large_for_points_are_refused),
		cmocka_unit_test(rounding_past_the_largest_number_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
