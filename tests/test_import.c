#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "phieu/buf.h"
#include "phieu/file.h"
#include "phieu/form_template.h"
#include "phieu/hash.h"
#include "phieu/import.h"
#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/sheet.h"
#include "phieu/sheet_xlsx.h"
#include "phieu/submission.h"
#include "support/workbook.h"

static struct plan *plan;
static struct buf csv, said;

static int set_up(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_true(hash_start(&e));
	plan = plan_file_read("tests/data/plan/small.json", &e);
	csv = (struct buf)BUF_INIT((size_t)64 << 20);
	said = (struct buf)BUF_INIT((size_t)1 << 20);
	return plan ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	plan_free(plan);
	buf_free(&csv);
	buf_free(&said);
	return 0;
}

/* A sheet number of a form. */
static const char *no(const char *form, unsigned serial)
{
	static char text[4][SHEET_TEXT_MAX];
	static int turn;
	struct sheet_no s;
	struct err e = { 0 };

	turn = (turn + 1) % 4;
	assert_true(sheet_make(form, serial, &s, &e));
	return sheet_text(&s, text[turn]);
}

static struct import *read_bytes(const char *s, size_t n, const char *form,
				 enum charset charset)
{
	struct import_options o = { plan, form, charset };
	struct err e = { 0 };
	struct import *im = import_read(s, n, &o, &e);

	assert_non_null(im);
	return im;
}

static struct import *read_csv(const char *form)
{
	return read_bytes(buf_cstr(&csv), csv.len, form, CHARSET_UNKNOWN);
}

/* "B3 V07;C4 I09" of all faults, after a check. */
static const char *faults(struct import *im)
{
	struct import_counts n;
	struct err e = { 0 };
	char at[XLSX_ADDRESS_MAX];

	assert_true(import_check(im, date_from_ymd(2025, 4, 1), &n, &e));
	said.len = 0;
	buf_adds(&said, "");
	for (size_t i = 0; i < im->n_faults; i++) {
		const struct import_fault *f = &im->faults[i];
		assert_true(*f->message && *f->message_vi);
		buf_addf(&said, "%s%s %s", i ? ";" : "",
			 !f->row ? "-"
			 : f->has_column
				 ? xlsx_address(f->column, f->row, at)
				 : arena_printf(im->arena, "%u", f->row),
			 f->code);
	}
	return said.len ? said.data : "";
}

static void expect(const char *form, const char *want)
{
	struct import *im = read_csv(form);

	assert_string_equal(faults(im), want);
	import_free(im);
}

/* The JSON of the only sheet, from "wave" on. */
static void expect_json(const char *form, const char *want)
{
	struct import *im = read_csv(form);

	assert_string_equal(faults(im), "");
	assert_int_equal(im->n_sheets, 1);
	assert_string_equal(im->sheets[0].rest, want);
	import_free(im);
}

#define F1_HEAD                                                                                 \
	"Số phiếu,Nhóm đối tượng,Đơn vị công tác,Ngày thu,Giới tính,unit," \
	"Q1,Q2,Q3,Q4,Q5,Q6,Ý kiến\n"
#define F2_HEAD "sheet,group,home,collected,unit,Q1,Q2\n"

static void start(const char *head)
{
	csv.len = 0;
	buf_adds(&csv, head);
}

static void a_row_becomes_a_sheet(void **state)
{
	char want[900];

	(void)state;
	start(F1_HEAD);
	buf_addf(&csv,
		 "%s,Công chức,Sở một,3/2/2025,Nam,,a,Vừa,có,\"a, b\","
		 "\"7,5\",lâu quá,tốt\n",
		 no("F1", 12));
	(void)snprintf(
		want, sizeof want,
		"\"wave\":\"small\",\"form\":\"F1\",\"version\":\"1\","
		"\"sheet\":\"%s\",\"keying\":1,\"group\":\"cong-chuc\","
		"\"home\":\"S1\",\"collected\":\"2025-02-03\",\"profile\":"
		"{\"sex\":\"m\"},\"ratings\":[{\"unit\":\"S1\",\"answers\":"
		"{\"Q1\":\"A\",\"Q2\":\"B\",\"Q3\":\"co\",\"Q4\":[\"a\",\"b\"],"
		"\"Q5\":\"7.5\",\"Q6\":\"lâu quá\"}}],\"comment\":\"tốt\"}",
		no("F1", 12));
	expect_json("F1", want);
}

