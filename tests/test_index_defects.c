/* Faults seen in programs that compute such an index, each as a test here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/csv.h"
#include "phieu/json.h"
#include "support/index.h"
#include "support/table.h"
#include "support/test.h"

static const char criteria[] =
	"[{\"code\":\"a\",\"name\":\"n\",\"maximum\":\"60\",\"source\":"
	"\"assessed\"},{\"code\":\"s\",\"name\":\"n\",\"maximum\":\"30\","
	"\"source\":\"survey\"},{\"code\":\"t\",\"name\":\"n\",\"maximum\":"
	"\"10\",\"source\":\"satisfaction\"}]";

#define UNIT(code, a, s, t)                                      \
	"{\"code\":\"" code "\",\"name\":\"n\",\"kind\":\"so\"," \
	"\"values\":{\"a\":\"" a "\",\"s\":\"" s "\",\"t\":\"" t "\"}}"

static void open_with(struct indexed *q, const char *units)
{
	struct arena *a = arena_new(1 << 20);

	indexed_open(q, index_document(a,
				       index_rules(a, "total", "incomplete",
						   "item-first", 2, ""),
				       criteria, "100", units));
	arena_free(a);
}

/* The row of a unit's total, cell by cell. */
static size_t total_row(const struct indexed *q, const char *unit,
			const char **head, const char **cell)
{
	struct buf b = BUF_INIT(1 << 20);
	struct err e = { 0 };
	struct csv c;
	size_t n = 0;
	bool found = false;

	index_write_csv(q->ix, &b);
	assert_true(csv_open(&c, buf_cstr(&b), b.len, &e));
	while (csv_next(&c, &e) > 0) {
		bool is_total = n > 0 && c.n == n &&
				strcmp(c.cells[0].s, unit) == 0 &&
				c.cells[4].n == 0;

		if (n == 0)
			n = c.n;
		assert_int_equal(c.n, n); /* no row is shifted */
		for (size_t i = 0; c.line == 1 && i < n; i++)
			head[i] = arena_strdup(q->a, c.cells[i].s);
		for (size_t i = 0; is_total && i < n; i++)
			cell[i] = arena_strdup(q->a, c.cells[i].s);
		found = found || is_total;
	}
	assert_true(found);
	csv_close(&c);
	buf_free(&b);
	return n;
}

static const char *under(const char **head, const char **cell, size_t n,
			 const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(head[i], name) == 0)
			return cell[i];
	fail_msg("no column %s", name);
	return NULL;
}

static void the_total_is_what_is_written_not_the_appraised_part(void **state)
{
	const char *head[20], *cell[20];
	struct indexed q;
	size_t n;

	(void)state;
	open_with(&q, "[" UNIT("u", "50", "20.5", "8.25") "]");
	n = total_row(&q, "u", head, cell);
	assert_string_equal(under(head, cell, n, "points"), "78.75");
	assert_string_equal(indexed_exact(&q, index_total(q.ix, 0)->appraised),
			    "50");
	indexed_close(&q);
}

static void the_grade_column_holds_the_grade(void **state)
{
	const char *head[20], *cell[20];
	struct indexed q;
	size_t n;

	(void)state;
	open_with(&q, "[" UNIT("u", "50", "20.5", "8.25") "]");
	n = total_row(&q, "u", head, cell);
	assert_string_equal(under(head, cell, n, "grade"), "Khá");
	assert_string_equal(under(head, cell, n, "rank"), "1");
	indexed_close(&q);
}

static void survey_points_are_those_of_the_unit_not_nought(void **state)
{
	struct indexed q;

	(void)state;
	open_with(&q, "[" UNIT("u", "50", "20.5",
			       "8.25") "," UNIT("v", "50", "11", "9") "]");
	assert_string_equal(indexed_points(&q, "u", "s"), "20.50");
	assert_string_equal(indexed_points(&q, "v", "s"), "11.00");
	assert_string_equal(
		indexed_exact(&q,
			      index_total(q.ix, 0)->part[INDEX_SURVEY].points),
		"41/2");
	assert_string_equal(indexed_exact(&q, index_total(q.ix, 1)
						      ->part[INDEX_SATISFACTION]
						      .points),
			    "9");
	indexed_close(&q);
}

