/* The six reports of a round's result.  Several tests are named for a fault
 * that other programs of this kind had: tests/README.md has the list. */
#include <string.h>

#include "phieu/csv.h"
#include "phieu/file.h"
#include "phieu/round_report.h"
#include "phieu/sheet_xlsx.h"
#include "support/index.h"
#include "support/report_world.h"
#include "support/test.h"

static const char *cell(const struct world *w, size_t table, size_t row,
			size_t column)
{
	const struct paper_table *t = &w->p.tables[table];

	assert_true(table < w->p.n_tables && row < t->rows &&
		    column < t->columns);
	return paper_cell_text(paper_at(t, row, column), w->q.a);
}

static size_t row_of(const struct world *w, size_t table, size_t column,
		     const char *text)
{
	for (size_t r = 0; r < w->p.tables[table].rows; r++)
		if (strcmp(cell(w, table, r, column), text) == 0)
			return r;
	fail_msg("no row \"%s\"", text);
	return 0;
}

/* "STT|Tên đơn vị|…", groups before a colon. */
static void heads_are(const struct world *w, const char *want)
{
	const struct paper_table *t = &w->p.tables[0];
	struct buf b = BUF_INIT(4096);

	for (size_t c = 0; c < t->columns; c++)
		buf_addf(&b, "%s%s%s%s", c ? "|" : "",
			 t->heads[c].group ? t->heads[c].group : "",
			 t->heads[c].group ? ": " : "", t->heads[c].text);
	assert_string_equal(buf_cstr(&b), want);
	buf_free(&b);
}

#define has_not(w, words) assert_false(holds(w, words))

/* ---- what the columns are ------------------------------------------------ */

static void the_summary_has_its_four_columns(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	make(&w, REPORT_SUMMARY, NULL, NULL);
	heads_are(&w, "STT|Tên đơn vị|Điểm|Xếp loại");
	assert_int_equal(w.p.n_tables, 2); /* a block each */
	assert_string_equal(cell(&w, 0, 0, 1), "Đơn vị SO2");
	assert_false(w.p.landscape);
	end(&w);
}

static void a_units_report_has_its_seven_columns(void **state)
{
	struct world w;
	size_t r;

	(void)state;
	begin(&w);
	make(&w, REPORT_UNIT, "SO1", NULL);
	heads_are(&w, "Tiêu chí|Nội dung|Điểm tối đa|Điểm tự chấm|Điểm thẩm "
		      "định|Điểm bị trừ|Điểm sau khi trừ");
	assert_int_equal(w.p.n_tables, 1);
	r = row_of(&w, 0, 0, "1.1.1");
	assert_string_equal(cell(&w, 0, r, 2), "25");
	assert_string_equal(cell(&w, 0, r, 3), "21,00");
	assert_string_equal(cell(&w, 0, r, 4), "20,50");
	assert_string_equal(cell(&w, 0, r, 5), "");
	assert_string_equal(cell(&w, 0, r, 6), "20,50");
	r = row_of(&w, 0, 1, "Tổng điểm");
	assert_string_equal(cell(&w, 0, r, 2), "100");
	assert_string_equal(cell(&w, 0, r, 6), "88,62");
	assert_true(w.p.landscape);
	has(&w, "xếp hạng trong khối: 2 (đồng hạng)");
	end(&w);
}

static void deductions_stand_beside_the_points(void **state)
{
	struct world w;
	size_t r;

	(void)state;
	begin(&w);
	make(&w, REPORT_UNIT, "SO2", NULL);
	r = row_of(&w, 0, 1, "Tổng điểm");
	assert_string_equal(cell(&w, 0, r, 4), "75,00");
	assert_string_equal(cell(&w, 0, r, 5), "0,50");
	assert_string_equal(cell(&w, 0, r, 6), "93,25");
	has(&w, "cộng 75,00; quy đổi theo tiêu chí được đánh giá 93,75; trừ "
		"0,50; điểm công bố 93,25.");
	end(&w);
}

