#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/json.h"

/* Small limits, so that a case over each of them stays readable. */
static const struct json_limits small = {
	.depth = 6, .nodes = 40, .string_bytes = 40, .bytes = 400
};

struct refused {
	const char *s;
	size_t n, at;
	const char *words;
};
#define R(text, offset, why)                        \
	{                                           \
		text, sizeof(text) - 1, offset, why \
	}

static const struct refused refused[] = {
	/* nothing, or no value */
	R("", 0, "empty text"),
	R(" ", 1, "empty text"),
	R(" \t\r\n", 4, "empty text"),
	R("\xEF\xBB\xBF", 0, "byte order mark"),
	R("\xEF\xBB\xBF{}", 0, "byte order mark"),
	R("\xEF\xBB\xBF 1", 0, "byte order mark"),
	R(" \xEF\xBB\xBF{}", 1, "value expected"),
	R("\xFF\xFE{\0}\0", 0, "value expected"),
	R("\xFE\xFF\0{\0}", 0, "value expected"),
	R("\0", 0, "value expected"),
	R("\x0C{}", 0, "value expected"),
	R("\x0B", 0, "value expected"),
	R("\xC2\xA0{}", 0, "value expected"),
	R("\xE2\x80\xA8{}", 0, "value expected"),
	R("undefined", 0, "value expected"),
	R("abc", 0, "value expected"),
	R("'a'", 0, "value expected"),
	R("]", 0, "value expected"),
	R("}", 0, "value expected"),
	R(",", 0, "value expected"),
	R(":", 0, "value expected"),
	R("*", 0, "value expected"),
	R("/", 0, "value expected"),
	R("<xml/>", 0, "value expected"),
	/* words */
	R("t", 0, "value expected"),
	R("tru", 0, "value expected"),
	R("True", 0, "value expected"),
	R("TRUE", 0, "value expected"),
	R("truth", 0, "value expected"),
	R("truee", 4, "more after the value"),
	R("fals", 0, "value expected"),
	R("nul", 0, "value expected"),
	R("nil", 0, "value expected"),
	R("None", 0, "value expected"),
	R("[nan]", 1, "value expected"),
	R("[NaN]", 1, "value expected"),
	R("[Infinity]", 1, "value expected"),
	R("[-Infinity]", 2, "malformed number"),
	R("[-NaN]", 2, "malformed number"),
	R("[inf]", 1, "value expected"),
	/* numbers */
	R("01", 1, "leading zero"),
	R("00", 1, "leading zero"),
	R("-01", 2, "leading zero"),
	R("[012]", 2, "leading zero"),
	R("-012.5", 2, "leading zero"),
	R("+1", 0, "value expected"),
	R("[+1]", 1, "value expected"),
	R(".5", 0, "value expected"),
	R("-.5", 1, "malformed number"),
	R("1.", 2, "malformed number"),
	R("[1.]", 3, "malformed number"),
	R("1.e1", 2, "malformed number"),
	R("0.e1", 2, "malformed number"),
	R("1.2.3", 3, "more after the value"),
	R("-", 1, "malformed number"),
	R("--1", 1, "malformed number"),
	R("[-]", 2, "malformed number"),
	R("- 1", 1, "malformed number"),
	R("1e", 2, "malformed number"),
	R("1e+", 3, "malformed number"),
	R("1E-", 3, "malformed number"),
	R("1eE2", 2, "malformed number"),
	R("1e1.5", 3, "more after the value"),
	R("1 2", 2, "more after the value"),
	R("1_000", 1, "more after the value"),
	R("1,000", 1, "more after the value"),
	R("0x10", 1, "more after the value"),
	R("1f", 1, "more after the value"),
	R("1\0", 1, "more after the value"),
	R("\xEF\xBC\x91", 0, "value expected"),
	R("1234567890123456789012345678901234567890123456789012345678901", 0,
	  "number too long"),
	R("[0.12345678901234567890123456789012345678901234567890123456789]", 1,
	  "number too long"),
	/* strings */
	R("\"", 1, "string without its end"),
	R("\"a", 2, "string without its end"),
	R("\"\\", 2, "string without its end"),
	R("\"\\\"", 3, "string without its end"),
	R("\"abcdefgh", 9, "string without its end"),
	R("\"a\nb\"", 2, "control character"),
	R("\"\t\"", 1, "control character"),
	R("\"\x1F\"", 1, "control character"),
	R("\"abcdefgh\x01\"", 9, "control character"),
	R("\"a\0b\"", 2, "control character"),
	R("\"\\a\"", 1, "unknown escape"),
	R("\"\\v\"", 1, "unknown escape"),
	R("\"\\'\"", 1, "unknown escape"),
	R("\"\\x41\"", 1, "unknown escape"),
	R("\"\\0\"", 1, "unknown escape"),
	R("\"\\\0\"", 1, "unknown escape"),
	R("\"\\U0041\"", 1, "unknown escape"),
	R("\"\\\n\"", 1, "unknown escape"),
	R("\"\\\xC3\xA9\"", 1, "unknown escape"),
	R("\"\\u\"", 1, "four hex digits"),
	R("\"\\u", 1, "four hex digits"),
	R("\"\\u004\"", 1, "four hex digits"),
	R("\"\\u00g1\"", 1, "four hex digits"),
	R("\"\\u+041\"", 1, "four hex digits"),
	R("\"\\u{41}\"", 1, "four hex digits"),
	R("\"ab\\u 041\"", 3, "four hex digits"),
	R("\"\\u0000\"", 1, "\\u0000"),
	R("\"abc\\u0000def\"", 4, "\\u0000"),
	R("\"\\uD800\"", 1, "lone surrogate"),
	R("\"\\uDBFF\"", 1, "lone surrogate"),
	R("\"\\uDC00\"", 1, "lone surrogate"),
	R("\"\\udfff\"", 1, "lone surrogate"),
	R("\"\\uD800abcdef\"", 1, "lone surrogate"),
	R("\"\\uD800\\n12345\"", 1, "lone surrogate"),
	R("\"\\uD800\\u\"", 1, "lone surrogate"),
	R("\"\\uD800\\u0041\"", 1, "lone surrogate"),
	R("\"\\uD800\\uD800\"", 1, "lone surrogate"),
	R("\"\\uD800\\uZZZZ\"", 1, "lone surrogate"),
	R("\"\\uDC00\\uD800\"", 1, "lone surrogate"),
	R("\"\\uD83D\\uDE00\\uD83D\"", 13, "lone surrogate"),
	R("\"12345678901234567890123456789012345678901\"", 0,
	  "string too long"),
	R("[\"12345678901234567890123456789012345678901\"]", 1,
	  "string too long"),
	R("{\"12345678901234567890123456789012345678901\":1}", 1,
	  "string too long"),
	/* UTF-8 */
	R("\"\x80\"", 1, "invalid UTF-8"),
	R("\"\xBF\"", 1, "invalid UTF-8"),
	R("\"\xC3\"", 1, "invalid UTF-8"),
	R("\"\xC3", 1, "invalid UTF-8"),
	R("\"\xE1\xBA\"", 1, "invalid UTF-8"),
	R("\"a\xE1\xBA", 2, "invalid UTF-8"),
	R("\"\xC0\x80\"", 1, "invalid UTF-8"),
	R("\"\xC1\xBF\"", 1, "invalid UTF-8"),
	R("\"\xE0\x80\x80\"", 1, "invalid UTF-8"),
	R("\"\xE0\x9F\xBF\"", 1, "invalid UTF-8"),
	R("\"\xF0\x80\x80\x80\"", 1, "invalid UTF-8"),
	R("\"\xF0\x8F\xBF\xBF\"", 1, "invalid UTF-8"),
	R("\"\xED\xA0\x80\"", 1, "invalid UTF-8"),
	R("\"\xED\xBF\xBF\"", 1, "invalid UTF-8"),
	R("\"\xF4\x90\x80\x80\"", 1, "invalid UTF-8"),
	R("\"\xF5\x80\x80\x80\"", 1, "invalid UTF-8"),
	R("\"\xF8\x88\x80\x80\x80\"", 1, "invalid UTF-8"),
	R("\"\xFF\"", 1, "invalid UTF-8"),
	R("\"Th\xF4ng tin\"", 3, "invalid UTF-8"), /* a Latin-1 file */
	R("\"12345678\xE1\xBA\x41\"", 9, "invalid UTF-8"),
	R("\"\xF0\x9F\x98\x41\"", 1, "invalid UTF-8"),
	R("\"\xC3\xA9\xC3\"", 3, "invalid UTF-8"),
	R("{\"\xFF\":1}", 2, "invalid UTF-8"),
	R("[\xFF]", 1, "value expected"),
	/* arrays */
	R("[", 1, "value expected"),
	R("[1", 2, "array without its end"),
	R("[1,", 3, "value expected"),
	R("[1,]", 3, "value expected"),
	R("[,1]", 1, "value expected"),
	R("[,]", 1, "value expected"),
	R("[1,,2]", 3, "value expected"),
	R("[1 2]", 3, "comma or end"),
	R("[1:2]", 2, "comma or end"),
	R("[1;2]", 2, "comma or end"),
	R("[\"a\" \"b\"]", 5, "comma or end"),
	R("[1}", 2, "comma or end"),
	R("[[]", 3, "array without its end"),
	R("[]]", 2, "more after the value"),
	R("[1]]", 3, "more after the value"),
	R("[] []", 3, "more after the value"),
	R("[}", 1, "value expected"),
	R("[*]", 1, "value expected"),
	R("[1,\n2\n,3,]", 9, "value expected"),
	/* objects */
	R("{", 1, "key expected"),
	R("{1:2}", 1, "key expected"),
	R("{a:1}", 1, "key expected"),
	R("{'a':1}", 1, "key expected"),
	R("{null:1}", 1, "key expected"),
	R("{[]:1}", 1, "key expected"),
	R("{,}", 1, "key expected"),
	R("{:1}", 1, "key expected"),
	R("{]", 1, "key expected"),
	R("{\"a\"", 4, "colon expected"),
	R("{\"a\"}", 4, "colon expected"),
	R("{\"a\",1}", 4, "colon expected"),
	R("{\"a\" 1}", 5, "colon expected"),
	R("{\"a\"=1}", 4, "colon expected"),
	R("{\"a\":", 5, "value expected"),
	R("{\"a\":}", 5, "value expected"),
	R("{\"a\"::1}", 5, "value expected"),
	R("{\"a\":1", 6, "object without its end"),
	R("{\"a\":1,", 7, "key expected"),
	R("{\"a\":1,}", 7, "key expected"),
	R("{\"a\":1,,}", 7, "key expected"),
	R("{\"a\":1 \"b\":2}", 7, "comma or end"),
	R("{\"a\":1;\"b\":2}", 6, "comma or end"),
	R("{\"a\":1]", 6, "comma or end"),
	R("{\"a\":1}}", 7, "more after the value"),
	R("{}{}", 2, "more after the value"),
	R("{}\n{}", 3, "more after the value"),
	R("{\"a\":1}x", 7, "more after the value"),
	R("{\"a\":1}\0", 7, "more after the value"),
	R("{\"a\":{}", 7, "object without its end"),
	R("{\"a\":[}", 6, "value expected"),
	/* comments */
	R("// a\n1", 0, "value expected"),
	R("/* a */1", 0, "value expected"),
	R("1 // a", 2, "more after the value"),
	R("1 /* a */", 2, "more after the value"),
	R("[1,/* a */2]", 3, "value expected"),
	R("{/* a */\"a\":1}", 1, "key expected"),
	R("{\"a\":1 # a\n}", 7, "comma or end"),
	/* the same key again */
	R("{\"a\":1,\"a\":2}", 7, "duplicate key"),
	R("{\"a\":1,\"a\":1}", 7, "duplicate key"),
	R("{\"\":1,\"\":1}", 6, "duplicate key"),
	R("{\"a\":1,\"\\u0061\":2}", 7, "duplicate key"),
	R("{\"\\u0061\":1,\"a\":2}", 12, "duplicate key"),
	R("{\"\\u0061\":1,\"\\u0061\":2}", 12, "duplicate key"),
	R("{\"/\":1,\"\\/\":2}", 7, "duplicate key"),
	R("{\"\\u000A\":1,\"\\n\":2}", 12, "duplicate key"),
	R("{\"\\t\":1,\"\\u0009\":2}", 8, "duplicate key"),
	R("{\"\\\"\":1,\"\\u0022\":2}", 8, "duplicate key"),
	R("{\"abcdefgh\":1,\"abcdefg\\u0068\":2}", 14, "duplicate key"),
	R("{\"\\u0061bcdefghi\":1,\"abcdefghi\":2}", 20, "duplicate key"),
	R("{\"abcdefghabcdefgh\":1,\"abcdefgh\\u0061bcdefgh\":2}", 22,
	  "duplicate key"),
	R("{\"\xC3\xA9\":1,\"\\u00E9\":2}", 8, "duplicate key"),
	R("{\"\xE1\xBA\xA1\":1,\"\\u1ea1\":2}", 9, "duplicate key"),
	R("{\"\xF0\x9F\x98\x80\":1,\"\\uD83D\\ude00\":2}", 10, "duplicate key"),
	R("{\"a\":1,\"b\":2,\"a\":3}", 13, "duplicate key"),
	R("{\"a\":{\"b\":1,\"b\":2}}", 12, "duplicate key"),
	R("{\"a\":{\"a\":1},\"a\":2}", 13, "duplicate key"),
	R("[{\"a\":1},{\"a\":1,\"a\":1}]", 16, "duplicate key"),
	/* limits */
	R("[[[[[[[1]]]]]]]", 6, "nested too deep"),
	R("[[[[[[[", 6, "nested too deep"),
	R("[[[[[[{}]]]]]]", 6, "nested too deep"),
	R("{\"a\":[[[[[[", 10, "nested too deep"),
	R("[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,"
	  "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]",
	  79, "too many values"),
};