static void rows_of_a_sheet_stand_together(void **state)
{
	struct import *im;

	(void)state;
	start(F1_HEAD);
	/* the number once, twice, and a template's unused block below */
	buf_addf(&csv, "%s,dai-bieu,,2025-02-03,,S1,A,A,,,,,\n", no("F1", 1));
	buf_adds(&csv, ",,,,,Sở hai,B,B,,,,,\n");
	buf_addf(&csv, "%s,Đại biểu,,2025-02-03,,S1,A,A,,,,,\n", no("F1", 2));
	buf_addf(&csv, "%s,Đại biểu,,,,S2,,,,,,,\n", no("F1", 2));
	buf_adds(&csv, ",,,,,S1,,,,,,,\n,,,,,Sở hai,,,,,,,\n");
	im = read_csv("F1");
	assert_string_equal(faults(im), "5 V05;G5 V05");
	assert_int_equal(im->n_sheets, 2);
	assert_int_equal(im->sheets[0].n_rows, 2);
	assert_int_equal(im->sheets[1].n_rows, 2);
	assert_int_equal(im->sheets[1].row, 4);
	import_free(im);
}

static void a_unit_left_blank_on_paper_is_a_rating_all_the_same(void **state)
{
	struct import *im;

	(void)state;
	start(F1_HEAD);
	buf_addf(&csv, "%s,Đại biểu,,2025-02-03,,S1,A,A,co,,,,\n", no("F1", 1));
	buf_adds(&csv, ",,,,,S2,,,,,,,\n,,,,,S1,,,,,,,\n,,,,,S2,,,,,,,\n");
	im = read_csv("F1");
	(void)faults(im);
	assert_int_equal(im->n_sheets, 1);
	assert_int_equal(im->sheets[0].n_rows, 2);
	assert_non_null(strstr(im->sheets[0].rest,
			       "{\"unit\":\"S2\",\"answers\":{\"Q1\":null"));
	import_free(im);
}

static void answers_without_a_number_are_missed_by_nobody(void **state)
{
	(void)state;
	start(F2_HEAD);
	buf_adds(&csv, ",dan,X1,2025-02-03,,A,A\n");
	expect("F2", "A2 I05");
	start(F2_HEAD);
	buf_addf(&csv, "%s,dan,X1,2025-02-03,X1,A,A\n,,,,X1,A,B\n",
		 no("F2", 1));
	expect("F2", "A3 I05");
	start(F2_HEAD);
	expect("F2", "- I05");
}

static void a_number_further_down_is_named_with_its_rows(void **state)
{
	struct import *im;

	(void)state;
	start(F2_HEAD);
	for (unsigned i = 1; i <= 3; i++)
		buf_addf(&csv, "%s,dan,X1,2025-02-03,,A,A\n",
			 no("F2", i == 3 ? 1 : i));
	im = read_csv("F2");
	assert_string_equal(faults(im), "A4 I06");
	assert_non_null(strstr(im->faults[0].message, "row 2"));
	assert_non_null(strstr(im->faults[0].message_vi, "dòng 2"));
	import_free(im);
	/* a second keying is another thing */
	start("sheet,group,home,collected,keying,Q1,Q2\n");
	buf_addf(&csv, "%s,dan,X1,2025-02-03,1,A,A\n", no("F2", 1));
	buf_addf(&csv, "%s,dan,X1,2025-02-03,,A,A\n", no("F2", 2));
	buf_addf(&csv, "%s,dan,X1,2025-02-03,2,A,A\n", no("F2", 1));
	expect("F2", "");
}

