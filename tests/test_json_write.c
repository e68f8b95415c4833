#include "support/test.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/json.h"

static const struct json_limits lim = {
	.depth = 64, .nodes = 5000, .string_bytes = 4096, .bytes = 1 << 16
};

/* Compares and empties. */
static void assert_buf(struct buf *b, const char *want)
{
	const char *got = buf_cstr(b);

	assert_non_null(got);
	assert_string_equal(got, want);
	buf_free(b);
}

static void commas_and_nesting_are_the_writers_business(void **state)
{
	struct buf b = BUF_INIT(4096);
	struct jw w;

	(void)state;
	jw_init(&w, &b);
	jw_object(&w);
	jw_kv(&w, "status", "valid");
	jw_kv(&w, "replaces", NULL);
	jw_ki(&w, "n", -42);
	jw_kb(&w, "yes", true);
	jw_kb(&w, "no", false);
	jw_kd(&w, "x", 0.5);
	jw_texts(&w, "two", (const char *const[]){ "a", "\"" }, 2);
	jw_texts(&w, "none", NULL, 0);
	jw_key(&w, "list");
	jw_array(&w);
	jw_int(&w, 1);
	jw_text(&w, "b");
	jw_null(&w);
	jw_array(&w);
	jw_array_end(&w);
	jw_object(&w);
	jw_object_end(&w);
	jw_raw(&w, "[7]");
	jw_array_end(&w);
	jw_key(&w, "points");
	jw_dec(&w, (struct dec){ 12500000 });
	jw_object_end(&w);
	assert_buf(&b, "{\"status\":\"valid\",\"replaces\":null,\"n\":-42,"
		       "\"yes\":true,\"no\":false,\"x\":0.5,"
		       "\"two\":[\"a\",\"\\\"\"],\"none\":[],"
		       "\"list\":[1,\"b\",null,[],{},[7]],"
		       "\"points\":\"12.5\"}");
}

static void pretty_text_has_two_spaces_a_level(void **state)
{
	struct buf b = BUF_INIT(4096);
	struct jw w;

	(void)state;
	jw_init(&w, &b);
	w.pretty = true;
	jw_object(&w);
	jw_ki(&w, "a", 1);
	jw_key(&w, "b");
	jw_array(&w);
	jw_int(&w, 1);
	jw_object(&w);
	jw_object_end(&w);
	jw_array_end(&w);
	jw_object_end(&w);
	assert_buf(&b, "{\n  \"a\": 1,\n  \"b\": [\n    1,\n    {}\n  ]\n}");
}

static void values_outside_any_container_have_no_comma(void **state)
{
	struct buf b = BUF_INIT(4096);
	struct jw w;

	(void)state;
	jw_init(&w, &b);
	jw_int(&w, INT64_MIN);
	buf_adds(&b, "\n");
	jw_int(&w, INT64_MAX);
	assert_buf(&b, "-9223372036854775808\n9223372036854775807");
}

static void too_deep_or_unbalanced_breaks_the_buffer(void **state)
{
	struct buf b = BUF_INIT(4096);
	struct jw w;

	(void)state;
	jw_init(&w, &b);
	for (int i = 0; i < LIMIT_JSON_WRITE_DEPTH; i++)
		jw_array(&w);
	assert_non_null(buf_cstr(&b));
	jw_array(&w);
	assert_null(buf_cstr(&b));
	buf_free(&b);

	jw_init(&w, &b);
	jw_object_end(&w);
	assert_null(buf_cstr(&b));
	buf_free(&b);

	jw_init(&w, &b);
	jw_object(&w);
	jw_key(&w, "a");
	jw_object_end(&w);
	assert_null(buf_cstr(&b));
	buf_free(&b);
}

