/* The file form of the index: what is taken, what is refused and where, what
 * is written, and the steps of an explanation. */
#include "phieu/index_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/file.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "support/index.h"
#include "support/table.h"
#include "support/test.h"

static const char *const examples[] = {
	"docs/examples/index-hai-cap.json",
	"docs/examples/index-ba-cap.json",
	"docs/examples/index-dieu-kien.json",
	"docs/examples/index-nhom.json",
	"docs/examples/index-thieu.json",
	"docs/examples/index-tthc-2021.json",
};
#define EXAMPLES (sizeof examples / sizeof examples[0])

static char *text_of(const char *path)
{
	struct err e = { 0 };
	size_t n;
	char *s = file_read(path, LIMIT_INDEX_BYTES, &n, &e);

	assert_non_null(s);
	return s;
}

/* ---- written and read again -------------------------------------------- */

static char *set_text(const struct index_set *s)
{
	struct buf b = BUF_INIT((size_t)64 << 20);

	index_write_set(s, &b);
	assert_non_null(buf_cstr(&b));
	return buf_take(&b);
}

static char *result_text(const struct indexed *q)
{
	struct index_mismatch *m;
	struct err e = { 0 };
	struct buf b = BUF_INIT((size_t)64 << 20);
	size_t n;

	assert_true(index_mismatches(q->ix, q->a, &m, &n, &e));
	index_write_json(q->ix, "00ff", m, n, &b);
	assert_non_null(buf_cstr(&b));
	return buf_take(&b);
}

static void a_document_written_again_gives_the_same_result(void **state)
{
	(void)state;
	for (size_t i = 0; i < EXAMPLES; i++) {
		struct indexed q, again;
		char *a, *b, *first, *second;

		indexed_open_file(&q, examples[i]);
		first = set_text(&q.set);
		indexed_open(&again, first);
		second = set_text(&again.set);
		assert_string_equal(first, second);
		a = result_text(&q);
		b = result_text(&again);
		assert_string_equal(a, b);
		free(a);
		free(b);
		free(first);
		free(second);
		indexed_close(&q);
		indexed_close(&again);
	}
}

static void results_are_json_and_say_what_they_are(void **state)
{
	(void)state;
	for (size_t i = 0; i < EXAMPLES; i++) {
		struct indexed q;
		struct err e = { 0 };
		char *text;
		cJSON *tree;

		indexed_open_file(&q, examples[i]);
		text = result_text(&q);
		tree = json_parse(text, strlen(text), &json_plan_limits, &e);
		assert_non_null(tree);
		assert_string_equal(json_get_text(tree, "method"),
				    INDEX_METHOD);
		assert_string_equal(json_get_text(tree, "input_sha256"),
				    "00ff");
		assert_string_equal(json_get_text(tree, "note"),
				    "mẫu thử, không phải phiếu chính thức");
		assert_int_equal(cJSON_GetArraySize(json_get(tree, "units")),
				 q.set.n_units);
		cJSON_Delete(tree);
		free(text);
		indexed_close(&q);
	}
}

static void a_decision_is_named_instead_of_the_trial_note(void **state)
{
	struct indexed q;
	struct buf b = BUF_INIT(1 << 20);
	char *text = text_of("docs/examples/index-thieu.json");
	char *at = strstr(text, "\"example\": true");
	struct index_record *r;
	struct err e = { 0 };
	size_t n;

	(void)state;
	assert_non_null(at);
	memcpy(at, "\"basis\":\"12/QD\"", 15);
	indexed_open(&q, text);
	index_write_json(q.ix, NULL, NULL, 0, &b);
	assert_non_null(strstr(buf_cstr(&b), "\"basis\": \"12/QD\""));
	assert_null(strstr(buf_cstr(&b), "\"note\""));
	assert_null(strstr(buf_cstr(&b), "input_sha256"));
	assert_true(index_explain(q.ix, 0, 0, q.a, &r, &n, &e));
	assert_string_equal(r[0].basis, "12/QD");
	buf_free(&b);
	free(text);
	indexed_close(&q);
}