static void names_come_from_the_data_alone(void **state)
{
	struct indexed q;
	struct buf b = BUF_INIT(1 << 20);

	(void)state;
	open_with(&q, "[" UNIT("u", "50", "20.5", "8.25") "]");
	index_write_json(q.ix, NULL, NULL, 0, &b);
	index_write_csv(q.ix, &b);
	assert_null(strstr(buf_cstr(&b), "tỉnh"));
	assert_null(strstr(buf_cstr(&b), "Sở"));
	assert_null(strstr(buf_cstr(&b), "UBND"));
	buf_free(&b);
	indexed_close(&q);
}

static void a_code_that_begins_another_is_another_unit(void **state)
{
	struct indexed q;

	(void)state;
	open_with(&q, "[" UNIT("SO1", "10", "1",
			       "1") "," UNIT("SO10", "20", "2",
					     "2") "," UNIT("SO", "30", "3",
							   "3") "]");
	assert_string_equal(indexed_total(&q, "SO1"), "12.00");
	assert_string_equal(indexed_total(&q, "SO10"), "24.00");
	assert_string_equal(indexed_total(&q, "SO"), "36.00");
	assert_int_equal(indexed_rank(&q, "SO10"), 2);
	indexed_close(&q);
}

/* In binary these eight add to 84.99999999999999: another grade. */
static void points_are_decimal_so_85_is_85(void **state)
{
	static const char *const points[] = { "10.54", "5.09", "14.61",
					      "14.02", "8.9",  "12.02",
					      "7.21",  "12.61" };
	struct buf c = BUF_INIT(1 << 16), v = BUF_INIT(1 << 16);
	struct arena *a = arena_new(1 << 20);
	struct indexed q;
	double sum = 0;

	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		buf_addf(&v, "%s\"%u\":\"%s\"", i > 0 ? "," : "", i, points[i]);
		sum += strtod(points[i], NULL);
	}
	assert_true(sum < 85);
	for (unsigned i = 0; i < 8; i++)
		buf_addf(&c,
			 "%s{\"code\":\"%u\",\"name\":\"n\",\"maximum\":"
			 "\"15\",\"source\":\"assessed\"}",
			 i > 0 ? "," : "[", i);
	buf_adds(&c, "]");
	indexed_open(
		&q,
		index_document(a,
			       index_rules(a, "total", "incomplete",
					   "sum-first", 2, ""),
			       buf_cstr(&c), "120",
			       arena_printf(a,
					    "[{\"code\":\"u\",\"name\":\"n\","
					    "\"kind\":\"so\",\"values\":{%s}}]",
					    buf_cstr(&v))));
	assert_string_equal(indexed_total(&q, "u"), "85.00");
	assert_string_equal(indexed_grade(&q, "u"), "Tốt");
	indexed_close(&q);
	buf_free(&c);
	buf_free(&v);
	arena_free(a);
}

static void a_long_reason_is_kept_whole(void **state)
{
	struct arena *a = arena_new(1 << 20);
	struct index_record *r;
	struct err e = { 0 };
	struct indexed q;
	char reason[901];
	size_t n;

	(void)state;
	memset(reason, 'x', 900);
	reason[900] = '\0';
	open_with(&q, arena_printf(a,
				   "[{\"code\":\"u\",\"name\":\"n\",\"kind\":"
				   "\"so\",\"values\":{\"a\":{\"value\":\"1\","
				   "\"reason\":\"%s\"}}}]",
				   reason));
	assert_true(index_explain(q.ix, 0, 0, q.a, &r, &n, &e));
	assert_string_equal(r[0].reason, reason);
	indexed_close(&q);
	arena_free(a);
}

/* Nine field maxima as printed in a program of 2019: 99.55, not 100. */
static bool district(struct indexed *q, const char *fifth)
{
	static const char *const most[] = { "20.5", "10", "10", "6", NULL,
					    "6",    "14", "9",	"14" };
	struct buf c = BUF_INIT(1 << 16);
	struct arena *a = arena_new(1 << 20);
	bool ok;

	for (unsigned i = 0; i < 9; i++)
		buf_addf(&c,
			 "%s{\"code\":\"%u\",\"name\":\"n\",\"maximum\":"
			 "\"%s\",\"source\":\"assessed\"}",
			 i > 0 ? "," : "[", i + 1, most[i] ? most[i] : fifth);
	buf_adds(&c, "]");
	ok = indexed_read(
		q, index_document(a,
				  index_rules(a, "total", "incomplete",
					      "sum-first", 2, ""),
				  buf_cstr(&c), "100",
				  "[{\"code\":\"u\",\"name\":\"n\",\"kind\":"
				  "\"so\",\"values\":{}}]"));
	buf_free(&c);
	arena_free(a);
	return ok;
}

