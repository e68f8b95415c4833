#include "support/test.h"

#include <stdlib.h>
#include <string.h>

#include "phieu/jscan.h"

static char *text_of(struct arena *a, const char *json, bool quoted)
{
	struct jspan v = { .s = json,
			   .n = strlen(json),
			   .escaped = strchr(json, '\\') != NULL };
	struct err e = { 0 };
	size_t n;

	return jspan_text(&v, quoted, a, &n, &e);
}

static void every_escape_is_decoded(void **state)
{
	static const struct {
		const char *json, *want;
	} rows[] = {
		{ "\"\"", "" },
		{ "\"plain\"", "plain" },
		{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t" },
		{ "\"\\u0041\\u00e9\\u00E9\\u20ac\\uFFFD\"",
		  "Aéé€\xEF\xBF\xBD" },
		{ "\"\\ud83d\\ude00 \\uD83D\\uDE00\"", "😀 😀" },
		{ "\"e\\u0301\"", "é" },
		{ "\"o\xCC\x82\xCC\x81\"", "ố" },
	};
	struct arena *a = arena_new((size_t)1 << 20);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(text_of(a, rows[i].json, true),
				    rows[i].want);
	assert_string_equal(text_of(a, "k\\u0065y", false), "key");
	arena_free(a);
}

static void no_memory_is_said(void **state)
{
	struct arena *a = arena_new(8);
	const struct jspan plain = { .s = "abcdefghijklmnopqrstuvwxyz",
				     .n = 26 };
	const struct jspan odd = { .s = "abcdefghijklmnopqrstuvwxyz\\n",
				   .n = 28,
				   .escaped = true };
	struct err e = { 0 };
	size_t n;

	(void)state;
	assert_null(jspan_text(&plain, false, a, &n, &e));
	assert_int_equal(e.kind, ERR_NOMEM);
	assert_null(jspan_text(&odd, false, a, &n, &e));
	arena_free(a);
}

static bool is(const char *raw, const char *name)
{
	const struct jspan k = { .s = raw,
				 .n = strlen(raw),
				 .escaped = strchr(raw, '\\') != NULL };

	return jspan_is(&k, name);
}

static void keys_are_compared_as_decoded(void **state)
{
	(void)state;
	assert_true(is("unit", "unit"));
	assert_false(is("unit", "units"));
	assert_false(is("units", "unit"));
	assert_false(is("Unit", "unit"));
	assert_true(is("", ""));
	assert_false(is("", "unit"));
	assert_false(is("unit", ""));
	assert_true(is("\\u0075nit", "unit"));
	assert_false(is("\\u0075nits", "unit"));
	/* longer than any name of ours */
	assert_false(is("\\u0075\\u0075\\u0075\\u0075\\u0075\\u0075\\u0075"
			"\\u0075\\u0075\\u0075\\u0075",
			"uuuuuuuuuuu"));
}

static void values_are_told_apart_and_taken_whole(void **state)
{
	static const char json[] =
		" { \"a\" : 1 ,\"b\":-2.5e3,\"c\":true, "
		"\"d\":null,\"e\":\"x\\\"}\""
		",\"f\":{\"g\":[1,{\"h\":\"]}\"}]},\"i\":[ ] } ";
	static const struct {
		const char *key, *value;
		char kind;
	} want[] = {
		{ "a", "1", 'd' },
		{ "b", "-2.5e3", 'd' },
		{ "c", "true", 't' },
		{ "d", "null", 'n' },
		{ "e", "\"x\\\"}\"", '"' },
		{ "f", "{\"g\":[1,{\"h\":\"]}\"}]}", '{' },
		{ "i", "[ ]", '[' },
	};
	const struct jspan none = { 0 };
	struct jspan key, v;
	struct jscan c;
	size_t i = 0;

	(void)state;
	jscan_init(&c, json, sizeof json - 1);
	assert_int_equal(jscan_peek(&c), '{');
	jscan_enter(&c);
	while (jscan_key(&c, &key)) {
		assert_true(i < sizeof want / sizeof *want);
		jscan_value(&c, &v);
		assert_true(jspan_is(&key, want[i].key));
		assert_int_equal(v.n, strlen(want[i].value));
		assert_memory_equal(v.s, want[i].value, v.n);
		assert_int_equal(jspan_kind(&v), want[i].kind);
		i++;
	}
	assert_int_equal(i, sizeof want / sizeof *want);
	assert_int_equal(jscan_peek(&c), 0);
	assert_int_equal(jspan_kind(&none), 0);
}

/* Quotes and escapes at every place of the eight bytes looked at together. */
static void strings_of_every_length_end_at_their_quote(void **state)
{
	char json[64];
	struct jspan v;
	struct jscan c;

	(void)state;
	for (size_t n = 0; n < 40; n++)
		for (size_t slash = 0; slash <= n; slash++) {
			size_t len = n;

			json[0] = '"';
			memset(json + 1, 'x', n);
			if (slash + 1 < n)
				memcpy(json + 1 + slash, "\\\"", 2);
			memcpy(json + 1 + n, "\",\"\"]", 5);
			len += 2;
			jscan_init(&c, json, n + 6);
			jscan_value(&c, &v);
			assert_int_equal(v.n, len);
			assert_int_equal(v.escaped, slash + 1 < n);
			assert_int_equal(jscan_peek(&c), ',');
			/* cut anywhere it stops at the end */
			jscan_init(&c, json, slash + 1);
			jscan_value(&c, &v);
			assert_true(v.n <= slash + 1);
		}
}

/* The same inside of what is skipped whole. */
static void what_is_skipped_ends_where_it_closes(void **state)
{
	static const char json[] = "[{\"a\":\"]}\\\\\",\"b\":[\"\\\"\"]}]";
	struct jspan v;
	struct jscan c;

	(void)state;
	jscan_init(&c, json, sizeof json - 1);
	jscan_value(&c, &v);
	assert_int_equal(v.n, sizeof json - 1);
	for (size_t n = 0; n < sizeof json - 1; n++) {
		jscan_init(&c, json, n);
		jscan_value(&c, &v);
		assert_int_equal(v.n, n);
	}
}

static void items_are_entered_or_taken(void **state)
{
	static const char json[] = "[[1,2],{\"a\":[3]},4]";
	struct jspan key, v;
	struct jscan c;

	(void)state;
	jscan_init(&c, json, sizeof json - 1);
	jscan_enter(&c);
	assert_true(jscan_item(&c));
	jscan_enter(&c);
	assert_true(jscan_item(&c));
	jscan_value(&c, &v);
	assert_true(jscan_item(&c));
	jscan_value(&c, &v);
	assert_memory_equal(v.s, "2", 1);
	assert_false(jscan_item(&c));
	assert_true(jscan_item(&c));
	jscan_enter(&c);
	assert_true(jscan_key(&c, &key));
	jscan_value(&c, &v);
	assert_false(jscan_key(&c, &key));
	assert_true(jscan_item(&c));
	jscan_value(&c, &v);
	assert_memory_equal(v.s, "4", 1);
	assert_false(jscan_item(&c));
}

static void walk(struct jscan *c, struct arena *a, int depth)
{
	struct jspan key, v;
	struct err e = { 0 };
	size_t n;

	if (depth > 8 || (jscan_peek(c) != '{' && jscan_peek(c) != '[')) {
		jscan_value(c, &v);
		if (jspan_kind(&v) == '"' && v.n >= 2)
			(void)!jspan_text(&v, true, a, &n, &e);
		return;
	}
	if (jscan_peek(c) == '{') {
		jscan_enter(c);
		while (jscan_key(c, &key)) {
			(void)jspan_is(&key, "unit");
			walk(c, a, depth + 1);
		}
		return;
	}
	jscan_enter(c);
	while (jscan_item(c)) {
		const char *before = c->at;

		walk(c, a, depth + 1);
		if (c->at == before)
			return;
	}
}

/* It is for checked text, yet nothing may be read past the end of any: each
 * prefix stands in memory of exactly its size, watched by the sanitizer. */
static void no_text_makes_it_read_past_the_end(void **state)
{
	static const char json[] =
		"{\"un\\u0069t\":[{\"a\\\\\":\"\\ud83d\\ude00\\n\",\"b\":-1."
		"5e1},"
		"true,null],\"c\":{\"d\":{\"e\":[[[]]]}},\"f\":\"x\\u00e9\"}";
	struct arena *a = arena_new((size_t)1 << 20);

	(void)state;
	for (size_t n = 0; n < sizeof json; n++) {
		char *exact = malloc(n ? n : 1);
		struct jscan c;

		assert_non_null(exact);
		memcpy(exact, json, n);
		arena_reset(a);
		jscan_init(&c, exact, n);
		walk(&c, a, 0);
		assert_true(c.at <= exact + n);
		free(exact);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_escape_is_decoded),
		cmocka_unit_test(no_memory_is_said),
		cmocka_unit_test(keys_are_compared_as_decoded),
		cmocka_unit_test(values_are_told_apart_and_taken_whole),
		cmocka_unit_test(strings_of_every_length_end_at_their_quote),
		cmocka_unit_test(what_is_skipped_ends_where_it_closes),
		cmocka_unit_test(items_are_entered_or_taken),
		cmocka_unit_test(no_text_makes_it_read_past_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