static void csv_has_a_row_a_criterion_and_a_total(void **state)
{
	struct indexed q;
	struct buf b = BUF_INIT(1 << 20);
	size_t rows = 0;

	(void)state;
	indexed_open_file(&q, "docs/examples/index-thieu.json");
	index_write_csv(q.ix, &b);
	for (const char *s = buf_cstr(&b); (s = strchr(s, '\n')); s++)
		rows++;
	assert_int_equal(rows, 1 + 6 * (7 + 1));
	assert_non_null(strstr(b.data,
			       "T1,Đơn vị mẫu 1,so,,,,complete,100,100,79.65,0,"
			       "Khá,5"));
	assert_non_null(strstr(b.data, "T5,Đơn vị mẫu 5,so,,2.2,Hài lòng,"
				       "missing,20,20,0.00,0,,"));
	buf_free(&b);
	indexed_close(&q);
	indexed_open_file(&q, "docs/examples/index-ba-cap.json");
	b = (struct buf)BUF_INIT(1 << 20);
	index_write_csv(q.ix, &b);
	assert_non_null(strstr(buf_cstr(&b), "Khối thi đua mẫu số 1"));
	buf_free(&b);
	indexed_close(&q);
}

static void a_result_without_anything_left_has_no_total(void **state)
{
	struct indexed q;
	struct buf b = BUF_INIT(1 << 20);
	struct arena *a = arena_new(1 << 20);

	(void)state;
	indexed_open(
		&q,
		index_document(
			a,
			index_rules(a, "total", "incomplete", "sum-first", 2,
				    ""),
			"[{\"code\":\"k\",\"name\":\"n\",\"maximum\":\"3\","
			"\"source\":\"survey\"}]",
			"3",
			"[{\"code\":\"u\",\"name\":\"n\",\"kind\":\"so\","
			"\"values\":{\"k\":{\"status\":\"not-applicable\"}}},{"
			"\"code\":\"v\",\"name\":\"n\",\"kind\":\"so\","
			"\"values\":{\"k\":\"7/3\"}}]"));
	index_write_csv(q.ix, &b);
	assert_non_null(strstr(buf_cstr(&b), "u,n,so,,,,incomplete,3,0,,0,,"));
	b.len = 0;
	index_write_json(q.ix, NULL, NULL, 0, &b);
	assert_non_null(strstr(buf_cstr(&b), "\"exact\": \"7/3\""));
	buf_free(&b);
	arena_free(a);
	indexed_close(&q);
}

/* ---- what is refused --------------------------------------------------- */

