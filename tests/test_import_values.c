#include "support/import.h"

#include <stdio.h>
#include <string.h>

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
		{ "%s,dan,X1,02/13/2025,,A,A", "" },
		{ "%s,dan,X1,13/13/2025,,A,A", "D2 I08" },
		{ "%s,dan,X1,29/02/2025,,A,A", "D2 I08" },
		{ "%s,dan,X1,3/2/25,,A,A", "D2 I08" },
		{ "%s,dan,X1,3/2,,A,A", "D2 I08" },
		{ "%s,dan,X1,3//2025,,A,A", "D2 I08" },
		{ "%s,dan,X1,3/2/2025x,,A,A", "D2 I08" },
		{ "%s,dan,X1,3 2 2025,,A,A", "D2 I08" },
		{ "%s,dan,X1,0/2/2025,,A,A", "D2 I08" },
		{ "%s,dan,X1,13/02/20255,,A,A", "D2 I08" },
		{ "%s,dan,X1,2025-13-02,,A,A", "D2 I08" },
		{ "%s,dan,X1,2025-02-03T08:00:00,,A,A", "" },
		{ "%s,dan,X1,13/02/2025 08:00,,A,A", "" },
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
		bench_start(F2_HEAD);
		(void)snprintf(row, sizeof row, "%s%s",
			       strncmp(cases[i].row, "%s", 2) == 0
				       ? bench_no("F2", 1)
				       : "",
			       cases[i].row + 2 * (strncmp(cases[i].row, "%s",
							   2) == 0));
		buf_addf(&bench_csv, "%s\n", row);
		im = bench_read("F2");
		if (strcmp(bench_faults(im), cases[i].want) != 0)
			fail_msg("%s: %s, want %s", row, bench_said.data,
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
		bench_start(F2_HEAD);
		buf_addf(&bench_csv, "%s,dan,X1,2025-02-03,,A,A\n", codes[i]);
		bench_expect("F2", "A2 I11");
	}
	bench_start(F2_HEAD);
	buf_adds(&bench_csv,
		 "#N/A,#REF!,#NAME?,#VALUE!,#NULL!,#DIV/0!,#NUM!\n");
	bench_expect("F2", "A2 I10;B2 I10;C2 I10;D2 I10;E2 I10;F2 I10;G2 I10");
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
		bench_start(F1_HEAD);
		buf_addf(&bench_csv,
			 "%s,cong-chuc,S1,2025-02-03,,,A,A,,,%s,,\n",
			 bench_no("F1", 1), cases[i].first);
		buf_addf(&bench_csv,
			 "%s,cong-chuc,S1,2025-02-03,,,A,A,,,%s,,\n",
			 bench_no("F1", 2), cases[i].second);
		im = bench_read("F1");
		if (strcmp(bench_faults(im), cases[i].want) != 0)
			fail_msg("%s %s: %s", cases[i].first, cases[i].second,
				 bench_said.data);
		if (cases[i].value)
			assert_non_null(
				strstr(im->sheets[0].rest, cases[i].value));
		import_free(im);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_fault_of_the_check_finds_its_cell),
		cmocka_unit_test(what_excel_did_to_codes_is_reported),
		cmocka_unit_test(decimal_marks_are_found_for_the_whole_file),
	};

	return cmocka_run_group_tests(tests, bench_set_up, bench_tear_down);
}
