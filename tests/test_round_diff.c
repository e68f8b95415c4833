#include <stdlib.h>
#include <string.h>

#include "phieu/file.h"
#include "phieu/json.h"
#include "phieu/json_diff.h"
#include "phieu/limits.h"
#include "phieu/round_diff.h"
#include "support/test.h"

struct world {
	struct arena *a;
	cJSON *from, *to;
	struct round_change *c;
	size_t n;
};

static cJSON *parsed(const char *s)
{
	struct err e = { 0 };
	cJSON *o = json_parse(s, strlen(s), &json_plan_limits, &e);

	if (!o)
		fail_msg("%s", e.msg);
	return o;
}

static void compare(struct world *w, const char *from, const char *to)
{
	struct err e = { 0 };

	*w = (struct world){ .a = arena_new((size_t)16 << 20),
			     .from = parsed(from),
			     .to = parsed(to) };
	if (!round_diff(w->from, w->to, w->a, &w->c, &w->n, &e))
		fail_msg("%s", e.msg);
}

static void end(struct world *w)
{
	cJSON_Delete(w->from);
	cJSON_Delete(w->to);
	arena_free(w->a);
}

/* What is told of these criteria (and what stands after them), as lines. */
static void told_of(const char *from, const char *to, const char *want)
{
	struct buf b = BUF_INIT(1 << 16);
	struct world w;

	compare(&w, from, to);
	round_diff_text(w.c, w.n, &b);
	assert_string_equal(buf_cstr(&b), want);
	buf_free(&b);
	end(&w);
}

#define SET(list, rest) "{\"criteria\":[" list "]" rest "}"
#define LEAF(code, name, more)                                      \
	"{\"code\":\"" code "\",\"name\":\"" name "\",\"maximum\":" \
	"\"2\",\"source\":\"assessed\"" more "}"
#define NODE(code, name, list)                                      \
	"{\"code\":\"" code "\",\"name\":\"" name "\",\"maximum\":" \
	"\"4\",\"children\":[" list "]}"

static void the_same_is_the_same(void **state)
{
	(void)state;
	told_of(SET(LEAF("1", "a", ""), ""), SET(LEAF("1", "a", ""), ""),
		"Không khác nhau (no difference)\n");
	/* a default written out, another way to write a number */
	told_of(SET(LEAF("1", "a", ",\"need\":\"1.0\""), ""),
		SET(LEAF("1", "a", ",\"effect\":\"counts\",\"need\":\"1\""),
		    ""),
		"Không khác nhau (no difference)\n");
}

static void criteria_come_and_go(void **state)
{
	(void)state;
	told_of(SET(LEAF("1", "a", "") "," LEAF("2", "b", ""), ""),
		SET(LEAF("1", "a", "") "," LEAF("3", "c", ""), ""),
		"+ 3 c: thêm (added): – -> 2\n- 2 b: bỏ (removed): 2 -> –\n");
}

static void criteria_move_and_change_places(void **state)
{
	(void)state;
	told_of(SET(NODE("1", "a",
			 LEAF("1.1", "x",
			      "") "," LEAF("1.2", "y",
					   "")) "," NODE("2", "b",
							 LEAF("2.1", "z", "")),
		    ""),
		SET(NODE("1", "a", LEAF("1.1", "x", "")) "," NODE(
			    "2", "b",
			    LEAF("2.1", "z", "") "," LEAF("1.2", "y", "")),
		    ""),
		"~ 1.2 y: chuyển chỗ (moved): 1 -> 2\n");
	told_of(SET(LEAF("1", "a", "") "," LEAF("2", "b", ""), ""),
		SET(LEAF("2", "b", "") "," LEAF("1", "a", ""), ""),
		"~ /: đổi thứ tự (reordered): 1 2 -> 2 1\n");
	told_of(SET(NODE("1", "a", LEAF("1.1", "x", "")), ""),
		SET(NODE("1", "a", "") "," LEAF("1.1", "x", ""), ""),
		"~ 1.1 x: chuyển chỗ (moved): 1 -> ∅\n");
}

