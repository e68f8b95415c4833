/* The six reports of a round's result.  Several tests are named for a fault
 * that other programs of this kind had: tests/README.md has the list. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "phieu/csv.h"
#include "phieu/file.h"
#include "phieu/round_report.h"
#include "phieu/sheet_xlsx.h"
#include "support/index.h"
#include "support/test.h"

static const char criteria[] =
	"[{\"code\":\"1\",\"name\":\"Lĩnh vực một\",\"maximum\":\"60\","
	"\"children\":[{\"code\":\"1.1\",\"name\":\"Văn bản\",\"maximum\":"
	"\"40\",\"children\":[{\"code\":\"1.1.1\",\"name\":\"a\",\"maximum\":"
	"\"25\",\"source\":\"assessed\"},{\"code\":\"1.1.2\",\"name\":\"b\","
	"\"maximum\":\"15\",\"source\":\"assessed\"}]},{\"code\":\"1.2\","
	"\"name\":\"=1+1\",\"maximum\":\"20\",\"source\":\"assessed\"}]},"
	"{\"code\":\"2\",\"name\":\"Tác động\",\"maximum\":\"40\",\"children\":"
	"[{\"code\":\"2.1\",\"name\":\"ĐTXHH\",\"maximum\":\"30\",\"source\":"
	"\"survey\"},{\"code\":\"2.2\",\"name\":\"SIPAS\",\"maximum\":\"10\","
	"\"source\":\"satisfaction\"}]}]";

#define UNIT(code, kind, a, b, c, s, t, more)                                  \
	"{\"code\":\"" code "\",\"name\":\"Đơn vị " code "\",\"kind\":\"" kind \
	"\",\"values\":{\"1.1.1\":" a ",\"1.1.2\":\"" b "\",\"1.2\":" c        \
	",\"2.1\":\"" s "\",\"2.2\":\"" t "\"}" more "}"
#define OWN(v, self) "{\"value\":\"" v "\",\"self\":\"" self "\"}"
#define NA	     "{\"status\":\"not-applicable\",\"reason\":\"r\"}"

static const char units[] = "[" UNIT(
	"SO1", "so", OWN("20.5", "21"), "15", "\"18.25\"", "80/3", "8.2",
	"") "," UNIT("SO10", "so", "\"20.5\"", "15", "\"18.25\"", "80/3", "8.2",
		     "") "," UNIT("SO2", "so", "\"20\"", "15", NA, "30", "10",
				  ",\"deductions\":[{\"points\":"
				  "\"0.5\",\"reason\":\"chậm\"}"
				  "]") "," UNIT("XA1", "xa", "\"10\"", "5",
						"{\"status\":"
						"\"pending\"}",
						"15", "5", "") "]";

struct world {
	struct indexed q;
	struct report_facts f;
	struct paper p;
	struct buf html;
};

static const struct report_facts facts = {
	.round = "mau-2021",
	.name = "Kỳ mẫu",
	.year = 2021,
	.version = 3,
	.result = 7,
	.release = 2,
	.decision = "QĐ 10/QĐ-UBND",
	.trial = true,
	.sha256 = "0123456789abcdef0123",
	.method = "phieu-index/1",
	.superior = "",
	.body = "",
	.place = "",
	.wave = "dot-1",
	.frozen_on = "2021-12-20",
	.wave_release = 1,
	.issued = 1193,
	.returned = 1121,
	.valid = -1,
};

static void begin_with(struct world *w, const char *list)
{
	struct arena *a = arena_new(1 << 20);

	*w = (struct world){ .f = facts, .html = BUF_INIT(4 << 20) };
	indexed_open(&w->q, index_document(a,
					   index_rules(a, "total", "incomplete",
						       "sum-first", 2, ""),
					   criteria, "100", list));
	arena_free(a);
}

#define begin(w) begin_with(w, units)

static void make(struct world *w, enum report_shape shape, const char *unit,
		 const char *node)
{
	struct report_ask ask = { shape, INDEX_NONE, INDEX_NONE };
	struct err e = { 0 };

	if (unit)
		ask.unit = indexed_unit(&w->q, unit);
	if (node)
		ask.node = indexed_node(&w->q, node);
	if (!round_report(w->q.ix, &w->f, &ask, w->q.a, &w->p, &e))
		fail_msg("%s", e.msg);
	buf_free(&w->html);
	w->html = (struct buf)BUF_INIT(4 << 20);
	assert_true(paper_html(&w->p, &w->html, &e));
	assert_non_null(w->html.data);
}

static void end(struct world *w)
{
	buf_free(&w->html);
	indexed_close(&w->q);
}

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

static bool holds(const struct world *w, const char *words)
{
	return w->html.data && strstr(w->html.data, words);
}

#define has(w, words)	  assert_true(holds(w, words))
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
		cmocka_unit_test(the_page_is_a4_by_decree_30),
		cmocka_unit_test(a_table_too_wide_goes_on_below),
		cmocka_unit_test(csv_has_points_and_no_formula),
		cmocka_unit_test(a_workbook_has_numbers_and_no_formula),
		cmocka_unit_test(no_report_is_an_empty_file),
		cmocka_unit_test(other_endings_and_places_are_refused),
		cmocka_unit_test(memory_that_ends_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
