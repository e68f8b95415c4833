/* What stands in a cell and what the sheet then says, case by case: the words
 * people use for an option, a unit, a number, a mark; what Excel left there. */
#include "support/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/file.h"
#include "phieu/limits.h"
#include "support/workbook.h"

#define PLAN "tests/data/sheet_plan.json"

static const char *const head[] = { "sheet",	 "group", "home", "collected",
				    "gioi-tinh", "tuoi",  "unit", "Q1",
				    "Q2",	 "Q3",	  "Q5",	  "Q6",
				    "N1",	 "N2",	  "M1",	  "T1",
				    "comment" };
enum { COLUMNS = sizeof head / sizeof *head };

/* A good sheet with one cell changed. */
static struct import *with(const char *column, const char *cell)
{
	const char *row[COLUMNS] = { bench_no("T1", 1),
				     "cong-chuc",
				     "so-a",
				     "2021-01-15",
				     "nam",
				     "",
				     "",
				     "A" };
	size_t at = 0;

	while (at < COLUMNS && strcmp(head[at], column) != 0)
		at++;
	assert_true(at < COLUMNS);
	row[at] = cell;
	bench_start("");
	for (size_t i = 0; i < COLUMNS; i++)
		buf_addf(&bench_csv, "%s%s", i ? "|" : "", head[i]);
	buf_adds(&bench_csv, "\n");
	for (size_t i = 0; i < COLUMNS; i++) {
		buf_adds(&bench_csv, i ? "|\"" : "\"");
		for (const char *s = row[i] ? row[i] : ""; *s; s++)
			buf_addf(&bench_csv, "%s%c", *s == '"' ? "\"" : "", *s);
		buf_adds(&bench_csv, "\"");
	}
	buf_adds(&bench_csv, "\n");
	return bench_read("T-1");
}