static const char base[] =
	"{\"format\":\"phieu-index/1\",\"example\":true,\"rules\":{"
	"\"rescale\":\"total\",\"missing\":{\"assessed\":\"incomplete\","
	"\"survey\":\"zero\",\"satisfaction\":\"zero\",\"external\":\"zero\"},"
	"\"digits\":2,\"round\":\"half-up\",\"order\":\"sum-first\",\"ties\":"
	"\"shared\",\"bands\":[{\"name\":\"A\",\"from\":\"50\"},{\"name\":"
	"\"B\",\"from\":\"0\"}],\"tie_break\":[\"exact\"]},\"kinds\":[{"
	"\"code\":\"so\",\"name\":\"S\",\"total\":\"30\"},{\"code\":\"xa\","
	"\"name\":\"X\",\"total\":\"30\"}],\"criteria\":[{\"code\":\"1\","
	"\"name\":\"n\",\"maximum\":\"20\",\"children\":[{\"code\":\"1.1\","
	"\"name\":\"n\",\"maximum\":\"12\",\"source\":\"assessed\",\"grain\":"
	"\"0.25\"},{\"code\":\"1.2\",\"name\":\"n\",\"maximum\":\"8\","
	"\"source\":\"survey\",\"groups\":{\"A\":\"1\",\"B\":\"2\"},"
	"\"convert\":{\"linear\":{\"low\":\"0\",\"high\":\"5\"}}}]},{\"code\":"
	"\"2\",\"name\":\"n\",\"maximum\":\"6\",\"combine\":\"formula\","
	"\"convert\":{\"steps\":[{\"from\":\"90\",\"points\":\"6\"},{\"from\":"
	"\"50\",\"points\":\"3\"}]},\"children\":[{\"code\":\"2.1\",\"name\":"
	"\"n\",\"maximum\":\"1\",\"source\":\"assessed\",\"need\":\"0.5\"}]},{"
	"\"code\":\"3\",\"name\":\"n\",\"maximum\":\"4\",\"source\":"
	"\"assessed\",\"applies\":[\"so\"]},{\"code\":\"4\",\"name\":\"n\","
	"\"maximum\":\"4\",\"source\":\"assessed\",\"applies\":[\"xa\"]},{"
	"\"code\":\"5\",\"name\":\"n\",\"maximum\":\"2\",\"source\":"
	"\"assessed\",\"effect\":\"bonus\"}],\"units\":[{\"code\":\"u\","
	"\"name\":\"U\",\"kind\":\"so\",\"values\":{\"1.1\":{\"value\":\"3.25\""
	",\"self\":\"4\"},\"1.2\":{\"groups\":{\"A\":\"4\",\"B\":\"3\"},\"se\":"
	"0.5},\"2.1\":\"1\",\"3\":\"2\"},\"deductions\":[{\"criterion\":\"3\","
	"\"points\":\"1\",\"reason\":\"r\"}],\"typed\":{\"total\":\"15\","
	"\"grade\":\"B\",\"points\":{\"1\":\"9\"}}},{\"code\":\"v\",\"name\":"
	"\"V\",\"kind\":\"xa\",\"values\":{\"4\":\"1\"}}]}";

struct edit {
	const char *from, *to; /* the first place; NULL from: the whole */
	const char *code, *path;
};

static char *edited(const char *from, const char *to)
{
	const char *at = from ? strstr(base, from) : NULL;
	struct buf b = BUF_INIT(1 << 16);

	if (!from)
		return strdup(to);
	if (!at)
		fail_msg("no %s", from);
	buf_add(&b, base, (size_t)(at - base));
	buf_adds(&b, to);
	buf_adds(&b, at + strlen(from));
	return buf_take(&b);
}

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

static size_t explain(struct indexed *q, const char *unit, const char *node,
		      struct index_record **r)
{
	struct err e = { 0 };
	struct buf b = BUF_INIT(1 << 20);
	cJSON *tree;
	size_t n;

	assert_true(index_explain(q->ix, indexed_unit(q, unit),
				  node ? indexed_node(q, node) : INDEX_NONE,
				  q->a, r, &n, &e));
	index_write_records(*r, n, &b);
	tree = json_parse(buf_cstr(&b), b.len, &json_plan_limits, &e);
	assert_non_null(tree);
	assert_int_equal(cJSON_GetArraySize(tree), n);
	cJSON_Delete(tree);
	buf_free(&b);
	return n;
}

static const struct index_record *find(const struct index_record *r, size_t n,
				       const char *rule)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(r[i].rule, rule) == 0)
			return &r[i];
	fail_msg("no step %s", rule);
	return NULL;
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

static void every_tie_rule_is_written_again(void **state)
{
	char *text = edited("[\"exact\"]", "[\"exact\",\"deduction\","
					   "\"external\",\"criterion:1\"]");
	char *first, *second;
	struct indexed q, again;

	(void)state;
	indexed_open(&q, text);
	first = set_text(&q.set);
	indexed_open(&again, first);
	second = set_text(&again.set);
	assert_string_equal(first, second);
	assert_int_equal(again.set.rules.n_tie_break, 4);
	assert_int_equal(again.set.rules.tie_break[1].by, INDEX_TIE_DEDUCTION);
	free(first);
	free(second);
	free(text);
	indexed_close(&q);
	indexed_close(&again);
}

