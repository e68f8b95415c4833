/* Day and month in a column of days: what proves an order, what proves none,
 * and what people are told of it. */
#include "support/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/json.h"
#include "support/workbook.h"

/* The small plan's wave is 1 February to 31 March 2025. */
static const struct {
	const char *days[5]; /* of sheets 1, 2 … */
	const char *faults, *notes;
	const char *read; /* the day of sheet 1 */
} t[] = {
	/* day first is shown */
	{ { "13/02/2025", "03/02/2025" }, "", "", "2025-02-13" },
	{ { "03/02/2025", "28.2.2025" }, "", "", "2025-02-03" },
	{ { "2/3/2025", "2025-03-02", "15-03-2025" }, "", "", "2025-03-02" },
	/* month first is shown: by one cell for all */
	{ { "02/13/2025", "02/03/2025" }, "", "N05", "2025-02-13" },
	{ { "02/03/2025", "02/13/2025" }, "", "N05", "2025-02-03" },
	{ { "3-2-2025", "3-14-2025", "2025-03-02" }, "", "N05", "2025-03-02" },
	{ { "03/02/2025", "02/28/2025 10:00" }, "", "N05", "2025-03-02" },
	{ { "02/02/2025", "02/28/2025" }, "", "N05", "2025-02-02" },
	/* nothing is shown, and both readings are days of the wave */
	{ { "03/02/2025" }, "", "N04", "2025-02-03" },
	{ { "03/02/2025", "02/03/2025" }, "", "N04", "2025-02-03" },
	{ { "03/02/2025", "2025-02-28" }, "", "N04", "2025-02-03" },
	/* nothing is shown, but only one reading can be meant */
	{ { "05/02/2025", "04/03/2025" }, "", "", "2025-02-05" },
	{ { "02/02/2025", "3/3/2025" }, "", "", "2025-02-02" },
	{ { "2025-02-03", "2025-03-02" }, "", "", "2025-02-03" },
	/* the reading that is taken lies outside the wave: the check says so */
	{ { "02/05/2025", "03/04/2025" }, "D2 V10;D3 V10", "", "2025-05-02" },
	/* both orders in one column: neither may be guessed */
	{ { "13/02/2025", "02/13/2025" }, "D3 I08", "", "2025-02-13" },
	{ { "02/03/2025", "13/02/2025", "02/13/2025", "02/02/2025" },
	  "D2 I08;D4 I08",
	  "",
	  NULL },
	{ { "02/13/2025", "13/02/2025", "2025-02-03" }, "D2 I08", "", NULL },
	/* what is no day in either order proves nothing */
	{ { "31/02/2025", "03/02/2025" }, "D2 I08", "N04", NULL },
	{ { "45/13/2025", "03/02/2025" }, "D2 I08", "N04", NULL },
	{ { "hôm qua", "03/02/2025" }, "D2 I08", "N04", NULL },
};

static const char *notes(const struct import *im)
{
	static char out[100];

	out[0] = '\0';
	for (size_t i = 0; i < im->n_notes; i++) {
		assert_true(*im->notes[i].message && *im->notes[i].message_vi);
		(void)snprintf(out + strlen(out), sizeof out - strlen(out),
			       "%s%s", i ? ";" : "", im->notes[i].code);
	}
	return out;
}

static bool says(const struct import *im, const char *day)
{
	char want[40];

	(void)snprintf(want, sizeof want, "\"collected\":\"%s\"", day);
	return strstr(im->sheets[0].rest, want) != NULL;
}

static void a_column_shows_the_order_of_its_days(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct import *im;
		bool ok;

		bench_start(F2_HEAD);
		for (unsigned k = 0; k < 5 && t[i].days[k]; k++)
			buf_addf(&bench_csv, "%s,dan,X1,%s,,A,A\n",
				 bench_no("F2", k + 1), t[i].days[k]);
		im = bench_read("F2");
		ok = strcmp(bench_faults(im), t[i].faults) == 0 &&
		     strcmp(notes(im), t[i].notes) == 0 &&
		     (!t[i].read || says(im, t[i].read));
		if (!ok) {
			print_message("%zu %s: %s | %s | %.120s\n", i,
				      t[i].days[0], bench_said.data, notes(im),
				      im->sheets[0].rest);
			wrong++;
		}
		import_free(im);
	}
	assert_int_equal(wrong, 0);
}