static void all_units_begin_a_page_each(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	make(&w, REPORT_CRITERIA, NULL, NULL);
	assert_int_equal(w.p.n_tables, 4);
	make(&w, REPORT_UNIT, NULL, NULL);
	assert_int_equal(w.p.n_tables, 4);
	assert_true(w.p.apart);
	has(&w, "<section class=\"apart\">");
	end(&w);
}

static void a_field_is_criteria_by_units(void **state)
{
	struct world w;
	size_t r;

	(void)state;
	begin(&w);
	make(&w, REPORT_FIELD, NULL, NULL);
	heads_are(&w, "Tiêu chí|Nội dung|Điểm tối đa|Đơn vị SO2|Đơn vị SO1|Đơn "
		      "vị SO10");
	r = row_of(&w, 0, 1, "Tổng điểm");
	assert_int_equal(r, w.p.tables[0].rows - 1);
	assert_string_equal(cell(&w, 0, r, 2), "100");
	assert_string_equal(cell(&w, 0, r, 3), "93,25");
	assert_string_equal(cell(&w, 0, row_of(&w, 0, 0, "1.2"), 3), "KĐG");
	has(&w, "KĐG: đặc thù, không đánh giá");
	make(&w, REPORT_FIELD, NULL, "1");
	assert_int_equal(w.p.tables[0].rows, 5);
	r = row_of(&w, 0, 1, "Tổng điểm");
	assert_string_equal(cell(&w, 0, r, 2), "60");
	assert_string_equal(cell(&w, 0, r, 4), "53,75");
	end(&w);
}

static void the_analysis_counts_criteria_and_sub_criteria(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	make(&w, REPORT_CRITERIA, "SO1", NULL);
	heads_are(&w, "Lĩnh vực|TC1: TCTP1|TC1: TCTP2|TC1: TĐ TC1|TC2: TĐ TC2|"
		      "Tổng điểm");
	assert_string_equal(cell(&w, 0, 0, 0), "LV1: Lĩnh vực một");
	assert_string_equal(cell(&w, 0, 0, 1), "20,50");
	assert_string_equal(cell(&w, 0, 0, 2), "15,00");
	assert_string_equal(cell(&w, 0, 0, 3), "35,50");
	assert_string_equal(cell(&w, 0, 0, 4), "18,25");
	assert_string_equal(cell(&w, 0, 0, 5), "53,75");
	assert_string_equal(cell(&w, 0, 1, 1), "");
	assert_string_equal(cell(&w, 0, 1, 3), "26,67");
	assert_string_equal(cell(&w, 0, 2, 5), "88,62");
	end(&w);
}

static void the_result_groups_survey_and_sipas(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	make(&w, REPORT_RESULT, NULL, NULL);
	heads_are(&w, "Xếp hạng|Tên đơn vị|Điểm thẩm định|Điểm đánh giá tác "
		      "động của CCHC: KSCB|Điểm đánh giá tác động của CCHC: "
		      "SIPAS|Tổng điểm đạt được");
	has(&w, "<th colspan=2>Điểm đánh giá tác động của CCHC</th>");
	end(&w);
}

static void other_indices_have_a_column_of_their_own(void **state)
{
	struct world w = { .f = facts, .html = BUF_INIT(4 << 20) };

	(void)state;
	indexed_open_file(&w.q, "docs/examples/index-dieu-kien.json");
	make(&w, REPORT_RESULT, NULL, NULL);
	assert_int_equal(w.p.tables[0].columns, 7);
	assert_string_equal(w.p.tables[0].heads[5].text, "Chỉ số khác");
	end(&w);
}

