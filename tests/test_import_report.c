/* What people and programs are told of a table: places, words, cells as they
 * stand, nothing that a terminal would obey, nothing without end. */
#include "support/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/json.h"
#include "phieu/limits.h"
#include "phieu/utf8.h"

static struct buf out;

static const char *report(const struct import *im)
{
	struct jw w;

	out.len = 0;
	jw_init(&w, &out);
	jw_object(&w);
	import_report(im, &w);
	jw_object_end(&w);
	assert_non_null(buf_cstr(&out));
	return out.data;
}

static const char *lines(const struct import *im, bool vi)
{
	out.len = 0;
	import_print(im, vi, &out);
	return buf_cstr(&out);
}

/* One sheet of F2 whose first answer is this cell. */
static struct import *answered(const char *cell)
{
	bench_start(F2_HEAD);
	buf_addf(&bench_csv, "%s,dan,X1,2025-02-03,,\"%s\",A\n",
		 bench_no("F2", 1), cell);
	return bench_read("F2");
}

static bool obeyed(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 && *s != '\n')
			return true;
	return strstr(s, "\xc2\x9b") != NULL;
}

static void what_stands_in_a_cell_is_shown_not_obeyed(void **state)
{
	static const char *const cells[] = {
		"\x1b[2J\x1b[31mZ",
		"Z\x07",
		"Z\x08\x08\x08OK",
		"Z\r\nF2 V00 giả",
		"Z\nF3 V00 giả",
		"\xc2\x9b"
		"31mZ",
		"<script>alert(1)</script>",
		"Z\tx",
	};

	(void)state;
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
		struct import *im = answered(cells[i]);
		size_t n = 0, written = 0;
		const char *s;

		(void)bench_faults(im);
		assert_true(im->n_faults > 0);
		for (int vi = 0; vi < 2; vi++) {
			s = lines(im, vi);
			if (obeyed(s))
				fail_msg("%zu: %s", i, s);
			for (n = 0; *s; s++)
				n += *s == '\n';
			written = im->n_faults + im->n_notes;
			/* a line each: none was made by a cell */
			assert_int_equal(n, written);
		}
		assert_null(strstr(report(im), "<script>"));
		import_free(im);
	}
}

static cJSON *parsed(const struct import *im)
{
	static const struct json_limits lim = { 8, 100000, 65536, 8 << 20 };
	struct err e = { 0 };
	const char *s = report(im);
	cJSON *json = json_parse(s, strlen(s), &lim, &e);

	if (!json)
		fail_msg("%s: %.300s", e.msg, s);
	return json;
}

static const cJSON *fault(const cJSON *json, int i)
{
	return cJSON_GetArrayItem(json_get(json, "faults"), i);
}

/* A long cell is cut, between letters. */
static void long_cells_are_cut_between_letters(void **state)
{
	(void)state;
	for (int ascii = 190; ascii <= 203; ascii++) {
		struct buf cell = BUF_INIT(2000);
		struct import *im;
		const char *value;
		cJSON *json;

		for (int i = 0; i < ascii; i++)
			buf_adds(&cell, "x");
		for (int i = 0; i < 30; i++)
			buf_adds(&cell, "ế");
		im = answered(buf_cstr(&cell));
		(void)bench_faults(im);
		json = parsed(im);
		value = json_get_text(fault(json, 1), "value");
		if (!value)
			value = json_get_text(fault(json, 0), "value");
		assert_true(strlen(value) <= 200);
		assert_true(strlen(value) >= 196);
		assert_int_equal(strncmp(value, cell.data, strlen(value)), 0);
		assert_true(utf8_valid(value, strlen(value), NULL));
		cJSON_Delete(json);
		import_free(im);
		buf_free(&cell);
	}
}

static void a_report_says_how_the_file_was_read(void **state)
{
	struct import *im;
	cJSON *json;
	const cJSON *file;

	(void)state;
	bench_start("\xef\xbb\xbfsheet;group;home;collected;Q1;Q2\n");
	buf_addf(&bench_csv, "%s;dan;X1;3/2/2025;A;B\n", bench_no("F2", 1));
	im = bench_read("F2");
	assert_string_equal(bench_faults(im), "");
	json = parsed(im);
	file = json_get(json, "file");
	assert_string_equal(json_get_text(json, "form"), "F2");
	assert_string_equal(json_get_text(json, "version"), "1");
	assert_string_equal(json_get_text(file, "kind"), "csv");
	assert_string_equal(json_get_text(file, "separator"), ";");
	assert_string_equal(json_get_text(file, "charset"), "utf-8");
	assert_true(cJSON_IsNull(json_get(file, "decimal")));
	assert_int_equal(json_get(file, "header_row")->valueint, 1);
	assert_int_equal(json_get(json, "sheets")->valueint, 1);
	assert_int_equal(json_get(json, "rows")->valueint, 1);
	assert_int_equal(cJSON_GetArraySize(json_get(json, "faults")), 0);
	assert_int_equal(cJSON_GetArraySize(json_get(json, "notes")), 1);
	assert_int_equal(json_get(json, "more")->valueint, 0);
	cJSON_Delete(json);
	import_free(im);
	/* what could not be read has no form and no file */
	im = bench_bytes("", 0, "F2", CHARSET_UNKNOWN);
	json = parsed(im);
	assert_true(cJSON_IsNull(json_get(json, "form")));
	assert_null(json_get(json, "file"));
	assert_int_equal(cJSON_GetArraySize(json_get(json, "faults")), 1);
	assert_null(json_get(fault(json, 0), "row"));
	cJSON_Delete(json);
	import_free(im);
}

