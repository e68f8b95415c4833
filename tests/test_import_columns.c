#include "support/import.h"

#include <string.h>

static void faults_show_the_heading_that_people_see(void **state)
{
	struct import *im;

	(void)state;
	bench_start(F2_HEAD "Số phiếu,Nhóm đối tượng,Đơn vị công tác,Ngày thu,"
			    "Đơn vị được đánh giá,Q1. Một?,Q2. Hai?\n");
	buf_addf(&bench_csv, "%s,dan,X1,2025-02-03,,Z,A\n", bench_no("F2", 1));
	im = bench_read("F2");
	assert_string_equal(bench_faults(im), "F3 V07");
	assert_string_equal(im->faults[0].heading, "Q1. Một?");
	import_free(im);
}

static void headings_are_found_and_judged(void **state)
{
	(void)state;
	bench_start("Danh sách phiếu,,\n\n,,\n" F2_HEAD);
	buf_addf(&bench_csv, "%s,dan,X1,2025-02-03,,A,A\n", bench_no("F2", 1));
	bench_expect("F2", "");
	bench_start("So phieu,Q1\nx,A\n"); /* without marks: another word */
	bench_expect("F2", "- I14");
	bench_start("");
	buf_adds(&bench_csv, "a,b,c\n1,2,3\n");
	bench_expect("F2", "- I14");
	bench_start("sheet,group,home,collected,unit,Q1\n");
	buf_addf(&bench_csv, "%s,dan,X1,2025-02-03,,A\n", bench_no("F2", 1));
	bench_expect("F2", "1 I03");
	bench_start("sheet,group,home,collected,Q1,Q1. Một?,Q2\n");
	buf_addf(&bench_csv, "%s,dan,X1,2025-02-03,A,B,A\n", bench_no("F2", 1));
	bench_expect("F2", "F1 I04");
	bench_start(
		"sheet,group,home,collected,Q1,Q2,Cột lạ,Ghi chú của tôi,STT,"
		"Trống\n");
	buf_addf(&bench_csv, "%s,dan,X1,2025-02-03,A,A,x,y,1,\n",
		 bench_no("F2", 1));
	bench_expect("F2", "G1 I02");
	/* the questions' own words, a title of two lines, a total of blanks */
	bench_start("Số phiếu;Nhóm đối tượng;Đơn vị công tác;Ngày thu phiếu;"
		    "Một?;Q2: Hai?\n");
	buf_addf(&bench_csv, "%s;dan;X1;3/2/2025;A;A\n;;;;;\n",
		 bench_no("F2", 1));
	bench_expect("F2", "");
}

static void the_file_says_for_which_form_it_is(void **state)
{
	(void)state;
	bench_start("sheet,group,home,collected,Q1,Q2,phieu/1;F2;1;small\n");
	buf_addf(&bench_csv, "%s,dan,X1,2025-02-03,A,A\n", bench_no("F2", 1));
	bench_expect(NULL, "");
	bench_expect("F2", "");
	bench_expect("F1", "- I01");
	bench_start("sheet,group,home,collected,Q1,Q2\n");
	bench_expect(NULL, "- I01");
	bench_expect("F9", "- I01");
	bench_start("sheet,Q1,phieu/1;F2;9;small\n");
	bench_expect(NULL, "- I01");
	bench_start("sheet,Q1,phieu/1;F2;1;other\n");
	bench_expect(NULL, "- I01");
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
		im = bench_bytes(cases[i].bytes, cases[i].n, "F2",
				 CHARSET_UNKNOWN);
		assert_string_equal(bench_faults(im), cases[i].want);
		assert_int_equal(im->n_sheets, 0);
		import_free(im);
	}
	im = bench_bytes("a,\xff", 3, "F2", CHARSET_TCVN3);
	assert_string_equal(bench_faults(im), "- F10");
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
		bench_start("");
		if (k == 1)
			buf_adds(&bench_csv, "\xef\xbb\xbf");
		if (k == 2)
			buf_adds(&bench_csv, "sep=\t\r\n");
		buf_addf(&bench_csv,
			 "sheet%sgroup%shome%scollected%sQ1%sQ2\r\n", s, s, s,
			 s, s);
		buf_addf(&bench_csv,
			 "%s%sD\xc3\xa2n%sXa\xcc\x83 mô\xcc\xa3t%s"
			 "2025-02-03%sA%sB\r\n",
			 bench_no("F2", 5), s, s, s, s, s);
		im = bench_read("F2");
		assert_string_equal(bench_faults(im), "");
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
	bench_start("sheet,group,home,collected,Q1,Q2\n");
	/* "Dân", "Xã một", "Tốt", "Khá" in TCVN3 */
	buf_addf(&bench_csv,
		 "%s,D\xa9n,X\xb7 m\xe9t,13/02/2025,T\xe8t,V\xf5"
		 "a\n",
		 bench_no("F2", 5));
	im = bench_read("F2");
	assert_string_equal(bench_faults(im), "");
	assert_int_equal(im->n_notes, 1);
	assert_string_equal(im->notes[0].code, "N02");
	assert_non_null(strstr(im->sheets[0].rest, "\"home\":\"X1\""));
	import_free(im);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults_show_the_heading_that_people_see),
		cmocka_unit_test(headings_are_found_and_judged),
		cmocka_unit_test(the_file_says_for_which_form_it_is),
		cmocka_unit_test(files_that_cannot_be_read_say_why),
		cmocka_unit_test(encoding_and_separator_make_no_difference),
		cmocka_unit_test(old_encodings_are_converted_and_noted),
	};

	return cmocka_run_group_tests(tests, bench_set_up, bench_tear_down);
}
