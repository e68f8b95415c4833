#include "support/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "phieu/json.h"
#include "phieu/limits.h"

static void a_row_becomes_a_sheet(void **state)
{
	char want[900];

	(void)state;
	bench_start(F1_HEAD);
	buf_addf(&bench_csv,
		 "%s,Công chức,Sở một,3/2/2025,Nam,,a,Vừa,có,\"a, b\","
		 "\"7,5\",lâu quá,tốt\n",
		 bench_no("F1", 12));
	(void)snprintf(
		want, sizeof want,
		"\"wave\":\"small\",\"form\":\"F1\",\"version\":\"1\","
		"\"sheet\":\"%s\",\"keying\":1,\"group\":\"cong-chuc\","
		"\"home\":\"S1\",\"collected\":\"2025-02-03\",\"profile\":"
		"{\"sex\":\"m\"},\"ratings\":[{\"unit\":\"S1\",\"answers\":"
		"{\"Q1\":\"A\",\"Q2\":\"B\",\"Q3\":\"co\",\"Q4\":[\"a\",\"b\"],"
		"\"Q5\":\"7.5\",\"Q6\":\"lâu quá\"}}],\"comment\":\"tốt\"}",
		bench_no("F1", 12));
	bench_expect_json("F1", want);
}

static void rows_of_a_sheet_stand_together(void **state)
{
	struct import *im;

	(void)state;
	bench_start(F1_HEAD);
	/* the number once, twice, and a template's unused block below */
	buf_addf(&bench_csv, "%s,dai-bieu,,2025-02-03,,S1,A,A,,,,,\n",
		 bench_no("F1", 1));
	buf_adds(&bench_csv, ",,,,,Sở hai,B,B,,,,,\n");
	buf_addf(&bench_csv, "%s,Đại biểu,,2025-02-03,,S1,A,A,,,,,\n",
		 bench_no("F1", 2));
	buf_addf(&bench_csv, "%s,Đại biểu,,,,S2,,,,,,,\n", bench_no("F1", 2));
	buf_adds(&bench_csv, ",,,,,S1,,,,,,,\n,,,,,Sở hai,,,,,,,\n");
	im = bench_read("F1");
	assert_string_equal(bench_faults(im), "5 V05;G5 V05");
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
	bench_start(F1_HEAD);
	buf_addf(&bench_csv, "%s,Đại biểu,,2025-02-03,,S1,A,A,co,,,,\n",
		 bench_no("F1", 1));
	buf_adds(&bench_csv,
		 ",,,,,S2,,,,,,,\n,,,,,S1,,,,,,,\n,,,,,S2,,,,,,,\n");
	im = bench_read("F1");
	(void)bench_faults(im);
	assert_int_equal(im->n_sheets, 1);
	assert_int_equal(im->sheets[0].n_rows, 2);
	assert_non_null(strstr(im->sheets[0].rest,
			       "{\"unit\":\"S2\",\"answers\":{\"Q1\":null"));
	import_free(im);
}

static void answers_without_a_number_are_missed_by_nobody(void **state)
{
	(void)state;
	bench_start(F2_HEAD);
	buf_adds(&bench_csv, ",dan,X1,2025-02-03,,A,A\n");
	bench_expect("F2", "A2 I05");
	bench_start(F2_HEAD);
	buf_addf(&bench_csv, "%s,dan,X1,2025-02-03,X1,A,A\n,,,,X1,A,B\n",
		 bench_no("F2", 1));
	bench_expect("F2", "A3 I05");
	bench_start(F2_HEAD);
	bench_expect("F2", "- I05");
}

static void a_number_further_down_is_named_with_its_rows(void **state)
{
	struct import *im;

	(void)state;
	bench_start(F2_HEAD);
	for (unsigned i = 1; i <= 3; i++)
		buf_addf(&bench_csv, "%s,dan,X1,2025-02-03,,A,A\n",
			 bench_no("F2", i == 3 ? 1 : i));
	im = bench_read("F2");
	assert_string_equal(bench_faults(im), "A4 I06");
	assert_non_null(strstr(im->faults[0].message, "row 2"));
	assert_non_null(strstr(im->faults[0].message_vi, "dòng 2"));
	import_free(im);
	/* a second keying is another thing */
	bench_start("sheet,group,home,collected,keying,Q1,Q2\n");
	buf_addf(&bench_csv, "%s,dan,X1,2025-02-03,1,A,A\n", bench_no("F2", 1));
	buf_addf(&bench_csv, "%s,dan,X1,2025-02-03,,A,A\n", bench_no("F2", 2));
	buf_addf(&bench_csv, "%s,dan,X1,2025-02-03,2,A,A\n", bench_no("F2", 1));
	bench_expect("F2", "");
}

static void instances_follow_the_content_alone(void **state)
{
	char a[IMPORT_INSTANCE_MAX], b[IMPORT_INSTANCE_MAX];
	struct buf json = BUF_INIT(4096);
	struct import *im;

	(void)state;
	bench_start(F2_HEAD);
	buf_addf(&bench_csv, "%s,dan,X1,2025-02-03,,A,A\n", bench_no("F2", 1));
	buf_addf(&bench_csv, "%s,dan,X1,2025-02-03,,A,B\n", bench_no("F2", 2));
	im = bench_read("F2");
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
	bench_start(F1_HEAD);
	buf_addf(&bench_csv, "%s,Đại biểu,,2025-02-03,,S1,A,A,co,,,,\n",
		 bench_no("F1", 1));
	buf_adds(&bench_csv, ",,,2025-02-04,,S2,A,A,co,,,,\n");
	bench_expect("F1", "D3 I07");
}

static void limits_are_told(void **state)
{
	struct import *im;

	(void)state;
	bench_start(F2_HEAD);
	for (unsigned i = 1; i <= LIMIT_IMPORT_SHEETS + 1; i++)
		buf_addf(&bench_csv, "%s,dan,X1,2025-02-03,,A,A\n",
			 bench_no("F2", i));
	im = bench_read("F2");
	assert_int_equal(im->n_sheets, LIMIT_IMPORT_SHEETS);
	assert_string_equal(im->faults[0].code, "I15");
	import_free(im);
	bench_start(F2_HEAD);
	buf_addf(&bench_csv, "%s,dan,X1,2025-02-03,,A,A\n", bench_no("F2", 1));
	for (unsigned i = 0; i <= LIMIT_RATINGS; i++)
		buf_addf(&bench_csv, ",,,,u%u,A,A\n", i);
	im = bench_read("F2");
	assert_true(im->n_faults > 0);
	assert_int_equal(im->sheets[0].n_rows, LIMIT_RATINGS);
	import_free(im);
	bench_start(F2_HEAD);
	for (unsigned i = 1; i <= 1300; i++)
		buf_addf(&bench_csv, "x%u,?,?,?,?,?,?\n", i);
	im = bench_read("F2");
	(void)bench_faults(im);
	assert_int_equal(im->n_faults, LIMIT_IMPORT_FAULTS);
	assert_true(im->more_faults > 0);
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
		cmocka_unit_test(instances_follow_the_content_alone),
		cmocka_unit_test(heads_that_differ_within_a_sheet_are_named),
		cmocka_unit_test(limits_are_told),
	};

	return cmocka_run_group_tests(tests, bench_set_up, bench_tear_down);
}
