#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "phieu/ledger.h"

/* "from to", or the words of the error */
static const char *taken(const char *text)
{
	static char out[600];
	struct buf from = BUF_INIT(1 << 16), to = BUF_INIT(1 << 16);
	struct err e = { 0 };

	if (ledger_sheets_read(text, &from, &to, &e))
		(void)snprintf(out, sizeof out, "%s %s", buf_cstr(&from),
			       buf_cstr(&to));
	else
		(void)snprintf(out, sizeof out, "%d", (int)e.kind);
	buf_free(&from);
	buf_free(&to);
	return out;
}

static void numbers_and_ranges_come_as_they_are_printed(void **state)
{
	(void)state;
	assert_string_equal(taken("CT01-00001-2"),
			    "{CT01-00001-2} {CT01-00001-2}");
	assert_string_equal(
		taken("ct01 00001 2 ; CT01-00003-6 .. ct01-00006-1,"),
		"{CT01-00001-2,CT01-00003-6} {CT01-00001-2,CT01-00006-1}");
	assert_string_equal(taken("\nCT01-00002-0\r\nCT01-00003-6\n"),
			    "{CT01-00002-0,CT01-00003-6} "
			    "{CT01-00002-0,CT01-00003-6}");
}

static void what_is_no_number_is_refused(void **state)
{
	static const char *const bad[] = { "",	   " ",
					   ",;\n", "CT01-00001-3",
					   "..",   "CT01-00001-2..",
					   "x",	   "CT01-00001-2..CT01-00002",
					   "{a}",  "\"" };
	char kind[8];

	(void)state;
	(void)snprintf(kind, sizeof kind, "%d", (int)ERR_INPUT);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (strcmp(taken(bad[i]), kind) != 0)
			fail_msg("\"%s\": %s", bad[i], taken(bad[i]));
}

static void a_list_too_long_for_its_room_says_so(void **state)
{
	struct buf from = BUF_INIT(16), to = BUF_INIT(16);
	struct err e = { 0 };

	(void)state;
	assert_false(ledger_sheets_read("CT01-00001-2,CT01-00002-0", &from, &to,
					&e));
	assert_int_equal(e.kind, ERR_NOMEM);
	buf_free(&from);
	buf_free(&to);
}

static void every_act_and_list_is_found_by_its_name_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < desk_ledger.n_acts; i++) {
		const struct desk_act *a = &desk_ledger.acts[i];

		assert_ptr_equal(desk_act_find(&desk_ledger, a->name), a);
		assert_true(desk_params(a->params) > 0);
		assert_true(a->roles != 0);
		assert_true(!a->named ||
			    desk_param_at(a->params, "sheets") >= 0);
	}
	for (size_t i = 0; i < desk_ledger.n_lists; i++) {
		const struct desk_list *l = &desk_ledger.lists[i];

		assert_ptr_equal(desk_list_find(&desk_ledger, l->name), l);
		assert_non_null(l->heads[0]);
	}
	assert_null(desk_act_find(&desk_ledger, "none"));
	assert_null(desk_list_find(&desk_ledger, "none"));
	assert_int_equal(desk_params(
				 desk_list_find(&desk_ledger, "open")->params),
			 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_and_ranges_come_as_they_are_printed),
		cmocka_unit_test(what_is_no_number_is_refused),
		cmocka_unit_test(a_list_too_long_for_its_room_says_so),
		cmocka_unit_test(every_act_and_list_is_found_by_its_name_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