static void strings_are_escaped_for_json_and_html(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "", "\"\"" },
		{ "abc", "\"abc\"" },
		{ "a\"b\\c/d", "\"a\\\"b\\\\c/d\"" },
		{ "\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\"" },
		{ "\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\"" },
		{ "</script><!-- & -->",
		  "\"\\u003c/script\\u003e\\u003c!-- \\u0026 --\\u003e\"" },
		{ "Sở Tư pháp", "\"Sở Tư pháp\"" },
		{ "\xF0\x9F\x98\x80", "\"\xF0\x9F\x98\x80\"" },
		{ "a\xE2\x80\xA8\xE2\x80\xA9z", "\"a\\u2028\\u2029z\"" },
		{ "\xE2\x80\xA7\xE2\x80\xAA", "\"\xE2\x80\xA7\xE2\x80\xAA\"" },
		/* not UTF-8: still valid JSON */
		{ "a\xFFz", "\"a\xEF\xBF\xBDz\"" },
		{ "\xC3", "\"\xEF\xBF\xBD\"" },
		{ "\xE1\xBA", "\"\xEF\xBF\xBD\xEF\xBF\xBD\"" },
		{ "\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf b = BUF_INIT(4096);

		jw_escape(&b, rows[i].text, strlen(rows[i].text));
		assert_buf(&b, rows[i].want);
	}
}

static void a_nul_byte_is_written_as_an_escape(void **state)
{
	struct buf b = BUF_INIT(64);
	struct jw w;

	(void)state;
	jw_init(&w, &b);
	jw_textn(&w, "a\0b", 3);
	assert_buf(&b, "\"a\\u0000b\"");
}

/* Every code point goes out and comes back the same. */
static void every_character_survives_writing_and_reading(void **state)
{
	struct buf text = BUF_INIT((size_t)8 << 20);
	struct buf json = BUF_INIT((size_t)16 << 20);
	struct json_limits wide = lim;
	struct err e = { 0 };
	cJSON *t;

	(void)state;
	wide.bytes = wide.string_bytes = (size_t)16 << 20;
	for (uint32_t cp = 1; cp <= 0x10FFFF; cp++) {
		if (cp >= 0xD800 && cp <= 0xDFFF)
			continue;
		if (cp < 0x80)
			buf_addf(&text, "%c", (int)cp);
		else if (cp < 0x800)
			buf_addf(&text, "%c%c", (int)(0xC0 | cp >> 6),
				 (int)(0x80 | (cp & 63)));
		else if (cp < 0x10000)
			buf_addf(&text, "%c%c%c", (int)(0xE0 | cp >> 12),
				 (int)(0x80 | (cp >> 6 & 63)),
				 (int)(0x80 | (cp & 63)));
		else
			buf_addf(&text, "%c%c%c%c", (int)(0xF0 | cp >> 18),
				 (int)(0x80 | (cp >> 12 & 63)),
				 (int)(0x80 | (cp >> 6 & 63)),
				 (int)(0x80 | (cp & 63)));
	}
	jw_escape(&json, text.data, text.len);
	t = json_parse(json.data, json.len, &wide, &e);
	assert_non_null(t);
	assert_int_equal(strlen(cJSON_GetStringValue(t)), text.len);
	assert_memory_equal(cJSON_GetStringValue(t), text.data, text.len);
	cJSON_Delete(t);
	buf_free(&text);
	buf_free(&json);
}

static void keys_are_escaped_too(void **state)
{
	struct buf b = BUF_INIT(64);
	struct jw w;

	(void)state;
	jw_init(&w, &b);
	jw_object(&w);
	jw_kv(&w, "a\"<", "b");
	jw_object_end(&w);
	assert_buf(&b, "{\"a\\\"\\u003c\":\"b\"}");
}

static void doubles_are_short_and_read_back_the_same(void **state)
{
	static const struct {
		double v;
		const char *want;
	} rows[] = {
		{ 0.0, "0" },
		{ -0.0, "-0" },
		{ 0.1, "0.1" },
		{ 0.5, "0.5" },
		{ 100.0, "100" },
		{ 97.69, "97.69" },
		{ 1.0 / 3.0, "0.3333333333333333" },
		{ 2.0 / 3.0, "0.6666666666666666" },
		{ 0.1 + 0.2, "0.30000000000000004" },
		{ 1e21, "1e+21" },
		{ 1e-7, "1e-07" },
		{ DBL_MAX, "1.7976931348623157e+308" },
		{ DBL_MIN, "2.2250738585072014e-308" },
		{ 9007199254740993.0, "9007199254740992" },
		{ NAN, "null" },
		{ INFINITY, "null" },
		{ -INFINITY, "null" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf b = BUF_INIT(64);
		struct jw w;
		struct err e;

		jw_init(&w, &b);
		jw_double(&w, rows[i].v);
		if (isfinite(rows[i].v))
			assert_true(strtod(b.data, NULL) == rows[i].v);
		assert_true(json_check(b.data, b.len, &lim, NULL, &e));
		assert_buf(&b, rows[i].want);
	}
}

static void many_doubles_read_back_the_same(void **state)
{
	uint64_t x = 88172645463325252u;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct buf b = BUF_INIT(64);
		struct jw w;
		double v;

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		memcpy(&v, &x, sizeof v);
		if (!isfinite(v))
			continue;
		jw_init(&w, &b);
		jw_double(&w, v);
		assert_true(strtod(b.data, NULL) == v);
		assert_true(b.len <= 24);
		buf_free(&b);
	}
}