static void the_words_name_a_row_and_how_it_is_read(void **state)
{
	struct buf out = BUF_INIT(1 << 16);
	struct import *im;

	(void)state;
	bench_start(F2_HEAD);
	buf_addf(&bench_csv, "%s,dan,X1,2025-02-28,,A,A\n", bench_no("F2", 1));
	buf_addf(&bench_csv, "%s,dan,X1,03/02/2025,,A,A\n", bench_no("F2", 2));
	im = bench_read("F2");
	assert_string_equal(notes(im), "N04");
	assert_non_null(strstr(im->notes[0].message, "\"03/02/2025\" in row 3 "
						     "is 2025-02-03"));
	assert_non_null(strstr(im->notes[0].message_vi,
			       "dòng 3 là ngày 3 tháng 2 năm 2025"));
	/* in what a terminal shows, too */
	import_print(im, true, &out);
	assert_non_null(strstr(buf_cstr(&out), "ngày 3 tháng 2 năm 2025"));
	import_free(im);
	buf_free(&out);
}

/* Rows of another person's column and of no sheet do not count. */
static void only_the_column_of_days_is_asked(void **state)
{
	struct import *im;

	(void)state;
	bench_start("sheet,group,home,collected,Q1,Q2,Ghi chú\n");
	buf_addf(&bench_csv, "%s,dan,X1,03/02/2025,A,A,02/13/2025\n",
		 bench_no("F2", 1));
	im = bench_read("F2");
	assert_string_equal(bench_faults(im), "");
	assert_string_equal(notes(im), "N04");
	import_free(im);
	bench_start("sheet,group,home,Q1,Q2\n");
	buf_addf(&bench_csv, "%s,dan,X1,A,A\n", bench_no("F2", 1));
	im = bench_read("F2");
	assert_string_equal(bench_faults(im), "2 V00");
	assert_string_equal(notes(im), "");
	import_free(im);
}

#define TEXT(s) "<c t=\"inlineStr\"><is><t>" s "</t></is></c>"
#define DAY(n)	"<c s=\"1\"><v>" n "</v></c>" /* 45691: 3 February 2025 */
#define STYLES                                               \
	"<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/>" \
	"</cellXfs>"

static void days_that_excel_may_have_turned_around_are_told(void **state)
{
	static const struct {
		const char *cell[3], *notes;
	} book[] = {
		{ { DAY("45691"), DAY("45692"), DAY("45716") }, "" },
		{ { DAY("45691"), TEXT("13/02/2025"), DAY("45692") }, "N06" },
		{ { DAY("45691"), TEXT("13/02/2025"), DAY("45716") }, "" },
		{ { TEXT("03/02/2025"), TEXT("13/02/2025"), DAY("45692") },
		  "N06" },
		{ { DAY("45691"), TEXT("02/13/2025"), DAY("45716") }, "N05" },
		{ { DAY("45691"), TEXT("03/02/2025"), DAY("45692") }, "N04" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof book / sizeof *book; i++) {
		struct buf b = BUF_INIT(8192);
		struct import *im;
		size_t n;
		char *file;

		buf_adds(&b, "<sheetData><row>" TEXT("sheet") TEXT("group")
				     TEXT("home") TEXT("collected") TEXT("Q1")
					     TEXT("Q2") "</row>");
		for (unsigned k = 0; k < 3; k++)
			buf_addf(&b,
				 "<row><c t=\"inlineStr\"><is><t>%s</t></is>"
				 "</c>" TEXT("dan") TEXT("X1") "%s" TEXT("A")
					 TEXT("B") "</row>",
				 bench_no("F2", k + 1), book[i].cell[k]);
		buf_adds(&b, "</sheetData>");
		file = wb_one(b.data, STYLES, NULL, &n);
		im = bench_bytes(file, n, "F2", CHARSET_UNKNOWN);
		if (*bench_faults(im) || strcmp(notes(im), book[i].notes) != 0)
			fail_msg("%zu: %s | %s", i, bench_said.data, notes(im));
		import_free(im);
		free(file);
		buf_free(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_column_shows_the_order_of_its_days),
		cmocka_unit_test(the_words_name_a_row_and_how_it_is_read),
		cmocka_unit_test(only_the_column_of_days_is_asked),
		cmocka_unit_test(
			days_that_excel_may_have_turned_around_are_told),
	};

	return cmocka_run_group_tests(tests, bench_set_up, bench_tear_down);
}