static void a_decimal_mark_that_was_found_is_said(void **state)
{
	struct import *im;
	cJSON *json;

	(void)state;
	bench_start(F1_HEAD);
	buf_addf(&bench_csv, "%s,cong-chuc,S1,2025-02-03,,,A,A,,,\"7,5\",,\n",
		 bench_no("F1", 1));
	im = bench_read("F1");
	json = parsed(im);
	assert_string_equal(json_get_text(json_get(json, "file"), "decimal"),
			    ",");
	cJSON_Delete(json);
	import_free(im);
}

/* Places: pointers into a sheet, also odd ones, are cells or rows. */
static void pointers_into_a_sheet_become_places(void **state)
{
	static const struct {
		const char *path, *want;
	} p[] = {
		{ "/sheet", "A2" },
		{ "/group", "B2" },
		{ "/home", "C2" },
		{ "/collected", "D2" },
		{ "/ratings", "E2" },
		{ "/ratings/0", "E2" },
		{ "/ratings/0/unit", "E2" },
		{ "/ratings/0/answers", "2" },
		{ "/ratings/0/answers/Q1", "F2" },
		{ "/ratings/0/answers/Q2", "G2" },
		{ "/ratings/0/answers/Q9", "2" },
		{ "/ratings/0/answers/Q~01", "2" },
		{ "/ratings/7/answers/Q1", "F2" },
		{ "/ratings/99999999999999999999/answers/Q1", "F2" },
		{ "/ratings/x/answers/Q2", "G2" },
		{ "/keying", "2" },
		{ "/comment", "2" },
		{ "/profile", "2" },
		{ "/profile/sex", "2" },
		{ "/instanceID", "2" },
		{ "", "2" },
		{ "sheet", "2" },
		{ "/", "2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof p / sizeof *p; i++) {
		struct import *im = answered("A");
		char json[300], want[40];
		struct err e = { 0 };

		(void)snprintf(json, sizeof json,
			       "[{\"code\":\"V09\",\"path\":\"%s\","
			       "\"message\":\"a\",\"message_vi\":\"b\"}]",
			       p[i].path);
		assert_true(import_place(im, 0, json, &e));
		(void)snprintf(want, sizeof want, "%s V09", p[i].want);
		if (strcmp(bench_faults(im), want) != 0)
			fail_msg("%s: %s, want %s", p[i].path, bench_said.data,
				 want);
		import_free(im);
	}
}

/* What a collector of another version might send. */
static void faults_that_say_little_are_faults(void **state)
{
	static const char *const json[] = {
		"[{}]",
		"[{\"code\":null,\"path\":7}]",
		"[{\"code\":\"V99\"}]",
		"[{\"code\":\"a long code of its own\"}]",
	};
	struct err e = { 0 };
	struct import *im;

	(void)state;
	for (size_t i = 0; i < sizeof json / sizeof *json; i++) {
		im = answered("A");
		assert_true(import_place(im, 0, json[i], &e));
		assert_int_equal(im->n_faults, 1);
		assert_int_equal(im->faults[0].row, 2);
		assert_true(strlen(im->faults[0].code) > 0);
		import_free(im);
	}
	im = answered("A");
	assert_true(import_place(im, 0, "[]", &e));
	assert_int_equal(im->n_faults, 0);
	assert_false(import_place(im, 0, "", &e));
	import_free(im);
}

static void more_than_can_be_listed_is_counted(void **state)
{
	struct import *im;
	cJSON *json;

	(void)state;
	bench_start(F2_HEAD);
	for (unsigned i = 1; i <= 2000; i++)
		buf_addf(&bench_csv, "%s,dan,X1,2025-02-03,,Z,Z\n",
			 bench_no("F2", i));
	im = bench_read("F2");
	(void)bench_faults(im);
	json = parsed(im);
	assert_int_equal(cJSON_GetArraySize(json_get(json, "faults")),
			 LIMIT_IMPORT_FAULTS);
	assert_int_equal(json_get(json, "more")->valueint,
			 im->n_faults + im->more_faults - LIMIT_IMPORT_FAULTS);
	assert_non_null(strstr(lines(im, true), "lỗi khác\n"));
	assert_non_null(strstr(lines(im, false), " more\n"));
	cJSON_Delete(json);
	import_free(im);
}

static int set_up(void **state)
{
	out = (struct buf)BUF_INIT((size_t)8 << 20);
	return bench_set_up(state);
}

static int tear_down(void **state)
{
	buf_free(&out);
	return bench_tear_down(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_stands_in_a_cell_is_shown_not_obeyed),
		cmocka_unit_test(long_cells_are_cut_between_letters),
		cmocka_unit_test(a_report_says_how_the_file_was_read),
		cmocka_unit_test(a_decimal_mark_that_was_found_is_said),
		cmocka_unit_test(pointers_into_a_sheet_become_places),
		cmocka_unit_test(faults_that_say_little_are_faults),
		cmocka_unit_test(more_than_can_be_listed_is_counted),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