/* Stands in for the C library's: no locale with a comma is sure to be on the
 * machine, so a sign is named that printf did write. */
static char point[] = ".", *decimal_sign = point;
struct lconv *localeconv(void)
{
	static struct lconv lc;

	lc.decimal_point = decimal_sign;
	return &lc;
}

static void doubles_have_a_point_whatever_the_locale_writes(void **state)
{
	static char several[] = "+2", none[] = "", comma[] = ",";
	struct buf b = BUF_INIT(64);
	struct jw w;

	(void)state;
	jw_init(&w, &b);
	jw_array(&w);
	decimal_sign = several;
	jw_double(&w, 7e23);
	decimal_sign = none;
	jw_double(&w, 7.5);
	decimal_sign = comma;
	jw_double(&w, 7.5);
	decimal_sign = point;
	jw_array_end(&w);
	assert_buf(&b, "[7e.3,7.5,7.5]");
}

static void canonical_text_is_sorted_and_tight(void **state)
{
	static const char *const rows[][2] = {
		{ "{}", "{}" },
		{ " [ ] ", "[]" },
		{ "[3, 1,2]", "[3,1,2]" },
		{ "{\"b\":1,\"a\":2}", "{\"a\":2,\"b\":1}" },
		{ "{\"b\":{\"d\":1,\"c\":2},\"a\":[{\"z\":0,\"y\":0}]}",
		  "{\"a\":[{\"y\":0,\"z\":0}],\"b\":{\"c\":2,\"d\":1}}" },
		{ "{\"aa\":1,\"a\":2,\"B\":3,\"\":4}",
		  "{\"\":4,\"B\":3,\"a\":2,\"aa\":1}" },
		{ "{\"\\u1ea1\":1,\"z\":2,\"\\u00e9\":3}",
		  "{\"z\":2,\"\xC3\xA9\":3,\"\xE1\xBA\xA1\":1}" },
		{ "\"\\u0041\\/\\u003c\\u2028\\u007f\"",
		  "\"A/<\xE2\x80\xA8\x7F\"" },
		{ "\"\\u0001\\u000a\\\"\\\\\\b\\f\\r\\t\"",
		  "\"\\u0001\\n\\\"\\\\\\b\\f\\r\\t\"" },
		{ "[true,false,null,-5,0,-0,1e2,9007199254740991]",
		  "[true,false,null,-5,0,0,100,9007199254740991]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf b = BUF_INIT(4096), again = BUF_INIT(4096);
		struct err e = { 0 };
		cJSON *t = json_parse(rows[i][0], strlen(rows[i][0]), &lim, &e);

		assert_non_null(t);
		assert_true(json_canonical(t, &b, &e));
		cJSON_Delete(t);
		t = json_parse(b.data, b.len, &lim, &e);
		assert_non_null(t);
		assert_true(json_canonical(t, &again, &e));
		cJSON_Delete(t);
		assert_string_equal(b.data, again.data);
		buf_free(&again);
		assert_buf(&b, rows[i][1]);
	}
}

static void canonical_refuses_numbers_it_cannot_write_exactly(void **state)
{
	static const char *const rows[] = { "0.5",
					    "[1.25]",
					    "1e400",
					    "{\"a\":-1e999}",
					    "1e-3",
					    "9007199254740992",
					    "-9007199254740993" };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf b = BUF_INIT(4096);
		struct err e = { 0 };
		cJSON *t = json_parse(rows[i], strlen(rows[i]), &lim, &e);

		assert_non_null(t);
		assert_false(json_canonical(t, &b, &e));
		assert_int_equal(e.kind, ERR_INPUT);
		cJSON_Delete(t);
		buf_free(&b);
	}
}

