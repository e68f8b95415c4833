/* What is wrong with an index document: its code and place. */
#include <stdlib.h>
#include <string.h>

#include "phieu/index_file.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "support/index.h"
#include "support/index_texts.h"
#include "support/test.h"

struct edit {
	const char *from, *to; /* the first place; NULL from: the whole */
	const char *code, *path;
};

static void check_edit(const struct edit *x)
{
	char *text = edited(x->from, x->to);
	struct indexed q;
	bool found = false;

	assert_false(indexed_read(&q, text));
	assert_true(q.faults.n > 0);
	for (size_t i = 0; i < q.faults.n; i++) {
		const struct fault *f = &q.faults.list[i];

		assert_true(f->message[0] != '\0' && f->message_vi[0] != '\0');
		found = found || (strcmp(f->code, x->code) == 0 &&
				  strcmp(f->path, x->path) == 0);
	}
	if (!found)
		fail_msg("%s -> %s: %s at %s (%s), want %s at %s",
			 x->from ? x->from : "all", x->to,
			 q.faults.list[0].code, q.faults.list[0].path,
			 q.faults.list[0].message, x->code, x->path);
	free(text);
	indexed_close(&q);
}

static void what_is_wrong_has_a_code_and_a_place(void **state)
{
	static const struct edit edits[] = {
		{ NULL, "{", "K01", "" },
		{ NULL, "[]", "K04", "" },
		{ "phieu-index/1", "phieu-index/9", "K05", "/format" },
		{ "\"format\":\"phieu-index/1\",", "", "K03", "/format" },
		{ "\"example\":true,", "", "K03", "/basis" },
		{ "\"example\":true", "\"example\":1", "K04", "/example" },
		{ "\"example\":true", "\"example\":true,\"title\":1", "K04",
		  "/title" },
		{ "\"example\":true", "\"example\":true,\"x\":1", "K02", "/x" },
		{ "\"rules\":{", "\"x\":{", "K03", "/rules" },
		{ "\"rules\":{", "\"rules\":1,\"x\":{", "K04", "/rules" },
		{ "\"rescale\":\"total\"", "\"rescale\":\"x\"", "K05",
		  "/rules/rescale" },
		{ "\"rescale\":\"total\",", "", "K03", "/rules/rescale" },
		{ "\"round\":\"half-up\",", "", "K03", "/rules/round" },
		{ "\"order\":\"sum-first\",", "", "K03", "/rules/order" },
		{ "\"ties\":\"shared\",", "", "K03", "/rules/ties" },
		{ "\"digits\":2,", "", "K03", "/rules/digits" },
		{ "\"digits\":2", "\"digits\":7", "K05", "/rules/digits" },
		{ "\"digits\":2", "\"digits\":\"2\"", "K05", "/rules/digits" },
		{ "\"missing\":{", "\"x\":{", "K03", "/rules/missing" },
		{ "\"missing\":{", "\"missing\":1,\"x\":{", "K04",
		  "/rules/missing" },
		{ "\"survey\":\"zero\"", "\"survey\":\"self\"", "K05",
		  "/rules/missing/survey" },
		{ "\"survey\":\"zero\",", "", "K03", "/rules/missing/survey" },
		{ "\"digits\"", "\"draft\":0,\"digits\"", "K04",
		  "/rules/draft" },
		{ "{\"name\":\"A\",\"from\":\"50\"}", "1", "K04",
		  "/rules/bands/0" },
		{ "\"from\":\"50\"", "\"from\":\"0\"", "K12", "/rules/bands" },
		{ "\"from\":\"50\"", "\"from\":50", "K04",
		  "/rules/bands/0/from" },
		{ "\"from\":\"50\"", "\"from\":\"5x\"", "K15",
		  "/rules/bands/0/from" },
		{ "[\"exact\"]", "[\"x\"]", "K09", "/rules/tie_break/0" },
		{ "[\"exact\"]", "[\"criterion:9\"]", "K09",
		  "/rules/tie_break/0" },
		{ "[\"exact\"]", "[1]", "K09", "/rules/tie_break/0" },
		{ "[\"exact\"]", "[]", "K05", "/rules/tie_break" },
		{ "\"kinds\":[", "\"x\":[", "K03", "/kinds" },
		{ "\"kinds\":[{", "\"kinds\":[1,{", "K04", "/kinds/0" },
		{ "\"code\":\"xa\"", "\"code\":\"so\"", "K08", "/kinds" },
		{ "\"total\":\"30\"", "\"total\":\"31\"", "K11",
		  "/kinds/0/total" },
		{ "\"name\":\"S\",", "", "K03", "/kinds/0/name" },
		{ "\"total\":\"30\"",
		  "\"total\":\"30\",\"bands\":[{\"name\":\"a\",\"from\":\"1\"},"
		  "{\"name\":\"b\",\"from\":\"1\"}]",
		  "K12", "/kinds/0/bands" },
		{ "\"criteria\":[", "\"x\":[", "K03", "/criteria" },
		{ "\"criteria\":[", "\"criteria\":[1,", "K04", "/criteria/0" },
		{ "\"maximum\":\"20\"", "\"maximum\":\"20.5\"", "K10",
		  "/criteria/0/maximum" },
		{ "\"maximum\":\"12\"", "\"maximum\":\"0\"", "K05",
		  "/criteria/0/children/0/maximum" },
		{ "\"maximum\":\"12\"", "\"maximum\":\"9000000000000\"", "K10",
		  "/criteria/0/maximum" },
		{ "\"maximum\":\"12\",", "", "K03",
		  "/criteria/0/children/0/maximum" },
		{ "\"code\":\"1.2\"", "\"code\":\"1.1\"", "K08", "/criteria" },
		{ "\"code\":\"1.2\",", "", "K03",
		  "/criteria/0/children/1/code" },
		{ "\"grain\":\"0.25\"", "\"grain\":\"0.5\"", "K14",
		  "/units/0/values/1.1" },
		{ "\"grain\":\"0.25\"", "\"grain\":\"-1\"", "K05",
		  "/criteria/0/children/0/grain" },
		{ "\"grain\":\"0.25\"", "\"combine\":\"sum\"", "K07",
		  "/criteria/0/children/0/combine" },
		{ "\"source\":\"assessed\",\"grain\"", "\"grain\"", "K03",
		  "/criteria/0/children/0/source" },
		{ "\"need\":\"0.5\"", "\"need\":\"1.5\"", "K05",
		  "/criteria/1/children/0/need" },
		{ "\"need\":\"0.5\"", "\"effect\":\"bonus\"", "K07",
		  "/criteria/1/children/0/effect" },
		{ "\"need\":\"0.5\"}",
		  "\"need\":\"0.5\"},{\"code\":\"2.2\",\"name\":\"n\","
		  "\"maximum\":\"1\",\"source\":\"survey\"}",
		  "K18", "/criteria/1/children/1/source" },
		{ "\"groups\":{\"A\":\"1\"", "\"groups\":{\"A\":\"0\"", "K05",
		  "/criteria/0/children/1/groups" },
		{ "\"groups\":{\"A\":\"1\",\"B\":\"2\"}", "\"groups\":{}",
		  "K04", "/criteria/0/children/1/groups" },
		{ "\"low\":\"0\"", "\"low\":\"5\"", "K12",
		  "/criteria/0/children/1/convert/linear" },
		{ "\"linear\":{", "\"linear\":1,\"x\":{", "K04",
		  "/criteria/0/children/1/convert/linear" },
		{ "\"linear\":{", "\"x\":{", "K07",
		  "/criteria/0/children/1/convert" },
		{ "\"convert\":{\"linear\":{\"low\":\"0\",\"high\":\"5\"}}",
		  "\"convert\":1", "K04", "/criteria/0/children/1/convert" },
		{ "\"combine\":\"formula\"", "\"combine\":\"sum\"", "K07",
		  "/criteria/1/convert" },
		{ "\"combine\":\"formula\",", "\"source\":\"survey\",", "K07",
		  "/criteria/1/source" },
		{ ",\"convert\":{\"steps\":[{\"from\":\"90\",\"points\":\"6\"},"
		  "{\"from\":\"50\",\"points\":\"3\"}]}",
		  "", "K03", "/criteria/1/convert" },
		{ "\"from\":\"90\"", "\"from\":\"40\"", "K12",
		  "/criteria/1/convert/steps" },
		{ "\"points\":\"6\"}", "\"points\":\"7\"}", "K12",
		  "/criteria/1/convert/steps" },
		{ "{\"from\":\"90\",\"points\":\"6\"}", "1", "K04",
		  "/criteria/1/convert/steps/0" },
		{ "{\"from\":\"90\",\"points\":\"6\"},{\"from\":\"50\","
		  "\"points\":\"3\"}",
		  "", "K05", "/criteria/1/convert/steps" },
		{ "[\"so\"]", "[\"ho\"]", "K09", "/criteria/2/applies" },
		{ "[\"so\"]", "[1]", "K09", "/criteria/2/applies" },
		{ "\"children\":[{\"code\":\"2.1\"",
		  "\"children\":[{\"applies\":[\"xa\"],\"code\":\"2.1\"", "K10",
		  "/criteria/1/children" },
		{ "\"units\":[", "\"x\":[", "K03", "/units" },
		{ "\"units\":[", "\"units\":[1,", "K04", "/units/0" },
		{ "\"code\":\"v\"", "\"code\":\"u\"", "K08", "/units" },
		{ "\"kind\":\"xa\"", "\"kind\":\"ho\"", "K09",
		  "/units/1/kind" },
		{ "\"kind\":\"xa\",", "", "K03", "/units/1/kind" },
		{ "\"values\":{\"4\":\"1\"}", "\"x\":1", "K03",
		  "/units/1/values" },
		{ "\"values\":{\"4\":\"1\"}", "\"values\":1", "K04",
		  "/units/1/values" },
		{ "{\"4\":\"1\"}", "{\"3\":\"1\"}", "K16",
		  "/units/1/values/3" },
		{ "{\"4\":\"1\"}", "{\"9\":\"1\"}", "K09",
		  "/units/1/values/9" },
		{ "{\"4\":\"1\"}", "{\"4\":1}", "K04", "/units/1/values/4" },
		{ "{\"4\":\"1\"}", "{\"4\":\"\"}", "K04", "/units/1/values/4" },
		{ "{\"4\":\"1\"}", "{\"4\":\"4.01\"}", "K13",
		  "/units/1/values/4" },
		{ "{\"4\":\"1\"}", "{\"4\":\"-1\"}", "K13",
		  "/units/1/values/4" },
		{ "{\"4\":\"1\"}", "{\"4\":\"1,5\"}", "K15",
		  "/units/1/values/4" },
		{ "{\"4\":\"1\"}", "{\"4\":\"1.0000001\"}", "K15",
		  "/units/1/values/4" },
		{ "{\"4\":\"1\"}", "{\"4\":\"1/\"}", "K15",
		  "/units/1/values/4" },
		{ "{\"4\":\"1\"}", "{\"4\":\"1/0\"}", "K15",
		  "/units/1/values/4" },
		{ "{\"4\":\"1\"}", "{\"4\":{\"value\":\"1\",\"x\":1}}", "K02",
		  "/units/1/values/4/x" },
		{ "{\"4\":\"1\"}",
		  "{\"4\":{\"value\":\"1\",\"status\":\"pending\"}}", "K07",
		  "/units/1/values/4" },
		{ "{\"4\":\"1\"}", "{\"4\":{\"status\":\"x\"}}", "K05",
		  "/units/1/values/4/status" },
		{ "{\"4\":\"1\"}", "{\"4\":{\"groups\":1}}", "K04",
		  "/units/1/values/4/groups" },
		{ "{\"4\":\"1\"}", "{\"4\":{\"groups\":{\"Z\":\"1\"}}}", "K09",
		  "/units/1/values/4/groups/Z" },
		{ "{\"4\":\"1\"}", "{\"1\":\"1\"}", "K07",
		  "/units/1/values/1" },
		{ "\"groups\":{\"A\":\"4\",\"B\":\"3\"}", "\"value\":\"4\"",
		  "K07", "/units/0/values/1.2" },
		{ "\"groups\":{\"A\":\"4\"", "\"groups\":{\"A\":\"6\"", "K13",
		  "/units/0/values/1.2" },
		{ "\"se\":0.5", "\"se\":-1", "K05", "/units/0/values/1.2" },
		{ "\"se\":0.5", "\"se\":\"1\"", "K04",
		  "/units/0/values/1.2/se" },
		{ "\"se\":0.5", "\"self\":\"1\"", "K17",
		  "/units/0/values/1.2" },
		{ "\"self\":\"4\"", "\"self\":\"13\"", "K13",
		  "/units/0/values/1.1" },
		{ "{\"criterion\":\"3\",", "{\"criterion\":\"4\",", "K16",
		  "/units/0/deductions" },
		{ "{\"criterion\":\"3\",", "{\"criterion\":\"9\",", "K09",
		  "/units/0/deductions/0/criterion" },
		{ "\"points\":\"1\",\"reason\"", "\"points\":\"0\",\"reason\"",
		  "K05", "/units/0/deductions" },
		{ ",\"reason\":\"r\"", "", "K03",
		  "/units/0/deductions/0/reason" },
		{ "[{\"criterion\":\"3\"", "[1,{\"criterion\":\"3\"", "K04",
		  "/units/0/deductions/0" },
		{ "\"typed\":{", "\"typed\":1,\"x\":{", "K04",
		  "/units/0/typed" },
		{ "\"points\":{\"1\":\"9\"}", "\"points\":1", "K04",
		  "/units/0/typed/points" },
		{ "\"points\":{\"1\":\"9\"}", "\"points\":{\"9\":\"9\"}", "K09",
		  "/units/0/typed/points/9" },
		{ "\"points\":{\"1\":\"9\"}", "\"points\":{\"1\":9}", "K04",
		  "/units/0/typed/points/1" },
	};
	struct indexed q;

	(void)state;
	indexed_open(&q, base);
	assert_int_equal(q.set.n_nodes, 8);
	indexed_close(&q);
	for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++)
		check_edit(&edits[i]);
}

