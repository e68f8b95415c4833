#include "support/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#include "phieu/form_template.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "support/workbook.h"

static void templates_of_every_form_come_back_empty(void **state)
{
	static const char *const plans[] = {
		"tests/data/plan/small.json",
		"tests/data/plan/numbers.json",
		"collector/plans/lai-chau-2020.json",
		"collector/plans/sipas-2017-example.json",
		"collector/plans/two-level-example.json",
	};
	struct plan *kept = bench_plan;

	(void)state;
	for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
		struct err e = { 0 };
		bench_plan = plan_file_read(plans[i], &e);
		for (size_t f = 0; f < bench_plan->n_forms; f++) {
			struct template_options o = { .sheets = 2 };
			char path[40];
			struct import *im;
			size_t n;
			char *s;
			assert_true(form_template_write(bench_plan, f, &o,
							bench_temp(path), &e));
			s = bench_slurp(path, &n);
			im = bench_bytes(s, n, NULL, CHARSET_UNKNOWN);
			assert_string_equal(bench_faults(im), "- I05");
			assert_int_equal(im->form, f);
			assert_int_equal(im->header_row, 2);
			assert_int_equal(im->n_notes, 0);
			import_free(im);
			free(s);
		}
		plan_free(bench_plan);
	}
	bench_plan = kept;
	{
		struct template_options o = { .sheets = 9999999 };
		struct err e = { 0 };
		assert_false(
			form_template_write(bench_plan, 0, &o, "/tmp/x", &e));
		o.sheets = 1;
		assert_false(form_template_write(bench_plan, 0, &o,
						 "/nowhere/x.xlsx", &e));
		assert_int_equal(e.kind, ERR_IO);
	}
}

/* The sheet of a workbook as XML. */
static char *part_of(const char *path, const char *name)
{
	zip_t *z = zip_open(path, ZIP_RDONLY, NULL);
	zip_stat_t st;
	zip_file_t *f;
	char *s;

	assert_non_null(z);
	assert_int_equal(zip_stat(z, name, 0, &st), 0);
	f = zip_fopen(z, name, 0);
	s = calloc(1, st.size + 1);
	assert_non_null(s);
	assert_int_equal(zip_fread(f, s, st.size), (zip_int64_t)st.size);
	(void)zip_fclose(f);
	(void)zip_close(z);
	return s;
}

static void number_columns_of_a_template_take_numbers_only(void **state)
{
	static const char *const has[] = {
		"type=\"whole\"",
		"type=\"decimal\"",
		"<formula1>0</formula1><formula2>50</formula2>",
		"<formula1>-3</formula1><formula2>9223372036854.775</formula2>",
		"<formula1>0</formula1><formula2>9000000000</formula2>",
		"<formula1>0.25</formula1><formula2>10</formula2>",
		"prompt=\"Số nguyên từ 0 đến 50. Bỏ trống nếu không trả lời.\"",
		"prompt=\"Số nguyên. Bỏ trống nếu không trả lời.\"",
		"prompt=\"Số từ 0,25 đến 10, không quá 2 chữ số thập phân. Bỏ "
		"trống nếu không trả lời.\"",
		"prompt=\"Số đến -1. Bỏ trống nếu không trả lời.\"",
		"prompt=\"Số. Bỏ trống nếu không trả lời.\"",
	};
	struct template_options o = { .sheets = 2 };
	struct plan *p;
	struct err e = { 0 };
	char path[40], *xml;

	(void)state;
	p = plan_file_read("tests/data/plan/numbers.json", &e);
	assert_non_null(p);
	assert_true(form_template_write(p, 0, &o, bench_temp(path), &e));
	xml = part_of(path, "xl/worksheets/sheet1.xml");
	for (size_t i = 0; i < sizeof has / sizeof *has; i++)
		if (!strstr(xml, has[i]))
			fail_msg("no %s in %s", has[i],
				 strstr(xml, "<dataValidations"));
	free(xml);
	(void)unlink(path);
	plan_free(p);
}

#define CELL(text) "<c t=\"inlineStr\"><is><t>" text "</t></is></c>"

/* What a program wrote as a number comes back as that number, well or not:
 * as text, 1.234 could be read in two ways. */
