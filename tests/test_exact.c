#include "phieu/exact.h"

#include <string.h>

#include "phieu/json.h"
#include "support/table.h"
#include "support/test.h"

static struct dec dec_of(const char *s)
{
	struct err e = { 0 };
	struct dec d;

	assert_true(dec_parse(s, strlen(s), &d, &e));
	return d;
}

static const char *rounded(const char *x, int digits, enum exact_round rule,
			   char buf[DEC_TEXT_MAX + 8])
{
	struct err e = { 0 };
	struct dec d;
	mpq_t q;

	mpq_init(q);
	assert_int_equal(mpq_set_str(q, x, 10), 0);
	mpq_canonicalize(q);
	assert_true(exact_round(q, digits, rule, &d, &e));
	mpq_clear(q);
	return exact_fixed(d, digits, buf);
}

static void a_value_is_rounded_once_half_away_from_zero_or_to_even(void **s)
{
	static const struct {
		const char *x;
		int digits;
		const char *up, *even;
	} t[] = {
		{ "1/8", 2, "0.13", "0.12" },
		{ "3/8", 2, "0.38", "0.38" },
		{ "-1/8", 2, "-0.13", "-0.12" },
		{ "-3/8", 2, "-0.38", "-0.38" },
		{ "1/3", 3, "0.333", "0.333" },
		{ "2/3", 3, "0.667", "0.667" },
		{ "-2/3", 0, "-1", "-1" },
		{ "1/2", 0, "1", "0" },
		{ "3/2", 0, "2", "2" },
		{ "8/11", 6, "0.727273", "0.727273" },
		{ "100", 2, "100.00", "100.00" },
		{ "0", 2, "0.00", "0.00" },
		{ "84995/1000", 2, "85.00", "85.00" },
		{ "84985/1000", 2, "84.99", "84.98" },
		{ "-1234567/1000", 1, "-1234.6", "-1234.6" },
	};
	char buf[DEC_TEXT_MAX + 8];

	(void)s;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		assert_string_equal(rounded(t[i].x, t[i].digits, EXACT_HALF_UP,
					    buf),
				    t[i].up);
		assert_string_equal(rounded(t[i].x, t[i].digits,
					    EXACT_HALF_EVEN, buf),
				    t[i].even);
	}
}

static void the_golden_roundings_come_out(void **s)
{
	cJSON *j = test_json_read("tests/data/golden/expected.json");
	const cJSON *t, *all = json_get(json_get(j, "traps"), "rounding");
	char buf[DEC_TEXT_MAX + 8];
	int n = 0;

	(void)s;
	cJSON_ArrayForEach(t, all)
	{
		const char *x = json_get_text(t, "x");
		struct err e = { 0 };
		struct dec up, even;
		mpq_t q;

		mpq_init(q);
		exact_from_dec(q, dec_of(x));
		assert_true(exact_round(q, 2, EXACT_HALF_UP, &up, &e));
		assert_true(exact_round(q, 2, EXACT_HALF_EVEN, &even, &e));
		mpq_clear(q);
		assert_string_equal(exact_fixed(up, 2, buf),
				    json_get_text(t, "half_up_2dp"));
		assert_string_equal(exact_fixed(even, 2, buf),
				    json_get_text(t, "half_even_2dp"));
		n++;
	}
	assert_int_equal(n, 6);
	cJSON_Delete(j);
}

static void a_value_that_does_not_fit_is_an_error(void **s)
{
	struct err e = { 0 };
	struct dec d = { 7 };
	mpq_t q;

	(void)s;
	mpq_init(q);
	assert_int_equal(mpq_set_str(q, "9223372036855", 10), 0);
	assert_false(exact_round(q, 2, EXACT_HALF_UP, &d, &e));
	assert_int_equal(e.kind, ERR_MATH);
	assert_int_equal(d.micro, 7);
	e = (struct err){ 0 };
	assert_false(exact_round(q, 7, EXACT_HALF_UP, &d, &e));
	assert_int_equal(e.kind, ERR_BUG);
	e = (struct err){ 0 };
	assert_false(exact_round(q, -1, EXACT_HALF_UP, &d, &e));
	mpq_clear(q);
}

static void text_is_in_lowest_terms(void **s)
{
	static const struct {
		int64_t micro;
		const char *text;
	} t[] = { { 1050000, "21/20" },
		  { 2000000, "2" },
		  { 0, "0" },
		  { -333333, "-333333/1000000" },
		  { -500000, "-1/2" } };
	struct buf b;
	mpq_t q;

	(void)s;
	mpq_init(q);
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		b = (struct buf)BUF_INIT(100);
		exact_from_dec(q, (struct dec){ t[i].micro });
		exact_text(q, &b);
		assert_string_equal(buf_cstr(&b), t[i].text);
		buf_free(&b);
	}
	mpq_clear(q);
}

static void fixed_decimals_reach_the_ends_of_the_range(void **s)
{
	char buf[DEC_TEXT_MAX + 8];

	(void)s;
	assert_string_equal(exact_fixed((struct dec){ INT64_MIN }, 6, buf),
			    "-9223372036854.775808");
	assert_string_equal(exact_fixed((struct dec){ INT64_MAX }, 6, buf),
			    "9223372036854.775807");
	assert_string_equal(exact_fixed((struct dec){ 97690000 }, 3, buf),
			    "97.690");
	assert_string_equal(exact_fixed((struct dec){ -500000 }, 1, buf),
			    "-0.5");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_value_is_rounded_once_half_away_from_zero_or_to_even),
		cmocka_unit_test(the_golden_roundings_come_out),
		cmocka_unit_test(a_value_that_does_not_fit_is_an_error),
		cmocka_unit_test(text_is_in_lowest_terms),
		cmocka_unit_test(fixed_decimals_reach_the_ends_of_the_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