/* A tree of `depth` sums over one leaf. */
static char *deep(size_t depth)
{
	struct buf b = BUF_INIT(1 << 16);
	struct arena *a = arena_new(1 << 20);
	char *s;

	buf_adds(&b, "[");
	for (size_t i = 1; i < depth; i++)
		buf_addf(&b,
			 "{\"code\":\"n%zu\",\"name\":\"n\",\"maximum\":\"5\","
			 "\"children\":[",
			 i);
	buf_adds(&b, "{\"code\":\"l\",\"name\":\"n\",\"maximum\":\"5\","
		     "\"source\":\"assessed\"}");
	for (size_t i = 1; i < depth; i++)
		buf_adds(&b, "]}");
	buf_adds(&b, "]");
	s = index_document(a,
			   index_rules(a, "total", "zero", "sum-first", 2, ""),
			   buf_cstr(&b), "5",
			   "[{\"code\":\"u\",\"name\":\"n\",\"kind\":\"so\","
			   "\"values\":{\"l\":\"4\"}}]");
	s = strdup(s);
	buf_free(&b);
	arena_free(a);
	return s;
}

static void criteria_may_be_as_deep_as_the_limit(void **state)
{
	struct indexed q;
	char *text = deep(LIMIT_CRITERIA_DEPTH);

	(void)state;
	indexed_open(&q, text);
	assert_string_equal(indexed_total(&q, "u"), "4.00");
	indexed_close(&q);
	free(text);
	text = deep(LIMIT_CRITERIA_DEPTH + 1);
	assert_false(indexed_read(&q, text));
	assert_true(faults_have(&q.faults, "K06"));
	indexed_close(&q);
	free(text);
}

