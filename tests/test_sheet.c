#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "phieu/sheet.h"

static bool parses(const char *s)
{
	struct err e = { 0 };
	struct sheet_no no;

	return sheet_parse(s, strlen(s), &no, &e);
}

static void make(const char *form, uint32_t serial, char out[SHEET_TEXT_MAX])
{
	struct err e = { 0 };
	struct sheet_no no;

	assert_true(sheet_make(form, serial, &no, &e));
	(void)sheet_text(&no, out);
}

static void a_number_reads_as_it_was_printed(void **state)
{
	static const char *const forms[] = { "CT-01", "CH-03", "a", "X.9_y",
					     "ABCDEFGHIJKLMNOPQRSTUVW" };
	char text[SHEET_TEXT_MAX], again[SHEET_TEXT_MAX];
	struct err e = { 0 };
	struct sheet_no no;

	(void)state;
	for (size_t f = 0; f < sizeof forms / sizeof *forms; f++)
		for (uint32_t n = 1; n <= 99999999; n = n * 7 + 3) {
			make(forms[f], n, text);
			assert_true(sheet_parse(text, strlen(text), &no, &e));
			assert_int_equal(no.serial, n);
			assert_string_equal(sheet_text(&no, again), text);
		}
	make("CT-01", 12, text);
	assert_string_equal(text, "CT01-00012-7");
}

/* Where the digits of serial and check stand in "CT01-00012-7". */
static const size_t digit_at[] = { 2, 3, 5, 6, 7, 8, 9, 11 };
#define DIGITS (sizeof digit_at / sizeof *digit_at)

static void every_single_wrong_digit_is_found(void **state)
{
	char text[SHEET_TEXT_MAX], typed[SHEET_TEXT_MAX];
	size_t tried = 0;

	(void)state;
	for (uint32_t n = 1; n <= 3000; n++) {
		make("CT-01", n, text);
		for (size_t k = 0; k < DIGITS; k++)
			for (char c = '0'; c <= '9'; c++) {
				memcpy(typed, text, sizeof typed);
				if (typed[digit_at[k]] == c)
					continue;
				typed[digit_at[k]] = c;
				assert_false(parses(typed));
				tried++;
			}
	}
	assert_int_equal(tried, 3000 * DIGITS * 9);
}

static void every_swap_of_neighbouring_digits_is_found(void **state)
{
	char text[SHEET_TEXT_MAX], typed[SHEET_TEXT_MAX];

	(void)state;
	for (uint32_t n = 1; n <= 99999; n++) {
		make("CT-01", n, text);
		/* in the form's number, in the serial, serial against check */
		for (size_t k = 0; k + 1 < DIGITS; k++) {
			size_t a = digit_at[k], b = digit_at[k + 1];

			if (text[a] == text[b])
				continue;
			memcpy(typed, text, sizeof typed);
			typed[a] = text[b];
			typed[b] = text[a];
			if (parses(typed))
				fail_msg("%s passes for %s", typed, text);
		}
	}
}

static void what_people_type_is_understood(void **state)
{
	static const char *const typed[] = {
		"CT01-00012-7",
		"ct01-00012-7",
		"CT01 00012 7",
		" CT01-00012-7 ",
		"CT-01-00012-7",
		"ct 01 00012 7",
		"CT01–00012–7",
		"CT01—00012—7",
		"CT01−00012−7",
		"CT01.00012.7",
		"CT01_00012/7",
		"CT01000127",
		"CT01-000127",
		"CT01-12-7",
		"CT01\xC2\xA0"
		"00012\xC2\xA0"
		"7",
		"CT01-000012-7",
		"CT01 - 00012 - 7",
	};
	char text[SHEET_TEXT_MAX];
	struct err e = { 0 };
	struct sheet_no no;

	(void)state;
	for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
		if (!sheet_parse(typed[i], strlen(typed[i]), &no, &e))
			fail_msg("%s: %s", typed[i], e.msg);
		assert_string_equal(sheet_text(&no, text), "CT01-00012-7");
	}
}

static void what_is_no_number_is_refused(void **state)
{
	static const struct {
		const char *typed, *why;
	} rows[] = {
		{ "", "not a sheet number" },
		{ "1", "not a sheet number" },
		{ "CT", "not a sheet number" },
		{ "CT01", "not a sheet number" },
		{ "00012-1", "not a sheet number" },
		{ "CT01-123456789-1", "not a sheet number" },
		{ "ABCDEFGHIJKLMNOPQRSTUVWX-00012-1", "not a sheet number" },
		{ "CT01-0001A-1", "digits only" },
		{ "CT01-00012-A", "digits only" },
		{ "CT01-00000-0", "starts at 1" },
		{ "CT01-00012-3", "check digit" },
		{ "CT01*00012", "letters, digits" },
		{ "CT01-00012-7\n", "letters, digits" },
		{ "phiếu 12", "letters, digits" },
		{ "\xE2\x80", "letters, digits" },
		{ "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA-1-1", "too long" },
	};
	struct err e = { 0 };
	struct sheet_no no;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (sheet_parse(rows[i].typed, strlen(rows[i].typed), &no, &e))
			fail_msg("%s passes", rows[i].typed);
		assert_int_equal(e.kind, ERR_INPUT);
		if (!strstr(e.msg, rows[i].why))
			fail_msg("%s: %s", rows[i].typed, e.msg);
	}
}

static void what_cannot_be_printed_is_not_made(void **state)
{
	struct err e = { 0 };
	struct sheet_no no;

	(void)state;
	assert_false(sheet_make("CT-01", 0, &no, &e));
	assert_false(sheet_make("CT-01", 100000000, &no, &e));
	assert_true(sheet_make("CT-01", 99999999, &no, &e));
	assert_false(sheet_make("-", 1, &no, &e));
	assert_false(sheet_make("ABCDEFGHIJKLMNOPQRSTUVWX", 1, &no, &e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_number_reads_as_it_was_printed),
		cmocka_unit_test(every_single_wrong_digit_is_found),
		cmocka_unit_test(every_swap_of_neighbouring_digits_is_found),
		cmocka_unit_test(what_people_type_is_understood),
		cmocka_unit_test(what_is_no_number_is_refused),
		cmocka_unit_test(what_cannot_be_printed_is_not_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