struct accepted {
	const char *s;
	size_t n;
};
#define A(text)                        \
	{                              \
		text, sizeof(text) - 1 \
	}

static const struct accepted accepted[] = {
	A("null"),
	A("true"),
	A("false"),
	A("0"),
	A("-0"),
	A("1"),
	A("-1"),
	A("10"),
	A("1234567890"),
	A("0.0"),
	A("0.5"),
	A("-0.5"),
	A("1.25"),
	A("1e5"),
	A("1E5"),
	A("1e+5"),
	A("1E-5"),
	A("0e0"),
	A("0e+1"),
	A("-0e-0"),
	A("1e00001"),
	A("1.5e300"),
	A("1e400"),
	A("1e999"),
	A("-1e999"),
	A("1e-999"),
	A("9007199254740993"),
	A("123456789012345678901234567890"),
	A("123456789012345678901234567890123456789012345678901234567890"),
	A(" 1"),
	A("1 "),
	A("\t\r\n 1 \t\r\n"),
	A("1\n"),
	A("\"\""),
	A("\"a\""),
	A("\"abcdefgh\""),
	A("\"abcdefghijklmnopqrstuvwxyz\""),
	A("\"1234567890123456789012345678901234567890\""),
	A("\" \""),
	A("\"\x7F\""),
	A("\"'\""),
	A("\"/* no comment */\""),
	A("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""),
	A("\"\\u0041\""),
	A("\"\\u0001\""),
	A("\"\\u00e9\\u00E9\""),
	A("\"\\u1EA1\""),
	A("\"\\uD83D\\uDE00\""),
	A("\"\\uDBFF\\uDFFF\""),
	A("\"\\uD800\\uDC00\""),
	A("\"\\uD7FF\\uE000\\uFFFF\""),
	A("\"\\\\u0000\""),
	A("\"\\\\uD800\""),
	A("\"\xC2\x80\""),
	A("\"\xDF\xBF\""),
	A("\"\xE0\xA0\x80\""),
	A("\"\xED\x9F\xBF\""),
	A("\"\xEE\x80\x80\""),
	A("\"\xEF\xBB\xBF\""),
	A("\"\xEF\xBF\xBF\""),
	A("\"\xF0\x90\x80\x80\""),
	A("\"\xF4\x8F\xBF\xBF\""),
	A("\"\xE2\x80\xA8\xE2\x80\xA9\""),
	A("\"Sở Tư pháp\""),
	A("\"a\xCC\xA3\""), /* decomposed: another module composes it */
	A("[]"),
	A("[ ]"),
	A("[1]"),
	A("[1,2]"),
	A("[ 1 , 2 ]"),
	A("[[],[]]"),
	A("[[[[[[1]]]]]]"),
	A("[null,true,false,0,\"\",[],{}]"),
	A("{}"),
	A("{ }"),
	A("{\"a\":1}"),
	A("{ \"a\" : 1 }"),
	A("{\"\":0}"),
	A("{\"a\":1,\"b\":2}"),
	A("{\"a\":1,\"A\":2}"),
	A("{\"a\":1,\"\\u0041\":2}"),
	A("{\"a\":1,\"aa\":2,\"aaa\":3}"),
	A("{\"n\":1,\"\\n\":2}"),
	A("{\"\\\\\":1,\"\\\"\":2}"),
	A("{\"a\":{\"a\":{\"a\":1}}}"),
	A("[{\"a\":1},{\"a\":2}]"),
	A("{\"a\":{\"b\":1},\"b\":2,\"c\":{\"b\":1}}"),
	A("{\"\xC3\xA9\":1,\"e\xCC\x81\":2}"),
	A("{\"a\":[1,{\"b\":[]}],\"c\":null}"),
	A("[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,"
	  "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]"),
};

#define N(table) (sizeof(table) / sizeof((table)[0]))

/* The text in a block of its own size, so that a read past its end is seen
 * by the address sanitizer. */
static bool check(const char *s, size_t n, const struct json_limits *lim,
		  size_t *at, struct err *e)
{
	char *copy = malloc(n ? n : 1);
	bool ok;

	assert_non_null(copy);
	memcpy(copy, s, n);
	ok = json_check(copy, n, lim, at, e);
	free(copy);
	return ok;
}

static void wrong_texts_are_refused_at_their_place(void **state)
{
	(void)state;
	assert_true(N(refused) >= 100);
	for (size_t i = 0; i < N(refused); i++) {
		const struct refused *r = &refused[i];
		struct err e = { 0 };
		size_t at = 99999;

		if (check(r->s, r->n, &small, &at, &e))
			fail_msg("accepted: %s", r->s);
		if (at != r->at || !strstr(e.msg, r->words))
			fail_msg("%s: at %zu: %s; want at %zu: %s", r->s, at,
				 e.msg, r->at, r->words);
		assert_int_equal(e.kind, ERR_INPUT);
	}
}

static void right_texts_are_accepted_and_have_a_tree(void **state)
{
	(void)state;
	assert_true(N(accepted) >= 60);
	for (size_t i = 0; i < N(accepted); i++) {
		const struct accepted *r = &accepted[i];
		struct err e = { 0 };
		cJSON *tree;

		if (!check(r->s, r->n, &small, NULL, &e))
			fail_msg("%s: %s", r->s, e.msg);
		tree = json_parse(r->s, r->n, &small, &e);
		if (!tree)
			fail_msg("no tree for %s: %s", r->s, e.msg);
		cJSON_Delete(tree);
	}
}

/* What is cut anywhere is never taken for whole, numbers apart. */
static void a_text_cut_short_is_refused(void **state)
{
	static const char text[] =
		"{\"a\":[1,-2.5e-3,true,null],\"\\u1ea1\":\"x\\n\xE1\xBA\xA1\","
		"\"b\":{\"c\":{}}}";
	struct err e;

	(void)state;
	assert_true(check(text, sizeof text - 1, &small, NULL, &e));
	for (size_t n = 0; n < sizeof text - 1; n++)
		assert_false(check(text, n, &small, NULL, &e));
}

static void the_message_names_offset_and_line(void **state)
{
	static const char text[] = "{\n\"a\": 1,\n\"b\": tru\n}";
	struct err e;

	(void)state;
	assert_false(check(text, sizeof text - 1, &small, NULL, &e));
	assert_string_equal(e.msg, "JSON: value expected at offset 15, line 3");
}

static void a_text_over_its_bytes_is_refused_unread(void **state)
{
	struct json_limits lim = small;
	struct err e;
	size_t at;

	(void)state;
	lim.bytes = 3;
	assert_true(check("[1]", 3, &lim, &at, &e));
	assert_false(check("[1] ", 4, &lim, &at, &e));
	assert_int_equal(at, 3);
	assert_non_null(strstr(e.msg, "text too long"));
}

static void depth_stops_at_the_readers_own_bound(void **state)
{
	struct json_limits lim = small;
	char text[2 * LIMIT_JSON_READ_DEPTH + 2];
	struct err e;
	size_t at;

	(void)state;
	lim.depth = lim.nodes = 1000;
	memset(text, '[', LIMIT_JSON_READ_DEPTH + 1);
	memset(text + LIMIT_JSON_READ_DEPTH + 1, ']',
	       LIMIT_JSON_READ_DEPTH + 1);
	assert_false(check(text, sizeof text, &lim, &at, &e));
	assert_int_equal(at, LIMIT_JSON_READ_DEPTH);
	assert_true(check(text + 1, sizeof text - 2, &lim, &at, &e));
	lim.depth = 0;
	assert_true(check("1", 1, &lim, &at, &e));
	assert_false(check("[]", 2, &lim, &at, &e));
	assert_int_equal(at, 0);
}

/* An object of n keys; number `again` repeats key `of`, as an escape if
 * `escaped`.  *second gets the offset of the repeated key. */
static char *large_object(size_t n, size_t of, size_t again, bool escaped,
			  size_t *len, size_t *second)
{
	struct buf b = BUF_INIT((size_t)64 << 20);

	buf_adds(&b, "{");
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_adds(&b, ",");
		if (i == again)
			*second = b.len;
		if (i == again && escaped)
			buf_addf(&b, "\"\\u006b%zu\":0", of);
		else
			buf_addf(&b, "\"k%zu\":{\"k\":%zu}",
				 i == again ? of : i, i);
	}
	buf_adds(&b, "}");
	*len = b.len;
	return buf_take(&b);
}