static void numbers_of_a_marked_file_stay_numbers(void **state)
{
	struct import *im, *back;
	struct err e = { 0 };
	struct buf b = BUF_INIT(8192);
	char path[40], *file, *s;
	size_t n;

	(void)state;
	buf_adds(&b, "<sheetData><row>" CELL("sheet") CELL("group") CELL("home")
			     CELL("collected") CELL("Q1") CELL("Q2") CELL("Q3")
				     CELL("Q4") CELL("Q5") CELL("Q6") "</row>");
	for (unsigned i = 1; i <= 2; i++)
		buf_addf(&b,
			 "<row><c t=\"inlineStr\"><is><t>%s</t></is></c>" CELL(
				 "cong-chuc")
				 CELL("S1") "<c s=\"1\"><v>45691</v></c>" CELL(
					 "A") CELL("A") "<c/><c/><c><v>%s</v></"
							"c></row>",
			 bench_no("F1", i), i == 1 ? "1.234" : "10.501");
	buf_adds(&b, "</sheetData>");
	file = wb_one(b.data,
		      "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/>"
		      "</cellXfs>",
		      NULL, &n);
	im = bench_bytes(file, n, "F1", CHARSET_UNKNOWN);
	assert_string_equal(bench_faults(im), "I3 V07");
	assert_true(import_marked(im, bench_temp(path), &e));
	s = bench_slurp(path, &n);
	back = bench_bytes(s, n, NULL, CHARSET_UNKNOWN);
	assert_string_equal(bench_faults(back), "I3 V07");
	assert_non_null(strstr(back->sheets[0].rest, "\"Q5\":\"1.234\""));
	import_free(im);
	import_free(back);
	free(file);
	free(s);
	buf_free(&b);
}

static void workbooks_give_what_csv_gives(void **state)
{
	struct buf b = BUF_INIT(8192);
	struct import *im;
	char *file;
	size_t n;

	(void)state;
	buf_adds(&b, "<sheetData><row>" CELL("sheet") CELL("group") CELL("home")
			     CELL("collected") CELL("Q1") CELL("Q2") "</row>");
	buf_addf(&b,
		 "<row><c t=\"inlineStr\"><is><t>%s</t></is></c>" CELL("dan")
			 CELL("X1") "<c s=\"1\"><v>45691</v></c><c><v>1</v>"
				    "</c><c><v>2</v></c></row>",
		 bench_no("F2", 1));
	/* a code that became a day, a formula without a value, an error */
	buf_adds(&b, "<row hidden=\"1\"><c s=\"1\"><v>45691</v></c>" CELL("dan")
			     CELL("X1") "<c s=\"1\"><v>45691</v></c><c><f>A1"
					"</f></c><c t=\"e\"><v>#N/A</v></c>"
					"</row>");
	/* typed in a .Vn font, and a number where a code stands */
	buf_addf(&b,
		 "<row><c t=\"inlineStr\"><is><t>%s</t></is></c>" CELL("dan")
			 CELL("X\u00b7 m\u00e9t hai ba") "<c s=\"1\"><v>45691"
							 "</v></c><c><v>1</v></"
							 "c><c><v>2</v></c></"
							 "row>",
		 bench_no("F2", 2));
	buf_adds(&b, "<row>" CELL("Tổng số phiếu") "</row></sheetData>");
	file = wb_one(b.data,
		      "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/>"
		      "</cellXfs>",
		      NULL, &n);
	im = bench_bytes(file, n, "F2", CHARSET_UNKNOWN);
	assert_string_equal(bench_faults(im),
			    "A3 I11;E3 I12;F3 I10;C4 I16;5 V04;5 V05;A5 V01;"
			    "B5 V00;D5 V00");
	assert_int_equal(im->n_sheets, 4);
	assert_non_null(
		strstr(im->sheets[0].rest, "\"collected\":\"2025-02-03\""));
	assert_string_equal(im->notes[0].code, "N01");
	import_free(im);
	free(file);
	buf_free(&b);
}

static const char *cell_text(struct import *im, uint32_t row, uint32_t column)
{
	for (size_t i = 0; i < im->grid->n_rows; i++) {
		const struct grid_cell *c;
		if (im->grid->rows[i].number != row)
			continue;
		c = grid_at(&im->grid->rows[i], column);
		return c ? c->s : "";
	}
	return "";
}

static void the_marked_file_has_the_same_cells_and_the_reasons(void **state)
{
	struct err e = { 0 };
	struct import *im, *back;
	char path[40], instance[2][IMPORT_INSTANCE_MAX];
	char *s;
	size_t n;

	(void)state;
	bench_start(F2_HEAD);
	buf_addf(&bench_csv, "%s,dan,X1,2025-02-03,,A,A\n", bench_no("F2", 1));
	buf_addf(&bench_csv, "%s,dan,,2025-02-03,X1,Z,=1+1\n",
		 bench_no("F2", 2));
	im = bench_read("F2");
	assert_string_equal(bench_faults(im), "3 V05;C3 V03;F3 V07;G3 V07");
	assert_true(import_marked(im, bench_temp(path), &e));
	s = bench_slurp(path, &n);
	back = bench_bytes(s, n, NULL, CHARSET_UNKNOWN);
	assert_string_equal(bench_faults(back), "3 V05;C3 V03;F3 V07;G3 V07");
	assert_string_equal(cell_text(back, 1, 7), "Lỗi");
	assert_string_equal(cell_text(back, 2, 7), "");
	assert_non_null(strstr(cell_text(back, 3, 7), "Q1: V07 không có"));
	assert_string_equal(cell_text(back, 3, 6), "=1+1");
	for (int i = 0; i < 2; i++)
		import_instance(i ? &back->sheets[0] : &im->sheets[0], NULL,
				instance[i]);
	assert_string_equal(instance[0], instance[1]);
	/* marked again, the list stays in its column */
	assert_true(import_marked(back, bench_temp(path), &e));
	free(s);
	import_free(im);
	s = bench_slurp(path, &n);
	im = bench_bytes(s, n, NULL, CHARSET_UNKNOWN);
	assert_string_equal(cell_text(im, 1, 7), "Lỗi");
	assert_string_equal(cell_text(im, 1, 8), "");
	import_free(im);
	import_free(back);
	free(s);
}

