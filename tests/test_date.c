#include "support/test.h"

#include <string.h>

#include "phieu/date.h"

static void every_day_from_1900_to_2200_goes_there_and_back(void **state)
{
	struct date d = date_from_ymd(1900, 1, 1);
	int y = 1900, m = 1, day = 0, wy = 0, wm = 0, wd = 0;
	char buf[DATE_TEXT_MAX];
	struct date back;
	struct err e;

	(void)state;
	assert_int_equal(d.days, -25567);
	for (; y < 2200; d.days++) {
		date_ymd(d, &y, &m, &day);
		/* The calendar only moves on by a day, a month or a year. */
		if (wy && !(y == wy && m == wm && day == wd + 1))
			assert_true(day == 1 &&
				    ((y == wy && m == wm + 1) ||
				     (y == wy + 1 && m == 1 && wm == 12)));
		wy = y;
		wm = m;
		wd = day;
		assert_int_equal(date_from_ymd(y, m, day).days, d.days);
		assert_true(date_parse(date_text(d, buf), 10, &back, &e));
		assert_int_equal(back.days, d.days);
	}
}

static void known_days_have_known_numbers(void **state)
{
	static const struct {
		const char *text, *vi;
		int days;
	} t[] = {
		{ "1970-01-01", "01/01/1970", 0 },
		{ "1969-12-31", "31/12/1969", -1 },
		{ "2000-02-29", "29/02/2000", 11016 },
		{ "2021-02-03", "03/02/2021", 18661 },
		{ "9999-12-31", "31/12/9999", 2932896 },
	};
	char buf[DATE_TEXT_MAX];
	struct date d;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		assert_true(date_parse(t[i].text, 10, &d, &e));
		assert_int_equal(d.days, t[i].days);
		assert_string_equal(date_text(d, buf), t[i].text);
		assert_string_equal(date_text_vi(d, buf), t[i].vi);
	}
}

static void days_that_do_not_exist_are_refused(void **state)
{
	static const char *const t[] = {
		"2021-02-29", "1900-02-29",  "2021-04-31",  "2021-13-01",
		"2021-00-10", "2021-01-00",  "2021-01-32",  "1899-12-31",
		"2021-1-01",  "2021-01-1",   "21-01-01",    "2021/01/01",
		"03/02/2021", "2021-01-01 ", " 2021-01-01", "",
		"2021-01-0a", "10000-01-01", "-2021-01-01", "2021-01",
	};
	struct date d = { 7 };
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		assert_false(date_parse(t[i], strlen(t[i]), &d, &e));
		assert_int_equal(e.kind, ERR_INPUT);
		assert_int_equal(d.days, 7);
	}
	assert_false(date_parse("2021-01-0\0", 10, &d, &e));
}

static void a_number_that_is_no_date_never_overruns_its_text(void **state)
{
	char buf[DATE_TEXT_MAX];

	(void)state;
	assert_string_equal(date_text((struct date){ INT32_MAX }, buf),
			    "9999-12-31");
	assert_string_equal(date_text_vi((struct date){ INT32_MIN }, buf),
			    "01/01/0000");
}

static void instants_are_read_with_any_offset(void **state)
{
	static const struct {
		const char *in, *out;
	} t[] = {
		{ "2026-11-21T05:00:00Z", "2026-11-21T05:00:00.000000Z" },
		{ "2026-11-21t05:00:00z", "2026-11-21T05:00:00.000000Z" },
		{ "2021-02-03T08:15:30.125+07:00",
		  "2021-02-03T01:15:30.125000Z" },
		{ "2021-02-03T06:00:00.000+07", "2021-02-02T23:00:00.000000Z" },
		{ "2021-02-03T06:00:00+0700", "2021-02-02T23:00:00.000000Z" },
		{ "2021-02-03 06:00:00.123456+00",
		  "2021-02-03T06:00:00.123456Z" },
		{ "2021-12-31T23:30:00-03:30", "2022-01-01T03:00:00.000000Z" },
		{ "2021-02-03T06:00:00.123456789Z",
		  "2021-02-03T06:00:00.123456Z" },
		{ "1969-12-31T23:59:59.999999Z",
		  "1969-12-31T23:59:59.999999Z" },
		{ "1900-01-01T00:00:00Z", "1900-01-01T00:00:00.000000Z" },
	};
	char buf[INSTANT_TEXT_MAX];
	struct err e;
	int64_t us;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		assert_true(instant_parse(t[i].in, strlen(t[i].in), &us, &e));
		assert_string_equal(instant_text(us, buf), t[i].out);
	}
}

static void an_instant_without_its_place_is_refused(void **state)
{
	static const char *const t[] = {
		"2026-11-21T05:00:00",	     "2026-11-21",
		"2026-11-21T24:00:00Z",	     "2026-11-21T05:60:00Z",
		"2026-11-21T05:00:60Z",	     "2026-11-21T05:00Z",
		"2026-11-21T05:00:00.Z",     "2026-11-21T05:00:00.1234567890Z",
		"2026-11-21T05:00:00+15:00", "2026-11-21T05:00:00+07:60",
		"2026-11-21T05:00:00+7",     "2026-11-21T05:00:00+07:",
		"2026-11-21T05:00:00+070",   "2026-11-21T05:00:00ZZ",
		"2026-02-30T05:00:00Z",	     "2026-11-21T05:00:00 Z",
		"2026-11-21X05:00:00Z",	     "",
	};
	struct err e;
	int64_t us = 7;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof t / sizeof t[0]; i++) {
		assert_false(instant_parse(t[i], strlen(t[i]), &us, &e));
		assert_int_equal(e.kind, ERR_INPUT);
		assert_int_equal(us, 7);
	}
}

static void the_day_in_vietnam_turns_at_17_utc(void **state)
{
	char buf[DATE_TEXT_MAX];
	struct err e;
	int64_t us;

	(void)state;
	assert_true(instant_parse("2021-02-03T16:59:59.999999Z", 27, &us, &e));
	assert_string_equal(date_text(instant_day_vn(us), buf), "2021-02-03");
	assert_string_equal(date_text(instant_day_vn(us + 1), buf),
			    "2021-02-04");
	assert_int_equal(instant_day_vn(-7 * INT64_C(3600000000) - 1).days, -1);
	assert_true(instant_day_vn(INT64_MAX).days > 0);
	assert_true(instant_day_vn(INT64_MIN).days < 0);
}

static void clocks_run(void **state)
{
	int64_t a = clock_monotonic_us();

	(void)state;
	assert_true(clock_now_us() > INT64_C(1577836800000000)); /* 2020 */
	assert_true(clock_monotonic_us() >= a);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(
			every_day_from_1900_to_2200_goes_there_and_back),
		cmocka_unit_test(known_days_have_known_numbers),
		cmocka_unit_test(days_that_do_not_exist_are_refused),
		cmocka_unit_test(
			a_number_that_is_no_date_never_overruns_its_text),
		cmocka_unit_test(instants_are_read_with_any_offset),
		cmocka_unit_test(an_instant_without_its_place_is_refused),
		cmocka_unit_test(the_day_in_vietnam_turns_at_17_utc),
		cmocka_unit_test(clocks_run),
	};
	return cmocka_run_group_tests_name("date", t, NULL, NULL);
}