/* Want: a piece of the sheet's JSON, or "!" and the codes of its faults. */
static const struct {
	const char *column, *cell, *want;
} t[] = {
	/* an option by its code, its label in any writing, its place */
	{ "Q1", "A", "\"Q1\":\"A\"" },
	{ "Q1", "a", "\"Q1\":\"A\"" },
	{ "Q1", "  a ", "\"Q1\":\"A\"" },
	{ "Q1", "Tốt", "\"Q1\":\"A\"" },
	{ "Q1", "TỐT", "\"Q1\":\"A\"" },
	{ "Q1", "To\xcc\x82\xcc\x81t", "\"Q1\":\"A\"" },
	{ "Q1", "trung   bình", "\"Q1\":\"C\"" },
	{ "Q1", "A - Tốt", "\"Q1\":\"A\"" },
	{ "Q1", "a - gì cũng được", "\"Q1\":\"A\"" },
	{ "Q1", "X - Tốt", "!V07" },
	{ "Q1", "1", "\"Q1\":\"A\"" },
	{ "Q1", "4", "\"Q1\":\"D\"" },
	{ "Q1", "04", "\"Q1\":\"D\"" },
	{ "Q1", "0", "!V07" },
	{ "Q1", "5", "!V07" },
	{ "Q1", "99", "!V07" },
	{ "Q1", "001", "!V07" },
	{ "Q1", "1a", "!V07" },
	{ "Q1", "1.0", "!V07" },
	{ "Q1", "Rất tốt", "!V07" },
	/* an option that is a digit is no place */
	{ "Q6", "1", "\"Q6\":\"1\"" },
	{ "Q6", "Hai", "\"Q6\":\"2\"" },
	{ "Q6", "3", "!V07" },
	{ "Q6", "01", "!V07" },
	{ "Q6", "2 - Hai", "\"Q6\":\"2\"" },
	/* no longer used; "kb" is an option here and no mark */
	{ "Q5", "cu", "!V07" },
	{ "Q5", "Cũ", "!V07" },
	{ "Q5", "kb", "\"Q5\":\"kb\"" },
	{ "Q5", "KHÔNG BIẾT", "\"Q5\":\"kb\"" },
	{ "Q5", "không", "\"Q5\":\"khong\"" },
	{ "Q5", "khong", "\"Q5\":\"khong\"" },
	/* marks */
	{ "Q1", "?", "\"Q1\":{\"mark\":\"unreadable\"}" },
	{ "Q1", "*", "\"Q1\":{\"mark\":\"unreadable\"}" },
	{ "Q1", "kb", "\"Q1\":{\"mark\":\"dont-know\"}" },
	{ "Q1", "KB", "\"Q1\":{\"mark\":\"dont-know\"}" },
	{ "Q2", "", "\"Q2\":null" },
	{ "Q1", "", "!V05" },
	{ "Q1", "??", "!V07" },
	/* several where one is allowed */
	{ "Q1", "A,B", "!V06" },
	{ "Q1", "a; b", "!V06" },
	{ "Q1", "A/B", "!V06" },
	{ "Q1", "A+B", "!V06" },
	{ "Q1", "A\nB", "!V06" },
	{ "Q1", "1,2", "!V06" },
	{ "Q1", "A,", "\"Q1\":[\"A\"]" },
	{ "Q1", "A,X", "!V07" },
	{ "Q1", "A , B", "!V06" },
	/* several where they are asked for */
	{ "M1", "a", "\"M1\":[\"a\"]" },
	{ "M1", "A", "\"M1\":[\"a\"]" },
	{ "M1", "a,b", "\"M1\":[\"a\",\"b\"]" },
	{ "M1", "c ; a/b", "\"M1\":[\"c\",\"a\",\"b\"]" },
	{ "M1", "1+3", "\"M1\":[\"a\",\"c\"]" },
	{ "M1", "a, ,b", "\"M1\":[\"a\",\"b\"]" },
	{ "M1", "a\nb\n", "\"M1\":[\"a\",\"b\"]" },
	{ "M1", "a,A", "!V07" },
	{ "M1", "a,z", "!V07" },
	{ "M1", "a,x", "!V07" },
	{ "M1", "a b", "!V07" },
	{ "M1", "?", "\"M1\":{\"mark\":\"unreadable\"}" },
	{ "M1", "kb", "\"M1\":{\"mark\":\"dont-know\"}" },
	{ "M1", "", "\"M1\":null" },
	/* numbers; alone in their file they show their own mark */
	{ "N1", "3", "\"N1\":\"3\"" },
	{ "N1", "-5", "\"N1\":\"-5\"" },
	{ "N1", "-5,0", "\"N1\":\"-5.0\"" },
	{ "N1", "100,5", "\"N1\":\"100.5\"" },
	{ "N1", "100.5", "\"N1\":\"100.5\"" },
	{ "N1", "100,51", "!V07" },
	{ "N1", "0,125", "!I13" },
	{ "N2", "1,234", "!I13" },
	{ "N2", "-1.234", "!I13" },
	{ "N2", "1.234.567", "\"N2\":\"1234567\"" },
	{ "N2", "1,234,567", "\"N2\":\"1234567\"" },
	{ "N2", "1.234,5", "\"N2\":\"1234.5\"" },
	{ "N2", "1,234.5", "\"N2\":\"1234.5\"" },
	{ "N2", "1.234,567,8", "!I13" },
	{ "N2", "1.234.567,89", "\"N2\":\"1234567.89\"" },
	{ "N2", "12345678", "\"N2\":\"12345678\"" },
	{ "N2", "+3", "!V07" },
	{ "N2", "1 000", "!V07" },
	{ "N2", "1e3", "!V07" },
	{ "N2", "12a", "!V07" },
	{ "N2", "3,", "!V07" },
	{ "N2", ",5", "!V07" },
	{ "N2", "-", "!V07" },
	{ "N2", "không", "!V07" },
	{ "N2", "1,1234567", "!V07" },
	{ "N2", "#DIV/0!", "!I10" },
	/* words as they are, but for the mark before a formula */
	{ "T1", "=1+1", "\"T1\":\"=1+1\"" },
	{ "T1", "'=1+1", "\"T1\":\"=1+1\"" },
	{ "T1", "'-x", "\"T1\":\"-x\"" },
	{ "T1", "'+x", "\"T1\":\"+x\"" },
	{ "T1", "'@x", "\"T1\":\"@x\"" },
	{ "T1", "'x'", "\"T1\":\"'x'\"" },
	{ "T1", "'", "\"T1\":\"'\"" },
	{ "T1", "7-Dec", "\"T1\":\"7-Dec\"" },
	{ "T1", "1E+05", "\"T1\":\"1E+05\"" },
	{ "T1", "#NULL!", "!I10" },
	{ "T1", "dài quá bốn mươi byte, nhất là tiếng Việt", "!V07" },
	{ "comment", "'=x\"y", "\"comment\":\"=x\\\"y\"" },
	{ "comment", "#SPILL!", "!I10" },
	/* the respondent */
	{ "gioi-tinh", "NỮ", "\"gioi-tinh\":\"nu\"" },
	{ "gioi-tinh", "2", "\"gioi-tinh\":\"nu\"" },
	{ "gioi-tinh", "cũ", "!V08" },
	{ "gioi-tinh", "khác", "!V08" },
	{ "gioi-tinh", "", "!V08" },
	{ "tuoi", "Già", "\"tuoi\":\"gia\"" },
	{ "tuoi", "#N/A", "!I10" },
	/* who and where */
	{ "group", "CÔNG CHỨC", "\"group\":\"cong-chuc\"" },
	{ "group", "Công chức (cong-chuc)", "\"group\":\"cong-chuc\"" },
	{ "group", "cong-chuc - gì đó", "\"group\":\"cong-chuc\"" },
	{ "group", "Đại biểu", "!I09" },
	{ "group", "công chức)", "!I09" },
	{ "group", "7-Dec", "!I11" },
	{ "home", "SO-A", "\"home\":\"so-a\"" },
	{ "home", "Sở gì đó (so-a)", "\"home\":\"so-a\"" },
	{ "home", "so-z", "!I09" },
	{ "home", "huyen-1", "!V03;V04" },
	{ "unit", "so-a", "\"unit\":\"so-a\"" },
	{ "unit", "so-b", "!V04" },
	{ "unit", "Xã 1", "!V04" },
	{ "unit", "#REF!", "!I10" },
	/* numbers of sheets, and what Excel makes of codes */
	{ "sheet", "t1 00001 8", "\"sheet\":\"T1-00001-8\"" },
	{ "sheet", "07/12/2001", "!I11" },
	{ "sheet", "7.12.01", "!I11" },
	{ "sheet", "7-Dec", "!I11" },
	{ "sheet", "7-DEC-01", "!I11" },
	{ "sheet", "2001-12-07", "!I11" },
	{ "sheet", "12345-12-07", "!V01" },
	{ "sheet", "7-123-01", "!V01" },
	{ "sheet", "7/12-2001", "!V01" },
	{ "sheet", "7/12/x", "!V01" },
	{ "sheet", "7/12", "!V01" },
	{ "sheet", "7/", "!V01" },
	{ "sheet", "7-Foo", "!V01" },
	{ "sheet", "1E+05", "!I11" },
	{ "sheet", "-1.5e-7", "!I11" },
	{ "sheet", "+5E+3", "!I11" },
	{ "sheet", "1,5E+07", "!I11" },
	{ "sheet", "1E5", "!V01" },
	{ "sheet", "E+5", "!V01" },
	{ "sheet", "1E+", "!V01" },
	{ "sheet", "1E", "!V01" },
	{ "sheet", "-", "!V01" },
	{ "sheet", "#VALUE!", "!I10" },
};