static void large_objects_are_searched_for_duplicates(void **state)
{
	static const struct json_limits lim = { .depth = 4,
						.nodes = 1 << 20,
						.string_bytes = 100,
						.bytes = (size_t)64 << 20 };
	static const size_t sizes[] = { 31, 32, 33, 34, 255, 256, 257, 10000 };

	(void)state;
	for (size_t i = 0; i < N(sizes) * 2; i++) {
		size_t n = sizes[i / 2], len, second = 0, at = 0;
		struct err e = { 0 };
		char *s = large_object(n, 0, n, false, &len, &second);

		assert_true(check(s, len, &lim, &at, &e));
		free(s);
		s = large_object(n, n / 2, n - 1, i % 2, &len, &second);
		assert_false(check(s, len, &lim, &at, &e));
		assert_non_null(strstr(e.msg, "duplicate key"));
		assert_int_equal(at, second);
		free(s);
	}
}

static void of_many_duplicates_the_first_is_told(void **state)
{
	struct buf b = BUF_INIT(1 << 16);
	struct json_limits lim = small;
	size_t at = 0, second = 0;
	struct err e;

	(void)state;
	lim.nodes = lim.bytes = 1 << 16;
	buf_adds(&b, "{");
	for (int i = 0; i < 100; i++) {
		if (i == 50)
			second = b.len;
		buf_addf(&b, "\"%d\":1,", i % 50);
	}
	b.len--; /* the last comma */
	buf_adds(&b, "}");
	assert_false(check(b.data, b.len, &lim, &at, &e));
	assert_int_equal(at, second);
	buf_free(&b);
}