static void canonical_refuses_trees_no_reader_makes(void **state)
{
	struct buf b = BUF_INIT(4096);
	struct err e = { 0 };
	cJSON *t = cJSON_CreateObject(), *deep;

	(void)state;
	assert_non_null(cJSON_AddNumberToObject(t, "a", 1));
	assert_non_null(cJSON_AddNumberToObject(t, "b", 1));
	assert_non_null(cJSON_AddNumberToObject(t, "a", 2));
	assert_false(json_canonical(t, &b, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	cJSON_Delete(t);

	t = cJSON_CreateRaw("x");
	assert_false(json_canonical(t, &b, &e));
	assert_int_equal(e.kind, ERR_BUG);
	cJSON_Delete(t);

	t = deep = cJSON_CreateArray();
	for (int i = 0; i <= LIMIT_JSON_READ_DEPTH; i++) {
		cJSON *inner = cJSON_CreateArray();

		assert_true(cJSON_AddItemToArray(deep, inner));
		deep = inner;
	}
	assert_false(json_canonical(t, &b, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	cJSON_Delete(t);
	buf_free(&b);
}

static void canonical_says_when_the_buffer_is_too_small(void **state)
{
	struct buf b = BUF_INIT(4);
	struct err e = { 0 };
	cJSON *t = json_parse("\"abcdef\"", 8, &lim, &e);

	(void)state;
	assert_false(json_canonical(t, &b, &e));
	assert_int_equal(e.kind, ERR_NOMEM);
	cJSON_Delete(t);
	buf_free(&b);
}

/* Digits by whole numbers are those of printf and strtod, byte for byte. */
static void fast_digits_are_those_of_printf(void **state)
{
	static const double some[] = { 0.1,	0.3,	  1.0 / 3,
				       2.0 / 3, 72.5,	  1e-3,
				       1e15,	99.995,	  1e14,
				       0.5,	1e-3 / 3, 999999999999999.9,
				       4096.25 };
	const size_t n = sizeof some / sizeof some[0];
	uint64_t seed = 88172645463325252u;

	(void)state;
	for (size_t i = 0; i < 200000 + n; i++) {
		struct buf b = BUF_INIT(64);
		char text[40];
		struct jw w;
		double v;

		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		v = ((double)(seed >> 11) - 4503599627370496.0) /
		    pow(10, (double)(seed % 21));
		if (i < n)
			v = some[i];
		else if (seed % 5 == 0)
			v = round(v * 100) / 100;
		for (int digits = 15; digits <= 17; digits++) {
			(void)snprintf(text, sizeof text, "%.*g", digits, v);
			if (strtod(text, NULL) == v)
				break;
		}
		jw_init(&w, &b);
		jw_double(&w, v);
		assert_string_equal(buf_cstr(&b), text);
		buf_free(&b);
	}
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(fast_digits_are_those_of_printf),
		cmocka_unit_test(commas_and_nesting_are_the_writers_business),
		cmocka_unit_test(pretty_text_has_two_spaces_a_level),
		cmocka_unit_test(values_outside_any_container_have_no_comma),
		cmocka_unit_test(too_deep_or_unbalanced_breaks_the_buffer),
		cmocka_unit_test(strings_are_escaped_for_json_and_html),
		cmocka_unit_test(a_nul_byte_is_written_as_an_escape),
		cmocka_unit_test(every_character_survives_writing_and_reading),
		cmocka_unit_test(keys_are_escaped_too),
		cmocka_unit_test(doubles_are_short_and_read_back_the_same),
		cmocka_unit_test(many_doubles_read_back_the_same),
		cmocka_unit_test(
			doubles_have_a_point_whatever_the_locale_writes),
		cmocka_unit_test(canonical_text_is_sorted_and_tight),
		cmocka_unit_test(
			canonical_refuses_numbers_it_cannot_write_exactly),
		cmocka_unit_test(canonical_refuses_trees_no_reader_makes),
		cmocka_unit_test(canonical_says_when_the_buffer_is_too_small),
	};
	return cmocka_run_group_tests_name("json_write", t, NULL, NULL);
}
