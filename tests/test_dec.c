#include "support/test.h"

#include <string.h>

#include "phieu/dec.h"

static void what_is_written_is_read_exactly(void **state)
{
	static const struct {
		const char *in, *out;
		int64_t micro;
	} t[] = {
		{ "0", "0", 0 },
		{ "-0", "0", 0 },
		{ "-0.000000", "0", 0 },
		{ "12", "12", 12000000 },
		{ "007", "7", 7000000 },
		{ "-0.5", "-0.5", -500000 },
		{ "100.000000", "100", 100000000 },
		{ "97.69", "97.69", 97690000 },
		{ "0.000001", "0.000001", 1 },
		{ "-0.000001", "-0.000001", -1 },
		{ "10.010", "10.01", 10010000 },
		{ "9223372036854.775807", "9223372036854.775807", INT64_MAX },
		{ "-9223372036854.775808", "-9223372036854.775808", INT64_MIN },
	};
	char buf[DEC_TEXT_MAX];
	struct dec d;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		assert_true(dec_parse(t[i].in, strlen(t[i].in), &d, &e));
		assert_int_equal(d.micro, t[i].micro);
		assert_string_equal(dec_text(d, buf), t[i].out);
	}
}

static void what_is_no_decimal_is_refused_with_its_reason(void **state)
{
	static const struct {
		const char *in, *why;
	} t[] = {
		{ "", "empty" },
		{ "-", "a digit is wanted first" },
		{ ".5", "a digit is wanted first" },
		{ "+5", "a digit is wanted first" },
		{ " 5", "a digit is wanted first" },
		{ "5 ", "only digits and one point" },
		{ "5.", "no digit after the point" },
		{ "1.2.3", "only digits and one point" },
		{ "1e3", "only digits and one point" },
		{ "0x10", "only digits and one point" },
		{ "1,5", "not a comma" },
		{ "1.0000000", "more than six decimals" },
		{ "0.1234567", "more than six decimals" },
		{ "0.00000000000000000000000000000001",
		  "more than six decimals" },
		{ "0.99999999999999999999999999999999",
		  "more than six decimals" },
		{ "nan", "a digit is wanted first" },
		{ "9223372036854.775808", "too large" },
		{ "-9223372036854.775809", "too large" },
		{ "9223372036855", "too large" },
		{ "18446744073709551616", "too large" },
		{ "99999999999999999999999999", "too large" },
		{ "\xd9\xa3", "a digit is wanted first" },
	};
	struct dec d = { .micro = 42 };
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		assert_false(dec_parse(t[i].in, strlen(t[i].in), &d, &e));
		assert_int_equal(e.kind, ERR_INPUT);
		assert_non_null(strstr(e.msg, t[i].why));
		assert_int_equal(d.micro, 42);
	}
}

static void the_length_is_obeyed_and_nul_is_no_end(void **state)
{
	struct dec d;
	struct err e;

	(void)state;
	assert_true(dec_parse("12345", 2, &d, &e));
	assert_int_equal(d.micro, 12000000);
	assert_false(dec_parse("1\0", 2, &d, &e));
}

static void a_message_never_repeats_control_characters(void **state)
{
	const char *bad = "1\n2\x1b[0m";
	struct dec d;
	struct err e;

	(void)state;
	assert_false(dec_parse(bad, strlen(bad), &d, &e));
	assert_null(strchr(e.msg, '\n'));
	assert_null(strchr(e.msg, '\x1b'));
}

static void people_see_a_comma_and_fixed_digits(void **state)
{
	static const struct {
		int64_t micro;
		int digits;
		const char *out;
	} t[] = {
		{ 97690000, 2, "97,69" },     { 97000000, 2, "97,00" },
		{ 97000000, 0, "97" },	      { 97690000, 0, "97,69" },
		{ 97691234, 2, "97,691234" }, { -500000, 1, "-0,5" },
		{ 1, 2, "0,000001" },	      { 1000000, 9, "1,000000" },
		{ 1000000, -1, "1" },
	};
	char buf[DEC_TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++)
		assert_string_equal(dec_text_vi((struct dec){ t[i].micro },
						t[i].digits, buf),
				    t[i].out);
}

static void sums_are_exact_where_doubles_are_not(void **state)
{
	/* In double these eight add up to 84.99999999999999. */
	static const char *const points[] = { "10.54", "5.09", "14.61",
					      "14.02", "8.90", "12.02",
					      "7.21",  "12.61" };
	struct dec sum = { 0 }, d;
	char buf[DEC_TEXT_MAX];
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < 8; i++) {
		assert_true(dec_parse(points[i], strlen(points[i]), &d, &e));
		assert_true(dec_add(sum, d, &sum, &e));
	}
	assert_string_equal(dec_text(sum, buf), "85");
	assert_true(dec_sub(sum, d, &sum, &e));
	assert_string_equal(dec_text(sum, buf), "72.39");
}

static void overflow_is_an_error(void **state)
{
	struct dec top = { INT64_MAX }, low = { INT64_MIN }, one = { 1 }, d;
	struct err e;

	(void)state;
	assert_false(dec_add(top, one, &d, &e));
	assert_int_equal(e.kind, ERR_MATH);
	assert_false(dec_sub(low, one, &d, &e));
	assert_int_equal(e.kind, ERR_MATH);
	assert_true(dec_add(top, low, &d, &e));
	assert_int_equal(d.micro, -1);
}

static void order_is_that_of_numbers(void **state)
{
	(void)state;
	assert_int_equal(dec_cmp((struct dec){ -1 }, (struct dec){ 1 }), -1);
	assert_int_equal(dec_cmp((struct dec){ 1 }, (struct dec){ 1 }), 0);
	assert_int_equal(dec_cmp((struct dec){ INT64_MAX },
				 (struct dec){ INT64_MIN }),
			 1);
}

static void text_and_back_gives_the_same(void **state)
{
	uint64_t x = 88172645463325252u;
	char buf[DEC_TEXT_MAX];
	struct dec d;
	struct err e;
	int i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		struct dec was;

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		was.micro = (int64_t)x >> (i % 60);
		(void)dec_text(was, buf);
		assert_true(dec_parse(buf, strlen(buf), &d, &e));
		assert_int_equal(d.micro, was.micro);
	}
}

static void as_a_double_it_is_the_nearest(void **state)
{
	(void)state;
	assert_near(dec_double((struct dec){ 1234567 }), 1.234567, 0);
	assert_near(dec_double((struct dec){ -500000 }), -0.5, 0);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(what_is_written_is_read_exactly),
		cmocka_unit_test(what_is_no_decimal_is_refused_with_its_reason),
		cmocka_unit_test(the_length_is_obeyed_and_nul_is_no_end),
		cmocka_unit_test(a_message_never_repeats_control_characters),
		cmocka_unit_test(people_see_a_comma_and_fixed_digits),
		cmocka_unit_test(sums_are_exact_where_doubles_are_not),
		cmocka_unit_test(overflow_is_an_error),
		cmocka_unit_test(order_is_that_of_numbers),
		cmocka_unit_test(text_and_back_gives_the_same),
		cmocka_unit_test(as_a_double_it_is_the_nearest),
	};
	return cmocka_run_group_tests_name("dec", t, NULL, NULL);
}