static void what_is_not_judged_has_nine_columns(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	make(&w, REPORT_SPECIAL, NULL, NULL);
	heads_are(&w, "STT|Tên đơn vị|Tổng điểm tối đa|Điểm không đánh giá|"
		      "Điểm tối đa còn lại|Điểm đạt được|Tỷ lệ (%)|Điểm thẩm "
		      "định (tối đa 100)|Tiêu chí không đánh giá (điểm)");
	assert_int_equal(w.p.tables[0].rows, 1);
	assert_string_equal(cell(&w, 0, 0, 1), "Đơn vị SO2");
	assert_string_equal(cell(&w, 0, 0, 3), "20,00");
	assert_string_equal(cell(&w, 0, 0, 4), "80,00");
	assert_string_equal(cell(&w, 0, 0, 5), "75,00");
	assert_string_equal(cell(&w, 0, 0, 6), "93,75");
	assert_string_equal(cell(&w, 0, 0, 7), "93,75");
	assert_string_equal(cell(&w, 0, 0, 8), "1.2 (20)");
	assert_int_equal(w.p.tables[1].rows, 0);
	has(&w, "Không đơn vị nào trong khối");
	end(&w);
}

static void a_criterion_that_no_unit_has_is_refused(void **state)
{
	struct world w = { .f = facts, .html = BUF_INIT(4 << 20) };
	struct report_ask ask = { REPORT_FIELD, INDEX_NONE, 0 };
	struct arena *a = arena_new(1 << 20);
	struct err e = { 0 };

	(void)state;
	indexed_open(
		&w.q,
		index_document(
			a, index_rules(a, "none", "zero", "sum-first", 2, ""),
			"[{\"code\":\"x\",\"name\":\"x\",\"maximum\":\"10\","
			"\"source\":\"assessed\",\"applies\":[\"xa\"]},"
			"{\"code\":\"y\",\"name\":\"y\",\"maximum\":\"10\","
			"\"source\":\"assessed\",\"applies\":[\"so\"]}]",
			"10",
			"[{\"code\":\"s\",\"name\":\"s\",\"kind\":\"so\","
			"\"values\":{}}]"));
	arena_free(a);
	ask.node = indexed_node(&w.q, "x");
	assert_false(round_report(w.q.ix, &w.f, &ask, w.q.a, &w.p, &e));
	assert_int_equal(e.kind, ERR_INPUT);
	end(&w);
}

/* ---- faults of others ---------------------------------------------------- */

static void the_total_is_written_not_the_appraised_points(void **state)
{
	struct world w;
	size_t r;

	(void)state;
	begin(&w);
	make(&w, REPORT_SUMMARY, NULL, NULL);
	r = row_of(&w, 0, 1, "Đơn vị SO1");
	assert_string_equal(cell(&w, 0, r, 2), "88,62");
	make(&w, REPORT_RESULT, NULL, NULL);
	r = row_of(&w, 0, 1, "Đơn vị SO1");
	assert_string_equal(cell(&w, 0, r, 2), "53,75"); /* appraised */
	assert_string_equal(cell(&w, 0, r, 5), "88,62");
	end(&w);
}

static void under_xep_loai_stands_the_grade(void **state)
{
	struct world w;
	size_t r;

	(void)state;
	begin(&w);
	make(&w, REPORT_SUMMARY, NULL, NULL);
	r = row_of(&w, 0, 1, "Đơn vị SO1");
	assert_string_equal(cell(&w, 0, r, 3), "Tốt");
	end(&w);
}

static void the_survey_column_holds_what_the_survey_gave(void **state)
{
	struct world w;
	size_t r;

	(void)state;
	begin(&w);
	make(&w, REPORT_RESULT, NULL, NULL);
	r = row_of(&w, 0, 1, "Đơn vị SO1");
	assert_string_equal(cell(&w, 0, r, 3), "26,67");
	assert_string_equal(cell(&w, 0, r, 4), "8,20");
	r = row_of(&w, 0, 1, "Đơn vị SO2");
	assert_string_equal(cell(&w, 0, r, 3), "30,00");
	make(&w, REPORT_UNIT, "SO1", NULL);
	r = row_of(&w, 0, 0, "2.1");
	assert_string_equal(cell(&w, 0, r, 3), "ĐTXHH"); /* nobody types it */
	assert_string_equal(cell(&w, 0, r, 4), "26,67");
	end(&w);
}