static void every_fault_of_the_check_finds_its_cell(void **state)
{
	static const struct {
		const char *row, *want;
	} cases[] = {
		{ "F2-00001-9,dan,X1,2025-02-03,,A,A", "A2 V01" },
		{ "xyz,dan,X1,2025-02-03,,A,A", "A2 V01" },
		{ "%s,nobody,X1,2025-02-03,,A,A", "B2 I09" },
		{ "%s,dan,Xã không có,2025-02-03,,A,A", "C2 I09" },
		{ "%s,dan,S1,2025-02-03,X1,A,A", "C2 V03" },
		{ "%s,dan,,2025-02-03,X1,A,A", "C2 V03" },
		{ "%s,dan,X1,2025-02-03,S1,A,A", "E2 V04" },
		{ "%s,dan,X1,2025-02-03,T9,A,A", "E2 I09" },
		{ "%s,dan,X1,2025-09-03,,A,A", "D2 V10" },
		{ "%s,dan,X1,,,A,A", "D2 V00" },
		{ "%s,dan,X1,31/02/2025,,A,A", "D2 I08" },
		{ "%s,dan,X1,02/13/2025,,A,A", "D2 I08" },
		{ "%s,dan,X1,hôm qua,,A,A", "D2 I08" },
		{ "%s,dan,X1,2025-02-03,,Z,A", "F2 V07" },
		{ "%s,dan,X1,2025-02-03,,A+B,A", "F2 V06" },
		{ "%s,dan,X1,2025-02-03,,,", "2 V05" },
		{ "%s,dan,X1,2025-02-03,,?,A", "" },
		{ "%s,dan,X1,2025-02-03,,kb,A", "" },
		{ "%s,dan,X1,2025-02-03,,1,3", "" },
		{ "%s,dan,X1,2025-02-03,,9,A", "F2 V07" },
		{ "%s,dan,X1,2025-02-03,,Tốt,A - Tốt", "" },
		{ "%s,phong,X2,2025-02-03,S2,A,A", "" },
		{ "%s,phong,X1,2025-02-03,,A,A", "E2 V04" },
		{ "%s,dan,Xã một (X1),03.02.2025,X1 - Xã một,A,A", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char row[200];
		struct import *im;
		start(F2_HEAD);
		(void)snprintf(row, sizeof row, "%s%s",
			       strncmp(cases[i].row, "%s", 2) == 0 ? no("F2", 1)
								   : "",
			       cases[i].row + 2 * (strncmp(cases[i].row, "%s",
							   2) == 0));
		buf_addf(&csv, "%s\n", row);
		im = read_csv("F2");
		if (strcmp(faults(im), cases[i].want) != 0)
			fail_msg("%s: %s, want %s", row, said.data,
				 cases[i].want);
		import_free(im);
	}
}

static void what_excel_did_to_codes_is_reported(void **state)
{
	static const char *const codes[] = {
		"07/12/2001", "7-Dec",	 "1E+05",
		"2001-12-07", "1.2E+11", "12-Thg7"
	};

	(void)state;
	for (size_t i = 0; i + 1 < sizeof codes / sizeof codes[0]; i++) {
		start(F2_HEAD);
		buf_addf(&csv, "%s,dan,X1,2025-02-03,,A,A\n", codes[i]);
		expect("F2", "A2 I11");
	}
	start(F2_HEAD);
	buf_adds(&csv, "#N/A,#REF!,#NAME?,#VALUE!,#NULL!,#DIV/0!,#NUM!\n");
	expect("F2", "A2 I10;B2 I10;C2 I10;D2 I10;E2 I10;F2 I10;G2 I10");
}

static void decimal_marks_are_found_for_the_whole_file(void **state)
{
	static const struct {
		const char *first, *second, *want, *value;
	} cases[] = {
		{ "\"7,5\"", "\"2,25\"", "", "\"Q5\":\"7.5\"" },
		{ "7.5", "2.25", "", "\"Q5\":\"7.5\"" },
		{ "7.5", "\"2,5\"", "K2 I13;K3 I13", NULL },
		{ "\"1,234\"", "3", "K2 I13", NULL },
		{ "\"1.234,5\"", "3", "K2 V07", NULL },
		{ "5", "6", "", "\"Q5\":\"5\"" },
		{ "abc", "6", "K2 V07", NULL },
		{ "-1", "6", "K2 V07", NULL },
		{ "\"0,125\"", "\"0,5\"", "", "\"Q5\":\"0.125\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct import *im;
		start(F1_HEAD);
		buf_addf(&csv, "%s,cong-chuc,S1,2025-02-03,,,A,A,,,%s,,\n",
			 no("F1", 1), cases[i].first);
		buf_addf(&csv, "%s,cong-chuc,S1,2025-02-03,,,A,A,,,%s,,\n",
			 no("F1", 2), cases[i].second);
		im = read_csv("F1");
		if (strcmp(faults(im), cases[i].want) != 0)
			fail_msg("%s %s: %s", cases[i].first, cases[i].second,
				 said.data);
		if (cases[i].value)
			assert_non_null(
				strstr(im->sheets[0].rest, cases[i].value));
		import_free(im);
	}
}

static void faults_show_the_heading_that_people_see(void **state)
{
	struct import *im;

	(void)state;
	start(F2_HEAD "Số phiếu,Nhóm đối tượng,Đơn vị công tác,Ngày thu,"
		      "Đơn vị được đánh giá,Q1. Một?,Q2. Hai?\n");
	buf_addf(&csv, "%s,dan,X1,2025-02-03,,Z,A\n", no("F2", 1));
	im = read_csv("F2");
	assert_string_equal(faults(im), "F3 V07");
	assert_string_equal(im->faults[0].heading, "Q1. Một?");
	import_free(im);
}

static void headings_are_found_and_judged(void **state)
{
	(void)state;
	start("Danh sách phiếu,,\n\n,,\n" F2_HEAD);
	buf_addf(&csv, "%s,dan,X1,2025-02-03,,A,A\n", no("F2", 1));
	expect("F2", "");
	start("So phieu,Q1\nx,A\n"); /* without marks: another word */
	expect("F2", "- I14");
	start("");
	buf_adds(&csv, "a,b,c\n1,2,3\n");
	expect("F2", "- I14");
	start("sheet,group,home,collected,unit,Q1\n");
	buf_addf(&csv, "%s,dan,X1,2025-02-03,,A\n", no("F2", 1));
	expect("F2", "1 I03");
	start("sheet,group,home,collected,Q1,Q1. Một?,Q2\n");
	buf_addf(&csv, "%s,dan,X1,2025-02-03,A,B,A\n", no("F2", 1));
	expect("F2", "F1 I04");
	start("sheet,group,home,collected,Q1,Q2,Cột lạ,Ghi chú của tôi,STT,"
	      "Trống\n");
	buf_addf(&csv, "%s,dan,X1,2025-02-03,A,A,x,y,1,\n", no("F2", 1));
	expect("F2", "G1 I02");
	/* the questions' own words, a title of two lines, a total of blanks */
	start("Số phiếu;Nhóm đối tượng;Đơn vị công tác;Ngày thu phiếu;"
	      "Một?;Q2: Hai?\n");
	buf_addf(&csv, "%s;dan;X1;3/2/2025;A;A\n;;;;;\n", no("F2", 1));
	expect("F2", "");
}

static void the_file_says_for_which_form_it_is(void **state)
{
	(void)state;
	start("sheet,group,home,collected,Q1,Q2,phieu/1;F2;1;small\n");
	buf_addf(&csv, "%s,dan,X1,2025-02-03,A,A\n", no("F2", 1));
	expect(NULL, "");
	expect("F2", "");
	expect("F1", "- I01");
	start("sheet,group,home,collected,Q1,Q2\n");
	expect(NULL, "- I01");
	expect("F9", "- I01");
	start("sheet,Q1,phieu/1;F2;9;small\n");
	expect(NULL, "- I01");
	start("sheet,Q1,phieu/1;F2;1;other\n");
	expect(NULL, "- I01");
}

static void files_that_cannot_be_read_say_why(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *want;
	} cases[] = {
		{ "", 0, "- F01" },
		{ "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, "- F04" },
		{ "<html><body>", 12, "- F05" },
		{ "a,b\nS\xeb,x\n", 8, "- F09" },
		{ "a,\"b\n", 5, "- F11" },
		{ "a\0,b", 4, "- F09" },
	};
	struct import *im;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		im = read_bytes(cases[i].bytes, cases[i].n, "F2",
				CHARSET_UNKNOWN);
		assert_string_equal(faults(im), cases[i].want);
		assert_int_equal(im->n_sheets, 0);
		import_free(im);
	}
	im = read_bytes("a,\xff", 3, "F2", CHARSET_TCVN3);
	assert_string_equal(faults(im), "- F10");
	import_free(im);
}

/* The same rows in every way of writing them are the same sheets. */
static void encoding_and_separator_make_no_difference(void **state)
{
	static const char *const seps[] = { ",", ";", "\t", "|" };
	struct import *im;
	char instance[IMPORT_INSTANCE_MAX], first[IMPORT_INSTANCE_MAX];

	(void)state;
	for (size_t k = 0; k < 4; k++) {
		const char *s = seps[k];
		start("");
		if (k == 1)
			buf_adds(&csv, "\xef\xbb\xbf");
		if (k == 2)
			buf_adds(&csv, "sep=\t\r\n");
		buf_addf(&csv, "sheet%sgroup%shome%scollected%sQ1%sQ2\r\n", s,
			 s, s, s, s);
		buf_addf(&csv,
			 "%s%sD\xc3\xa2n%sXa\xcc\x83 mô\xcc\xa3t%s"
			 "2025-02-03%sA%sB\r\n",
			 no("F2", 5), s, s, s, s, s);
		im = read_csv("F2");
		assert_string_equal(faults(im), "");
		assert_int_equal(im->grid->separator, s[0]);
		import_instance(&im->sheets[0], NULL, instance);
		if (k == 0)
			memcpy(first, instance, sizeof first);
		assert_string_equal(instance, first);
		import_free(im);
	}
}

static void old_encodings_are_converted_and_noted(void **state)
{
	struct import *im;

	(void)state;
	start("sheet,group,home,collected,Q1,Q2\n");
	/* "Dân", "Xã một", "Tốt", "Khá" in TCVN3 */
	buf_addf(&csv,
		 "%s,D\xa9n,X\xb7 m\xe9t,03/02/2025,T\xe8t,V\xf5"
		 "a\n",
		 no("F2", 5));
	im = read_csv("F2");
	assert_string_equal(faults(im), "");
	assert_int_equal(im->n_notes, 1);
	assert_string_equal(im->notes[0].code, "N02");
	assert_non_null(strstr(im->sheets[0].rest, "\"home\":\"X1\""));
	import_free(im);
}

static void instances_follow_the_content_alone(void **state)
{
	char a[IMPORT_INSTANCE_MAX], b[IMPORT_INSTANCE_MAX];
	struct buf json = BUF_INIT(4096);
	struct import *im;

	(void)state;
	start(F2_HEAD);
	buf_addf(&csv, "%s,dan,X1,2025-02-03,,A,A\n", no("F2", 1));
	buf_addf(&csv, "%s,dan,X1,2025-02-03,,A,B\n", no("F2", 2));
	im = read_csv("F2");
	import_instance(&im->sheets[0], NULL, a);
	import_instance(&im->sheets[1], NULL, b);
	assert_string_not_equal(a, b);
	assert_int_equal(strlen(a), 41);
	assert_int_equal(a[5 + 14], '8');
	import_instance(&im->sheets[0], "uuid:1", b);
	assert_string_not_equal(a, b);
	import_json(&im->sheets[0], "uuid:1", &json);
	assert_non_null(strstr(json.data, "\"replaces\":\"uuid:1\",\"wave\""));
	buf_free(&json);
	/* sent before as it is; a mended one replaces what counts now */
	{
		const struct import_sheet *s = &im->sheets[0];
		const struct import_version
			same[] = { { a, NULL, true } },
			other[] = { { "uuid:1", NULL, true } },
			chain[] = { { "uuid:2", a, true }, { a, NULL, false } },
			mended[] = { { b, "uuid:1", true },
				     { "uuid:1", NULL, false } },
			judged[] = { { "uuid:1", NULL, false } };
		assert_null(import_replaces(s, NULL, 0));
		assert_null(import_replaces(s, same, 1));
		assert_string_equal(import_replaces(s, other, 1), "uuid:1");
		assert_string_equal(import_replaces(s, mended, 2), "uuid:1");
		/* an old file once more undoes nothing */
		assert_null(import_replaces(s, chain, 2));
		assert_null(import_replaces(s, judged, 1));
	}
	import_free(im);
}

static void heads_that_differ_within_a_sheet_are_named(void **state)
{
	(void)state;
	start(F1_HEAD);
	buf_addf(&csv, "%s,Đại biểu,,2025-02-03,,S1,A,A,co,,,,\n", no("F1", 1));
	buf_adds(&csv, ",,,2025-02-04,,S2,A,A,co,,,,\n");
	expect("F1", "D3 I07");
}

static void limits_are_told(void **state)
{
	struct import *im;

	(void)state;
	start(F2_HEAD);
	for (unsigned i = 1; i <= LIMIT_IMPORT_SHEETS + 1; i++)
		buf_addf(&csv, "%s,dan,X1,2025-02-03,,A,A\n", no("F2", i));
	im = read_csv("F2");
	assert_int_equal(im->n_sheets, LIMIT_IMPORT_SHEETS);
	assert_string_equal(im->faults[0].code, "I15");
	import_free(im);
	start(F2_HEAD);
	buf_addf(&csv, "%s,dan,X1,2025-02-03,,A,A\n", no("F2", 1));
	for (unsigned i = 0; i <= LIMIT_RATINGS; i++)
		buf_addf(&csv, ",,,,u%u,A,A\n", i);
	im = read_csv("F2");
	assert_true(im->n_faults > 0);
	assert_int_equal(im->sheets[0].n_rows, LIMIT_RATINGS);
	import_free(im);
	start(F2_HEAD);
	for (unsigned i = 1; i <= 1300; i++)
		buf_addf(&csv, "x%u,?,?,?,?,?,?\n", i);
	im = read_csv("F2");
	(void)faults(im);
	assert_int_equal(im->n_faults, LIMIT_IMPORT_FAULTS);
	assert_true(im->more_faults > 0);
	import_free(im);
}

/* ---- workbooks
 * ------------------------------------------------------------------- */

static char *temp(char path[40])
{
	int fd;

	(void)snprintf(path, 40, "/tmp/phieu_import_XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	(void)close(fd);
	return path;
}

static char *slurp(const char *path, size_t *n)
{
	struct err e = { 0 };
	char *s = file_read(path, LIMIT_XLSX_BYTES, n, &e);

	assert_non_null(s);
	(void)unlink(path);
	return s;
}

static void templates_of_every_form_come_back_empty(void **state)
{
	static const char *const plans[] = {
		"tests/data/plan/small.json",
		"collector/plans/lai-chau-2020.json",
		"collector/plans/sipas-2017-example.json",
		"collector/plans/two-level-example.json",
	};
	struct plan *kept = plan;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct err e = { 0 };
		plan = plan_file_read(plans[i], &e);
		for (size_t f = 0; f < plan->n_forms; f++) {
			struct template_options o = { .sheets = 2 };
			char path[40];
			struct import *im;
			size_t n;
			char *s;
			assert_true(form_template_write(plan, f, &o, temp(path),
							&e));
			s = slurp(path, &n);
			im = read_bytes(s, n, NULL, CHARSET_UNKNOWN);
			assert_string_equal(faults(im), "- I05");
			assert_int_equal(im->form, f);
			assert_int_equal(im->header_row, 2);
			assert_int_equal(im->n_notes, 0);
			import_free(im);
			free(s);
		}
		plan_free(plan);
	}
	plan = kept;
	{
		struct template_options o = { .sheets = 9999999 };
		struct err e = { 0 };
		assert_false(form_template_write(plan, 0, &o, "/tmp/x", &e));
		o.sheets = 1;
		assert_false(form_template_write(plan, 0, &o, "/nowhere/x.xlsx",
						 &e));
		assert_int_equal(e.kind, ERR_IO);
	}
}

#define CELL(text) "<c t=\"inlineStr\"><is><t>" text "</t></is></c>"

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
		 no("F2", 1));
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
		 no("F2", 2));
	buf_adds(&b, "<row>" CELL("Tổng số phiếu") "</row></sheetData>");
	file = wb_one(b.data,
		      "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/>"
		      "</cellXfs>",
		      NULL, &n);
	im = read_bytes(file, n, "F2", CHARSET_UNKNOWN);
	assert_string_equal(faults(im),
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
	start(F2_HEAD);
	buf_addf(&csv, "%s,dan,X1,2025-02-03,,A,A\n", no("F2", 1));
	buf_addf(&csv, "%s,dan,,2025-02-03,X1,Z,=1+1\n", no("F2", 2));
	im = read_csv("F2");
	assert_string_equal(faults(im), "3 V05;C3 V03;F3 V07;G3 V07");
	assert_true(import_marked(im, temp(path), &e));
	s = slurp(path, &n);
	back = read_bytes(s, n, NULL, CHARSET_UNKNOWN);
	assert_string_equal(faults(back), "3 V05;C3 V03;F3 V07;G3 V07");
	assert_string_equal(cell_text(back, 1, 7), "Lỗi");
	assert_string_equal(cell_text(back, 2, 7), "");
	assert_non_null(strstr(cell_text(back, 3, 7), "Q1: V07 không có"));
	assert_string_equal(cell_text(back, 3, 6), "=1+1");
	for (int i = 0; i < 2; i++)
		import_instance(i ? &back->sheets[0] : &im->sheets[0], NULL,
				instance[i]);
	assert_string_equal(instance[0], instance[1]);
	/* marked again, the list stays in its column */
	assert_true(import_marked(back, temp(path), &e));
	free(s);
	import_free(im);
	s = slurp(path, &n);
	im = read_bytes(s, n, NULL, CHARSET_UNKNOWN);
	assert_string_equal(cell_text(im, 1, 7), "Lỗi");
	assert_string_equal(cell_text(im, 1, 8), "");
	import_free(im);
	import_free(back);
	free(s);
}