/* Keys that start alike and mix escapes must sort into one order, or equal
 * ones would not come to stand side by side. */
static void escaped_and_plain_keys_sort_into_one_order(void **state)
{
	static const char *const last[] = { "\"aaab\":0", "\"\\u0061aab\":0",
					    "\"aaa\\u0062\":0" };

	(void)state;
	for (size_t k = 0; k < N(last); k++) {
		struct buf b = BUF_INIT(1 << 16);
		struct json_limits lim = small;
		size_t at = 0;
		struct err e;

		lim.nodes = lim.bytes = 1 << 16;
		buf_adds(&b, "{\"aaab\":1,");
		for (int i = 0; i < 60; i++)
			buf_addf(&b, "\"%.*s%s%d\":1,", i % 7, "aaaaaaa",
				 i % 2 ? "\\u0061" : "", i);
		buf_adds(&b, last[k]);
		buf_adds(&b, "}");
		assert_false(check(b.data, b.len, &lim, &at, &e));
		assert_int_equal(at, b.len - 1 - strlen(last[k]));
		buf_free(&b);
	}
}

static void members_are_found_by_exact_key(void **state)
{
	static const char text[] =
		"{\"a\":\"x\",\"A\":\"y\",\"n\":null,\"i\":7,\"e\":\"\","
		"\"t\":true,\"f\":false}";
	struct err e;
	cJSON *t = json_parse(text, sizeof text - 1, &small, &e);

	(void)state;
	assert_non_null(t);
	assert_string_equal(json_get_text(t, "a"), "x");
	assert_string_equal(json_get_text(t, "A"), "y");
	assert_string_equal(json_get_text(t, "e"), "");
	assert_null(json_get_text(t, "b"));
	assert_null(json_get_text(t, "n"));
	assert_null(json_get_text(t, "i"));
	assert_true(cJSON_IsNull(json_get(t, "n")));
	assert_null(json_get(t, "N"));
	assert_null(json_get(NULL, "a"));
	assert_null(json_get_text(NULL, "a"));
	assert_string_equal(json_word(t, "a"), "x");
	assert_string_equal(json_word(t, "i"), "");
	assert_string_equal(json_word(t, "b"), "");
	assert_true(json_is_true(t, "t"));
	assert_false(json_is_true(t, "f"));
	assert_false(json_is_true(t, "i"));
	assert_false(json_is_true(t, "b"));
	assert_ptr_equal(json_first(t), json_get(t, "a"));
	assert_null(json_first(json_get(t, "i")));
	assert_null(json_first(NULL));
	cJSON_Delete(t);
}

