/* Reports as page, CSV and workbook. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "phieu/csv.h"
#include "phieu/file.h"
#include "phieu/round_report.h"
#include "phieu/sheet_xlsx.h"
#include "support/report_world.h"
#include "support/test.h"

/* ---- the three forms ----------------------------------------------------- */

static void the_page_is_a4_by_decree_30(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	make(&w, REPORT_SUMMARY, NULL, NULL);
	has(&w, "@page{size:A4;margin:20mm 15mm 20mm 30mm;@top-center{content:"
		"counter(page)");
	has(&w, "@page:first{@top-center{content:none}}");
	has(&w, "\"Times New Roman\"");
	has(&w, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM");
	has(&w, "Độc lập - Tự do - Hạnh phúc");
	make(&w, REPORT_FIELD, NULL, NULL);
	has(&w, "size:A4 landscape");
	end(&w);
}

static void a_table_too_wide_goes_on_below(void **state)
{
	struct arena *a = arena_new(4 << 20);
	struct buf b = BUF_INIT(1 << 20);
	struct world w;
	const char *at;
	int n = 0;

	(void)state;
	buf_adds(&b, "[");
	for (int i = 0; i < 50; i++)
		buf_addf(&b,
			 "%s{\"code\":\"U%d\",\"name\":\"U%d\",\"kind\":\"so\","
			 "\"values\":{\"1.1.1\":\"%d\",\"1.1.2\":\"1\","
			 "\"1.2\":\"1\",\"2.1\":\"1\",\"2.2\":\"1\"}}",
			 i ? "," : "", i, i, i % 25);
	buf_adds(&b, "]");
	begin_with(&w, buf_cstr(&b));
	make(&w, REPORT_FIELD, NULL, NULL);
	for (at = w.html.data; (at = strstr(at, "<th>Điểm tối đa</th>")); at++)
		n++;
	assert_int_equal(n, 3); /* 53 columns, 26 on a leaf */
	has(&w, "(tiếp)");
	has(&w, "<th class=name>U49</th>");
	end(&w);
	buf_free(&b);
	arena_free(a);
}

static void csv_has_points_and_no_formula(void **state)
{
	struct buf b = BUF_INIT(1 << 20);
	struct err e = { 0 };
	struct world w;

	(void)state;
	begin(&w);
	make(&w, REPORT_UNIT, "SO1", NULL);
	assert_true(paper_csv(&w.p, &b, &e));
	assert_memory_equal(b.data, "\xEF\xBB\xBF", 3);
	assert_non_null(strstr(b.data, "1.2,'=1+1,20,,18.25,,18.25\r\n"));
	make(&w, REPORT_RESULT, NULL, NULL);
	buf_free(&b);
	b = (struct buf)BUF_INIT(1 << 20);
	assert_true(paper_csv(&w.p, &b, &e));
	assert_non_null(
		strstr(b.data, "Điểm đánh giá tác động của CCHC: KSCB,"));
	buf_free(&b);
	end(&w);
}

struct seen {
	bool total, formula, head;
};

static bool look(void *ctx, const struct xlsx_row *row, struct err *e)
{
	struct seen *s = ctx;

	(void)e;
	for (size_t i = 0; i < row->n; i++) {
		const struct xlsx_cell *c = &row->cells[i];

		assert_false(c->formula);
		s->total = s->total || (c->kind == XLSX_NUMBER &&
					strcmp(c->s, "88.62") == 0);
		s->formula = s->formula || (c->kind == XLSX_TEXT &&
					    strcmp(c->s, "=1+1") == 0);
		s->head = s->head || strcmp(c->s, "Điểm sau khi trừ") == 0;
	}
	return true;
}

static const char *scratch(char path[64], const char *end)
{
	(void)snprintf(path, 64, "/tmp/phieu-report-%ld%s", (long)getpid(),
		       end);
	return path;
}

static void a_workbook_has_numbers_and_no_formula(void **state)
{
	struct err e = { 0 };
	struct seen s = { 0 };
	struct xlsx *x;
	struct world w;
	char path[64], *file;
	size_t n;

	(void)state;
	begin(&w);
	make(&w, REPORT_UNIT, NULL, NULL);
	assert_true(paper_write(&w.p, scratch(path, ".xlsx"), &e));
	file = file_read(path, 1 << 20, &n, &e);
	assert_non_null(file);
	x = xlsx_open(file, n, NULL, &e);
	assert_non_null(x);
	assert_true(xlsx_read(x, 0, look, &s, &e));
	assert_true(s.total && s.formula && s.head);
	xlsx_close(x);
	free(file);
	(void)unlink(path);
	end(&w);
}

static void no_report_is_an_empty_file(void **state)
{
	static const char *const endings[] = { ".html", ".csv", ".xlsx" };
	struct err e = { 0 };
	struct world w;
	char path[64], *file;
	size_t n;

	(void)state;
	begin(&w);
	for (int k = 0; k < REPORT_SHAPES; k++) {
		make(&w, (enum report_shape)k, NULL, NULL);
		for (size_t i = 0; i < 3; i++) {
			assert_true(paper_write(&w.p, scratch(path, endings[i]),
						&e));
			file = file_read(path, 1 << 20, &n, &e);
			assert_non_null(file);
			assert_true(n > 1000);
			free(file);
			(void)unlink(path);
		}
	}
	end(&w);
}

static void days_are_written_as_people_write_them(void **state)
{
	struct arena *a = arena_new(1 << 16), *none = arena_new(1);

	(void)state;
	assert_string_equal(paper_day("2021-03-01", a), "01/03/2021");
	assert_string_equal(paper_day("2021-03-01T10:00:00Z", a), "01/03/2021");
	assert_string_equal(paper_day("", a), "");
	assert_string_equal(paper_day("2021", a), "2021");
	assert_string_equal(paper_day("2021-03-01", none), "");
	arena_free(a);
	arena_free(none);
}

static void other_endings_and_places_are_refused(void **state)
{
	struct err e = { 0 };
	struct world w;

	(void)state;
	begin(&w);
	make(&w, REPORT_SUMMARY, NULL, NULL);
	assert_false(paper_write(&w.p, "/tmp/report.docx", &e));
	assert_int_equal(e.kind, ERR_INPUT);
	e = (struct err){ 0 };
	assert_false(paper_write(&w.p, "/nowhere/at/all.xlsx", &e));
	assert_int_equal(e.kind, ERR_IO);
	end(&w);
}

static void memory_that_ends_is_told(void **state)
{
	struct err e = { 0 };
	struct world w;
	struct buf small = BUF_INIT(64);
	size_t failed = 0;

	(void)state;
	begin(&w);
	for (int k = 0; k < REPORT_SHAPES; k++)
		for (size_t room = 0; room < 40000; room += 397) {
			struct report_ask ask = { (enum report_shape)k,
						  INDEX_NONE, INDEX_NONE };
			struct arena *a = arena_new(room ? room : 1);

			e = (struct err){ 0 };
			if (!round_report(w.q.ix, &w.f, &ask, a, &w.p, &e)) {
				assert_int_equal(e.kind, ERR_NOMEM);
				failed++;
			}
			arena_free(a);
		}
	assert_true(failed > 10);
	make(&w, REPORT_SUMMARY, NULL, NULL);
	assert_false(paper_html(&w.p, &small, &e));
	buf_free(&small);
	small = (struct buf)BUF_INIT(64);
	assert_false(paper_csv(&w.p, &small, &e));
	buf_free(&small);
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_page_is_a4_by_decree_30),
		cmocka_unit_test(a_table_too_wide_goes_on_below),
		cmocka_unit_test(csv_has_points_and_no_formula),
		cmocka_unit_test(a_workbook_has_numbers_and_no_formula),
		cmocka_unit_test(no_report_is_an_empty_file),
		cmocka_unit_test(days_are_written_as_people_write_them),
		cmocka_unit_test(other_endings_and_places_are_refused),
		cmocka_unit_test(memory_that_ends_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