static void what_is_wrong_with_the_whole_file_is_marked_too(void **state)
{
	struct err e = { 0 };
	struct import *im = read_bytes("", 0, "F2", CHARSET_UNKNOWN), *back;
	struct import_options o = { plan, "F2", CHARSET_UNKNOWN };
	char path[40];
	size_t n;
	char *s;

	(void)state;
	assert_true(import_marked(im, temp(path), &e));
	import_free(im);
	s = slurp(path, &n);
	back = import_read(s, n, &o, &e);
	assert_non_null(back);
	assert_null(back->grid->others);
	import_free(back);
	free(s);
	assert_false(
		import_marked(im = read_bytes("x", 1, "F2", CHARSET_UNKNOWN),
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
	start(F2_HEAD);
	buf_addf(&csv, "%s,dan,X1,2025-02-03,,Z,\"<script>\"\n", no("F2", 1));
	im = read_csv("F2");
	(void)faults(im);
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
	start(F2_HEAD);
	buf_addf(&csv, "%s,dan,X1,2025-02-03,,A,A\n", no("F2", 1));
	im = read_csv("F2");
	assert_true(import_place(im, 0, json, &e));
	assert_string_equal(faults(im),
			    "2 V08;2 V09;2 V09;A2 V01;C2 V02;E2 V04");
	assert_false(import_place(im, 0, "[", &e));
	import_free(im);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_becomes_a_sheet),
		cmocka_unit_test(rows_of_a_sheet_stand_together),
		cmocka_unit_test(
			a_unit_left_blank_on_paper_is_a_rating_all_the_same),
		cmocka_unit_test(answers_without_a_number_are_missed_by_nobody),
		cmocka_unit_test(a_number_further_down_is_named_with_its_rows),
		cmocka_unit_test(every_fault_of_the_check_finds_its_cell),
		cmocka_unit_test(what_excel_did_to_codes_is_reported),
		cmocka_unit_test(decimal_marks_are_found_for_the_whole_file),
		cmocka_unit_test(faults_show_the_heading_that_people_see),
		cmocka_unit_test(headings_are_found_and_judged),
		cmocka_unit_test(the_file_says_for_which_form_it_is),
		cmocka_unit_test(files_that_cannot_be_read_say_why),
		cmocka_unit_test(encoding_and_separator_make_no_difference),
		cmocka_unit_test(old_encodings_are_converted_and_noted),
		cmocka_unit_test(instances_follow_the_content_alone),
		cmocka_unit_test(heads_that_differ_within_a_sheet_are_named),
		cmocka_unit_test(limits_are_told),
		cmocka_unit_test(templates_of_every_form_come_back_empty),
		cmocka_unit_test(workbooks_give_what_csv_gives),
		cmocka_unit_test(
			the_marked_file_has_the_same_cells_and_the_reasons),
		cmocka_unit_test(
			what_is_wrong_with_the_whole_file_is_marked_too),
		cmocka_unit_test(reports_are_json_and_lines),
		cmocka_unit_test(faults_of_the_collector_find_their_cells),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
