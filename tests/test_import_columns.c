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

/* Every way to write a heading, and what it stands for: its key and words. */
static void headings_are_known_by_key_word_and_question(void **state)
{
	static const struct {
		const char *heading, *want; /* "": passed over, NULL: unknown */
	} h[] = {
		{ "comment", "comment" },
		{ "Ý KIẾN KHÁC", "comment" },
		{ "y\xcc\x81 kie\xcc\x82\xcc\x81n", "comment" },
		{ "Comment", "comment" },
		{ "keying", "keying" },
		{ "Lần nhập", "keying" },
		{ "profile.sex", "profile.sex" },
		{ "sex", "profile.sex" },
		{ "Giới tính", "profile.sex" },
		{ "Q3", "Q3" },
		{ "q3", "Q3" },
		{ "Q3. Gì đó", "Q3" },
		{ "Q3: Gì đó", "Q3" },
		{ "Q3) Gì đó", "Q3" },
		{ "Q3 Gì đó", "Q3" },
		{ "Q3- Gì đó", "Q3" },
		{ "Q33", NULL },
		{ "Q3_x", NULL },
		{ "  Q3  ", "Q3" },
		{ "STT", "" },
		{ "No.", "" },
		{ "Lỗi", "" },
		{ "Ghi chú gì cũng được", "" },
		{ "ghi chu", NULL },
		{ "phieu/1;F1;1;small", "" },
		{ "profile.none", NULL },
		{ "2025", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof h / sizeof *h; i++) {
		const struct form *f = &bench_plan->forms[0];
		const char *got = "";
		struct import *im;
		bool unknown = false;

		bench_start("");
		buf_addf(&bench_csv, "sheet,group,%s\n", h[i].heading);
		buf_addf(&bench_csv, "%s,Đại biểu,x\n", bench_no("F1", 1));
		im = bench_read("F1");
		for (size_t k = 0; k < im->n_columns; k++)
			if (im->columns[k].column == 2)
				got = import_key(f, im->columns[k].role,
						 im->columns[k].at, im->arena);
		for (size_t k = 0; k < im->n_faults; k++)
			unknown |= strcmp(im->faults[k].code, "I02") == 0;
		if (unknown != !h[i].want ||
		    strcmp(got, h[i].want ? h[i].want : "") != 0)
			fail_msg("%s: %s%s", h[i].heading, got,
				 unknown ? " unknown" : "");
		import_free(im);
	}
}

/* What templates write stands for what the reader takes. */
static void keys_and_headings_of_a_form_are_its_columns(void **state)
{
	const struct form *f = &bench_plan->forms[0];
	struct arena *a = arena_new(1 << 20);

	(void)state;
	assert_string_equal(import_heading(f, IMPORT_SHEET, 0, true, a),
			    "Số phiếu");
	assert_string_equal(import_heading(f, IMPORT_SHEET, 0, false, a),
			    "Sheet number");
	assert_string_equal(import_key(f, IMPORT_UNIT, 0, a), "unit");
	assert_string_equal(import_key(f, IMPORT_PROFILE, 0, a), "profile.sex");
	/* without an English word the Vietnamese one */
	assert_string_equal(import_heading(f, IMPORT_PROFILE, 0, false, a),
			    f->profile[0].label_en ? f->profile[0].label_en
						   : f->profile[0].label);
	assert_string_equal(import_heading(f, IMPORT_PROFILE, 0, true, a),
			    f->profile[0].label);
	for (size_t q = 0; q < f->n_questions; q++) {
		const char *vi = import_heading(f, IMPORT_QUESTION, q, true, a);
		const char *en =
			import_heading(f, IMPORT_QUESTION, q, false, a);
		size_t n = strlen(f->questions[q].code);

		assert_int_equal(strncmp(vi, f->questions[q].code, n), 0);
		assert_non_null(strstr(vi, f->questions[q].text));
		assert_non_null(strstr(en, f->questions[q].text_en
						   ? f->questions[q].text_en
						   : f->questions[q].text));
		assert_string_equal(import_key(f, IMPORT_QUESTION, q, a),
				    f->questions[q].code);
	}
	/* a column that is passed over has neither */
	assert_string_equal(import_key(f, IMPORT_SKIP, 0, a), "");
	assert_string_equal(import_heading(f, IMPORT_SKIP, 0, true, a), "");
	arena_free(a);
}

static void titles_may_stand_above_but_not_without_end(void **state)
{
	(void)state;
	for (int titles = 28; titles <= 31; titles++) {
		bench_start("");
		for (int i = 0; i < titles; i++)
			buf_addf(&bench_csv, "Dòng %d,,\n", i);
		buf_adds(&bench_csv, F2_HEAD);
		buf_addf(&bench_csv, "%s,dan,X1,2025-02-03,,A,A\n",
			 bench_no("F2", 1));
		bench_expect("F2", titles < 30 ? "" : "- I14");
	}
	/* the number alone, or words without it, are no headings */
	bench_start("sheet,x,y\n");
	bench_expect("F2", "- I14");
	bench_start("group,home,collected,Q1,Q2\n");
	bench_expect("F2", "- I14");
}

/* Marks that say too little or another thing. */
static void a_mark_is_whole_or_none(void **state)
{
	static const struct {
		const char *mark, *form, *want;
	} m[] = {
		{ "phieu/1;F2;1;small", NULL, "" },
		{ "phieu/1;F2;1;small", "F2", "" },
		{ "phieu/1;F2;1;small", "F1", "- I01" },
		{ "phieu/1;F2;1;other", "F2", "- I01" },
		{ "phieu/1;F2;7;small", NULL, "- I01" },
		{ "phieu/1;F7;1;small", NULL, "- I01" },
		{ "phieu/1;F2;1", NULL, "- I01" },
		{ "phieu/1;F2", NULL, "- I01" },
		{ "phieu/1;", NULL, "- I01" },
		{ "phieu/2;F2;1;small", NULL, "- I01" },
		{ "phieu/1;;;", NULL, "- I01" },
		{ "phieu/1;F2;1;small;x", NULL, "- I01" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof m / sizeof *m; i++) {
		struct import *im;

		bench_start("");
		buf_addf(&bench_csv,
			 "sheet|group|home|collected|Q1|Q2|%s\n%s|dan|X1|"
			 "2025-02-03|A|A|\n",
			 m[i].mark, bench_no("F2", 1));
		im = bench_read(m[i].form);
		if (strcmp(bench_faults(im), m[i].want) != 0)
			fail_msg("%s %s: %s", m[i].mark,
				 m[i].form ? m[i].form : "", bench_said.data);
		import_free(im);
	}
}

/* A plan of one form needs no word of which. */
static void the_only_form_of_a_plan_is_meant(void **state)
{
	struct plan *kept = bench_plan;
	struct err e = { 0 };
	struct import *im;

	(void)state;
	bench_plan = plan_file_read("tests/data/plan/numbers.json", &e);
	assert_non_null(bench_plan);
	bench_start("sheet,group,home,collected,Q1,W1,W2,W3,W4,D1,D2,D5,D6,X1,"
		    "X2\n");
	buf_addf(&bench_csv,
		 "%s,cong-chuc,so-a,2021-01-15,A,7,-3,,9000000000,99.5,1.25,,,"
		 "-1,\n",
		 bench_no("N1", 1));
	im = bench_read(NULL);
	(void)bench_faults(im);
	assert_int_equal(im->n_faults, 0);
	assert_int_equal(im->n_sheets, 1);
	assert_non_null(strstr(im->sheets[0].rest, "\"W4\":\"9000000000\""));
	import_free(im);
	/* whole numbers and so many decimals, in a file too */
	bench_start("sheet,group,home,collected,Q1,W1,W2,W3,W4,D1,D2,D5,D6,X1,"
		    "X2\n");
	buf_addf(&bench_csv,
		 "%s,cong-chuc,so-a,2021-01-15,A,7.5,0.5,-4,0.5,0.25,1.255,,,"
		 "0,\n",
		 bench_no("N1", 1));
	bench_expect(NULL, "F2 V07;G2 V07;H2 V07;I2 V07;J2 V07;K2 V07;N2 V07");
	plan_free(bench_plan);
	bench_plan = kept;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults_show_the_heading_that_people_see),
		cmocka_unit_test(headings_are_found_and_judged),
		cmocka_unit_test(the_file_says_for_which_form_it_is),
		cmocka_unit_test(files_that_cannot_be_read_say_why),
		cmocka_unit_test(encoding_and_separator_make_no_difference),
		cmocka_unit_test(headings_are_known_by_key_word_and_question),
		cmocka_unit_test(keys_and_headings_of_a_form_are_its_columns),
		cmocka_unit_test(titles_may_stand_above_but_not_without_end),
		cmocka_unit_test(a_mark_is_whole_or_none),
		cmocka_unit_test(the_only_form_of_a_plan_is_meant),
		cmocka_unit_test(old_encodings_are_converted_and_noted),
	};

	return cmocka_run_group_tests(tests, bench_set_up, bench_tear_down);
}