static void add_leaves(struct buf *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_addf(b,
			 "%s{\"code\":\"c%zu\",\"name\":\"n\",\"maximum\":"
			 "\"1\",\"source\":\"assessed\"}",
			 i > 0 ? "," : "", i);
}

static void too_many_of_anything_is_said(void **state)
{
	struct arena *a = arena_new((size_t)256 << 20);
	struct buf b = BUF_INIT((size_t)32 << 20);
	struct indexed q;
	const char *rules = index_rules(a, "total", "zero", "sum-first", 2, "");

	(void)state;
	/* criteria below one another count together */
	buf_adds(&b, "[{\"code\":\"t\",\"name\":\"n\",\"maximum\":\"1\","
		     "\"children\":[");
	add_leaves(&b, LIMIT_CRITERIA);
	buf_adds(&b, "]}]");
	assert_false(indexed_read(&q, index_document(a, rules, buf_cstr(&b),
						     "1", "[1]")));
	assert_true(faults_have(&q.faults, "K06"));
	indexed_close(&q);
	/* groups */
	b.len = 0;
	buf_adds(&b, "[{\"code\":\"t\",\"name\":\"n\",\"maximum\":\"1\","
		     "\"source\":\"survey\",\"groups\":{");
	for (size_t i = 0; i <= LIMIT_GROUPS; i++)
		buf_addf(&b, "%s\"g%zu\":\"1\"", i > 0 ? "," : "", i);
	buf_adds(&b, "}}]");
	assert_false(indexed_read(&q, index_document(a, rules, buf_cstr(&b),
						     "1", "[1]")));
	assert_true(faults_have(&q.faults, "K06"));
	indexed_close(&q);
	/* units x criteria */
	b.len = 0;
	buf_adds(&b, "[");
	add_leaves(&b, 4000);
	buf_adds(&b, "]");
	{
		struct buf u = BUF_INIT((size_t)32 << 20);
		struct index *ix;
		struct err e = { 0 };

		buf_adds(&u, "[");
		for (size_t i = 0; i < 101; i++)
			buf_addf(&u,
				 "%s{\"code\":\"u%zu\",\"name\":\"n\",\"kind\""
				 ":\"so\",\"values\":{}}",
				 i > 0 ? "," : "", i);
		buf_adds(&u, "]");
		assert_false(
			indexed_read(&q, index_document(a, rules, buf_cstr(&b),
							"4000", buf_cstr(&u))));
		assert_true(faults_have(&q.faults, "K06"));
		ix = index_new(&q.set, q.a, &e);
		assert_null(ix);
		assert_int_equal(e.kind, ERR_MATH);
		indexed_close(&q);
		buf_free(&u);
	}
	buf_free(&b);
	arena_free(a);
}