static void strings_are_decoded_as_written(void **state)
{
	static const char text[] =
		"{\"k\\u0065y\":\"\\u1ea1\\ud83d\\ude00\\\"\\\\\\/\\t\"}";
	struct err e;
	cJSON *t = json_parse(text, sizeof text - 1, &small, &e);

	(void)state;
	assert_non_null(t);
	assert_string_equal(json_get_text(t, "key"),
			    "\xE1\xBA\xA1\xF0\x9F\x98\x80\"\\/\t");
	cJSON_Delete(t);
}

static void integers_are_exact_or_refused(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t want;
	} rows[] = {
		{ "0", true, 0 },
		{ "-0", true, 0 },
		{ "7", true, 7 },
		{ "-7", true, -7 },
		{ "2147483648", true, INT64_C(2147483648) },
		{ "9007199254740991", true, INT64_C(9007199254740991) },
		{ "-9007199254740991", true, -INT64_C(9007199254740991) },
		{ "9007199254740992", false, 0 },
		{ "9007199254740993", false, 0 },
		{ "-9007199254740992", false, 0 },
		{ "123456789012345678901234567890", false, 0 },
		{ "1e999", false, 0 },
		{ "-1e999", false, 0 },
		{ "1.5", false, 0 },
		{ "1e-9", false, 0 },
		{ "2e0", true, 2 },
		{ "\"7\"", false, 0 },
		{ "true", false, 0 },
		{ "null", false, 0 },
		{ "[7]", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		char text[64];
		int n = snprintf(text, sizeof text, "{\"v\":%s}", rows[i].text);
		int64_t got = 99;
		struct err e;
		cJSON *t = json_parse(text, (size_t)n, &small, &e);

		assert_non_null(t);
		if (json_get_int(t, "v", &got) != rows[i].ok)
			fail_msg("json_get_int of %s", rows[i].text);
		assert_int_equal(got, rows[i].ok ? rows[i].want : 99);
		assert_false(json_get_int(t, "w", &got));
		cJSON_Delete(t);
	}
}

