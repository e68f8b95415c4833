#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "phieu/buf.h"

static void overflow_sticks_and_take_frees(void **state)
{
	struct buf b = BUF_INIT(8);

	(void)state;
	buf_adds(&b, "1234567");
	assert_string_equal(buf_cstr(&b), "1234567");
	buf_adds(&b, "8");
	assert_null(buf_cstr(&b));
	buf_addf(&b, "%d", 9);
	assert_null(buf_take(&b));
	/* Taken, it starts anew with the same limit. */
	buf_adds(&b, "12345678");
	assert_null(buf_cstr(&b));
	buf_free(&b);
}

static void take_hands_over(void **state)
{
	struct buf b = BUF_INIT(1 << 20);
	char *s;

	(void)state;
	buf_addf(&b, "%s-%02d", "CT", 1);
	s = buf_take(&b);
	assert_string_equal(s, "CT-01");
	free(s);
	assert_int_equal(b.len, 0);
	assert_string_equal(buf_cstr(&b), "");
}

static void nothing_added_is_the_empty_text(void **state)
{
	struct buf b = BUF_INIT(8);
	char *s;

	(void)state;
	assert_string_equal(buf_cstr(&b), "");
	s = buf_take(&b);
	assert_non_null(s);
	assert_string_equal(s, "");
	free(s);
	buf_free(&b);
}

static void a_format_fits_exactly_or_breaks(void **state)
{
	struct buf b = BUF_INIT(6);

	(void)state;
	buf_addf(&b, "%s", "12345");
	assert_string_equal(buf_cstr(&b), "12345");
	buf_free(&b);
	buf_addf(&b, "%s", "123456");
	assert_null(buf_cstr(&b));
	buf_free(&b);
	buf_adds(&b, "ok");
	assert_string_equal(buf_cstr(&b), "ok");
	buf_free(&b);
}

static void bytes_of_any_value_grow_it_and_stay(void **state)
{
	struct buf b = BUF_INIT(1 << 20);
	size_t i;

	(void)state;
	for (i = 0; i < 100000; i++) {
		char c = (char)(i * 7);

		buf_add(&b, &c, 1);
	}
	assert_int_equal(b.len, 100000);
	for (i = 0; i < 100000; i++)
		assert_int_equal(b.data[i], (char)(i * 7));
	assert_int_equal(b.data[b.len], 0);
	buf_free(&b);
}

static void a_length_beyond_the_limit_cannot_wrap(void **state)
{
	struct buf b = BUF_INIT(SIZE_MAX);

	(void)state;
	buf_adds(&b, "x");
	buf_add(&b, "y", SIZE_MAX);
	assert_null(buf_cstr(&b));
	buf_free(&b);
}

static void text_cannot_become_markup(void **state)
{
	struct buf b = BUF_INIT(100);

	(void)state;
	buf_html(&b, "<a href=\"x\">Đ&</a>");
	buf_html(&b, NULL);
	assert_string_equal(buf_cstr(&b), "&#60;a href=&#34;x&#34;&#62;Đ&#38;"
					  "&#60;/a&#62;");
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(overflow_sticks_and_take_frees),
		cmocka_unit_test(take_hands_over),
		cmocka_unit_test(nothing_added_is_the_empty_text),
		cmocka_unit_test(a_format_fits_exactly_or_breaks),
		cmocka_unit_test(bytes_of_any_value_grow_it_and_stay),
		cmocka_unit_test(a_length_beyond_the_limit_cannot_wrap),
		cmocka_unit_test(text_cannot_become_markup),
	};
	return cmocka_run_group_tests_name("buf", t, NULL, NULL);
}
