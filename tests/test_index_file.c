/* The file form of the index: what is taken, what is written, and the steps of
 * an explanation; what is refused: test_index_refused.c. */
#include <stdlib.h>
#include <string.h>

#include "phieu/index_file.h"
#include "phieu/json.h"
#include "support/index.h"
#include "support/index_texts.h"
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
		cmocka_unit_test(every_tie_rule_is_written_again),
		cmocka_unit_test(a_draft_is_explained_from_own_points),
		cmocka_unit_test(a_leaf_is_explained_from_what_was_given),
		cmocka_unit_test(every_value_of_every_example_is_explained),
		cmocka_unit_test(a_total_is_explained_down_to_its_fields),
		cmocka_unit_test(
			the_decision_of_a_criterion_stands_in_its_step),
		cmocka_unit_test(a_condition_says_what_each_part_needs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