static void a_refused_text_has_no_tree(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_null(json_parse("{\"a\":1,\"a\":2}", 13, &small, &e));
	assert_int_equal(e.kind, ERR_INPUT);
}

static void the_named_limits_hold_what_they_promise(void **state)
{
	(void)state;
	assert_true(json_submission_limits.bytes >= 1 << 18);
	assert_true(json_plan_limits.bytes > json_submission_limits.bytes);
	assert_true(json_submission_limits.depth <= LIMIT_JSON_READ_DEPTH);
	assert_true(json_plan_limits.depth <= LIMIT_JSON_READ_DEPTH);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(wrong_texts_are_refused_at_their_place),
		cmocka_unit_test(right_texts_are_accepted_and_have_a_tree),
		cmocka_unit_test(a_text_cut_short_is_refused),
		cmocka_unit_test(the_message_names_offset_and_line),
		cmocka_unit_test(a_text_over_its_bytes_is_refused_unread),
		cmocka_unit_test(depth_stops_at_the_readers_own_bound),
		cmocka_unit_test(large_objects_are_searched_for_duplicates),
		cmocka_unit_test(of_many_duplicates_the_first_is_told),
		cmocka_unit_test(escaped_and_plain_keys_sort_into_one_order),
		cmocka_unit_test(members_are_found_by_exact_key),
		cmocka_unit_test(strings_are_decoded_as_written),
		cmocka_unit_test(integers_are_exact_or_refused),
		cmocka_unit_test(a_refused_text_has_no_tree),
		cmocka_unit_test(the_named_limits_hold_what_they_promise),
	};
	return cmocka_run_group_tests_name("json", t, NULL, NULL);
}