static void a_new_province_starts_with_an_empty_letterhead(void **state)
{
	static const char *const names[] = { "Sơn La",	 "Bắc Giang", "Hà Nam",
					     "Lai Châu", "Hậu Giang", "tỉnh" };
	struct world w;

	(void)state;
	begin(&w);
	for (int s = 0; s < REPORT_SHAPES; s++) {
		make(&w, (enum report_shape)s, NULL, NULL);
		for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
			has_not(&w, names[i]);
		has(&w, "<p class=\"up\"> </p>");
	}
	w.f.superior = "Ủy ban <tỉnh>";
	w.f.body = "Sở";
	w.f.place = "Nơi ấy";
	make(&w, REPORT_SUMMARY, NULL, NULL);
	has(&w, "<p class=\"up\">Ủy ban &#60;tỉnh&#62;</p>");
	has(&w, "Nơi ấy, ngày ");
	end(&w);
}

static void so1_is_not_so10(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	make(&w, REPORT_UNIT, "SO1", NULL);
	assert_string_equal(w.p.tables[0].caption, "Đơn vị SO1");
	has_not(&w, "SO10");
	make(&w, REPORT_UNIT, "SO10", NULL);
	assert_string_equal(w.p.tables[0].caption, "Đơn vị SO10");
	end(&w);
}

static void equal_totals_share_a_rank_on_paper(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	make(&w, REPORT_RESULT, NULL, NULL);
	assert_string_equal(cell(&w, 0, 0, 0), "1");
	assert_string_equal(cell(&w, 0, 1, 0), "2");
	assert_string_equal(cell(&w, 0, 2, 0), "2");
	end(&w);
}

/* 85.00; 84.99999999999999 when added as doubles. */
static void points_are_added_exactly(void **state)
{
	static const char *const point[] = {
		"10.54", "5.09",  "14.61", "14.02",
		"8.90",	 "12.02", "7.21",  "12.61"
	};
	struct arena *a = arena_new(1 << 20);
	const char *list = "", *values = "";
	struct world w = { .f = facts, .html = BUF_INIT(4 << 20) };

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		list = arena_printf(a,
				    "%s%s{\"code\":\"c%zu\",\"name\":\"c\","
				    "\"maximum\":\"20\",\"source\":"
				    "\"assessed\"}",
				    list, i ? "," : "", i);
		values = arena_printf(a, "%s%s\"c%zu\":\"%s\"", values,
				      i ? "," : "", i, point[i]);
	}
	indexed_open(&w.q,
		     index_document(a,
				    index_rules(a, "none", "incomplete",
						"sum-first", 2, ""),
				    arena_printf(a, "[%s]", list), "160",
				    arena_printf(a,
						 "[{\"code\":\"u\",\"name\":"
						 "\"u\",\"kind\":\"so\","
						 "\"values\":{%s}}]",
						 values)));
	arena_free(a);
	make(&w, REPORT_SUMMARY, NULL, NULL);
	assert_string_equal(cell(&w, 0, 0, 2), "85,00");
	assert_string_equal(cell(&w, 0, 0, 3), "Tốt");
	end(&w);
}

static void what_is_missing_is_no_zero(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	make(&w, REPORT_SUMMARY, NULL, NULL);
	assert_string_equal(cell(&w, 1, 0, 2), "chưa đủ");
	assert_string_equal(cell(&w, 1, 0, 3), "");
	has(&w, "Đơn vị XA1: còn 1 tiêu chí chưa có điểm");
	make(&w, REPORT_FIELD, NULL, NULL);
	assert_string_equal(cell(&w, 1, row_of(&w, 1, 0, "1.2"), 3), "CĐ");
	end(&w);
}