/* The codes of its faults without their places, each once. */
static void codes_of(const struct import *im, char *out, size_t n)
{
	(void)snprintf(out, n, "!");
	for (size_t i = 0; i < im->n_faults; i++)
		if (!strstr(out, im->faults[i].code))
			(void)snprintf(out + strlen(out), n - strlen(out),
				       "%s%s", i ? ";" : "",
				       im->faults[i].code);
}

static void each_cell_says_what_people_meant(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct import *im = with(t[i].column, t[i].cell);
		char got[100];
		bool ok;

		(void)bench_faults(im);
		codes_of(im, got, sizeof got);
		ok = t[i].want[0] == '!'
			     ? strcmp(got, t[i].want) == 0
			     : strcmp(got, "!") == 0 &&
				       strstr(im->sheets[0].rest, t[i].want);
		if (!ok)
			print_message("%s \"%s\": %s, want %s\n  %.600s\n",
				      t[i].column, t[i].cell, got, t[i].want,
				      im->n_sheets ? im->sheets[0].rest : "-");
		wrong += !ok;
		import_free(im);
	}
	assert_int_equal(wrong, 0);
}

/* A name that several units have is none until the code is written, unless
 * only one of them can be meant. */
static void names_that_several_units_have_are_told_apart(void **state)
{
	static const struct {
		const char *rename, *to, *column, *cell, *want;
	} u[] = {
		{ "\"name\": \"so-b\"", "\"name\": \"Sở chung\"", "home",
		  "Sở chung", "\"home\":\"so-b\"" },
		{ "\"name\": \"so-b\"", "\"name\": \"so-a\"", "unit", "so-a",
		  "!I09" },
		{ "\"name\": \"huyen-1\"", "\"name\": \"so-a\"", "home", "so-a",
		  "\"home\":\"so-a\"" },
		{ "\"name\": \"Xã 1\"", "\"name\": \"so-a\"", "unit", "so-a",
		  "\"unit\":\"so-a\"" },
	};
	struct plan *kept = bench_plan;
	struct err e = { 0 };
	size_t n;
	char *text = file_read(PLAN, LIMIT_PLAN_BYTES, &n, &e);

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < sizeof u / sizeof *u; i++) {
		struct arena *a = arena_new((size_t)16 << 20);
		struct buf b = BUF_INIT((size_t)1 << 20);
		char *at = strstr(text, u[i].rename), got[100];
		struct import *im;
		struct faults f;

		assert_non_null(at);
		buf_add(&b, text, (size_t)(at - text));
		buf_adds(&b, u[i].to);
		buf_adds(&b, at + strlen(u[i].rename));
		faults_init(&f, a);
		bench_plan = plan_read(buf_cstr(&b), b.len, &f, &e);
		assert_non_null(bench_plan);
		im = with(u[i].column, u[i].cell);
		(void)bench_faults(im);
		codes_of(im, got, sizeof got);
		if (u[i].want[0] == '!'
			    ? strcmp(got, u[i].want) != 0
			    : !strstr(im->sheets[0].rest, u[i].want))
			fail_msg("%zu: %s %s", i, got, im->sheets[0].rest);
		import_free(im);
		plan_free(bench_plan);
		buf_free(&b);
		arena_free(a);
	}
	bench_plan = kept;
	free(text);
}

