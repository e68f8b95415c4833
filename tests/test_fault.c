#include "support/test.h"

#include <string.h>

#include "phieu/arena.h"
#include "phieu/buf.h"
#include "phieu/fault.h"
#include "phieu/limits.h"

static void faults_are_kept_with_their_own_path(void **state)
{
	struct arena *a = arena_new(1 << 20);
	char path[] = "/ratings/3";
	struct faults f;

	(void)state;
	faults_init(&f, a);
	fault_add(&f, "V07", path, "unknown option", NULL);
	memset(path, 'x', sizeof path - 1);
	assert_int_equal(f.n, 1);
	assert_string_equal(f.list[0].code, "V07");
	assert_string_equal(f.list[0].path, "/ratings/3");
	assert_string_equal(f.list[0].message, "unknown option");
	assert_string_equal(f.list[0].message_vi, "");
	assert_true(faults_have(&f, "V07"));
	assert_false(faults_have(&f, "V0"));
	arena_free(a);
}

static void the_order_is_by_path_then_code_with_numbers_as_numbers(void **state)
{
	static const struct {
		const char *code, *path;
	} in[] = {
		{ "V07", "/ratings/10/answers" },
		{ "V07", "/ratings/2" },
		{ "V02", "/ratings/2" },
		{ "V01", "/ratings" },
		{ "V01", "" },
		{ "V03", "/home" },
		{ "V09", "/ratings/2/unit" },
	};
	static const char *const out[] = { " V01",
					   "/home V03",
					   "/ratings V01",
					   "/ratings/2 V02",
					   "/ratings/2 V07",
					   "/ratings/2/unit V09",
					   "/ratings/10/answers V07" };
	struct arena *a = arena_new(1 << 20);
	struct faults f;
	size_t i;

	(void)state;
	faults_init(&f, a);
	faults_sort(&f);
	for (i = 0; i < sizeof in / sizeof in[0]; i++)
		fault_add(&f, in[i].code, in[i].path, "m", "n");
	faults_sort(&f);
	for (i = 0; i < sizeof out / sizeof out[0]; i++)
		assert_string_equal(arena_printf(a, "%s %s", f.list[i].path,
						 f.list[i].code),
				    out[i]);
	arena_free(a);
}

static void past_the_limit_faults_are_counted(void **state)
{
	struct arena *a = arena_new(1 << 22);
	struct faults f;
	size_t i;

	(void)state;
	faults_init(&f, a);
	for (i = 0; i < LIMIT_FAULTS + 5; i++)
		fault_add(&f, "P01", "/x", "m", "n");
	assert_int_equal(f.n, LIMIT_FAULTS);
	assert_int_equal(f.more, 5);
	arena_free(a);
}

static void without_memory_a_fault_is_still_counted(void **state)
{
	struct arena *none = arena_new(0), *little = arena_new(1100);
	struct faults f;

	(void)state;
	faults_init(&f, none);
	fault_add(&f, "P01", "/x", "m", "n");
	assert_int_equal(f.n, 0);
	assert_int_equal(f.more, 1);
	faults_init(&f, little);
	fault_add(&f, "P01", "/x", "m", "n");
	while (f.more == 0)
		fault_add(&f, "P01", "/a long path that uses it up", "", "");
	assert_true(f.n >= 1);
	arena_free(none);
	arena_free(little);
}

static void as_json_they_are_escaped_and_complete(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct buf out = BUF_INIT(1 << 20);
	struct faults f;

	(void)state;
	faults_init(&f, a);
	faults_json(&f, &out);
	assert_string_equal(buf_cstr(&out), "[]");
	buf_free(&out);
	fault_add(&f, "V07", "/answers/\"Q\n", "not an option", "sai");
	fault_add(&f, "P123456789", "", NULL, NULL);
	faults_json(&f, &out);
	assert_string_equal(buf_cstr(&out),
			    "[{\"code\":\"V07\",\"path\":\"/answers/"
			    "\\\"Q\\n\",\"message\":\"not an option\","
			    "\"message_vi\":\"sai\"},{\"code\":\"P123456\","
			    "\"path\":\"\",\"message\":\"\","
			    "\"message_vi\":\"\"}]");
	buf_free(&out);
	arena_free(a);
}

static void for_people_each_has_two_lines_and_all_are_counted(void **state)
{
	struct arena *a = arena_new(1 << 20);
	FILE *to = tmpfile();
	char text[512];
	struct faults f;
	size_t n;

	(void)state;
	assert_non_null(to);
	faults_init(&f, a);
	fault_add(&f, "V07", "/answers/Q1", "not an option", "sai");
	fault_add(&f, "P01", "", "no list", "thiếu");
	faults_print(&f, "a.json", to);
	f.more = 3;
	f.n = 0;
	faults_print(&f, NULL, to);
	rewind(to);
	n = fread(text, 1, sizeof text - 1, to);
	text[n] = '\0';
	assert_string_equal(text, "V07  /answers/Q1\n     sai (not an option)\n"
				  "P01  /\n     thiếu (no list)\n"
				  "a.json: 2 lỗi (2 faults)\n"
				  "3 lỗi (3 faults)\n"
				  "3 lỗi sau không liệt kê\n");
	(void)fclose(to);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(faults_are_kept_with_their_own_path),
		cmocka_unit_test(
			the_order_is_by_path_then_code_with_numbers_as_numbers),
		cmocka_unit_test(past_the_limit_faults_are_counted),
		cmocka_unit_test(as_json_they_are_escaped_and_complete),
		cmocka_unit_test(
			for_people_each_has_two_lines_and_all_are_counted),
		cmocka_unit_test(without_memory_a_fault_is_still_counted),
	};
	return cmocka_run_group_tests_name("fault", t, NULL, NULL);
}