/* ---- what a report says of itself ---------------------------------------- */

static void every_report_says_what_it_rests_on(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	for (int s = 0; s < REPORT_SHAPES; s++) {
		make(&w, (enum report_shape)s, NULL, NULL);
		has(&w, "Kỳ mẫu (mau-2021), năm 2021.");
		has(&w, "phiên bản 3; kết quả số 7, phương pháp phieu-index/1, "
			"mã kiểm tra 0123456789abcdef…");
		has(&w, "Công bố lần 2, QĐ 10/QĐ-UBND.");
		has(&w, "đợt dot-1, lần công bố 1, khóa số liệu ngày "
			"20/12/2021; phiếu phát ra: 1.193, thu về: 1.121, hợp "
			"lệ: không rõ.");
		has(&w, "2 chữ số thập phân, nửa đơn vị làm tròn lên; cộng rồi "
			"làm tròn một lần");
		has(&w, "MẪU THỬ");
		has(&w, "LÃNH ĐẠO ĐƠN VỊ");
		has(&w, "(Ký và ghi rõ họ tên)");
		has_not(&w, "Dự thảo");
	}
	end(&w);
}

static void a_draft_and_a_superseded_result_say_so(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	w.f.release = 0;
	w.f.trial = false;
	make(&w, REPORT_SUMMARY, NULL, NULL);
	has(&w, "Dự thảo");
	has(&w, "Chưa công bố.");
	has_not(&w, "MẪU THỬ");
	w.f.release = 1;
	w.f.superseded = true;
	w.f.wave = "";
	make(&w, REPORT_SUMMARY, NULL, NULL);
	has(&w, "ĐÃ ĐƯỢC THAY THẾ");
	has(&w, "không gắn với đợt điều tra nào");
	w.f.wave = "dot-2";
	w.f.wave_release = 0;
	make(&w, REPORT_SUMMARY, NULL, NULL);
	has(&w, "đợt dot-2 chưa công bố kết quả");
	end(&w);
}

static void shapes_are_found_by_their_words(void **state)
{
	static const char *const words[] = { "summary",	 "unit",   "field",
					     "criteria", "result", "special" };
	enum report_shape s;

	(void)state;
	assert_int_equal(sizeof words / sizeof words[0], REPORT_SHAPES);
	for (int i = 0; i < REPORT_SHAPES; i++) {
		assert_true(report_shape_parse(words[i], &s));
		assert_int_equal(s, i);
	}
	assert_false(report_shape_parse("summ", &s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_summary_has_its_four_columns),
		cmocka_unit_test(a_units_report_has_its_seven_columns),
		cmocka_unit_test(deductions_stand_beside_the_points),
		cmocka_unit_test(all_units_begin_a_page_each),
		cmocka_unit_test(a_field_is_criteria_by_units),
		cmocka_unit_test(the_analysis_counts_criteria_and_sub_criteria),
		cmocka_unit_test(the_result_groups_survey_and_sipas),
		cmocka_unit_test(other_indices_have_a_column_of_their_own),
		cmocka_unit_test(what_is_not_judged_has_nine_columns),
		cmocka_unit_test(a_criterion_that_no_unit_has_is_refused),
		cmocka_unit_test(the_total_is_written_not_the_appraised_points),
		cmocka_unit_test(under_xep_loai_stands_the_grade),
		cmocka_unit_test(the_survey_column_holds_what_the_survey_gave),
		cmocka_unit_test(
			a_new_province_starts_with_an_empty_letterhead),
		cmocka_unit_test(so1_is_not_so10),
		cmocka_unit_test(equal_totals_share_a_rank_on_paper),
		cmocka_unit_test(points_are_added_exactly),
		cmocka_unit_test(what_is_missing_is_no_zero),
		cmocka_unit_test(every_report_says_what_it_rests_on),
		cmocka_unit_test(a_draft_and_a_superseded_result_say_so),
		cmocka_unit_test(shapes_are_found_by_their_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
