#include "support/test.h"

#include <string.h>

#include "phieu/err.h"
#include "phieu/utf8.h"

static void setting_says_what_and_gives_false(void **state)
{
	struct err e = { .kind = ERR_DB, .sqlstate = "23505", .detail = "x" };

	(void)state;
	assert_false(err_set(&e, ERR_INPUT, "no wave '%s'", "w"));
	assert_int_equal(e.kind, ERR_INPUT);
	assert_string_equal(e.msg, "no wave 'w'");
	assert_string_equal(e.sqlstate, "");
	assert_string_equal(e.detail, "");
}

static void wrapping_keeps_kind_state_and_first_words(void **state)
{
	struct err e = { .kind = ERR_DB, .sqlstate = "40001", .msg = "why" };

	(void)state;
	assert_false(err_wrap(&e, "batch %d", 7));
	assert_false(err_wrap(&e, "upload"));
	assert_int_equal(e.kind, ERR_DB);
	assert_string_equal(e.sqlstate, "40001");
	assert_string_equal(e.msg, "upload: batch 7: why");
}

static void what_does_not_fit_is_cut_and_ended(void **state)
{
	char big[1000];
	struct err e;
	int i;

	(void)state;
	memset(big, 'a', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	assert_false(err_set(&e, ERR_IO, "%s", big));
	assert_int_equal(strlen(e.msg), sizeof e.msg - 1);
	for (i = 0; i < 3; i++) {
		assert_false(err_wrap(&e, "%s", big));
		assert_int_equal(strlen(e.msg), sizeof e.msg - 1);
	}
}

static void a_cut_never_splits_a_letter(void **state)
{
	/* A name of letters of 1 to 4 bytes, shifted byte by byte. */
	static const char name[] = "Sở Nội vụ đã 😀 ";
	char big[400], shifted[420];
	struct err e;
	size_t i, bad, shift;

	(void)state;
	for (i = 0; i + sizeof name <= sizeof big; i += sizeof name - 1)
		memcpy(big + i, name, sizeof name);
	for (shift = 0; shift < sizeof name; shift++) {
		memset(shifted, 'x', shift);
		memcpy(shifted + shift, big, strlen(big) + 1);
		assert_false(err_set(&e, ERR_INPUT, "%s", shifted));
		assert_true(utf8_valid(e.msg, strlen(e.msg), &bad));
		assert_true(strlen(e.msg) >= sizeof e.msg - 4);
		assert_int_equal(strncmp(e.msg, shifted, strlen(e.msg)), 0);
		assert_false(err_wrap(&e, "đợt"));
		assert_true(utf8_valid(e.msg, strlen(e.msg), &bad));
	}
}

static void every_kind_has_a_name_and_a_status(void **state)
{
	static const struct {
		enum err_kind kind;
		const char *name;
		int http;
	} t[] = {
		{ ERR_NONE, "none", 200 },
		{ ERR_INPUT, "input", 400 },
		{ ERR_CONFLICT, "conflict", 409 },
		{ ERR_DENIED, "denied", 403 },
		{ ERR_DB, "db", 500 },
		{ ERR_DOWN, "down", 503 },
		{ ERR_IO, "io", 500 },
		{ ERR_MATH, "math", 422 },
		{ ERR_NOMEM, "nomem", 503 },
		{ ERR_BUG, "bug", 500 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		assert_string_equal(err_kind_name(t[i].kind), t[i].name);
		assert_int_equal(err_http_status(t[i].kind), t[i].http);
	}
	assert_string_equal(err_kind_name((enum err_kind)99), "?");
	assert_int_equal(err_http_status((enum err_kind)99), 500);
}

static void short_memory_is_said_in_one_way(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_false(err_no_memory(&e));
	assert_int_equal(e.kind, ERR_NOMEM);
	assert_string_equal(e.msg, "out of memory");
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(setting_says_what_and_gives_false),
		cmocka_unit_test(wrapping_keeps_kind_state_and_first_words),
		cmocka_unit_test(what_does_not_fit_is_cut_and_ended),
		cmocka_unit_test(a_cut_never_splits_a_letter),
		cmocka_unit_test(every_kind_has_a_name_and_a_status),
		cmocka_unit_test(short_memory_is_said_in_one_way),
	};
	return cmocka_run_group_tests_name("err", t, NULL, NULL);
}