static void a_draft_is_explained_from_own_points(void **state)
{
	char *text = edited("\"digits\":2", "\"digits\":2,\"draft\":true");
	struct index_record *r;
	struct indexed q;
	size_t n;

	(void)state;
	indexed_open(&q, text);
	n = explain(&q, "u", "1.1", &r);
	assert_string_equal(find(r, n, "points")->inputs[0].value, "4");
	indexed_close(&q);
	free(text);
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

/* ---- explain ----------------------------------------------------------- */

static void a_leaf_is_explained_from_what_was_given(void **state)
{
	struct indexed q;
	struct index_record *r;
	const struct index_record *x;
	size_t n;

	(void)state;
	indexed_open(&q, base);
	n = explain(&q, "u", "1.2", &r);
	assert_int_equal(n, 3);
	x = find(r, n, "group-mean-all");
	assert_int_equal(x->n_inputs, 2);
	assert_string_equal(x->inputs[1].code, "B");
	assert_string_equal(x->inputs[1].value, "3");
	assert_string_equal(x->inputs[1].note, "w = 2");
	assert_string_equal(x->before, "10/3");
	x = find(r, n, "linear");
	assert_string_equal(x->before, "16/3"); /* 8 x (10/3) / 5 */
	x = find(r, n, "shown-rounded");
	assert_string_equal(x->before, "16/3");
	assert_string_equal(x->after, "5.33");
	n = explain(&q, "u", "1.1", &r);
	x = find(r, n, "points");
	assert_string_equal(x->inputs[x->n_inputs - 1].what, "own points");
	assert_string_equal(x->inputs[x->n_inputs - 1].value, "4");
	n = explain(&q, "u", "4", &r);
	assert_int_equal(n, 1);
	assert_string_equal(r[0].rule, "absent");
	n = explain(&q, "u", "5", &r);
	assert_string_equal(r[0].rule, "not-claimed");
	n = explain(&q, "v", "1.1", &r);
	assert_string_equal(r[0].rule, "incomplete");
	n = explain(&q, "v", "1.2", &r);
	assert_string_equal(r[0].rule, "zero");
	indexed_close(&q);
}

static void every_value_of_every_example_is_explained(void **state)
{
	(void)state;
	for (size_t i = 0; i < EXAMPLES; i++) {
		struct indexed q;
		struct index_record *r;

		indexed_open_file(&q, examples[i]);
		for (size_t u = 0; u < q.set.n_units; u++) {
			const char *unit = q.set.units[u].code;

			for (size_t k = 0; k < q.set.n_nodes; k++) {
				const struct index_cell *c =
					index_cell(q.ix, u, k);
				size_t n = explain(&q, unit,
						   q.set.nodes[k].code, &r);

				assert_true(n > 0);
				/* the last step gives the points */
				if (c->state == INDEX_SCORED)
					assert_string_equal(
						r[n - 1].after,
						indexed_points(
							&q, unit,
							q.set.nodes[k].code));
			}
			assert_true(explain(&q, unit, NULL, &r) > 3);
		}
		indexed_close(&q);
	}
}

static void a_total_is_explained_down_to_its_fields(void **state)
{
	struct indexed q;
	struct index_record *r;
	const struct index_record *x;
	size_t n;

	(void)state;
	indexed_open_file(&q, "docs/examples/index-hai-cap.json");
	n = explain(&q, "SO-02", NULL, &r);
	x = find(r, n, "sum");
	assert_int_equal(x->n_inputs, 3);
	x = find(r, n, "rescale-total");
	assert_string_equal(x->inputs[3].code, "1.2"); /* left out, by name */
	assert_string_equal(x->inputs[3].note, "không có đơn vị trực thuộc");
	x = find(r, n, "half-up");
	assert_string_equal(x->after, "81.41");
	x = find(r, n, "grade");
	assert_string_equal(x->after, "Khá");
	x = find(r, n, "rank-shared");
	assert_string_equal(x->after, "2");
	indexed_close(&q);
	indexed_open_file(&q, "docs/examples/index-ba-cap.json");
	n = explain(&q, "SO-2", NULL, &r);
	x = find(r, n, "deduction");
	assert_int_equal(x->n_inputs, 2);
	assert_string_equal(x->inputs[1].note, "để xảy ra đơn thư (mẫu)");
	x = find(r, n, "rescale-source");
	assert_string_equal(x->inputs[3].note, "60 / 60");
	n = explain(&q, "XA-4", NULL, &r);
	x = find(r, n, "rank-shared");
	assert_string_equal(x->inputs[x->n_inputs - 1].what, "shared");
	indexed_close(&q);
	indexed_open_file(&q, "docs/examples/index-nhom.json");
	n = explain(&q, "N4", "XH1", &r);
	x = find(r, n, "group-mean-renormalised");
	assert_null(x->inputs[2].value); /* a group without answers */
	n = explain(&q, "N5", NULL, &r);
	x = find(r, n, "half-even");
	x = find(r, n, "rank-dense");
	assert_string_equal(x->after, "2");
	indexed_close(&q);
}

static void the_decision_of_a_criterion_stands_in_its_step(void **state)
{
	struct indexed q;
	struct index_record *r;
	char *text =
		edited("\"code\":\"2\",", "\"code\":\"2\",\"basis\":\"Q\",");
	size_t n;

	(void)state;
	indexed_open(&q, text);
	n = explain(&q, "u", "2", &r);
	assert_string_equal(find(r, n, "formula")->basis, "Q");
	indexed_close(&q);
	free(text);
	text = edited("\"code\":\"1.1\",", "\"code\":\"1.1\",\"basis\":\"Q\",");
	indexed_open(&q, text);
	n = explain(&q, "u", "1.1", &r);
	assert_string_equal(find(r, n, "points")->basis, "Q");
	indexed_close(&q);
	free(text);
}

static void a_condition_says_what_each_part_needs(void **state)
{
	const struct index_record *x;
	struct indexed q;
	struct index_record *r;
	size_t n;

	(void)state;
	indexed_open(&q, base);
	n = explain(&q, "u", "2", &r);
	x = find(r, n, "formula");
	assert_string_equal(x->before, "100"); /* the measure */
	assert_string_equal(x->inputs[1].what, "maximum of the parts");
	assert_string_equal(x->inputs[1].value, "1");
	x = find(r, n, "steps");
	assert_string_equal(x->inputs[0].value, "100");
	assert_string_equal(x->before, "6");
	indexed_close(&q);
	indexed_open_file(&q, "docs/examples/index-dieu-kien.json");
	n = explain(&q, "DV1", "1.1.1.1", &r);
	x = find(r, n, "all-of");
	assert_string_equal(x->inputs[0].note, ">= 1");
	indexed_close(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_document_written_again_gives_the_same_result),
		cmocka_unit_test(results_are_json_and_say_what_they_are),
		cmocka_unit_test(a_decision_is_named_instead_of_the_trial_note),
		cmocka_unit_test(csv_has_a_row_a_criterion_and_a_total),
		cmocka_unit_test(a_result_without_anything_left_has_no_total),
		cmocka_unit_test(what_is_wrong_has_a_code_and_a_place),
		cmocka_unit_test(criteria_may_be_as_deep_as_the_limit),
		cmocka_unit_test(too_many_of_anything_is_said),
		cmocka_unit_test(a_value_given_twice_is_found_in_a_set),
		cmocka_unit_test(sets_made_elsewhere_are_checked_as_well),
		cmocka_unit_test(every_tie_rule_is_written_again),
		cmocka_unit_test(a_draft_is_explained_from_own_points),
		cmocka_unit_test(memory_that_ends_while_reading_is_a_fault),
		cmocka_unit_test(a_leaf_is_explained_from_what_was_given),
		cmocka_unit_test(every_value_of_every_example_is_explained),
		cmocka_unit_test(a_total_is_explained_down_to_its_fields),
		cmocka_unit_test(
			the_decision_of_a_criterion_stands_in_its_step),
		cmocka_unit_test(a_condition_says_what_each_part_needs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