static void what_changed_of_a_criterion_has_its_word(void **state)
{
	(void)state;
	told_of(SET(LEAF("1", "a", ""), ""), SET(LEAF("1", "A", ""), ""),
		"~ 1 A: đổi tên (renamed, name): a -> A\n");
	told_of(SET("{\"code\":\"1\",\"maximum\":\"2\"}", ""),
		SET("{\"code\":\"1\",\"maximum\":\"2.5\"}", ""),
		"~ 1: đổi điểm tối đa (maximum): 2 -> 2.5\n");
	told_of(SET("{\"code\":\"1\",\"source\":\"survey\"}", ""),
		SET("{\"code\":\"1\",\"source\":\"external\"}", ""),
		"~ 1: đổi nguồn điểm (kind, source): survey -> external\n");
	told_of(SET("{\"code\":\"1\"}", ""),
		SET("{\"code\":\"1\",\"combine\":\"all-of\"}", ""),
		"+ 1: đổi cách tính (combination, combine): – -> all-of\n");
	told_of(SET("{\"code\":\"1\",\"convert\":{\"linear\":{\"low\":\"1\","
		    "\"high\":\"5\"}}}",
		    ""),
		SET("{\"code\":\"1\",\"convert\":{\"linear\":{\"low\":\"0\","
		    "\"high\":\"5\"}}}",
		    ""),
		"~ 1: đổi cách tính (combination, convert): {\"linear\":{"
		"\"high\":\"5\",\"low\":\"1\"}} -> {\"linear\":{\"high\":"
		"\"5\",\"low\":\"0\"}}\n");
	told_of(SET("{\"code\":\"1\",\"applies\":[\"so\"]}", ""),
		SET("{\"code\":\"1\"}", ""),
		"- 1: đổi nơi áp dụng (applies): [\"so\"] -> –\n");
	told_of(SET("{\"code\":\"1\"}", ""),
		SET("{\"code\":\"1\",\"effect\":\"bonus\"}", ""),
		"+ 1: đổi cộng, trừ (effect): – -> bonus\n");
	told_of(SET("{\"code\":\"1\",\"grain\":\"0.25\",\"basis\":\"A\"}", ""),
		SET("{\"code\":\"1\",\"grain\":\"0.5\",\"basis\":\"B\"}", ""),
		"~ 1: đổi chi tiết (detail, grain): 0.25 -> 0.5\n"
		"~ 1: đổi chi tiết (detail, basis): A -> B\n");
}

static void a_mapping_and_all_else_is_told(void **state)
{
	(void)state;
	told_of(SET("", ",\"replaced\":[{\"from\":\"1\",\"to\":\"2\"},{"
			"\"from\":\"3\"},{\"from\":\"4\",\"to\":\"5\"}]"),
		SET("", ",\"replaced\":[{\"from\":\"1\",\"to\":\"9\"},{"
			"\"from\":\"7\"},{\"from\":\"4\",\"to\":\"5\"}]"),
		"~ 1: thay thế (replaced): 2 -> 9\n"
		"+ 7: thay thế (replaced): – -> ∅\n"
		"- 3: thay thế (replaced): ∅ -> –\n");
	told_of(SET("", ",\"kinds\":[{\"code\":\"so\",\"total\":\"1\"}]"),
		SET("", ",\"kinds\":[{\"code\":\"so\",\"total\":\"2\"}],"
			"\"x\":1"),
		"~ /kinds/so/total: khác (other): 1 -> 2\n"
		"+ /x: khác (other): – -> 1\n");
	/* a round against its set: only what both have */
	told_of("{\"round\":{\"code\":\"r\"},\"index\":" SET(LEAF("1", "a", ""),
							     "") "}",
		SET(LEAF("1", "b", ""), ""),
		"~ 1 b: đổi tên (renamed, name): a -> b\n");
}