static void a_value_given_twice_is_found_in_a_set(void **state)
{
	struct indexed q;
	struct index_value v[2];
	struct index_set s;

	(void)state;
	indexed_open(&q, base);
	s = q.set;
	v[0] = v[1] = s.values[0];
	s.values = v;
	s.n_values = 2;
	assert_false(index_check(&s, &q.faults));
	assert_true(faults_have(&q.faults, "K08"));
	indexed_close(&q);
}

/* What the reader cannot give, another caller could. */
static void sets_made_elsewhere_are_checked_as_well(void **state)
{
	struct indexed q;
	struct index_node nodes[8];
	struct index_deduction d;
	struct index_set s;

	(void)state;
	indexed_open(&q, base);
	s = q.set;
	d = s.deductions[0];
	d.reason = NULL;
	s.deductions = &d;
	assert_false(index_check(&s, &q.faults));
	assert_true(faults_have(&q.faults, "K19"));
	s = q.set;
	memcpy(nodes, s.nodes, sizeof nodes);
	s.nodes = nodes;
	nodes[3].convert.n_steps = 0;
	assert_false(index_check(&s, &q.faults));
	assert_true(faults_have(&q.faults, "K12"));
	/* maxima whose sum no number holds */
	nodes[3] = q.set.nodes[3];
	nodes[1].maximum.micro = nodes[2].maximum.micro = INT64_MAX;
	faults_init(&q.faults, q.a);
	assert_false(index_check(&s, &q.faults));
	assert_true(faults_have(&q.faults, "K10"));
	indexed_close(&q);
}

static void memory_that_ends_while_reading_is_a_fault(void **state)
{
	char *text = text_of("docs/examples/index-dieu-kien.json");

	(void)state;
	for (size_t size = 16; size < 200000; size += 53) {
		struct arena *a = arena_new((size_t)1 << 20);
		struct arena *small = arena_new(size);
		struct index_set s;
		struct faults f;
		bool ok;

		faults_init(&f, a);
		ok = index_read(text, strlen(text), small, &s, &f);
		assert_true(ok || f.n > 0);
		faults_init(&f, small);
		ok = ok && index_check(&s, &f);
		arena_free(a);
		arena_free(small);
		if (ok)
			break;
		assert_true(size < 190000);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_wrong_has_a_code_and_a_place),
		cmocka_unit_test(criteria_may_be_as_deep_as_the_limit),
		cmocka_unit_test(too_many_of_anything_is_said),
		cmocka_unit_test(a_value_given_twice_is_found_in_a_set),
		cmocka_unit_test(sets_made_elsewhere_are_checked_as_well),
		cmocka_unit_test(memory_that_ends_while_reading_is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