static void maxima_that_do_not_add_to_the_total_are_refused(void **state)
{
	struct indexed q;

	(void)state;
	assert_false(district(&q, "10.05"));
	assert_string_equal(q.faults.list[0].code, "K11");
	assert_non_null(strstr(q.faults.list[0].message, "99.55"));
	indexed_close(&q);
	assert_true(district(&q, "10.5"));
	indexed_close(&q);
}

static void a_rank_is_no_position_in_a_list(void **state)
{
	struct indexed q;

	(void)state;
	open_with(&q, "[" UNIT("c", "40", "10", "5") "," UNIT(
			      "a", "50", "10",
			      "5") "," UNIT("b", "40", "10",
					    "5") "," UNIT("d", "30", "10",
							  "5") "]");
	assert_int_equal(indexed_rank(&q, "a"), 1);
	assert_int_equal(indexed_rank(&q, "b"), 2);
	assert_int_equal(indexed_rank(&q, "c"), 2);
	assert_int_equal(indexed_rank(&q, "d"), 4);
	indexed_close(&q);
}

/* Row 10 of a published table lost a digit; the other sixteen add. */
static void a_typed_total_that_does_not_add_is_told(void **state)
{
	struct index_mismatch *m;
	struct err e = { 0 };
	struct indexed q;
	struct buf b = BUF_INIT(1 << 20);
	size_t n;

	(void)state;
	indexed_open_file(&q, "docs/examples/index-tthc-2021.json");
	assert_int_equal(q.set.n_typed, 17);
	assert_true(index_mismatches(q.ix, q.a, &m, &n, &e));
	assert_int_equal(n, 1);
	assert_string_equal(q.set.units[q.set.typed[m[0].typed].unit].code,
			    "r10");
	assert_int_equal(q.set.typed[m[0].typed].points.micro, 13859000);
	assert_int_equal(m[0].points.micro, 12859000);
	index_write_json(q.ix, NULL, m, n, &b);
	assert_non_null(strstr(buf_cstr(&b), "\"typed\": \"13.859\""));
	assert_non_null(strstr(buf_cstr(&b), "\"computed\": \"12.859\""));
	buf_free(&b);
	indexed_close(&q);
	/* a grade and a criterion's sum, typed wrong */
	open_with(&q,
		  "[{\"code\":\"u\",\"name\":\"n\",\"kind\":\"so\",\"values\":"
		  "{\"a\":\"50\",\"s\":\"20\",\"t\":\"5\"},\"typed\":{"
		  "\"grade\":\"Tốt\",\"points\":{\"s\":\"21\"}}},{\"code\":"
		  "\"v\",\"name\":\"n\",\"kind\":\"so\",\"values\":{},"
		  "\"typed\":{\"grade\":\"Yếu\"}},{\"code\":\"w\",\"name\":"
		  "\"n\",\"kind\":\"so\",\"values\":{\"a\":\"50\",\"s\":\"20\","
		  "\"t\":\"5\"},\"typed\":{\"grade\":\"Khá\",\"points\":{"
		  "\"s\":\"20\"},\"total\":\"75\"}}]");
	assert_true(index_mismatches(q.ix, q.a, &m, &n, &e));
	assert_int_equal(n, 3);
	assert_string_equal(m[0].grade, "Khá");
	assert_int_equal(m[1].points.micro, 20000000);
	assert_null(m[2].grade);
	b = (struct buf)BUF_INIT(1 << 20);
	index_write_json(q.ix, NULL, m, n, &b);
	assert_non_null(strstr(buf_cstr(&b), "\"computed\": \"Khá\""));
	assert_non_null(strstr(buf_cstr(&b), "\"criterion\": \"s\""));
	buf_free(&b);
	indexed_close(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_total_is_what_is_written_not_the_appraised_part),
		cmocka_unit_test(the_grade_column_holds_the_grade),
		cmocka_unit_test(
			survey_points_are_those_of_the_unit_not_nought),
		cmocka_unit_test(names_come_from_the_data_alone),
		cmocka_unit_test(a_code_that_begins_another_is_another_unit),
		cmocka_unit_test(points_are_decimal_so_85_is_85),
		cmocka_unit_test(a_long_reason_is_kept_whole),
		cmocka_unit_test(
			maxima_that_do_not_add_to_the_total_are_refused),
		cmocka_unit_test(a_rank_is_no_position_in_a_list),
		cmocka_unit_test(a_typed_total_that_does_not_add_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
