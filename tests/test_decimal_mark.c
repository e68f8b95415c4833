#include <string.h>

#include "phieu/decimal_mark.h"
#include "support/test.h"

static char file_of(const char *const *numbers)
{
	struct decimal_mark m = { 0 };

	for (; *numbers; numbers++)
		decimal_mark_see(&m, *numbers);
	return decimal_mark_of(&m);
}

static void a_file_shows_its_mark_by_any_of_its_numbers(void **state)
{
	static const struct {
		const char *numbers[6];
		char mark;
	} files[] = {
		{ { "1", "2,5", "3" }, ',' }, { { "1", "2.5", "3" }, '.' },
		{ { "1.234", "7" }, 0 },      /* either */
		{ { "1.234", "0,25" }, ',' }, /* then a group */
		{ { "1,234", "0.25" }, '.' }, { { "1.234.567" }, ',' },
		{ { "1,234,567" }, '.' },     { { "1.234,5" }, ',' },
		{ { "1,234.5" }, '.' },	      { { "-1,5" }, ',' },
		{ { "1,5", "1.5" }, 0 }, /* both */
		{ { "x,5", "" }, 0 },	 /* no numbers */
		{ { "1,2.3.4" }, 0 },	      { { "0,1234" }, ',' },
	};

	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		if (file_of(files[i].numbers) != files[i].mark)
			fail_msg("%s…: %d", files[i].numbers[0],
				 file_of(files[i].numbers));
}

static void a_number_is_read_by_the_mark_of_its_file(void **state)
{
	static const struct {
		const char *s;
		char mark;
		enum decimal_text how;
		const char *out;
	} cases[] = {
		{ "1,5", ',', DECIMAL_TEXT_OK, "1.5" },
		{ "1.234", ',', DECIMAL_TEXT_OK, "1234" },
		{ "1.234,50", ',', DECIMAL_TEXT_OK, "1234.50" },
		{ "1,234", '.', DECIMAL_TEXT_OK, "1234" },
		{ "12", 0, DECIMAL_TEXT_OK, "12" },
		{ "1.234", 0, DECIMAL_TEXT_EITHER, NULL },
		{ "1.5", ',', DECIMAL_TEXT_BOTH, NULL },
		{ "1.5", 0, DECIMAL_TEXT_BOTH, NULL },
		{ "năm", ',', DECIMAL_TEXT_OK, "năm" },
		{ "-0,5", ',', DECIMAL_TEXT_OK, "-0.5" },
	};
	struct arena *a = arena_new(1 << 16);

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *out;

		assert_int_equal(decimal_mark_text(cases[i].s, cases[i].mark, a,
						   &out),
				 cases[i].how);
		if (cases[i].out)
			assert_string_equal(out, cases[i].out);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_shows_its_mark_by_any_of_its_numbers),
		cmocka_unit_test(a_number_is_read_by_the_mark_of_its_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