static void what_is_wrong_with_the_whole_file_is_marked_too(void **state)
{
	struct err e = { 0 };
	struct import *im = bench_bytes("", 0, "F2", CHARSET_UNKNOWN), *back;
	struct import_options o = { bench_plan, "F2", CHARSET_UNKNOWN };
	char path[40];
	size_t n;
	char *s;

	(void)state;
	assert_true(import_marked(im, bench_temp(path), &e));
	import_free(im);
	s = bench_slurp(path, &n);
	back = import_read(s, n, &o, &e);
	assert_non_null(back);
	assert_null(back->grid->others);
	import_free(back);
	free(s);
	assert_false(
		import_marked(im = bench_bytes("x", 1, "F2", CHARSET_UNKNOWN),
			      "/nowhere/x.xlsx", &e));
	import_free(im);
}

static void reports_are_json_and_lines(void **state)
{
	struct buf out = BUF_INIT((size_t)1 << 20);
	static const struct json_limits lim = { 8, 10000, 65536, 1 << 20 };
	struct err e = { 0 };
	struct import *im;
	cJSON *json;
	struct jw w;

	(void)state;
	bench_start(F2_HEAD);
	buf_addf(&bench_csv, "%s,dan,X1,2025-02-03,,Z,\"<script>\"\n",
		 bench_no("F2", 1));
	im = bench_read("F2");
	(void)bench_faults(im);
	jw_init(&w, &out);
	jw_object(&w);
	import_report(im, &w);
	jw_object_end(&w);
	json = json_parse(buf_cstr(&out), out.len, &lim, &e);
	assert_non_null(json);
	assert_string_equal(json_get_text(json, "form"), "F2");
	assert_int_equal(cJSON_GetArraySize(json_get(json, "faults")), 3);
	assert_string_equal(
		json_get_text(cJSON_GetArrayItem(json_get(json, "faults"), 1),
			      "cell"),
		"F2");
	assert_null(strstr(out.data, "<script>"));
	cJSON_Delete(json);
	out.len = 0;
	import_print(im, true, &out);
	assert_non_null(strstr(out.data, "F2 V07 không có phương án \"Z\""));
	out.len = 0;
	import_print(im, false, &out);
	assert_non_null(strstr(out.data, "G2 V07 no option"));
	import_free(im);
	buf_free(&out);
}

static void faults_of_the_collector_find_their_cells(void **state)
{
	static const char json[] =
		"[{\"code\":\"V01\",\"path\":\"/sheet\",\"message\":\"a\","
		"\"message_vi\":\"b\"},{\"code\":\"V02\",\"path\":\"/home\","
		"\"message\":\"a\",\"message_vi\":\"b\"},{\"code\":\"V09\","
		"\"path\":\"/ratings/0/answers/Q~01\",\"message\":\"a\","
		"\"message_vi\":\"b\"},{\"code\":\"V09\",\"path\":\"/other\","
		"\"message\":\"a\",\"message_vi\":\"b\"},{\"code\":\"V08\","
		"\"path\":\"/profile/none\",\"message\":\"a\",\"message_vi\":"
		"\"b\"},{\"code\":\"V04\",\"path\":\"/ratings\",\"message\":"
		"\"a\",\"message_vi\":\"b\"}]";
	struct err e = { 0 };
	struct import *im;

	(void)state;
	bench_start(F2_HEAD);
	buf_addf(&bench_csv, "%s,dan,X1,2025-02-03,,A,A\n", bench_no("F2", 1));
	im = bench_read("F2");
	assert_true(import_place(im, 0, json, &e));
	assert_string_equal(bench_faults(im),
			    "2 V08;2 V09;2 V09;A2 V01;C2 V02;E2 V04");
	assert_false(import_place(im, 0, "[", &e));
	import_free(im);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(templates_of_every_form_come_back_empty),
		cmocka_unit_test(
			number_columns_of_a_template_take_numbers_only),
		cmocka_unit_test(numbers_of_a_marked_file_stay_numbers),
		cmocka_unit_test(workbooks_give_what_csv_gives),
		cmocka_unit_test(
			the_marked_file_has_the_same_cells_and_the_reasons),
		cmocka_unit_test(
			what_is_wrong_with_the_whole_file_is_marked_too),
		cmocka_unit_test(reports_are_json_and_lines),
		cmocka_unit_test(faults_of_the_collector_find_their_cells),
	};

	return cmocka_run_group_tests(tests, bench_set_up, bench_tear_down);
}