#define TEXT(s) "<c t=\"inlineStr\"><is><t>" s "</t></is></c>"
#define STYLES                                                   \
	"<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf " \
	"numFmtId=\"20\""                                        \
	"/><xf numFmtId=\"9\"/></cellXfs>"

/* Kinds of cells that only a workbook has, in a column of each sort. */
static void kinds_of_cells_are_taken_for_what_they_are(void **state)
{
	static const struct {
		const char *q1, *n2, *t1, *want;
	} k[] = {
		{ "<c><v>1</v></c>", "<c><v>1.5</v></c>", TEXT("x"), "!" },
		{ "<c><v>1</v></c>", "<c><v>1.234</v></c>", "<c><v>12</v></c>",
		  "!" },
		{ "<c s=\"1\"><v>44211</v></c>", "<c/>", TEXT("x"), "!I11" },
		{ "<c s=\"2\"><v>0.5</v></c>", "<c/>", TEXT("x"), "!I11" },
		{ "<c t=\"b\"><v>1</v></c>", "<c/>", TEXT("x"), "!V07" },
		{ TEXT("A"), "<c t=\"b\"><v>1</v></c>", TEXT("x"), "!V07" },
		{ TEXT("A"), "<c s=\"1\"><v>44211</v></c>", TEXT("x"), "!V07" },
		{ TEXT("A"), "<c/>", "<c s=\"1\"><v>44211</v></c>", "!" },
		{ TEXT("A"), "<c><v>1E-3</v></c>", "<c/>", "!" },
		{ TEXT("A"), "<c><v>1E+20</v></c>", "<c/>", "!V07" },
		{ TEXT("A"), "<c t=\"e\"><v>#REF!</v></c>", "<c/>", "!I10" },
		{ TEXT("A"), "<c><f>1/0</f></c>", "<c/>", "!I12" },
		{ "<c t=\"e\"><v>#N/A</v></c>", "<c/>", "<c/>", "!I10" },
		{ "<c><f>X1</f></c>", "<c/>", "<c/>", "!I12" },
		{ TEXT("A"), "<c/>", "<c><f>X1</f></c>", "!I12" },
		{ TEXT("A"), "<c/>", "<c t=\"str\"><f>X1</f><v>y</v></c>",
		  "!" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof k / sizeof *k; i++) {
		struct buf b = BUF_INIT(8192);
		struct import *im;
		char got[100], *file;
		size_t n;

		buf_addf(
			&b,
			"<sheetData><row>" TEXT("sheet") TEXT("group") TEXT(
				"home") TEXT("collected") TEXT("gioi-tinh")
				TEXT("Q1") TEXT("N2") TEXT("T1") TEXT("Q2") TEXT(
					"Q3") TEXT("Q5") TEXT("Q6") TEXT("N1")
					TEXT("M1") "</row><row><c "
						   "t=\"inlineStr\"><is><t>%s</"
						   "t></is></c>" TEXT(
							   "cong-"
							   "chuc") TEXT("so-a")
							   TEXT("2021-"
								"01-15")
								   TEXT("nam") "%s%s%s<"
									       "/row></"
									       "sheetDa"
									       "ta>",
			bench_no("T1", 1), k[i].q1, k[i].n2, k[i].t1);
		file = wb_one(buf_cstr(&b), STYLES, NULL, &n);
		im = bench_bytes(file, n, "T-1", CHARSET_UNKNOWN);
		(void)bench_faults(im);
		codes_of(im, got, sizeof got);
		if (strcmp(got, k[i].want) != 0)
			fail_msg("%zu: %s, want %s", i, got, k[i].want);
		import_free(im);
		free(file);
		buf_free(&b);
	}
}

static int set_up(void **state)
{
	struct err e = { 0 };

	if (bench_set_up(state) != 0)
		return -1;
	plan_free(bench_plan);
	bench_plan = plan_file_read(PLAN, &e);
	return bench_plan ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_cell_says_what_people_meant),
		cmocka_unit_test(names_that_several_units_have_are_told_apart),
		cmocka_unit_test(kinds_of_cells_are_taken_for_what_they_are),
	};

	return cmocka_run_group_tests(tests, set_up, bench_tear_down);
}