static void programs_get_the_same_as_json(void **state)
{
	struct buf b = BUF_INIT(1 << 16);
	struct world w;
	cJSON *o;

	(void)state;
	compare(&w, SET(LEAF("1", "a", ""), ",\"x\":1"),
		SET(LEAF("1", "b", ",\"grain\":\"1\""), ",\"x\":2"));
	round_diff_json(w.c, w.n, &b);
	o = parsed(buf_cstr(&b));
	assert_true(cJSON_IsFalse(json_get(o, "same")));
	cJSON_Delete(o);
	assert_string_equal(
		b.data,
		"{\n  \"same\": false,\n  \"changes\": [\n    {\n      "
		"\"change\": \"renamed\",\n      \"code\": \"1\",\n      "
		"\"name\": \"b\",\n      \"member\": \"name\",\n      "
		"\"from\": \"a\",\n      \"to\": \"b\"\n    },\n    {\n      "
		"\"change\": \"detail\",\n      \"code\": \"1\",\n      "
		"\"name\": \"b\",\n      \"member\": \"grain\",\n      "
		"\"from\": null,\n      \"to\": \"1\"\n    },\n    {\n      "
		"\"change\": \"other\",\n      \"path\": \"/x\",\n      "
		"\"from\": \"1\",\n      \"to\": \"2\"\n    }\n  ]\n}\n");
	b.len = 0;
	round_diff_json(w.c, 0, &b);
	assert_non_null(strstr(buf_cstr(&b), "\"same\": true"));
	buf_free(&b);
	end(&w);
}

/* The year's own example, changed as the next year would. */
static void a_whole_round_is_compared(void **state)
{
	struct err e = { 0 };
	struct world w;
	size_t n;
	char *s = file_read("docs/examples/round-ha-nam-2023.json",
			    LIMIT_PLAN_BYTES, &n, &e);
	cJSON *next, *list;
	char *text;

	(void)state;
	assert_non_null(s);
	next = parsed(s);
	list = cJSON_GetObjectItem(cJSON_GetObjectItem(next, "index"),
				   "criteria");
	cJSON_SetValuestring(cJSON_GetObjectItem(cJSON_GetArrayItem(list, 0),
						 "maximum"),
			     "11");
	cJSON_SetValuestring(
		cJSON_GetObjectItem(cJSON_GetObjectItem(next, "round"), "name"),
		"khác");
	cJSON_DeleteItemFromArray(list, 8);
	text = cJSON_PrintUnformatted(next);
	compare(&w, s, text);
	assert_true(w.n >= 3);
	assert_int_equal(w.c[0].kind, CHANGE_MAXIMUM);
	assert_string_equal(w.c[0].from, "10");
	assert_int_equal(w.c[1].kind, CHANGE_REMOVED);
	assert_int_equal(w.c[w.n - 1].kind, CHANGE_OTHER);
	assert_string_equal(w.c[w.n - 1].code, "/round/name");
	end(&w);
	cJSON_free(text);
	cJSON_Delete(next);
	free(s);
}

static void too_little_memory_is_said(void **state)
{
	struct arena *a = arena_new(64);
	cJSON *from =
		parsed(SET(LEAF("1", "a", "") "," LEAF("2", "b", ""), ""));
	cJSON *to = parsed(SET("", ""));
	struct round_change *c;
	struct err e = { 0 };
	size_t n;

	(void)state;
	assert_false(round_diff(from, to, a, &c, &n, &e));
	assert_int_equal(e.kind, ERR_NOMEM);
	cJSON_Delete(from);
	cJSON_Delete(to);
	arena_free(a);
}

static void elements_without_names_are_met_by_place(void **state)
{
	struct buf b = BUF_INIT(1000), tiny = BUF_INIT(4);
	cJSON *x = parsed("{\"a\":[1,2,{\"code\":\"c\",\"v\":1}]}");
	cJSON *y = parsed("{\"a\":[1,3,{\"code\":\"c\",\"v\":2}],\"b\":null}");

	(void)state;
	assert_true(json_diff_lines(x, y, &b));
	assert_string_equal(buf_cstr(&b),
			    "~ /a/1: 2 -> 3\n~ /a/c/v: 1 -> 2\n+ /b: null\n");
	assert_false(json_diff_lines(x, x, &b));
	assert_true(json_diff_lines(x, y, &tiny));
	assert_null(buf_cstr(&tiny));
	buf_free(&b);
	buf_free(&tiny);
	cJSON_Delete(x);
	cJSON_Delete(y);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_is_the_same),
		cmocka_unit_test(criteria_come_and_go),
		cmocka_unit_test(criteria_move_and_change_places),
		cmocka_unit_test(what_changed_of_a_criterion_has_its_word),
		cmocka_unit_test(a_mapping_and_all_else_is_told),
		cmocka_unit_test(programs_get_the_same_as_json),
		cmocka_unit_test(a_whole_round_is_compared),
		cmocka_unit_test(too_little_memory_is_said),
		cmocka_unit_test(elements_without_names_are_met_by_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
